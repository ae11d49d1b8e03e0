/* prefetch.c: see prefetch.h.
 *
 * Positions in the order are claimed from `next`. The thread claims only as long as the ring has
 * room: up to `taken` + cells; it writes sample p into cell p mod cells and then sets the cell's
 * `ready` to p + 1. Who takes a batch copies what the thread has claimed, claims a few samples
 * where it has not, writes those straight to where they belong, and moves `taken` on. */
#include "prefetch.h"
#include "engine/mem.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

enum {
  RING_BYTES = 1 << 24,
  MOST_CELLS = 4096,
  LEAST_CELLS = 16,
  PIECE = 4,   /* samples that the taker claims at once */
  SPINS = 1000 /* of looking at a cell before the processor is lent to others */
};

struct NnPrefetch {
  NnPrefetchSpec spec;
  size_t n_cells;
  nn_real *cells;          /* (n_cells, size), owned */
  _Atomic uint32_t *ready; /* position + 1 of what a cell holds, owned */
  uint32_t *order;         /* n_samples, owned; `n` of them count */
  size_t n;
  uint32_t epoch;
  atomic_flag busy; /* somebody orders or takes */
  _Alignas(64) _Atomic size_t next;
  _Alignas(64) _Atomic size_t taken;
  _Atomic bool sleeping, cancel, closing;
  pthread_mutex_t mutex;
  pthread_cond_t wake, asleep;
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

/* ---- the thread ---- */

static bool has_room(NnPrefetch *p, size_t position)
{
  return position < p->n && position < atomic_load(&p->taken) + p->n_cells;
}

/* Makes samples until there is nothing to do, or it is told to stop. */
static void work(NnPrefetch *p)
{
  size_t position = atomic_load(&p->next);
  while (!atomic_load(&p->cancel) && has_room(p, position)) {
    if (!atomic_compare_exchange_weak(&p->next, &position, position + 1))
      continue;
    size_t cell = position % p->n_cells;
    p->spec.make(p->spec.user, p->order[position], p->epoch, p->cells + cell * p->spec.size);
    atomic_store_explicit(&p->ready[cell], (uint32_t)position + 1, memory_order_release);
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
    if (atomic_load(&p->cancel) || !has_room(p, atomic_load(&p->next)))
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

static size_t ring_cells(size_t size)
{
  size_t cells = RING_BYTES / (size * sizeof(nn_real));
  return cells > MOST_CELLS ? MOST_CELLS : cells < LEAST_CELLS ? LEAST_CELLS : cells;
}

bool nn_prefetch_new(const NnPrefetchSpec *spec, NnPrefetch **prefetch, NnError *err)
{
  NnPrefetch *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the worker of the transforms");
  self->spec = *spec;
  self->n_cells = ring_cells(spec->size);
  self->cells = nn_alloc_array(self->n_cells * spec->size, sizeof *self->cells);
  self->ready = nn_alloc_array(self->n_cells, sizeof *self->ready);
  self->order = nn_alloc_array(spec->n_samples, sizeof *self->order);
  atomic_flag_clear(&self->busy);
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->wake, NULL);
  pthread_cond_init(&self->asleep, NULL);
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

static void wait_for(NnPrefetch *p, size_t position)
{
  _Atomic uint32_t *ready = &p->ready[position % p->n_cells];
  for (int i = 0; atomic_load_explicit(ready, memory_order_acquire) != position + 1; i++)
    if (i < SPINS)
      relax();
    else
      sched_yield();
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

/* The samples from `at` up to `end` that are one party's: copied from the ring when the thread has
 * claimed the first of them, made here when nobody has. Returns how many. */
static size_t take_some(NnPrefetch *p, size_t at, size_t end, nn_real *x)
{
  size_t free = at, n = end - at < PIECE ? end - at : PIECE, size = p->spec.size;
  if (atomic_compare_exchange_strong(&p->next, &free, at + n)) {
    for (size_t i = 0; i < n; i++)
      p->spec.make(p->spec.user, p->order[at + i], p->epoch, x + i * size);
    return n;
  }
  wait_for(p, at);
  memcpy(x, p->cells + at % p->n_cells * size, size * sizeof *x);
  return 1;
}

bool nn_prefetch_take(NnPrefetch *prefetch, const uint32_t *indices, size_t n, uint32_t epoch,
                      nn_real *x)
{
  if (atomic_flag_test_and_set(&prefetch->busy))
    return false;
  size_t at = atomic_load(&prefetch->taken), end = at + n;
  bool ok = is_next(prefetch, at, indices, n, epoch);
  while (ok && at < end) {
    size_t some = take_some(prefetch, at, end, x);
    x += some * prefetch->spec.size;
    at += some;
    move_on(prefetch, at);
  }
  atomic_flag_clear(&prefetch->busy);
  return ok;
}
