/* pool.h: worker threads that take chunks of one job. How a job is cut into chunks is the caller's
 * choice and never depends on the number of threads, so results do not either.
 *
 * nn_pool_run() returns when every chunk is done; the calling thread works too. Workers spin for a
 * moment between jobs and then sleep, so that a run of many small jobs makes no system calls.
 * Thread: one caller at a time. */
#pragma once
#include "engine/error.h"
#include <stddef.h>

typedef struct NnPool NnPool;
typedef void (*NnPoolFunction)(void *job, size_t chunk);

/* n_threads counts the caller: 1 starts no thread. */
bool nn_pool_new(int n_threads, NnPool **pool, NnError *err);
void nn_pool_free(NnPool *pool); /* joins; NULL is allowed */
void nn_pool_run(NnPool *pool, NnPoolFunction function, void *job, size_t n_chunks);
