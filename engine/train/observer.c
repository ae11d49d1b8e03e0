/* observer.c: see observer.h.
 *
 * Records go through the ring; finished epochs into an array whose length is published after the
 * entry; snapshots and checkpoints through three buffers each, of which each side holds one and the
 * third is exchanged atomically. Control is one atomic word of bits; only when it is not zero does
 * the trainer look closer, and only a pause takes a lock. */
#include "observer.h"
#include "engine/mem.h"
#include "ring.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* The ring holds more than a tenth of a second of the fastest run. */
enum { RING_CAPACITY = 1 << 14, STOP = 1, PAUSE = 2, SNAPSHOT = 4, FRESH = 4 };

/* Three buffers between one who fills and one who reads. */
typedef struct {
  int back, front;    /* the trainer's and the watcher's */
  _Atomic int middle; /* index of the third, plus FRESH when the watcher has not seen it */
} Exchange;

struct NnObserver {
  NnRing *ring; /* owned */
  NnObserverSpec spec;
  NnEpoch *epochs; /* owned */
  _Atomic uint32_t n_epochs;
  _Atomic uint32_t control; /* STOP, PAUSE, SNAPSHOT */
  _Atomic bool aborted;
  uint32_t steps_allowed; /* while paused; under the mutex */
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  NnSnapshot snapshots[NN_OBSERVER_COPIES]; /* owned */
  Exchange snapshot;
  NnCheckpoint checkpoints[NN_OBSERVER_COPIES]; /* bytes: owned; NULL: none are wanted */
  Exchange checkpoint;
};

/* ---- three buffers ---- */

static void exchange_init(Exchange *e)
{
  e->back = 0;
  e->front = 1;
  atomic_init(&e->middle, 2);
}

static void publish(Exchange *e)
{
  e->back = atomic_exchange(&e->middle, e->back | FRESH) & ~FRESH;
}

/* False: nothing new. */
static bool take(Exchange *e)
{
  if (!(atomic_load(&e->middle) & FRESH))
    return false;
  e->front = atomic_exchange(&e->middle, e->front) & ~FRESH;
  return true;
}

/* ---- life ---- */

static bool alloc_copies(NnObserver *self, const NnObserverSpec *spec)
{
  for (int i = 0; i < NN_OBSERVER_COPIES; i++) {
    NnSnapshot *s = &self->snapshots[i];
    s->params = nn_alloc_array(spec->n_params, sizeof *s->params);
    s->buffers = nn_alloc_array(spec->n_buffers, sizeof *s->buffers);
    if (spec->checkpoints)
      self->checkpoints[i].bytes = nn_alloc(spec->checkpoint_bytes);
    if (!s->params || !s->buffers || (spec->checkpoints && !self->checkpoints[i].bytes))
      return false;
  }
  return true;
}

bool nn_observer_new(const NnObserverSpec *spec, NnObserver **observer, NnError *err)
{
  NnObserver *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the observer of the run");
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->wake, NULL);
  self->spec = *spec;
  exchange_init(&self->snapshot);
  exchange_init(&self->checkpoint);
  self->epochs = nn_alloc_array(spec->n_epochs, sizeof *self->epochs);
  bool ok =
      (self->epochs && alloc_copies(self, spec)) || nn_fail_nomem(err, "the observer of the run");
  if (!ok || !nn_ring_new(RING_CAPACITY, &self->ring, err)) {
    nn_observer_free(self);
    return false;
  }
  *observer = self;
  return true;
}

void nn_observer_free(NnObserver *observer)
{
  if (!observer)
    return;
  for (int i = 0; i < NN_OBSERVER_COPIES; i++) {
    nn_free(observer->snapshots[i].params);
    nn_free(observer->snapshots[i].buffers);
    nn_free(observer->checkpoints[i].bytes);
  }
  nn_ring_free(observer->ring);
  nn_free(observer->epochs);
  pthread_mutex_destroy(&observer->mutex);
  pthread_cond_destroy(&observer->wake);
  nn_free(observer);
}

/* ---- the watcher's side ---- */

size_t nn_observer_drain(NnObserver *observer, NnProgress *records, size_t max)
{
  return nn_ring_drain(observer->ring, records, max);
}

uint64_t nn_observer_dropped(const NnObserver *observer)
{
  return nn_ring_dropped(observer->ring);
}

uint32_t nn_observer_n_epochs(const NnObserver *observer)
{
  return atomic_load_explicit(&observer->n_epochs, memory_order_acquire);
}

const NnEpoch *nn_observer_epoch(const NnObserver *observer, uint32_t index)
{
  return &observer->epochs[index];
}

/* Changes the control word and wakes a paused trainer so that it looks again. */
static void steer(NnObserver *observer, uint32_t set, uint32_t clear, bool one_step)
{
  pthread_mutex_lock(&observer->mutex);
  observer->steps_allowed = one_step ? observer->steps_allowed + 1 : 0;
  atomic_fetch_and(&observer->control, ~clear);
  atomic_fetch_or(&observer->control, set);
  pthread_cond_broadcast(&observer->wake);
  pthread_mutex_unlock(&observer->mutex);
}

void nn_observer_stop(NnObserver *observer)
{
  steer(observer, STOP, PAUSE, false);
}

void nn_observer_abort(NnObserver *observer)
{
  atomic_store(&observer->aborted, true);
  nn_observer_stop(observer);
}

void nn_observer_pause(NnObserver *observer)
{
  steer(observer, PAUSE, 0, false);
}

void nn_observer_resume(NnObserver *observer)
{
  steer(observer, 0, PAUSE, false);
}

void nn_observer_step(NnObserver *observer)
{
  steer(observer, PAUSE, 0, true);
}

bool nn_observer_is_paused(const NnObserver *observer)
{
  return atomic_load(&observer->control) & PAUSE;
}

void nn_observer_request_snapshot(NnObserver *observer)
{
  pthread_mutex_lock(&observer->mutex);
  atomic_fetch_or(&observer->control, SNAPSHOT);
  pthread_cond_broadcast(&observer->wake);
  pthread_mutex_unlock(&observer->mutex);
}

const NnSnapshot *nn_observer_take_snapshot(NnObserver *observer)
{
  return take(&observer->snapshot) ? &observer->snapshots[observer->snapshot.front] : NULL;
}

const NnCheckpoint *nn_observer_take_checkpoint(NnObserver *observer)
{
  return take(&observer->checkpoint) ? &observer->checkpoints[observer->checkpoint.front] : NULL;
}

/* ---- the trainer's side ---- */

NnSnapshot *nn_observer_snapshot_to_fill(NnObserver *observer)
{
  return &observer->snapshots[observer->snapshot.back];
}

void nn_observer_publish_snapshot(NnObserver *observer)
{
  publish(&observer->snapshot);
}

unsigned char *nn_observer_checkpoint_to_fill(NnObserver *observer)
{
  return observer->checkpoints[observer->checkpoint.back].bytes;
}

void nn_observer_publish_checkpoint(NnObserver *observer, size_t size)
{
  observer->checkpoints[observer->checkpoint.back].size = size;
  publish(&observer->checkpoint);
}

bool nn_observer_has_orders(const NnObserver *observer)
{
  return atomic_load_explicit(&observer->control, memory_order_acquire) != 0;
}

/* What there is to do now, or, where there is nothing but a pause, in a while. */
static NnOrder wait_for_order(NnObserver *observer)
{
  for (;;) {
    uint32_t control = atomic_load(&observer->control);
    if (control & SNAPSHOT) {
      atomic_fetch_and(&observer->control, ~(uint32_t)SNAPSHOT);
      return NN_ORDER_SNAPSHOT;
    }
    if (control & STOP)
      return NN_ORDER_STOP;
    if (!(control & PAUSE))
      return NN_ORDER_GO_ON;
    if (observer->steps_allowed > 0) {
      observer->steps_allowed--;
      return NN_ORDER_GO_ON;
    }
    pthread_cond_wait(&observer->wake, &observer->mutex);
  }
}

NnOrder nn_observer_next_order(NnObserver *observer)
{
  if (!nn_observer_has_orders(observer))
    return NN_ORDER_GO_ON;
  pthread_mutex_lock(&observer->mutex);
  NnOrder order = wait_for_order(observer);
  pthread_mutex_unlock(&observer->mutex);
  return order;
}

void nn_observer_record(NnObserver *observer, const NnProgress *record)
{
  const struct timespec moment = {.tv_nsec = 200000};
  while (!nn_ring_push(observer->ring, record)) {
    if (!observer->spec.lossless || atomic_load(&observer->aborted))
      return;
    nanosleep(&moment, NULL);
  }
}

void nn_observer_record_epoch(NnObserver *observer, const NnEpoch *epoch)
{
  uint32_t n = atomic_load_explicit(&observer->n_epochs, memory_order_relaxed);
  if (n == observer->spec.n_epochs)
    return;
  observer->epochs[n] = *epoch;
  atomic_store_explicit(&observer->n_epochs, n + 1, memory_order_release);
}

const _Atomic bool *nn_observer_aborted(const NnObserver *observer)
{
  return &observer->aborted;
}
