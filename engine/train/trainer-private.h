/* trainer-private.h: what building a trainer (trainer-build.c), its steps (trainer-step.c) and
 * running it (trainer.c) share. */
#pragma once
#include "batch-loader.h"
#include "engine/backend/float-mode.h"
#include "objective.h"
#include "engine/optimizers/optimizer.h"
#include "sampler.h"
#include "engine/schedulers/scheduler.h"
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
  NnConfig *recipe;           /* owned */
  NnRandomSplit split;        /* owned; empty unless validation_fraction is set */
  NnSubset judged[2];         /* its parts, training first, of train_evaluated */
  const NnSource *train;      /* what is trained on, and */
  const NnSource *evaluated;  /* the same as it is measured */
  const NnSource *validation; /* kept aside; NULL: nothing */
  NnModel *model;             /* owned */
  NnSampler *sampler;         /* owned */
  NnMt19937 mt; /* the program's one generator: weights first, then the order of samples */
  NnOptimizer optimizer;
  NnScheduler scheduler;
  Watch watch;
  NnObjective objective; /* owned: loss, penalties, clipping */
  uint64_t seed, n_steps, steps_per_epoch;
  uint32_t n_epochs;
  NnBatchLoader feed;                 /* owned: batches of `train` */
  bool settled;                       /* the four below are initialized */
  NnResident train_bytes, test_bytes; /* owned; empty where the data stay on the host */
  NnResident evaluated_bytes;         /* the same; empty, too, where they are train_bytes */
  void *whole_step;           /* owned by the backend, which has a way of its own for it; or NULL */
  uint32_t *ids;              /* owned, for whole steps: samples of steps_ahead batches */
  double *scalars, *divisors; /* owned, the same: of steps_ahead updates */
  NnOptimizerTarget target;   /* its state and workspace are owned */
  size_t steps_ahead;         /* most steps under way: the backend's, or 1 */
  bool alone;                 /* each step's loss is needed on the host before its update */
  UnderWay *under_way;        /* owned, steps_ahead */
  NnStepResult *results;      /* owned, steps_ahead */
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

/* trainer-step.c. Begins the step of batch `index`, or several (*n), at most `most`, and collects
 * results when that is due. false: NN_ERR_NONFINITE (run->step is the step whose loss it was) or
 * NN_ERR_DEVICE. */
bool nn_trainer_steps(Run *run, size_t index, size_t most, size_t *n, NnError *err);
/* Waits for all steps under way and hands their records on; errors as above. */
bool nn_trainer_collect(Run *run, NnError *err);
/* Fetches batch `index` of the present epoch and says how the pass goes. */
NnObjectiveBatch nn_trainer_batch(const Run *run, size_t index);
/* For as long as it trains: denormal numbers are 0, if that makes no difference to its optimizer.
 * Returns the mode before. */
NnFloatMode nn_trainer_float_mode(const NnTrainer *t);
double nn_trainer_now(void); /* seconds of a steady clock */
/* Takes note of a step that was begun with n samples. */
void nn_trainer_add_under_way(Run *run, size_t n);

/* trainer-diagnose.c. The loss of run->step, whose record it is, is not finite: names the first
 * tensor that is not and the cause. Nothing is under way. Returns false. */
bool nn_trainer_fail_nonfinite(const Run *run, const NnProgress *record, NnError *err);
/* The same for the last update, which no step has followed: an evaluation was not finite. */
bool nn_trainer_fail_after(const Run *run, NnError *err);

/* compiled-step.c. Once, before the first step, on the thread that trains: takes the data to a
 * device with memory of its own, and asks it for a way of its own to do a whole step. */
void nn_trainer_settle(NnTrainer *t);
void nn_trainer_unsettle(NnTrainer *t);
/* Begins as many whole steps from batch `index` on as may be, at most `most`; returns how many. */
size_t nn_trainer_whole_steps(Run *run, size_t index, size_t most);

/* The schedule's learning rate and momentum, handed to the optimizer. */
void nn_trainer_apply_schedule(NnTrainer *t);
