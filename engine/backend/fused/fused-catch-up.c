/* fused-catch-up.c: all that a row has missed at once; fused-lazy.h says how and why.
 *
 *     W  k │ w w w w … │ m m m m … │ v v v v … │  ◄──  Πκ, S, e*, s², B, C: the same for the whole
 * row
 */
#include "fused-vector.h"
#include <math.h>

static void adam(size_t n, const NnFusedFactors *f, float *restrict w, float *restrict m,
                 float *restrict v)
{
  float keep = f->keep, sum = f->sum, eps = f->eps, b = f->m, c = f->v, spread = f->spread;
  for (size_t i = 0; i < n / NN_FUSED_UNIT * NN_FUSED_UNIT; i++) {
    float r = 1 / (sqrtf(v[i]) + eps);
    w[i] = keep * w[i] - sum * m[i] * r * (1 + spread * r * r);
    m[i] *= b;
    v[i] *= c;
  }
}

static void sgd(size_t n, const NnFusedFactors *f, float *restrict w, float *restrict b)
{
  for (size_t i = 0; i < n / NN_FUSED_UNIT * NN_FUSED_UNIT; i++) {
    w[i] -= f->sum * b[i];
    b[i] *= f->m;
  }
}

void NN_KERNELS_NAME(fused_catch_up)(float *row, size_t Jp, int n_state, size_t c0, size_t c1,
                                     const NnFusedFactors *factors)
{
  if (n_state == 2)
    adam(c1 - c0, factors, row + c0, row + Jp + c0, row + 2 * Jp + c0);
  else if (n_state == 1)
    sgd(c1 - c0, factors, row + c0, row + Jp + c0);
}
