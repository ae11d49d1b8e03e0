/* fused-loss.c: cross entropy and its gradient, as NnBackendOps.cross_entropy says, for rows of
 * logits that are filled up to whole vectors; the padding counts as −∞. */
#include "fused-vector.h"
#include "engine/elem/exp.h"
#include <math.h>

/* exp(z − largest) into e (Cp), the padding 0; returns their sum. */
static float exponentials(const NnFusedLoss *l, const float *z, float *largest, float *e)
{
  float sum = 0, most = z[0];
  for (size_t c = 1; c < l->C; c++)
    most = z[c] > most ? z[c] : most;
  for (size_t c = 0; c < l->Cp / NN_FUSED_UNIT * NN_FUSED_UNIT; c++)
    e[c] = nn_exp_f32(z[c] - most);
  for (size_t c = l->C; c < l->Cp; c++)
    e[c] = 0;
  for (size_t c = 0; c < l->C; c++)
    sum += e[c];
  *largest = most;
  return sum;
}

/* p → dz_c = p_c·Σ q − q_c. Where a p is close to 1, the difference to it counts. */
static void gradient(const NnFusedLoss *l, size_t y, double even, double q_y, double total,
                     float *dz)
{
  float scale = (float)(l->scale * total);
  double p_y = (double)dz[y];
  if (even > 0) {
    for (size_t c = 0; c < l->C; c++) {
      double q = even * (l->class_weight ? (double)l->class_weight[c] : 1) + (c == y ? q_y : 0);
      dz[c] = (float)(l->scale * ((double)dz[c] * total - q));
    }
    return;
  }
  for (size_t c = 0; c < l->Cp / NN_FUSED_UNIT * NN_FUSED_UNIT; c++)
    dz[c] *= scale;
  dz[y] = (float)(l->scale * (p_y * total - q_y));
}

/* q_c = (ε/C)·w_c + (1 − ε)·w_y·[c = y]; loss = Σ q_c (log Σ exp z − z_c); dz_c = p_c·Σ q − q_c. */
static void row(const NnFusedLoss *l, size_t n)
{
  const float *z = l->logits + n * l->Cp, *weight = l->class_weight;
  float *dz = l->dlogits + n * l->Cp, largest, sum = exponentials(l, z, &largest, dz);
  size_t y = (size_t)l->labels[n];
  double even = l->smoothing / (double)l->C, log_sum = (double)largest + log((double)sum);
  double q_y = (1 - l->smoothing) * (weight ? (double)weight[y] : 1), total = q_y;
  double loss = q_y == 0 ? 0 : q_y * (log_sum - (double)z[y]);
  for (size_t c = 0; even > 0 && c < l->C; c++) {
    double q = even * (weight ? (double)weight[c] : 1);
    total += q;
    loss += q == 0 ? 0 : q * (log_sum - (double)z[c]);
  }
  l->row_loss[n] = (float)loss;
  float inverse = 1 / sum;
  for (size_t c = 0; c < l->Cp / NN_FUSED_UNIT * NN_FUSED_UNIT; c++)
    dz[c] *= inverse;
  gradient(l, y, even, q_y, total, dz);
}

void NN_KERNELS_NAME(fused_loss)(const NnFusedLoss *l, size_t n0, size_t n1)
{
  for (size_t n = n0; n < n1; n++)
    row(l, n);
}
