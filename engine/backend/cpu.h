/* cpu.h: what the files of the cpu backend share. Private. */
#pragma once
#include "backend.h"
#include "blas.h"
#include "kernels.h"
#include "pool.h"

typedef struct {
  NnPool *pool; /* owned */
  const NnKernels *kernels;
  NnBlasRoom room; /* until the first product */
  bool fuses;      /* whole steps, where it can */
} NnCpu;

static inline const NnCpu *nn_cpu_of(const NnBackend *backend)
{
  return backend->context;
}

/* On the thread that called, before any thread of the pool multiplies. */
static inline void nn_cpu_before_products(const NnBackend *backend)
{
  NnCpu *cpu = backend->context;
  if (cpu->room.space)
    nn_blas_give_room(&cpu->room);
}

static inline size_t nn_chunks(size_t n, size_t size)
{
  return (n + size - 1) / size;
}

static inline size_t nn_chunk_end(size_t from, size_t size, size_t n)
{
  return from + size < n ? from + size : n;
}

/* cpu-picture.c */
void nn_cpu_conv_forward(const NnBackend *backend, const NnConv *v);
void nn_cpu_conv_backward(const NnBackend *backend, const NnConv *v);
void nn_cpu_max_pool_forward(const NnBackend *backend, const NnPooling *p);
void nn_cpu_max_pool_backward(const NnBackend *backend, const NnPooling *p);
void nn_cpu_mean_pool_forward(const NnBackend *backend, const NnPooling *p);
void nn_cpu_mean_pool_backward(const NnBackend *backend, const NnPooling *p);

/* cpu-vector.c */
double nn_cpu_dot(const NnBackend *backend, const nn_real *x, const nn_real *y, size_t n);
void nn_cpu_axpy(const NnBackend *backend, double a, const nn_real *x, nn_real *y, size_t n);
void nn_cpu_scale(const NnBackend *backend, double a, nn_real *x, size_t n);
void nn_cpu_clamp(const NnBackend *backend, double limit, nn_real *x, size_t n);
void nn_cpu_round_bf16(const NnBackend *backend, nn_real *x, size_t n);
