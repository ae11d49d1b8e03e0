/* prefetch.c: see prefetch.h.
 *
 * Positions in the order are claimed from `next`, a few at once. The thread claims only as long as
 * the ring has room: up to `taken` + cells; it writes sample p into cell p mod cells and then sets
 * the cell's `ready` to p + 1. Who takes a batch delivers what is ready, claims a few samples where
 * nobody has, and moves `taken` on now and then: `next` and `taken` are what the two processors
 * quarrel about, so both touch them seldom. Between a sample that the thread is making and the one
 * who needs it lies a short look, then sleep: the thread may be waiting for that very processor. */
#include "prefetch.h"
#include "engine/mem.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum {
  RING_BYTES = 1 << 24,
  MOST_CELLS = 4096,
  LEAST_CELLS = 16,
  PIECE = 4,  /* samples that are claimed at once */
  SPINS = 200 /* looks at a cell before sleep */
};

struct NnPrefetch {
  NnPrefetchSpec spec;
  size_t n_cells;
  size_t stride;           /* bytes from cell to cell, a multiple of 64 */
  char *cells;             /* owned */
  _Atomic uint32_t *ready; /* position + 1 of what a cell holds, owned */
  uint32_t *order;         /* n_samples, owned; `n` of them count */
  size_t n;
  uint32_t epoch;
  atomic_flag busy; /* somebody orders or takes */
  _Alignas(64) _Atomic size_t next;
  _Alignas(64) _Atomic size_t taken;
  _Alignas(64) _Atomic bool sleeping, cancel, closing;
  _Atomic bool waiting; /* the taker sleeps until a cell is ready */
  pthread_mutex_t mutex;
  pthread_cond_t wake, asleep, made;
  pthread_t thread;
  bool started;
};

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void *cell_of(const NnPrefetch *p, size_t position)
{
  return p->cells + position % p->n_cells * p->stride;
}

/* ---- the thread ---- */

/* How many samples at `position` may be claimed at once. */
static size_t room(NnPrefetch *p, size_t position)
{
  size_t end = atomic_load(&p->taken) + p->n_cells;
  end = end < p->n ? end : p->n;
  return position >= end ? 0 : end - position < PIECE ? end - position : PIECE;
}

static bool has_room(NnPrefetch *p)
{
  return room(p, atomic_load(&p->next)) > 0;
}

/* `ready` is set before the look at `waiting`, and the taker does it the other way round: one of
 * the two sees the other. */
static void make_one(NnPrefetch *p, size_t position)
{
  p->spec.make(p->spec.user, p->order[position], p->epoch, cell_of(p, position));
  atomic_store(&p->ready[position % p->n_cells], (uint32_t)position + 1);
  if (!atomic_load(&p->waiting))
    return;
  pthread_mutex_lock(&p->mutex);
  pthread_cond_signal(&p->made);
  pthread_mutex_unlock(&p->mutex);
}

/* Makes samples until there is nothing to do, or it has to stop. */
static void work(NnPrefetch *p)
{
  size_t position = atomic_load(&p->next), n;
  while (!atomic_load(&p->cancel) && (n = room(p, position)) > 0) {
    if (!atomic_compare_exchange_weak(&p->next, &position, position + n))
      continue;
    for (size_t i = 0; i < n; i++)
      make_one(p, position + i);
    position = atomic_load(&p->next);
  }
}

/* `sleeping` is set before the last look, and whoever makes room looks at `sleeping` after that:
 * one of the two sees the other. */
static void *thread_main(void *data)
{
  NnPrefetch *p = data;
  pthread_mutex_lock(&p->mutex);
  while (!atomic_load(&p->closing)) {
    atomic_store(&p->sleeping, true);
    pthread_cond_broadcast(&p->asleep);
    if (atomic_load(&p->cancel) || !has_room(p))
      pthread_cond_wait(&p->wake, &p->mutex);
    if (atomic_load(&p->cancel))
      continue;
    atomic_store(&p->sleeping, false);
    pthread_mutex_unlock(&p->mutex);
    work(p);
    pthread_mutex_lock(&p->mutex);
  }
  atomic_store(&p->sleeping, true);
  pthread_cond_broadcast(&p->asleep);
  pthread_mutex_unlock(&p->mutex);
  return NULL;
}

/* ---- life ---- */

static size_t ring_cells(size_t stride)
{
  size_t cells = RING_BYTES / stride;
  return cells > MOST_CELLS ? MOST_CELLS : cells < LEAST_CELLS ? LEAST_CELLS : cells;
}

bool nn_prefetch_new(const NnPrefetchSpec *spec, NnPrefetch **prefetch, NnError *err)
{
  NnPrefetch *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the worker of the transforms");
  self->spec = *spec;
  self->stride = (spec->bytes + 63) / 64 * 64;
  self->n_cells = ring_cells(self->stride);
  self->cells = nn_alloc_array(self->n_cells, self->stride);
  self->ready = nn_alloc_array(self->n_cells, sizeof *self->ready);
  self->order = nn_alloc_array(spec->n_samples, sizeof *self->order);
  atomic_flag_clear(&self->busy);
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->wake, NULL);
  pthread_cond_init(&self->asleep, NULL);
  pthread_cond_init(&self->made, NULL);
  self->started = self->cells && self->ready && self->order &&
                  pthread_create(&self->thread, NULL, thread_main, self) == 0;
  if (!self->started) {
    nn_prefetch_free(self);
    return nn_fail_nomem(err, "the worker of the transforms");
  }
  *prefetch = self;
  return true;
}

void nn_prefetch_free(NnPrefetch *prefetch)
{
  if (!prefetch)
    return;
  if (prefetch->started) {
    pthread_mutex_lock(&prefetch->mutex);
    atomic_store(&prefetch->closing, true);
    atomic_store(&prefetch->cancel, true);
    pthread_cond_signal(&prefetch->wake);
    pthread_mutex_unlock(&prefetch->mutex);
    pthread_join(prefetch->thread, NULL);
  }
  pthread_mutex_destroy(&prefetch->mutex);
  pthread_cond_destroy(&prefetch->wake);
  pthread_cond_destroy(&prefetch->asleep);
  pthread_cond_destroy(&prefetch->made);
  nn_free(prefetch->cells);
  nn_free(prefetch->ready);
  nn_free(prefetch->order);
  nn_free(prefetch);
}

/* ---- ordering and taking ---- */

void nn_prefetch_order(NnPrefetch *prefetch, const uint32_t *indices, size_t n, uint32_t epoch)
{
  if (atomic_flag_test_and_set(&prefetch->busy))
    return;
  pthread_mutex_lock(&prefetch->mutex);
  atomic_store(&prefetch->cancel, true);
  while (!atomic_load(&prefetch->sleeping))
    pthread_cond_wait(&prefetch->asleep, &prefetch->mutex);
  if (n)
    memcpy(prefetch->order, indices, n * sizeof *indices);
  prefetch->n = n;
  prefetch->epoch = epoch;
  for (size_t i = 0; i < prefetch->n_cells; i++)
    atomic_store_explicit(&prefetch->ready[i], 0, memory_order_relaxed);
  atomic_store(&prefetch->next, 0);
  atomic_store(&prefetch->taken, 0);
  atomic_store(&prefetch->cancel, false);
  pthread_cond_signal(&prefetch->wake);
  pthread_mutex_unlock(&prefetch->mutex);
  atomic_flag_clear(&prefetch->busy);
}

static bool is_next(const NnPrefetch *p, size_t at, const uint32_t *indices, size_t n,
                    uint32_t epoch)
{
  return epoch == p->epoch && n <= p->n - at &&
         memcmp(indices, p->order + at, n * sizeof *indices) == 0;
}

static bool is_ready(NnPrefetch *p, size_t position)
{
  return atomic_load_explicit(&p->ready[position % p->n_cells], memory_order_acquire) ==
         (uint32_t)position + 1;
}

static void wait_for(NnPrefetch *p, size_t position)
{
  for (int i = 0; i < SPINS; i++) {
    if (is_ready(p, position))
      return;
    relax();
  }
  pthread_mutex_lock(&p->mutex);
  atomic_store(&p->waiting, true);
  while (atomic_load(&p->ready[position % p->n_cells]) != (uint32_t)position + 1)
    pthread_cond_wait(&p->made, &p->mutex);
  atomic_store(&p->waiting, false);
  pthread_mutex_unlock(&p->mutex);
}

/* Everything before `position` may be overwritten; wakes the thread when half of the ring is free.
 */
static void move_on(NnPrefetch *p, size_t position)
{
  atomic_store(&p->taken, position);
  if (!atomic_load(&p->sleeping) || atomic_load(&p->next) >= p->n ||
      atomic_load(&p->next) > position + p->n_cells / 2)
    return;
  pthread_mutex_lock(&p->mutex);
  pthread_cond_signal(&p->wake);
  pthread_mutex_unlock(&p->mutex);
}

/* Makes sure that the samples at … are there, and returns how many: one of the thread's, or a few
 * that nobody had claimed and that are made here. */
static size_t get_some(NnPrefetch *p, size_t at, size_t end)
{
  size_t free = at, n = end - at < PIECE ? end - at : PIECE;
  if (is_ready(p, at))
    return 1;
  if (!atomic_compare_exchange_strong(&p->next, &free, at + n)) {
    wait_for(p, at);
    return 1;
  }
  for (size_t i = 0; i < n; i++)
    p->spec.make(p->spec.user, p->order[at + i], p->epoch, cell_of(p, at + i));
  return n;
}

static void take(NnPrefetch *p, size_t at, size_t end, nn_real *x)
{
  while (at < end) {
    size_t next = at + get_some(p, at, end);
    for (; at < next; at++, x += p->spec.size)
      p->spec.deliver(p->spec.user, cell_of(p, at), x);
    if (at == end || at - atomic_load(&p->taken) >= p->n_cells / 4)
      move_on(p, at);
  }
}

bool nn_prefetch_take(NnPrefetch *prefetch, const uint32_t *indices, size_t n, uint32_t epoch,
                      nn_real *x)
{
  if (atomic_flag_test_and_set(&prefetch->busy))
    return false;
  size_t at = atomic_load(&prefetch->taken);
  bool ok = is_next(prefetch, at, indices, n, epoch);
  if (ok)
    take(prefetch, at, at + n, x);
  atomic_flag_clear(&prefetch->busy);
  return ok;
}
