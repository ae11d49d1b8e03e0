/* trainer-private.h: what building a trainer (trainer-build.c), its steps (trainer-step.c) and
 * running it (trainer.c) share. */
#pragma once
#include "objective.h"
#include "optimizer.h"
#include "sampler.h"
#include "scheduler.h"
#include "subset.h"
#include "trainer.h"

/* Which number ReduceLROnPlateau watches; the order of its "metric" choices. */
typedef enum {
  WATCH_TRAIN_LOSS,
  WATCH_TEST_LOSS,
  WATCH_TEST_ACCURACY,
  WATCH_VALIDATION_LOSS,
  WATCH_VALIDATION_ACCURACY
} Watch;

/* A step under way: its record lacks loss and accuracy until the results are collected. */
typedef struct {
  NnProgress record;
  size_t n; /* samples */
} UnderWay;

struct NnTrainer {
  NnTrainerOptions options;
  NnConfig *recipe;                   /* owned */
  NnRandomSplit split;                /* owned; empty unless validation_fraction is set */
  const NnSource *train, *validation; /* what is trained on, and kept aside (or NULL) */
  NnModel *model;                     /* owned */
  NnSampler *sampler;                 /* owned */
  NnMt19937 mt; /* the program's one generator: weights first, then the order of samples */
  NnOptimizer optimizer;
  NnScheduler scheduler;
  Watch watch;
  NnObjective objective; /* owned: loss, penalties, clipping */
  uint64_t seed, n_steps, steps_per_epoch;
  uint32_t n_epochs;
  int32_t *labels, *device_labels;
  nn_real *x, *device_x;    /* owned; device_* only where memory differs */
  NnOptimizerTarget target; /* its state and workspace are owned */
  size_t steps_ahead;       /* most steps under way: the backend's, or 1 */
  bool alone;               /* each step's loss is needed on the host before its update */
  UnderWay *under_way;      /* owned, steps_ahead */
  NnStepResult *results;    /* owned, steps_ahead */
};

/* What nn_trainer_run() keeps while it runs. */
typedef struct {
  NnTrainer *t;
  NnObserver *observer;
  NnResult *result;
  uint64_t step; /* updates begun; done, where nothing is under way */
  uint32_t epoch;
  double loss_sum, started; /* of this epoch */
  uint64_t in_epoch;        /* steps of this epoch */
  double last_lr;
  NnMetrics test;
  size_t n_under_way, ahead; /* ahead: how many there may be just now */
  double collected;          /* when results last came */
} Run;

/* trainer-step.c. Begins the step of batch `index` and collects results when that is due.
 * false: NN_ERR_NONFINITE (run->step is the step whose loss it was) or NN_ERR_DEVICE. */
bool nn_trainer_step(Run *run, size_t index, NnError *err);
/* Waits for all steps under way and hands their records on; errors as above. */
bool nn_trainer_collect(Run *run, NnError *err);
double nn_trainer_now(void); /* seconds of a steady clock */

/* The schedule's learning rate and momentum, handed to the optimizer. */
void nn_trainer_apply_schedule(NnTrainer *t);
