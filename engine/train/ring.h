/* ring.h: a single-producer, single-consumer ring of NnProgress. The producer never waits: a full
 * ring drops the record and counts it. */
#pragma once
#include "engine/error.h"
#include "progress.h"
#include <stddef.h>

typedef struct NnRing NnRing;

/* capacity is rounded up to a power of two. */
bool nn_ring_new(size_t capacity, NnRing **ring, NnError *err);
void nn_ring_free(NnRing *ring);
bool nn_ring_push(NnRing *ring, const NnProgress *record); /* producer; false: full, dropped */
size_t nn_ring_drain(NnRing *ring, NnProgress *records, size_t max); /* consumer; how many */
uint64_t nn_ring_dropped(const NnRing *ring);                        /* any thread */
