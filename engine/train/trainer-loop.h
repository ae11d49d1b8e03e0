/* trainer-loop.h: the one loop over epochs and batches, which nn_trainer_run() and
 * nn_trainer_measure() share. Private to the trainer. */
#pragma once
#include "trainer-state.h"

/* One call of either. */
typedef struct {
  NnTrainer *t;
  NnObserver *observer; /* NULL: nobody watches */
  NnEpoch *history;     /* NULL: not wanted */
  NnResult *result;
  const _Atomic bool *stop; /* NULL, or: ends the loop soon after it becomes true */
  bool evaluates;           /* at the end of each epoch */
  double deadline;          /* of nn_seconds(), or INFINITY */
  uint64_t last_step;       /* ends before this one */
  /* the loop's own */
  double epoch_began; /* when this epoch would have begun without breaks */
  bool announced;     /* the source knows what comes next */
  bool unsaved;       /* what the observer's last checkpoint does not know */
  bool tested;        /* result->test is of the present weights */
} NnSession;

/* Prepares the device, then goes on from the trainer's cursor until the run is over, or an order,
 * the deadline or last_step ends it. Allocates nothing. Errors: NN_ERR_NONFINITE (cursor.step is
 * the step whose loss it was), NN_ERR_DEVICE; NN_ERR_CANCELLED: aborted while it evaluated. */
bool nn_session_train(NnSession *session, NnError *err);
/* The trainer's model on `source`, whose bytes may be on the device already. */
bool nn_session_evaluate(const NnSession *session, const NnSource *source,
                         const NnResident *resident, NnMetrics *metrics, NnError *err);
const NnResident *nn_session_evaluated_bytes(const NnTrainer *t);
/* Give the observer, if there is one that wants it, what it cannot see by itself. */
void nn_session_give_snapshot(const NnSession *session);
void nn_session_give_checkpoint(NnSession *session);
