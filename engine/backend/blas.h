/* blas.h: OpenBLAS, opened when it is first needed. Private to the cpu backend.
 *
 * It is not linked, because what is linked is set going before main(): its constructor starts a
 * thread for every core, none of which is used here, and where the address space is short
 * (ulimit -v) these threads never end, nor does the program. Opened later, with
 * OPENBLAS_NUM_THREADS=1 in the environment (backend.h, nn_backends_start()), it starts none. */
#pragma once
#include "engine/error.h"
#include <cblas.h>
#include <stddef.h>

/* cblas_sgemm(), once nn_blas_open() has returned true. Thread: any. */
extern __typeof__(&cblas_sgemm) nn_sgemm;

/* Finds OpenBLAS; again and again it costs nothing. Thread: any. NN_ERR_UNSUPPORTED: it is not on
 * this computer. */
bool nn_blas_open(NnError *err);

/* Address space that is kept free for the buffers which OpenBLAS maps for each thread at its first
 * product: where it cannot have them it tries for ever. */
typedef struct {
  void *space; /* NULL: none is kept */
  size_t size;
} NnBlasRoom;

/* NN_ERR_NOMEM: there is no room for the buffers of so many threads. */
bool nn_blas_keep_room(NnBlasRoom *room, int n_threads, NnError *err);
/* Before the first product; NULL space is allowed. */
void nn_blas_give_room(NnBlasRoom *room);
