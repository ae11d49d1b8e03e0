/* stepper.h: training steps: batch loader, model, objective, optimizer, and the steps in flight. It
 * does a step operation by operation, or as a compiled step where the backend has one, and knows
 * nothing of epochs, schedules or observers: it is given which samples come next, with which
 * learning rate.
 *
 *   nn_stepper_draft(&stepper, &options, &err);   sizes are known
 *   nn_stepper_alloc(&stepper, …);                then its memory
 *   for each step:  nn_stepper_begin(&stepper, &step, &err);
 *                   if (nn_stepper_is_full(&stepper)) nn_stepper_collect(&stepper, &done, &n,
 * &err); nn_stepper_clear(&stepper);
 *
 * A step is the tutorial's five lines: zero_grad (backward overwrites the gradients), forward,
 * loss, backward, optimizer.step(). Losses come back later, several steps at a time, where the
 * backend can have several in flight: as many as it allows, but not so many that curves and orders
 * would lag. Private to the engine. */
#pragma once
#include "compiled-step.h"
#include "engine/backend/float-mode.h"

/* One step to be done. */
typedef struct {
  uint64_t step;           /* its number, for messages */
  uint32_t epoch;          /* keys dropout and random transforms */
  const uint32_t *samples; /* (N) of the source; borrowed until its results have been collected */
  size_t N;
  double lr, momentum; /* of this update; momentum NAN: the optimizer's own */
} NnStep;

/* A step in flight: its result is there once it has been collected. */
typedef struct {
  NnStep step;
  NnStepResult result;
} NnInFlight;

typedef struct {
  const NnConfig *recipe;   /* borrowed */
  const NnBackend *backend; /* borrowed */
  NnModel *model;           /* owned */
  NnObjective objective;    /* owned: loss, penalties, clipping */
  NnOptimizer optimizer;
  NnOptimizerTarget target; /* its state and workspace are owned */
  NnBatchLoader loader;     /* owned */
  NnCompiledStep compiled;  /* owned; empty until nn_stepper_use() */
  void *rest;               /* owned: for `compiled`, see nn_stepper_set_rest() */
  size_t rest_size;
  uint64_t seed;
  bool needs_loss_before_update; /* each step's loss is needed on the host before its update */
  size_t max_in_flight;          /* the backend's, or 1 */
  size_t limit;                  /* how many there may be just now */
  size_t n_in_flight;
  NnInFlight *in_flight; /* owned, max_in_flight */
  NnStepResult *results; /* owned, the same */
  double began;          /* the first of those in flight */
} NnStepper;

/* Model and optimizer, without memory; the recipe's "network" and "optimizer" are read. model:
 * options->recipe and backend are borrowed for the life of the stepper. */
bool nn_stepper_draft(NnStepper *stepper, const NnModelOptions *model, NnError *err);
/* Bytes that it will take, in backend memory if that is the host's, with batches of that size. */
uint64_t nn_stepper_bytes(const NnStepper *stepper, size_t batch_size);
/* What is left: objective, loader of `source` (borrowed), optimizer's memory. The model has its
 * memory already. needs_loss_before_update: whoever steps the schedule looks at each loss. */
bool nn_stepper_alloc(NnStepper *stepper, const NnSource *source, size_t batch_size,
                      bool needs_loss_before_update, NnError *err);
void nn_stepper_clear(NnStepper *stepper); /* also of zeros, and of one that is not complete */
/* From now on out of these bytes, if they are the source's, and compiled, if the backend can. */
void nn_stepper_use(NnStepper *stepper, const NnResident *bytes);
/* For as long as it trains: denormal numbers are 0, if that makes no difference to its optimizer.
 * Returns the mode before. */
NnFloatMode nn_stepper_float_mode(const NnStepper *stepper);

/* Not when it is full. false: NN_ERR_DEVICE. A step whose loss is not finite updates nothing. */
bool nn_stepper_begin(NnStepper *stepper, const NnStep *step, NnError *err);
bool nn_stepper_is_full(const NnStepper *stepper);
/* Waits for all steps in flight: *done (*n), oldest first, borrowed until the next begin. false:
 * NN_ERR_DEVICE; nothing is in flight any more, and *done[0] is the first that is lost. */
bool nn_stepper_collect(NnStepper *stepper, const NnInFlight **done, size_t *n, NnError *err);
/* Weights, buffers and the optimizer's state are where the model and the target say, to be read or
 * written until the next begin. Nothing is in flight. */
void nn_stepper_sync(NnStepper *stepper);
/* What weights and states leave out of a run that is to go on with the same bits
 * (NnBackendOps.step_rest), after nn_stepper_sync(): *size bytes, borrowed; 0: nothing. */
const void *nn_stepper_rest(const NnStepper *stepper, size_t *size);
/* The most that it can be. */
size_t nn_stepper_most_rest(const NnStepper *stepper);
/* Before nn_stepper_use(). Copies. NN_ERR_NOMEM. */
bool nn_stepper_set_rest(NnStepper *stepper, const void *bytes, size_t size, NnError *err);
/* The learning rate and momentum of a step go to the optimizer. */
void nn_stepper_apply(NnStepper *stepper, double lr, double momentum);
/* Fetches the batch of a step and says how its pass goes: for who goes through it once more. */
NnObjectiveBatch nn_stepper_batch(NnStepper *stepper, const NnStep *step);
