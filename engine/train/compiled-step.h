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
} NnStepParts;

typedef struct {
  NnStepParts parts;
  const NnBackend *backend; /* borrowed */
  void *step;               /* owned by the backend; NULL: it has no way of its own for this step */
  uint32_t *ids;            /* owned, as the two that follow: samples of the waiting steps, */
  double *scalars, *divisors; /* the optimizer's numbers, the loss's */
  size_t n_waiting, most;
} NnCompiledStep;

/* For at most `most` waiting steps. Where the backend has no such step, or there is no memory for
 * it, `compiled` stays empty. */
void nn_compiled_step_init(NnCompiledStep *compiled, const NnStepParts *parts, size_t most);
void nn_compiled_step_clear(NnCompiledStep *compiled); /* an empty one is allowed */
/* Whether it takes a batch of N samples. */
bool nn_compiled_step_takes(const NnCompiledStep *compiled, size_t N);
/* One more waiting step, with the optimizer's present numbers. */
void nn_compiled_step_add(NnCompiledStep *compiled, const uint32_t *samples);
/* Hands over what waits. */
void nn_compiled_step_run(NnCompiledStep *compiled);
