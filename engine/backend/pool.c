/* pool.c: see pool.h.
 *
 * A job is published by advancing `generation`. Every thread, the caller too, takes chunk numbers
 * from `next` until they run out; a worker that is through adds itself to `done`. The caller waits
 * until all workers are, so nobody looks at an old job when the next one is written. */
#include "pool.h"
#include "float-mode.h"
#include "engine/mem.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { SPINS = 4000 }; /* about 20 µs to 100 µs of looking before a thread sleeps */

struct NnPool {
  int n_workers;
  pthread_t *threads; /* owned */
  NnPoolFunction function;
  void *job;
  NnFloatMode mode; /* the caller's: all compute in it */
  size_t n_chunks;
  _Alignas(64) _Atomic size_t next;
  _Alignas(64) _Atomic int done;
  _Alignas(64) _Atomic uint32_t generation;
  _Atomic int sleeping; /* workers in the condition variable */
  _Atomic bool closing;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
};

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void work(NnPool *pool)
{
  for (;;) {
    size_t chunk = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (chunk >= pool->n_chunks)
      return;
    pool->function(pool->job, chunk);
  }
}

/* Returns when generation differs from `seen`. */
static void wait_for_job(NnPool *pool, uint32_t seen)
{
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load_explicit(&pool->generation, memory_order_acquire) != seen)
      return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleeping, 1);
  while (atomic_load(&pool->generation) == seen)
    pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->sleeping, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void *worker(void *data)
{
  NnPool *pool = data;
  for (uint32_t seen = 0;; seen++) {
    wait_for_job(pool, seen);
    if (atomic_load(&pool->closing))
      return NULL;
    nn_float_mode_set(pool->mode);
    work(pool);
    atomic_fetch_add_explicit(&pool->done, 1, memory_order_release);
  }
}

/* Sequentially consistent on purpose: either the worker going to sleep sees the new generation, or
 * this thread sees it asleep and wakes it. */
static void publish(NnPool *pool)
{
  atomic_fetch_add(&pool->generation, 1);
  if (atomic_load(&pool->sleeping) == 0)
    return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

void nn_pool_run(NnPool *pool, NnPoolFunction function, void *job, size_t n_chunks)
{
  if (pool->n_workers == 0 || n_chunks < 2) {
    for (size_t i = 0; i < n_chunks; i++)
      function(job, i);
    return;
  }
  pool->function = function;
  pool->job = job;
  pool->mode = nn_float_mode();
  pool->n_chunks = n_chunks;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->done, 0, memory_order_relaxed);
  publish(pool);
  work(pool);
  for (int i = 0; atomic_load_explicit(&pool->done, memory_order_acquire) < pool->n_workers; i++)
    if (i < SPINS)
      relax();
    else
      sched_yield(); /* a worker lost its core to another program */
}

bool nn_pool_new(int n_threads, NnPool **pool, NnError *err)
{
  NnPool *self = nn_alloc(sizeof *self);
  pthread_t *threads = nn_alloc_array((size_t)(n_threads > 1 ? n_threads - 1 : 1), sizeof *threads);
  if (!self || !threads) {
    nn_free(self);
    nn_free(threads);
    return nn_fail_nomem(err, "the worker threads");
  }
  self->threads = threads;
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->wake, NULL);
  for (int i = 0; i < n_threads - 1; i++) {
    if (pthread_create(&threads[i], NULL, worker, self) != 0) {
      nn_pool_free(self);
      return nn_fail(err, NN_ERR_NOMEM, NULL, "Worker thread %d of %d could not be started.", i + 1,
                     n_threads - 1);
    }
    self->n_workers++;
  }
  *pool = self;
  return true;
}

void nn_pool_free(NnPool *pool)
{
  if (!pool)
    return;
  atomic_store(&pool->closing, true);
  publish(pool);
  for (int i = 0; i < pool->n_workers; i++)
    pthread_join(pool->threads[i], NULL);
  pthread_mutex_destroy(&pool->mutex);
  pthread_cond_destroy(&pool->wake);
  nn_free(pool->threads);
  nn_free(pool);
}
