/* compiled-step.h: a training step that the backend has a way of its own for: the plan that
 * describes it (engine/backend/step.h), and the steps that wait to be handed over. Private to the
 * stepper. */
#pragma once
#include "batch-loader.h"
#include "engine/optimizers/optimizer.h"
#include "objective.h"

/* What a step is made of; all borrowed. */
typedef struct {
  NnModel *model;
  NnObjective *objective;
  NnOptimizer *optimizer;
  const NnOptimizerTarget *target;
  NnBatchLoader *loader;
  size_t batch_size;
  uint64_t seed;
} NnStepParts;

typedef struct {
  NnStepParts parts;
  const NnBackend *backend; /* borrowed */
  void *step;               /* owned by the backend; NULL: it has no way of its own for this step */
  /* owned: the arguments of the waiting steps, as in NnStepRun */
  uint32_t *ids, *samples, *epochs;
  double *scalars, *divisors;
  uint64_t *batches;
  nn_real *x; /* where the host prepares the batches */
  int32_t *labels;
  int counting[NN_STEP_MAX_LAYERS], n_counting; /* layers that count batches */
  size_t n_waiting, most;
  bool ahead; /* it has run since the last sync: weights may lie with the backend */
} NnCompiledStep;

/* For at most `most` waiting steps. Where the backend has no such step, or there is no memory for
 * it, `compiled` stays empty. */
void nn_compiled_step_init(NnCompiledStep *compiled, const NnStepParts *parts, size_t most);
void nn_compiled_step_clear(NnCompiledStep *compiled); /* an empty one is allowed */
/* Whether it takes a batch of N samples. */
bool nn_compiled_step_takes(const NnCompiledStep *compiled, size_t N);
/* One more waiting step, with the optimizer's present numbers. Not when it is full. */
void nn_compiled_step_add(NnCompiledStep *compiled, const uint32_t *samples, uint32_t epoch);
bool nn_compiled_step_is_full(const NnCompiledStep *compiled);
/* Hands over what waits. */
void nn_compiled_step_run(NnCompiledStep *compiled);
/* The same; then weights, buffers and states lie where the plan says. */
void nn_compiled_step_sync(NnCompiledStep *compiled);
