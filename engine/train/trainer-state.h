/* trainer-state.h: what the files of the trainer share: trainer-build.c makes it, trainer-loop.c
 * takes it through epochs, trainer-save.c writes and restores it. */
#pragma once
#include "engine/schedulers/scheduler.h"
#include "sampler.h"
#include "stepper.h"
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

/* How far the run is. It outlasts nn_trainer_run(), so that the next call goes on from here. */
typedef struct {
  uint64_t step;        /* updates begun; done, where nothing is in flight */
  uint64_t epoch;       /* of the next step, from 0 */
  uint64_t batch;       /* batches of that epoch begun; 0: its order has not been drawn yet */
  double loss_sum;      /* of those that are done */
  double lr;            /* of the last update */
  double seconds;       /* of training, in the epochs before */
  double epoch_seconds; /* the same of this epoch, up to when the loop was last left */
} NnCursor;

struct NnTrainer {
  NnTrainerOptions options;
  NnConfig *recipe;           /* owned */
  NnRandomSplit split;        /* owned; empty unless validation_fraction is set */
  NnSubset judged[2];         /* its parts, training first, of train_evaluated */
  const NnSource *train;      /* what is trained on, and */
  const NnSource *evaluated;  /* the same as it is measured */
  const NnSource *validation; /* kept aside; NULL: nothing */
  NnStepper stepper;          /* owned */
  NnSampler *sampler;         /* owned */
  NnMt19937 mt; /* the program's one generator: weights first, then the order of samples */
  NnScheduler scheduler;
  Watch watch;
  uint64_t n_steps, steps_per_epoch;
  uint32_t n_epochs;
  NnCursor cursor;
  bool device_prepared;               /* the three below are initialized */
  NnResident train_bytes, test_bytes; /* owned; empty where the data stay on the host */
  NnResident evaluated_bytes;         /* the same; empty, too, where they are train_bytes */
};
