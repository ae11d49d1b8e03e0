/* fused-backward.c: dx = dz·Wᵀ.
 *
 *     W  k    │ w w w w … │ states │   A dx[n, k] is the product of two rows that lie side by side:
 *        k+1  │ w w w w … │ states │   the row of weights of input k, and dz of sample n. One
 * sample · · · ·                meets as many inputs at a time as a vector is wide. dz  n    │ d d
 * d d … │
 *
 * Each sum has one lane for every column of a vector. At the end the lanes are added up, for all
 * inputs together, by halves: two vectors become one, whose lanes are half of the first's sums and
 * half of the second's, until one vector has the sum of each input in a lane of its own:
 *
 *     a a a a   c c c c        b b b b   d d d d
 *       └───┬───┘                └───┬───┘
 *        a a c c                  b b d d
 *           └───────────┬────────────┘
 *                    a b c d                                                                   */
#include "fused-vector.h"
#include <string.h>

#define NN_LANES(...) __builtin_shufflevector(x, y, __VA_ARGS__)

/* The halves of every 2·half lanes of x and y: added, x first. */
NN_INLINE NnVector add_halves(NnVector x, NnVector y, int half)
{
#if defined(__AVX512F__)
  if (half == 8)
    return NN_LANES(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
           NN_LANES(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  if (half == 4)
    return NN_LANES(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27) +
           NN_LANES(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
  if (half == 2)
    return NN_LANES(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
           NN_LANES(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  return NN_LANES(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30) +
         NN_LANES(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
#elif defined(__AVX__)
  if (half == 4)
    return NN_LANES(0, 1, 2, 3, 8, 9, 10, 11) + NN_LANES(4, 5, 6, 7, 12, 13, 14, 15);
  if (half == 2)
    return NN_LANES(0, 1, 8, 9, 4, 5, 12, 13) + NN_LANES(2, 3, 10, 11, 6, 7, 14, 15);
  return NN_LANES(0, 8, 2, 10, 4, 12, 6, 14) + NN_LANES(1, 9, 3, 11, 5, 13, 7, 15);
#else
  if (half == 2)
    return NN_LANES(0, 1, 4, 5) + NN_LANES(2, 3, 6, 7);
  return NN_LANES(0, 4, 2, 6) + NN_LANES(1, 5, 3, 7);
#endif
}

NN_INLINE NnVector add_lanes(NnVector *sums)
{
  NN_UNROLL
  for (int half = NN_WIDTH / 2; half > 0; half /= 2)
    NN_UNROLL
  for (int i = 0; i < half; i++)
    sums[i] = add_halves(sums[i], sums[i + half], half);
  return sums[0];
}

/* Inputs [k, k + n) of all samples; those above n are taken for the last. */
NN_INLINE void inputs(const NnFusedBackward *b, size_t N, size_t k, size_t n)
{
  const NnFusedWeights *w = b->weights;
  const float *rows[NN_WIDTH];
  for (size_t i = 0; i < NN_WIDTH; i++)
    rows[i] = w->rows + (k + (i < n ? i : n - 1)) * w->row;
  for (size_t sample = 0; sample < N; sample++) {
    const float *dz = b->dz + sample * w->Jp;
    NnVector sums[NN_WIDTH];
    NN_UNROLL
    for (int i = 0; i < NN_WIDTH; i++)
      sums[i] = nn_splat(0);
    for (size_t j = 0; j < w->Jp; j += NN_WIDTH) {
      NnVector d = nn_load(dz + j);
      NN_UNROLL
      for (int i = 0; i < NN_WIDTH; i++)
        sums[i] += d * nn_load(rows[i] + j);
    }
    NnVector dx = add_lanes(sums);
    memcpy(b->dx + sample * b->lddx + k, &dx, n * sizeof *b->dx);
  }
}

void NN_KERNELS_NAME(fused_backward)(const NnFusedBackward *b, size_t N, size_t k0, size_t k1)
{
  size_t k = k0;
  for (; k + NN_WIDTH <= k1; k += NN_WIDTH)
    inputs(b, N, k, NN_WIDTH);
  if (k < k1)
    inputs(b, N, k, k1 - k);
}
