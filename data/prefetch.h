/* prefetch.h: samples made ahead of the one who needs them, on a thread of its own.
 *
 * The order of an epoch is set once; the thread then fills a ring of cells. Who asks for the next
 * batch takes what is ready and makes the rest himself, a few samples at a time, so that nobody
 * waits while there is work. A sample depends on its index and epoch alone: who made it changes no
 * bit. A cell holds a sample in the form that is smallest; turning it into numbers is left to the
 * taker, who would have to copy it anyway.
 *
 * Thread: nn_prefetch_order() and nn_prefetch_take() may be called from any, also at once; one of
 * them is served and the others are told to help themselves. */
#pragma once
#include "engine/error.h"
#include "engine/tensor.h"

typedef struct NnPrefetch NnPrefetch;

typedef struct {
  /* Makes sample `index` of `epoch`: `bytes` of them, aligned to 64. On any thread, on several at
   * once. */
  void (*make)(const void *user, uint32_t index, uint32_t epoch, void *cell);
  /* Its `size` numbers; on any thread, too. */
  void (*deliver)(const void *user, const void *cell, nn_real *x);
  const void *user;
  size_t bytes, size, n_samples;
} NnPrefetchSpec;

/* Starts the thread, which sleeps until there is an order. NN_ERR_NOMEM. */
bool nn_prefetch_new(const NnPrefetchSpec *spec, NnPrefetch **prefetch, NnError *err);
void nn_prefetch_free(NnPrefetch *prefetch); /* ends the thread; NULL is allowed */
/* From now on: these n ≤ n_samples samples, in this order (copied). It drops what was ordered
 * before; n = 0: nothing more. */
void nn_prefetch_order(NnPrefetch *prefetch, const uint32_t *indices, size_t n, uint32_t epoch);
/* The next n samples of the order into x; false, and nothing done, when these are not the next. */
bool nn_prefetch_take(NnPrefetch *prefetch, const uint32_t *indices, size_t n, uint32_t epoch,
                      nn_real *x);
