/* trainer.h: the training loop.
 *
 *   NnTrainer *t;                             NnObserver *o (or NULL)
 *   nn_trainer_new(&options, &t, &err);       nn_observer_new(&spec, &o, &err);
 *   nn_trainer_run(t, o, &result, &err);      other thread: drain o->ring, nn_observer_…()
 *   nn_trainer_free(t);                       nn_observer_free(o);
 *
 * nn_trainer_run() blocks and runs on whatever thread calls it. With and without an observer it
 * computes the same bits. Control is read once per batch. */
#pragma once
#include "engine/sample-source.h"
#include "metrics.h"
#include "engine/model/model.h"
#include "ring.h"

typedef struct {
  const NnConfig *recipe; /* copied */
  const NnSource *train;  /* borrowed for the life of the trainer */
  /* The same samples in the same order as they are measured, without what training does to them by
   * chance: the validation part, and the training set at the end. Borrowed likewise; NULL: train.
   */
  const NnSource *train_evaluated;
  const NnSource *test;     /* the same; NULL: no evaluation */
  const NnBackend *backend; /* the same */
  uint64_t max_steps;       /* stop after so many updates; 0: no limit */
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
NnModel *nn_trainer_model(NnTrainer *trainer);         /* borrowed */
uint64_t nn_trainer_n_steps(const NnTrainer *trainer); /* all epochs, or max_steps if fewer */
uint64_t nn_trainer_steps_per_epoch(const NnTrainer *trainer);
uint32_t nn_trainer_n_epochs(const NnTrainer *trainer);

/* ---- observing and steering, from another thread ---- */

typedef struct NnObserver NnObserver;

/* For one run of `trainer`. lossless: the trainer waits for the consumer when the ring is full (for
 * logs); otherwise it drops records and counts them. */
bool nn_observer_new(const NnTrainer *trainer, bool lossless, NnObserver **observer, NnError *err);
void nn_observer_free(NnObserver *observer); /* after nn_trainer_run() returned */

size_t nn_observer_drain(NnObserver *observer, NnProgress *records, size_t max); /* one consumer */
uint64_t nn_observer_dropped(const NnObserver *observer);
uint32_t nn_observer_n_epochs(const NnObserver *observer); /* finished; never lost */
const NnEpoch *nn_observer_epoch(const NnObserver *observer, uint32_t index); /* index < n_epochs */

void nn_observer_stop(NnObserver *observer);  /* after the current batch; also ends a pause */
void nn_observer_abort(NnObserver *observer); /* the same, and skips the last evaluation */
void nn_observer_pause(NnObserver *observer);
void nn_observer_resume(NnObserver *observer);
void nn_observer_step(NnObserver *observer); /* pauses, and lets one more batch through */
bool nn_observer_is_paused(const NnObserver *observer); /* asked to */
/* Snapshots: ask; the trainer copies its parameters at the next batch boundary (also while paused,
 * and once at the end of the run by itself). take returns the newest copy not yet taken, or NULL;
 * it stays valid until the next take. One consumer thread. */
void nn_observer_request_snapshot(NnObserver *observer);
const NnSnapshot *nn_observer_take_snapshot(NnObserver *observer);

/* ---- running ---- */

typedef struct {
  uint64_t steps;        /* updates done */
  uint32_t epochs;       /* finished */
  bool stopped;          /* by nn_observer_stop() */
  double seconds;        /* training alone */
  NnMetrics train, test; /* over the whole sets at the end (of a stopped run, too), as they are
                          * evaluated; test only if given */
} NnResult;

/* false: err is NN_ERR_NONFINITE (the sentence says at which step the loss stopped being finite,
 * which counts for what the last update has made of the network, too;
 * result->steps and the curves stay valid) or NN_ERR_DEVICE. A stopped run returns true.
 * history (epochs entries, NULL allowed): copies of the epoch records. */
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
} NnSpeedWish;

typedef struct {
  uint64_t steps;
  double seconds;
} NnSpeed;

bool nn_trainer_measure(NnTrainer *trainer, const NnSpeedWish *wish, NnSpeed *speed, NnError *err);

/* An NnEpoch is written, with its evaluation, for an epoch that was cut short, too. */

/* Evaluates `model` on a whole source: eval mode, no penalties. confusion (n_classes², NULL
 * allowed) is added to; values (n_samples, n_classes), host, NULL allowed, receives probabilities.
 * stop (NULL allowed): returns false with NN_ERR_CANCELLED soon after it becomes true. */
bool nn_evaluate(NnModel *model, const NnSource *source, uint32_t *confusion, nn_real *values,
                 const _Atomic bool *stop, NnMetrics *metrics, NnError *err);
