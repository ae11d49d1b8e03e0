/* trainer.h: the training loop.
 *
 *   nn_trainer_new(&options, &trainer, &err);
 *   NnObserverSpec spec = nn_trainer_observer_spec(trainer);
 *   nn_observer_new(&spec, &observer, &err);           or no observer: NULL
 *   nn_trainer_run(trainer, observer, history, &result, &err);
 *                                                      another thread: nn_observer_drain(), …
 *   nn_observer_free(observer);
 *   nn_trainer_free(trainer);
 *
 * nn_trainer_run() blocks and runs on whatever thread calls it. With and without an observer it
 * computes the same bits. Control is read once per batch. */
#pragma once
#include "engine/model/model.h"
#include "engine/sample-source.h"
#include "evaluate.h"
#include "metrics.h"
#include "observer.h"

typedef struct {
  const NnConfig *recipe; /* copied */
  const NnSource *train;  /* borrowed for the life of the trainer */
  /* The same samples in the same order as they are measured, without what training does to them by
   * chance: the validation part, and the training set at the end. Borrowed likewise; NULL: train.
   */
  const NnSource *train_evaluated;
  const NnSource *test;     /* the same; NULL: no evaluation */
  const NnBackend *backend; /* the same */
  uint64_t
      max_steps;    /* stop after so many updates, counted from the run's beginning; 0: no limit */
  bool checkpoints; /* its observer will have some: their memory is counted before the run */
} NnTrainerOptions;

typedef struct NnTrainer NnTrainer;

/* Builds model, optimizer, scheduler and sampler; allocates everything. Errors: as of
 * nn_model_new(), and recipe against data (a batch size larger than the set with drop_last). */
bool nn_trainer_new(const NnTrainerOptions *options, NnTrainer **trainer, NnError *err);
/* Whether that would be refused, for who has not read the data yet: of the sources shape, n_samples
 * and n_classes are looked at (0 of either: not known). backend NULL: not chosen yet, and its
 * memory is not asked for. */
bool nn_trainer_check(const NnTrainerOptions *options, NnError *err);
void nn_trainer_free(NnTrainer *trainer);
NnModel *nn_trainer_model(NnTrainer *trainer); /* borrowed */
void nn_trainer_sync(NnTrainer *trainer);      /* the model has what a compiled step has learned */
uint64_t nn_trainer_n_steps(const NnTrainer *trainer); /* all epochs, or max_steps if fewer */
uint64_t nn_trainer_steps_per_epoch(const NnTrainer *trainer);
uint32_t nn_trainer_n_epochs(const NnTrainer *trainer);
/* What an observer of its run needs; lossless and checkpoints are off. */
NnObserverSpec nn_trainer_observer_spec(NnTrainer *trainer);

/* ---- running ---- */

typedef struct {
  uint64_t steps;        /* updates done, since the run's beginning */
  uint32_t epochs;       /* finished, likewise */
  bool stopped;          /* by nn_observer_stop() */
  double seconds;        /* training alone */
  NnMetrics train, test; /* over the whole sets at the end (of a stopped run, too), as they are
                          * evaluated; test only if given */
} NnResult;

/* Goes on from where the trainer stands, which is the run's beginning, where it stopped, or where
 * it was restored (checkpoint.h). An epoch that was cut short has its record and its evaluation,
 * too; whoever goes on gives it another one.
 *
 * false: err is NN_ERR_NONFINITE (the sentence says at which step the loss stopped being finite,
 * which counts for what the last update has made of the network, too; result->steps and the curves
 * stay valid) or NN_ERR_DEVICE, and the trainer is only to be freed then. A stopped run returns
 * true. history (epochs entries, NULL allowed): copies of the epoch records, each at its number. */
bool nn_trainer_run(NnTrainer *trainer, NnObserver *observer, NnEpoch *history, NnResult *result,
                    NnError *err);

/* How fast `trainer` is: steps done and the seconds they took, without evaluations. It trains for
 * `warm_up` seconds, which do not count (a device gets going), then for `seconds`, or until
 * most_steps have been done, or the run. It spends the trainer, which is only to be freed then.
 * A run that diverges has a speed, too. Errors: NN_ERR_CANCELLED, NN_ERR_DEVICE, and
 * NN_ERR_NONFINITE before anything was measured. */
typedef struct {
  double warm_up, seconds;
  uint64_t most_steps;      /* 0: any number */
  const _Atomic bool *stop; /* NULL, or: ends it soon after it becomes true */
} NnSpeedRequest;

typedef struct {
  uint64_t steps;
  double seconds;
} NnSpeed;

bool nn_trainer_measure(NnTrainer *trainer, const NnSpeedRequest *request, NnSpeed *speed,
                        NnError *err);
