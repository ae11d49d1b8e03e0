/* load-watch.h: what a data set that is being loaded says of itself to those who wait, and how they
 * end it. Made of zeros. Thread: one loads, any others look. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include "engine/error.h"

typedef struct {
  _Atomic size_t done, total; /* images; total 0: nobody knows yet how many there will be */
  _Atomic bool stop;
} BpLoadWatch;

/* For who loads. `watch` may be NULL: nobody looks. */
static inline void bp_load_watch_expect(BpLoadWatch *watch, size_t total)
{
  if (watch)
    atomic_store(&watch->total, total);
}

/* false, NN_ERR_CANCELLED: nobody waits any more. */
static inline bool bp_load_watch_go_on(BpLoadWatch *watch, NnError *err)
{
  return !watch || !atomic_load_explicit(&watch->stop, memory_order_relaxed) ||
         nn_fail(err, NN_ERR_CANCELLED, NULL, "Loading was stopped.");
}

/* One more is there. false as above. */
static inline bool bp_load_watch_step(BpLoadWatch *watch, NnError *err)
{
  if (watch)
    atomic_fetch_add_explicit(&watch->done, 1, memory_order_relaxed);
  return bp_load_watch_go_on(watch, err);
}
