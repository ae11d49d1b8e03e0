/* fused-norm.c: BatchNorm1d, LayerNorm and RMSNorm between the layers, by the loops that the single
 * operations have (kernels-norm.c).
 *
 *     x  sample 0 │ x x x x … │   BatchNorm1d: mean and variance of each column. A thread has its
 *        sample 1 │ x x x x … │   own columns, and asks nobody.
 *          ⋮                      LayerNorm, RMSNorm: of each row. A thread takes its share of the
 *                                 samples; it waits before for the others' columns, and after.
 *
 * Columns that only fill up the last unit are left alone. */
#include "fused.h"
#include "engine/backend/kernels.h"
#include <math.h>

/* Columns as channels: the distance from sample to sample is the width with padding. */
static NnNorm norm_of(const NnFusedWorker *w, const NnFusedOp *op)
{
  const NnStepNorm *norm = &op->plan->norm;
  const NnFusedWeights *params = &op->weights;
  return (NnNorm){.N = w->fused->plan.N,
                  .C = params->Jp,
                  .S = 1,
                  .groups = 1,
                  .center = norm->center,
                  .eps = norm->eps,
                  .weight = op->plan->has_weight ? params->rows : NULL,
                  .bias = op->plan->has_bias ? params->rows + params->K * params->row : NULL,
                  .mean = op->mean,
                  .rstd = op->rstd,
                  .dweight = op->plan->has_weight ? op->gradient : NULL,
                  .dbias = op->plan->has_bias ? op->gradient + params->K * params->Jp : NULL};
}

/* Sample n alone. */
static NnNorm row_of(const NnFusedOp *op, NnNorm norm, size_t n)
{
  size_t at = n * op->weights.Jp;
  norm.N = 1;
  norm.C = op->weights.J;
  norm.x += at;
  norm.mean += n;
  norm.rstd += n;
  if (norm.y)
    norm.y += at;
  if (norm.dy) {
    norm.dy += at;
    norm.dx += at;
  }
  return norm;
}

/* As many channels at a time as a kernel takes. */
static void by_columns(void (*kernel)(const NnNorm *, size_t, size_t), const NnNorm *norm,
                       size_t c0, size_t c1)
{
  for (size_t c = c0; c < c1; c += NN_NORM_CHANNELS)
    kernel(norm, c, c1 - c < NN_NORM_CHANNELS ? c1 : c + NN_NORM_CHANNELS);
}

static void by_samples(const NnFusedWorker *w, void (*kernel)(const NnNorm *, size_t, size_t),
                       const NnFusedOp *op, const NnNorm *norm)
{
  size_t n1 = nn_fused_share(norm->N, w->thread + 1, w->n_threads);
  for (size_t n = nn_fused_share(norm->N, w->thread, w->n_threads); n < n1; n++) {
    NnNorm row = row_of(op, *norm, n);
    kernel(&row, 0, 1);
  }
}

static size_t last_column(const NnFusedOp *op, NnFusedRange r)
{
  return r.c1 < op->weights.J ? r.c1 : op->weights.J;
}

/* Running statistics stay where the plan says; after a loss that is not finite they do not move. */
static void add_running(const NnFusedWorker *w, const NnFusedOp *op, size_t k, NnNorm *norm)
{
  const NnStepNorm *plan = &op->plan->norm;
  if (!plan->has_running || w->halted)
    return;
  norm->running_mean = w->fused->plan.buffers + op->plan->running_mean;
  norm->running_var = w->fused->plan.buffers + op->plan->running_var;
  norm->momentum = isnan(plan->momentum) ? 1 / (double)w->run->batches[k] : plan->momentum;
}

void nn_fused_norm_forward(const NnFusedWorker *w, const NnFusedOp *op, size_t k, NnFusedRange r,
                           const float *x)
{
  const NnNormKernels *kernels = w->fused->kernels->norm;
  NnNorm norm = norm_of(w, op);
  norm.x = x;
  norm.y = op->y;
  if (op->plan->op == NN_STEP_BATCH_NORM) {
    add_running(w, op, k, &norm);
    by_columns(kernels->batch_train, &norm, r.c0, last_column(op, r));
    return;
  }
  nn_fused_meet(&w->fused->barrier);
  by_samples(w, kernels->group_forward, op, &norm);
  nn_fused_meet(&w->fused->barrier);
}

void nn_fused_norm_backward(const NnFusedWorker *w, const NnFusedOp *op, NnFusedRange r,
                            const float *x, const float *dy, float *dx)
{
  const NnNormKernels *kernels = w->fused->kernels->norm;
  NnNorm norm = norm_of(w, op);
  norm.x = x;
  norm.dy = dy;
  norm.dx = dx;
  if (op->plan->op == NN_STEP_BATCH_NORM) {
    by_columns(kernels->batch_backward, &norm, r.c0, last_column(op, r));
    return;
  }
  nn_fused_meet(&w->fused->barrier);
  by_samples(w, kernels->group_backward, op, &norm);
  by_columns(kernels->group_params, &norm, r.c0, last_column(op, r));
  nn_fused_meet(&w->fused->barrier);
}
