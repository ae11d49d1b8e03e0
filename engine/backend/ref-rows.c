/* ref-rows.c: operations that treat rows or channels alike, as plain loops. */
#include "ref.h"
#include <math.h>

void nn_ref_divide(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                   size_t n)
{
  (void)backend;
  for (size_t i = 0; i < n; i++)
    y[i] = a[i] / b[i];
}

void nn_ref_scale_rows(const NnBackend *backend, size_t rows, size_t S, const nn_real *x,
                       const nn_real *factors, nn_real *y)
{
  (void)backend;
  for (size_t r = 0; r < rows; r++)
    for (size_t s = 0; s < S; s++)
      y[r * S + s] = x[r * S + s] * factors[r];
}

void nn_ref_row_norms(const NnBackend *backend, size_t rows, size_t K, const nn_real *v,
                      nn_real *norms)
{
  (void)backend;
  for (size_t r = 0; r < rows; r++) {
    double sum = 0;
    for (size_t k = 0; k < K; k++)
      sum += (double)v[r * K + k] * (double)v[r * K + k];
    norms[r] = (nn_real)sqrt(sum);
  }
}

void nn_ref_weight_norm_backward(const NnBackend *backend, const NnWeightNorm *w)
{
  (void)backend;
  for (size_t r = 0; r < w->rows; r++) {
    const nn_real *dw = w->dw + r * w->K, *v = w->v + r * w->K;
    double dot = 0, norm = (double)w->norms[r], g = (double)w->g[r];
    for (size_t k = 0; k < w->K; k++)
      dot += (double)dw[k] * (double)v[k];
    w->dg[r] = (nn_real)((w->accumulate ? (double)w->dg[r] : 0) + dot / norm);
    for (size_t k = 0; k < w->K; k++) {
      nn_real *dv = &w->dv[r * w->K + k];
      double change = g / norm * ((double)dw[k] - (double)v[k] * dot / (norm * norm));
      *dv = (nn_real)((w->accumulate ? (double)*dv : 0) + change);
    }
  }
}

void nn_ref_prelu_forward(const NnBackend *backend, const NnPrelu *p)
{
  (void)backend;
  for (size_t n = 0; n < p->N; n++)
    for (size_t c = 0; c < p->C; c++)
      for (size_t s = 0; s < p->S; s++) {
        size_t i = (n * p->C + c) * p->S + s;
        p->y[i] = p->x[i] > 0 ? p->x[i] : p->a[p->per_channel ? c : 0] * p->x[i];
      }
}

/* Sums go over the samples first and the channels last, one a after the other. */
void nn_ref_prelu_backward(const NnBackend *backend, const NnPrelu *p)
{
  (void)backend;
  double shared = 0;
  for (size_t c = 0; c < p->C; c++) {
    double sum = 0, a = (double)p->a[p->per_channel ? c : 0];
    for (size_t n = 0; n < p->N; n++)
      for (size_t s = 0; s < p->S; s++) {
        size_t i = (n * p->C + c) * p->S + s;
        if (p->x[i] <= 0)
          sum += (double)p->dy[i] * (double)p->x[i];
        if (p->dx)
          p->dx[i] = (nn_real)((double)p->dy[i] * (p->x[i] > 0 ? 1 : a));
      }
    shared += sum;
    if (p->per_channel)
      p->da[c] = (nn_real)((p->accumulate ? (double)p->da[c] : 0) + sum);
  }
  if (!p->per_channel)
    p->da[0] = (nn_real)((p->accumulate ? (double)p->da[0] : 0) + shared);
}
