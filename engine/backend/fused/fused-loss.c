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
  float scale = (float)(l->scale * total / (double)sum);
  for (size_t c = 0; c < l->Cp / NN_FUSED_UNIT * NN_FUSED_UNIT; c++)
    dz[c] *= scale;
  for (size_t c = 0; even > 0 && c < l->C; c++)
    dz[c] -= (float)(l->scale * even * (weight ? (double)weight[c] : 1));
  dz[y] -= (float)(l->scale * q_y);
}

void NN_KERNELS_NAME(fused_loss)(const NnFusedLoss *l, size_t n0, size_t n1)
{
  for (size_t n = n0; n < n1; n++)
    row(l, n);
}
