/* measure.h: how fast a recipe trains on a device, for the race of devices and the choice of one.
 */
#pragma once
#include "engine/train/trainer.h"

typedef struct {
  const NnConfig *recipe;
  const NnSource *train;
  const NnBackend *backend;
  uint64_t max_steps;       /* of the run; 0: all its epochs */
  double warm_up;           /* seconds before it counts, of the same run */
  double seconds;           /* at most; less where the run is over */
  bool one_epoch;           /* no more than an epoch's steps */
  const _Atomic bool *stop; /* NULL, or: ends it soon after it becomes true */
} BpMeasurement;

typedef struct {
  double step_seconds;               /* of one update; 0: the run was over before it counted */
  uint64_t n_steps, steps_per_epoch; /* of the run */
  bool whole_epoch;                  /* one was measured to its end */
} BpSpeed;

/* Builds a trainer, measures, frees it. Errors: as of nn_trainer_new(), nn_trainer_measure().
 * Blocks; thread: any. */
bool bp_measure(const BpMeasurement *wanted, BpSpeed *speed, NnError *err);
