/* backend-cpu.h: what the files of the cpu backend share. Private. */
#pragma once
#include "kernels-cpu.h"
#include "pool.h"

typedef struct {
  NnPool *pool; /* owned */
  const NnKernels *kernels;
} NnCpu;

static inline const NnCpu *nn_cpu_of(const NnBackend *backend)
{
  return backend->context;
}

static inline size_t nn_chunks(size_t n, size_t size)
{
  return (n + size - 1) / size;
}

static inline size_t nn_chunk_end(size_t from, size_t size, size_t n)
{
  return from + size < n ? from + size : n;
}

/* backend-cpu-picture.c */
void nn_cpu_conv_forward(const NnBackend *backend, const NnConv *v);
void nn_cpu_conv_backward(const NnBackend *backend, const NnConv *v);
void nn_cpu_max_pool_forward(const NnBackend *backend, const NnPooling *p);
void nn_cpu_max_pool_backward(const NnBackend *backend, const NnPooling *p);
void nn_cpu_mean_pool_forward(const NnBackend *backend, const NnPooling *p);
void nn_cpu_mean_pool_backward(const NnBackend *backend, const NnPooling *p);
