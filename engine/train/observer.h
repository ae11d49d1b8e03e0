/* observer.h: the trainer's side of an NnObserver; see trainer.h for the other. Private. */
#pragma once
#include "trainer.h"

typedef enum { NN_GO_ON, NN_STOP } NnOrder;

enum { NN_SNAPSHOTS = 3 }; /* copies of the model that an observer holds */

/* Does anything wait for nn_observer_between_batches()? One atomic load. */
bool nn_observer_has_orders(const NnObserver *observer);
/* Once per batch: one atomic load when nothing is asked. Blocks while paused; serves snapshots. */
NnOrder nn_observer_between_batches(NnObserver *observer, NnModel *model, uint64_t step,
                                    uint32_t epoch);
void nn_observer_record(NnObserver *observer, const NnProgress *record);
void nn_observer_record_epoch(NnObserver *observer, const NnEpoch *epoch);
void nn_observer_snapshot(NnObserver *observer, NnModel *model, uint64_t step, uint32_t epoch);
const _Atomic bool *nn_observer_aborted(const NnObserver *observer);
