/* observer.c: what passes between the thread that trains and the one that watches.
 *
 * Records go through the ring; finished epochs into an array whose length is published after the
 * entry; snapshots through three buffers, of which each side holds one and the third is exchanged
 * atomically. Control is one atomic word of bits; only when it is not zero does the trainer look
 * closer, and only a pause takes a lock. */
#include "observer.h"
#include "engine/mem.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { RING_CAPACITY = 1 << 16, STOP = 1, PAUSE = 2, SNAPSHOT = 4, FRESH = 4 };

struct NnObserver {
  NnRing *ring; /* owned */
  bool lossless;
  NnEpoch *epochs; /* owned */
  uint32_t max_epochs;
  _Atomic uint32_t n_epochs;
  _Atomic uint32_t control; /* STOP, PAUSE, SNAPSHOT */
  _Atomic bool aborted;
  uint32_t steps_allowed; /* while paused; under the mutex */
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  NnSnapshot snapshots[NN_SNAPSHOTS];
  int back, front;    /* the trainer's and the watcher's snapshot */
  _Atomic int middle; /* index of the third, plus FRESH when the watcher has not seen it */
};

/* ---- life ---- */

static bool alloc_snapshots(NnObserver *observer, const NnModel *model)
{
  for (int i = 0; i < NN_SNAPSHOTS; i++) {
    NnSnapshot *s = &observer->snapshots[i];
    s->params = nn_alloc_array(nn_model_n_params(model), sizeof *s->params);
    s->buffers = nn_alloc_array(nn_model_n_buffers(model), sizeof *s->buffers);
    if (!s->params || !s->buffers)
      return false;
  }
  return true;
}

bool nn_observer_new(const NnTrainer *trainer, bool lossless, NnObserver **observer, NnError *err)
{
  NnObserver *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the observer of the run");
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->wake, NULL);
  self->lossless = lossless;
  self->back = 0;
  self->front = 1;
  atomic_init(&self->middle, 2);
  self->max_epochs = nn_trainer_n_epochs(trainer);
  self->epochs = nn_alloc_array(self->max_epochs, sizeof *self->epochs);
  bool ok = (self->epochs && alloc_snapshots(self, nn_trainer_model((NnTrainer *)trainer))) ||
            nn_fail_nomem(err, "the observer of the run");
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
  for (int i = 0; i < 3; i++) {
    nn_free(observer->snapshots[i].params);
    nn_free(observer->snapshots[i].buffers);
  }
  if (observer->ring)
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
  if (!(atomic_load(&observer->middle) & FRESH))
    return NULL;
  observer->front = atomic_exchange(&observer->middle, observer->front) & ~FRESH;
  return &observer->snapshots[observer->front];
}

/* ---- the trainer's side ---- */

void nn_observer_snapshot(NnObserver *observer, NnModel *model, uint64_t step, uint32_t epoch)
{
  const NnBackend *backend = nn_model_backend(model);
  NnSnapshot *s = &observer->snapshots[observer->back];
  backend->ops->download(backend, s->params, nn_model_params(model),
                         nn_model_n_params(model) * sizeof *s->params);
  backend->ops->download(backend, s->buffers, nn_model_buffers(model),
                         nn_model_n_buffers(model) * sizeof *s->buffers);
  s->step = step;
  s->epoch = epoch;
  observer->back = atomic_exchange(&observer->middle, observer->back | FRESH) & ~FRESH;
}

/* Waits out a pause, serving snapshots meanwhile. */
static void wait_while_paused(NnObserver *observer, NnModel *model, uint64_t step, uint32_t epoch)
{
  pthread_mutex_lock(&observer->mutex);
  for (;;) {
    uint32_t control = atomic_load(&observer->control);
    if (control & SNAPSHOT) {
      atomic_fetch_and(&observer->control, ~(uint32_t)SNAPSHOT);
      nn_observer_snapshot(observer, model, step, epoch);
    }
    if (!(control & PAUSE) || (control & STOP))
      break;
    if (observer->steps_allowed > 0) {
      observer->steps_allowed--;
      break;
    }
    pthread_cond_wait(&observer->wake, &observer->mutex);
  }
  pthread_mutex_unlock(&observer->mutex);
}

bool nn_observer_has_orders(const NnObserver *observer)
{
  return atomic_load_explicit(&observer->control, memory_order_acquire) != 0;
}

NnOrder nn_observer_between_batches(NnObserver *observer, NnModel *model, uint64_t step,
                                    uint32_t epoch)
{
  uint32_t control = atomic_load_explicit(&observer->control, memory_order_acquire);
  if (control == 0)
    return NN_GO_ON;
  if (control & (SNAPSHOT | PAUSE))
    wait_while_paused(observer, model, step, epoch);
  return atomic_load(&observer->control) & STOP ? NN_STOP : NN_GO_ON;
}

void nn_observer_record(NnObserver *observer, const NnProgress *record)
{
  const struct timespec moment = {.tv_nsec = 200000};
  while (!nn_ring_push(observer->ring, record)) {
    if (!observer->lossless || atomic_load(&observer->aborted))
      return;
    nanosleep(&moment, NULL);
  }
}

void nn_observer_record_epoch(NnObserver *observer, const NnEpoch *epoch)
{
  uint32_t n = atomic_load_explicit(&observer->n_epochs, memory_order_relaxed);
  if (n == observer->max_epochs)
    return;
  observer->epochs[n] = *epoch;
  atomic_store_explicit(&observer->n_epochs, n + 1, memory_order_release);
}

const _Atomic bool *nn_observer_aborted(const NnObserver *observer)
{
  return &observer->aborted;
}
