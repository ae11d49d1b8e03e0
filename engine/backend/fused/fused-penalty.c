/* fused-penalty.c: l1·Σ|w| + l2·Σw², in parts whose size does not depend on the number of threads:
 * a row of weights, in units of columns that one thread owns in any case. */
#include "fused.h"
#include <math.h>

enum { ROWS = 32 }; /* of one sum */

static size_t units_of(const NnFusedLayer *l)
{
  return l->weights.Jp / NN_FUSED_UNIT;
}

static size_t parts_of(const NnFusedLayer *l)
{
  return (l->weights.K + 1 + ROWS - 1) / ROWS * units_of(l);
}

size_t nn_fused_n_penalties(const NnFused *fused)
{
  size_t n = 0;
  for (int i = 0; i < fused->n_layers; i++)
    n += parts_of(&fused->layers[i]);
  return n;
}

/* Padding is 0, as is a bias that is not there. */
static double part(const NnFused *fused, const NnFusedLayer *l, size_t i)
{
  const NnFusedWeights *w = &l->weights;
  size_t first = i / units_of(l) * ROWS, column = i % units_of(l) * NN_FUSED_UNIT;
  size_t end = w->K + !fused->plan.weights_only;
  double sum_abs = 0, sum_squares = 0;
  for (size_t k = first; k < end && k < first + ROWS; k++) {
    double a, q;
    fused->kernels->norms(NN_FUSED_UNIT, w->rows + k * w->row + column, &a, &q);
    sum_abs += a;
    sum_squares += q;
  }
  return fused->plan.l1 * sum_abs + fused->plan.l2 * sum_squares;
}

void nn_fused_add_penalties(const NnFusedWorker *w)
{
  NnFused *f = w->fused;
  double *sums = f->penalties;
  for (int i = 0; i < f->n_layers && sums; i++) {
    size_t n = parts_of(&f->layers[i]), end = nn_fused_share(n, w->thread + 1, w->n_threads);
    for (size_t k = nn_fused_share(n, w->thread, w->n_threads); k < end; k++)
      sums[k] = part(f, &f->layers[i], k);
    sums += n;
  }
}

double nn_fused_penalty(const NnFused *fused)
{
  double sum = 0;
  size_t n = fused->penalties ? nn_fused_n_penalties(fused) : 0;
  for (size_t i = 0; i < n; i++)
    sum += fused->penalties[i];
  return sum;
}
