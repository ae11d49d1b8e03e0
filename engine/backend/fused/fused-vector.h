/* fused-vector.h: vectors of the width that this build's instruction set has, by the compilers'
 * vector extensions. Private to the kernels of the fused step. */
#pragma once
#include "engine/backend/kernels.h"
#include "fused-kernels.h"

#if defined(__AVX512F__)
enum { NN_WIDTH = 16 };
#elif defined(__AVX__)
enum { NN_WIDTH = 8 };
#else
enum { NN_WIDTH = 4 };
#endif
/* Vectors of one unit of columns, and units that 8 registers hold. */
enum { NN_UNIT_VECTORS = NN_FUSED_UNIT / NN_WIDTH, NN_BLOCK_UNITS = 8 / NN_UNIT_VECTORS };

typedef float NnVector __attribute__((vector_size(4 * NN_WIDTH), may_alias));

#define NN_INLINE static inline __attribute__((always_inline))

/* Before a loop over the vectors of a tile, so that these become registers. Without it gcc takes
 * the loops for memset() and memcpy() of an array. */
#define NN_UNROLL _Pragma("GCC unroll 16")

NN_INLINE NnVector nn_load(const float *aligned)
{
  return *(const NnVector *)aligned;
}

NN_INLINE void nn_store(float *aligned, NnVector v)
{
  *(NnVector *)aligned = v;
}

NN_INLINE NnVector nn_splat(float x)
{
  return x - (NnVector){0};
}

size_t NN_KERNELS_NAME(fused_list)(const NnFusedSample *, NnFusedEntry *, uint32_t *ends);
void NN_KERNELS_NAME(fused_turn)(const NnFusedLists *, size_t n0, size_t n1, size_t k0, size_t k1,
                                 const NnFusedLists *);
void NN_KERNELS_NAME(fused_forward)(const NnFusedForward *, NnFusedRange);
void NN_KERNELS_NAME(fused_backward)(const NnFusedBackward *, size_t N, size_t k0, size_t k1);
void NN_KERNELS_NAME(fused_update)(const NnFusedUpdate *, size_t k0, size_t k1, size_t c0,
                                   size_t c1);
void NN_KERNELS_NAME(fused_catch_up)(float *row, size_t Jp, int n_state, size_t c0, size_t c1,
                                     const NnFusedFactors *);
void NN_KERNELS_NAME(fused_loss)(const NnFusedLoss *, size_t n0, size_t n1);
void NN_KERNELS_NAME(fused_dropout)(const NnFusedDropout *, NnFusedRange);
void NN_KERNELS_NAME(fused_magnitude)(const NnFusedRows *, size_t k0, size_t k1, double *sum_abs,
                                      double *sum_squares);
