/* kernels-vector.c: flat loops for clipping and for optimizers that see whole tensors; see
 * kernels.h. Sums run in lanes of their own, so that they vectorize without being reordered. */
#include "kernels.h"
#include <math.h>
#include <string.h>

enum { LANES = 16 };

static double dot(size_t n, const nn_real *restrict x, const nn_real *restrict y)
{
  double lanes[LANES] = {0}, sum = 0;
  size_t whole = n - n % LANES;
  for (size_t i = 0; i < whole; i += LANES)
    for (size_t k = 0; k < LANES; k++)
      lanes[k] += (double)x[i + k] * (double)y[i + k];
  for (size_t k = 0; k < LANES; k++)
    sum += lanes[k];
  for (size_t i = whole; i < n; i++)
    sum += (double)x[i] * (double)y[i];
  return sum;
}

static void axpy(size_t n, nn_real a, const nn_real *restrict x, nn_real *restrict y)
{
  for (size_t i = 0; i < n; i++)
    y[i] += a * x[i];
}

static void scale(size_t n, nn_real a, nn_real *x)
{
  for (size_t i = 0; i < n; i++)
    x[i] *= a;
}

static void clamp(size_t n, nn_real limit, nn_real *x)
{
  for (size_t i = 0; i < n; i++)
    x[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
}

static void round_bf16(size_t n, nn_real *x)
{
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    uint32_t up = (bits & 0x7fffffffu) > 0x7f800000u ? 0 : 0x7fffu + (bits >> 16 & 1);
    bits = (bits + up) & 0xffff0000u;
    memcpy(&x[i], &bits, sizeof bits);
  }
}

extern const NnVectorKernels NN_KERNELS_NAME(vector);
const NnVectorKernels NN_KERNELS_NAME(vector) = {
    .dot = dot,
    .axpy = axpy,
    .scale = scale,
    .clamp = clamp,
    .round_bf16 = round_bf16,
};
