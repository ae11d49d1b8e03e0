/* ring.c: see ring.h. Two counters that only grow; each side writes its own and reads the other's.
 * A release store publishes, the acquire load on the other side sees all that came before it. Each
 * side's words have a cache line of their own, so that neither slows the other down. */
#include "ring.h"
#include "engine/mem.h"
#include <stdalign.h>
#include <stdatomic.h>

struct NnRing {
  alignas(64) _Atomic size_t head; /* records pushed; the producer's */
  size_t tail_seen;                /* tail when the producer last looked */
  _Atomic uint64_t dropped;
  alignas(64) _Atomic size_t tail; /* records drained; the consumer's */
  alignas(64) size_t mask;         /* capacity − 1; constant, like all that follows */
  NnProgress *records;
};

bool nn_ring_new(size_t capacity, NnRing **ring, NnError *err)
{
  size_t size = 1;
  while (size < capacity && size <= SIZE_MAX / 2)
    size *= 2;
  NnRing *made = nn_alloc(sizeof *made);
  NnProgress *records = nn_alloc_array(size, sizeof *records);
  if (!made || !records || size < capacity) {
    nn_free(records);
    nn_free(made);
    return nn_fail_nomem(err, "the records of a run");
  }
  made->mask = size - 1;
  made->records = records;
  *ring = made;
  return true;
}

void nn_ring_free(NnRing *ring)
{
  if (!ring)
    return;
  nn_free(ring->records);
  nn_free(ring);
}

bool nn_ring_push(NnRing *ring, const NnProgress *record)
{
  size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
  if (head - ring->tail_seen > ring->mask)
    ring->tail_seen = atomic_load_explicit(&ring->tail, memory_order_acquire);
  if (head - ring->tail_seen > ring->mask) {
    atomic_fetch_add_explicit(&ring->dropped, 1, memory_order_relaxed);
    return false;
  }
  ring->records[head & ring->mask] = *record;
  atomic_store_explicit(&ring->head, head + 1, memory_order_release);
  return true;
}

size_t nn_ring_drain(NnRing *ring, NnProgress *records, size_t max)
{
  size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
  size_t n = atomic_load_explicit(&ring->head, memory_order_acquire) - tail;
  n = n < max ? n : max;
  for (size_t i = 0; i < n; i++)
    records[i] = ring->records[(tail + i) & ring->mask];
  atomic_store_explicit(&ring->tail, tail + n, memory_order_release);
  return n;
}

uint64_t nn_ring_dropped(const NnRing *ring)
{
  return atomic_load_explicit(&ring->dropped, memory_order_relaxed);
}
