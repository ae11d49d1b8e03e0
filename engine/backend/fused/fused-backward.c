/* fused-backward.c: dx = dz·Wᵀ.
 *
 *     W  k    │ w w w w … │ states │   A dx[n, k] is the product of two rows that lie side by side:
 *        k+1  │ w w w w … │ states │   the row of weights of input k, and dz of sample n. 4 samples
 *               · · · ·                meet 2 inputs at a time. Each sum has one lane for every
 *    dz  n    │ d d d d … │            column of a vector; the lanes are added at the end. */
#include "fused-vector.h"
#include <string.h>

enum { SAMPLES = 4, INPUTS = 2 };

/* The same order of additions for every sum: halves of the vector, until one lane is left. */
NN_INLINE float sum_of(NnVector v)
{
  float lanes[NN_WIDTH];
  memcpy(lanes, &v, sizeof lanes);
  NN_UNROLL
  for (int half = NN_WIDTH / 2; half > 0; half /= 2)
    NN_UNROLL
  for (int i = 0; i < half; i++)
    lanes[i] += lanes[i + half];
  return lanes[0];
}

NN_INLINE void tile(const NnFusedBackward *b, size_t n, size_t k, int samples, int inputs)
{
  const NnFusedWeights *w = b->weights;
  const float *dz = b->dz + n * w->Jp, *rows = w->rows + k * w->row;
  NnVector sums[SAMPLES][INPUTS];
  NN_UNROLL
  for (int i = 0; i < samples * inputs; i++)
    sums[i / inputs][i % inputs] = nn_splat(0);
  for (size_t j = 0; j < w->Jp; j += NN_WIDTH)
    NN_UNROLL
  for (int i = 0; i < samples; i++)
    NN_UNROLL
  for (int m = 0; m < inputs; m++)
    sums[i][m] += nn_load(dz + (size_t)i * w->Jp + j) * nn_load(rows + (size_t)m * w->row + j);
  NN_UNROLL
  for (int i = 0; i < samples; i++)
    NN_UNROLL
  for (int m = 0; m < inputs; m++)
    b->dx[(n + (size_t)i) * b->lddx + k + (size_t)m] = sum_of(sums[i][m]);
}

void NN_KERNELS_NAME(fused_backward)(const NnFusedBackward *b, size_t N, size_t k0, size_t k1)
{
  size_t k = k0;
  for (; k + INPUTS <= k1; k += INPUTS) {
    size_t n = 0;
    for (; n + SAMPLES <= N; n += SAMPLES)
      tile(b, n, k, SAMPLES, INPUTS);
    for (; n < N; n++)
      tile(b, n, k, 1, INPUTS);
  }
  for (; k < k1; k++)
    for (size_t n = 0; n < N; n++)
      tile(b, n, k, 1, 1);
}
