/* trainer-private.h: what building a trainer (trainer-build.c) and running it (trainer.c) share. */
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
};

/* The schedule's learning rate and momentum, handed to the optimizer. */
void nn_trainer_apply_schedule(NnTrainer *t);
