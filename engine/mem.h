/* mem.h: the one allocator of engine, data and cuda, replaceable so that tests can make the k-th
 * allocation fail. Memory is zeroed and aligned to 64 bytes. Thread: any. */
#pragma once
#include <stddef.h>

typedef struct {
  void *(*alloc)(void *user, size_t bytes); /* 64-byte aligned, need not be zeroed; NULL: failed */
  void (*free)(void *user, void *memory);
  void *user;
} NnAllocator;

/* First thing in main(), while there is one thread: blocks that are freed go back to the system.
 * glibc would keep those of the size that it has once seen freed, in each thread's share, and a
 * window that has trained some runs 40 MB more. Elsewhere nothing needs to be said. */
void nn_mem_start(void);
/* After something large, such as a run: pages between what is still in use go back, too. Takes a
 * few milliseconds. Any thread. */
void nn_mem_trim(void);

/* Replaces the allocator (copied); NULL brings the default back. Call it only while nothing that
 * nn_alloc() gave out is alive and no other thread runs: it is meant for tests. */
void nn_mem_set_allocator(const NnAllocator *allocator);

/* Zeroed, but for nn_alloc_unset(), whose caller fills it at once; NULL when it fails. 0 bytes
 * gives 1. nn_alloc_array() also gives NULL when count × size
 * overflows. */
void *nn_alloc(size_t bytes);
void *nn_alloc_unset(size_t bytes);
void *nn_alloc_array(size_t count, size_t size);
void nn_free(void *memory);        /* NULL is allowed */
char *nn_strdup(const char *text); /* caller frees with nn_free() */
