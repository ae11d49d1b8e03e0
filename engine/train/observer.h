/* observer.h: what passes between the thread that trains and the one that watches. It is made from
 * sizes alone and knows no trainer: the trainer gives it records and copies, and asks it for
 * orders.
 *
 * Neither side ever waits for the other, except that a pause holds the trainer, and that a lossless
 * observer holds it while the ring is full. */
#pragma once
#include "engine/model/snapshot.h"
#include "progress.h"
#include <stddef.h>

typedef struct NnObserver NnObserver;

enum {
  NN_OBSERVER_COPIES = 3
}; /* of snapshots and of checkpoints: one of them is always free to fill */

/* A trainer's state of one moment, as nn_trainer_save() writes it: see checkpoint.h. */
typedef struct {
  unsigned char *bytes;
  size_t size;
} NnCheckpoint;

/* nn_trainer_observer_spec() fills in the sizes. */
typedef struct {
  size_t n_params, n_buffers; /* of a snapshot */
  uint32_t n_epochs;          /* most records of epochs */
  size_t checkpoint_bytes;    /* most bytes of a checkpoint */
  bool lossless; /* the trainer waits when the ring is full (for logs); otherwise it drops
                  * records and counts them */
  bool
      checkpoints; /* the trainer leaves a checkpoint at each epoch's end and at the end of a run */
} NnObserverSpec;

/* For one run. Allocates everything that it will ever need. */
bool nn_observer_new(const NnObserverSpec *spec, NnObserver **observer, NnError *err);
void nn_observer_free(NnObserver *observer); /* after nn_trainer_run() returned */

/* ---- watching and steering: one thread, another than the trainer's ---- */

size_t nn_observer_drain(NnObserver *observer, NnProgress *records, size_t max);
uint64_t nn_observer_dropped(const NnObserver *observer);
uint32_t nn_observer_n_epochs(const NnObserver *observer); /* recorded; never lost */
/* index < n_epochs: in the order of recording, which in a run that was restored does not begin with
 * epoch 0. */
const NnEpoch *nn_observer_epoch(const NnObserver *observer, uint32_t index);

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

/* The newest checkpoint not yet taken, or NULL: nothing new, or spec.checkpoints is off. Valid
 * until the next take. One consumer thread, which may be another than the snapshots'. The trainer
 * never waits for it: of two checkpoints that nobody took in between the newer one stays. */
const NnCheckpoint *nn_observer_take_checkpoint(NnObserver *observer);

/* ---- the trainer's side ---- */

typedef enum {
  NN_ORDER_GO_ON,
  NN_ORDER_STOP,
  NN_ORDER_SNAPSHOT /* fill one, then ask again */
} NnOrder;

/* Does anything wait for nn_observer_next_order()? One atomic load. */
bool nn_observer_has_orders(const NnObserver *observer);
/* Once per batch, until it says to go on or to stop: one atomic load when nothing is asked. Blocks
 * while paused. */
NnOrder nn_observer_next_order(NnObserver *observer);
const _Atomic bool *nn_observer_aborted(const NnObserver *observer);
void nn_observer_record(NnObserver *observer, const NnProgress *record);
void nn_observer_record_epoch(NnObserver *observer, const NnEpoch *epoch);
/* What is filled in place and then published. The checkpoint has room for spec.checkpoint_bytes;
 * NULL: none is wanted. */
NnSnapshot *nn_observer_snapshot_to_fill(NnObserver *observer);
void nn_observer_publish_snapshot(NnObserver *observer);
unsigned char *nn_observer_checkpoint_to_fill(NnObserver *observer);
void nn_observer_publish_checkpoint(NnObserver *observer, size_t size);
