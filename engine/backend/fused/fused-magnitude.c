/* fused-magnitude.c: Σ|x| and Σx² of some rows in one unit of columns: each lane of the unit adds
 * up its own column, and the lanes are added in double. */
#include "fused-vector.h"
#include <string.h>

typedef int32_t Bits __attribute__((vector_size(4 * NN_WIDTH), may_alias));

NN_INLINE NnVector without_sign(NnVector x)
{
  return (NnVector)((Bits)x & 0x7fffffff);
}

void NN_KERNELS_NAME(fused_magnitude)(const NnFusedRows *r, size_t k0, size_t k1, double *sum_abs,
                                      double *sum_squares)
{
  NnVector a[NN_UNIT_VECTORS], q[NN_UNIT_VECTORS];
  float lanes[2][NN_FUSED_UNIT];
  NN_UNROLL
  for (int v = 0; v < NN_UNIT_VECTORS; v++)
    a[v] = q[v] = nn_splat(0);
  for (size_t k = k0; k < k1; k++) {
    const float *row = r->x + (r->rows ? r->rows[k] : k) * r->ld;
    NN_UNROLL
    for (int v = 0; v < NN_UNIT_VECTORS; v++) {
      NnVector x = nn_load(row + v * NN_WIDTH);
      a[v] += without_sign(x);
      q[v] += x * x;
    }
  }
  memcpy(lanes[0], a, sizeof a);
  memcpy(lanes[1], q, sizeof q);
  *sum_abs = *sum_squares = 0;
  for (int i = 0; i < NN_FUSED_UNIT; i++) {
    *sum_abs += (double)lanes[0][i];
    *sum_squares += (double)lanes[1][i];
  }
}
