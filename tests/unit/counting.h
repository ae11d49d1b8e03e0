/* counting.h: an allocator for tests that counts what is alive and can let the k-th allocation
 * fail.
 *
 *   for (size_t k = 1; ; k++) {
 *     counting_start(k);
 *     bool ok = …;                      what is tested, freeing what it made
 *     nn_check_int(counting_stop(), 0); nothing leaked
 *     if (ok) break;                    k is beyond the last allocation
 *   } */
#pragma once
#include "engine/mem.h"
#include <stdlib.h>

static size_t counting_calls, counting_fail_at;
static long counting_alive;

static void *counting_alloc(void *user, size_t bytes)
{
  (void)user;
  if (++counting_calls == counting_fail_at)
    return NULL;
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  counting_alive += memory != NULL;
  return memory;
}

static void counting_free(void *user, void *memory)
{
  (void)user;
  counting_alive--;
  free(memory);
}

/* fail_at: 1 for the first; 0 for none */
static inline void counting_start(size_t fail_at)
{
  static const NnAllocator allocator = {counting_alloc, counting_free, NULL};
  counting_calls = 0;
  counting_alive = 0;
  counting_fail_at = fail_at;
  nn_mem_set_allocator(&allocator);
}

/* How many allocations are still alive. */
static inline long counting_stop(void)
{
  nn_mem_set_allocator(NULL);
  return counting_alive;
}
