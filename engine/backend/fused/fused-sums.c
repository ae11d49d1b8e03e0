/* fused-sums.c: sums over all parameters: of the penalties, l1·Σ|w| + l2·Σw², and of the squares of
 * the gradients. They are made of parts whose size does not depend on the number of threads: some
 * rows, in units of columns that one thread owns in any case. */
#include "fused.h"
#include <math.h>

enum { ROWS = 32 }; /* of one sum */

/* Rows [k0, k1) of some parameters, a unit of columns from c on. */
typedef double (*Part)(const NnFusedWorker *w, const NnFusedParams *p, size_t k0, size_t k1,
                       size_t c);

static size_t units_of(const NnFusedParams *p)
{
  return p->weights->Jp / NN_FUSED_UNIT;
}

static size_t parts_of(const NnFusedParams *p)
{
  return (p->weights->K + 1 + ROWS - 1) / ROWS * units_of(p);
}

size_t nn_fused_n_sums(const NnFused *fused)
{
  size_t n = 0;
  for (int i = 0; i < fused->n_params; i++)
    n += parts_of(&fused->params[i]);
  return n;
}

static void add_parts(const NnFusedWorker *w, Part part)
{
  const NnFused *f = w->fused;
  double *sums = f->sums;
  for (int i = 0; i < f->n_params; i++) {
    const NnFusedParams *p = &f->params[i];
    size_t n = parts_of(p), end = nn_fused_share(n, w->thread + 1, w->n_threads);
    for (size_t k = nn_fused_share(n, w->thread, w->n_threads); k < end; k++) {
      size_t k0 = k / units_of(p) * ROWS, k1 = k0 + ROWS;
      k1 = k1 < p->weights->K + 1 ? k1 : p->weights->K + 1;
      sums[k] = part(w, p, k0, k1, k % units_of(p) * NN_FUSED_UNIT);
    }
    sums += n;
  }
}

static double total(const NnFused *fused)
{
  double sum = 0;
  size_t n = nn_fused_n_sums(fused);
  for (size_t i = 0; i < n; i++)
    sum += fused->sums[i];
  return sum;
}

/* In single precision, and where that is not enough in double. */
static void add_rows(const NnFused *f, const NnFusedRows *rows, size_t k0, size_t k1,
                     double *sum_abs, double *sum_squares)
{
  double a, q;
  if (k0 >= k1)
    return;
  f->fused->magnitude(rows, k0, k1, &a, &q);
  if (isfinite(q)) {
    *sum_abs += a;
    *sum_squares += q;
    return;
  }
  for (size_t k = k0; k < k1; k++) {
    size_t row = rows->rows ? rows->rows[k] : k;
    f->kernels->norms(NN_FUSED_UNIT, rows->x + row * rows->ld, &a, &q);
    *sum_abs += a;
    *sum_squares += q;
  }
}

/* ---- penalties ---- */

/* Padding is 0, as is a bias that is not there. */
static double penalty(const NnFusedWorker *w, const NnFusedParams *p, size_t k0, size_t k1,
                      size_t c)
{
  const NnStepPlan *plan = &w->fused->plan;
  size_t matrix = p->plan->op == NN_STEP_LINEAR ? p->weights->K : 0;
  size_t end = plan->weights_only ? matrix : p->weights->K + 1;
  NnFusedRows rows = {.x = p->weights->rows + c, .ld = p->weights->row};
  double sum_abs = 0, sum_squares = 0;
  add_rows(w->fused, &rows, k0, k1 < end ? k1 : end, &sum_abs, &sum_squares);
  return plan->l1 * sum_abs + plan->l2 * sum_squares;
}

void nn_fused_add_penalties(const NnFusedWorker *w)
{
  if (w->fused->plan.l1 != 0 || w->fused->plan.l2 != 0)
    add_parts(w, penalty);
}

double nn_fused_penalty(const NnFused *fused)
{
  return fused->plan.l1 != 0 || fused->plan.l2 != 0 ? total(fused) : 0;
}

/* ---- gradients ---- */

/* Of the first layer, only rows that a sample of the batch touches have one: they move up, and the
 * bias stays the last. */
static double squares(const NnFusedWorker *w, const NnFusedParams *p, size_t k0, size_t k1,
                      size_t c)
{
  size_t K = p->weights->K, end = K;
  NnFusedRows rows = {.x = *p->gradient + c, .ld = p->weights->Jp}, all = rows;
  double sum_abs = 0, sum = 0;
  if (w->lazy && p == w->fused->params) {
    rows.rows = w->lazy->touched;
    end = w->lazy->n_touched;
  }
  add_rows(w->fused, &rows, k0, k1 < end ? k1 : end, &sum_abs, &sum);
  if (k1 == K + 1)
    add_rows(w->fused, &all, K, K + 1, &sum_abs, &sum);
  return sum;
}

/* torch.nn.utils.clip_grad_norm_: min(1, limit/(norm + 1e−6)); a NaN goes on into the gradients. */
float nn_fused_clip_factor(const NnFusedWorker *w)
{
  NnFused *f = w->fused;
  nn_fused_meet(&f->barrier);
  add_parts(w, squares);
  nn_fused_meet(&f->barrier);
  double factor = f->plan.clip_norm / (sqrt(total(f)) + 1e-6);
  return factor >= 1 ? 1 : (float)factor;
}
