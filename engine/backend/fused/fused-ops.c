/* fused-ops.c: what follows a Linear up to the next, for some samples and columns. */
#include "fused.h"

static void apply_mask(const NnFusedWorker *w, const float *mask, size_t ld, NnFusedRange r,
                       const float *from, float *to)
{
  for (size_t n = r.n0; n < r.n1; n++)
    w->fused->kernels->multiply(r.c1 - r.c0, from + n * ld + r.c0, mask + n * ld + r.c0,
                                to + n * ld + r.c0);
}

static void draw_mask(const NnFusedWorker *w, const NnFusedOp *op, size_t k, size_t ld,
                      NnFusedRange r)
{
  const NnStepPlan *p = &w->fused->plan;
  NnFusedDropout d = {.seed = p->seed,
                      .purpose = op->plan->dropout.purpose,
                      .epoch = w->run->epochs[k],
                      .samples = w->run->samples + k * p->N,
                      .p = op->plan->dropout.p,
                      .ld = ld,
                      .mask = op->mask};
  w->fused->fused->dropout(&d, r);
}

/* Whole rows are one piece of memory. */
static NnFusedRange joined(NnFusedRange r, size_t ld, size_t *length)
{
  bool whole = r.c0 == 0 && r.c1 == ld;
  *length = whole ? (r.n1 - r.n0) * ld : r.c1 - r.c0;
  if (whole && r.n1 > r.n0)
    r.n1 = r.n0 + 1;
  return r;
}

/* What follows a Linear: z → y of the last operation. */
void nn_fused_ops_forward(const NnFusedWorker *w, const NnFusedLayer *l, size_t k, NnFusedRange r)
{
  size_t ld = l->weights.Jp, length;
  NnFusedRange lines = joined(r, ld, &length);
  const float *x = l->z;
  for (int i = 0; i < l->n_ops; i++) {
    const NnFusedOp *op = &l->ops[i];
    if (op->plan->op == NN_STEP_DROPOUT) {
      draw_mask(w, op, k, ld, r);
      apply_mask(w, op->mask, ld, r, x, op->y);
    } else if (op->mean) {
      nn_fused_norm_forward(w, op, k, r, x);
    } else {
      for (size_t n = lines.n0; n < lines.n1; n++)
        w->fused->kernels->activation_forward(op->plan->elem, op->plan->numbers, length,
                                              x + n * ld + r.c0, op->y + n * ld + r.c0);
    }
    x = op->y;
  }
}

/* d[n_ops mod 2] → d[0] */
void nn_fused_ops_backward(const NnFusedWorker *w, const NnFusedLayer *l, NnFusedRange r)
{
  size_t ld = l->weights.Jp, length;
  NnFusedRange lines = joined(r, ld, &length);
  for (int i = l->n_ops - 1; i >= 0; i--) {
    const NnFusedOp *op = &l->ops[i];
    const float *x = i > 0 ? l->ops[i - 1].y : l->z, *dy = l->d[(i + 1) % 2];
    float *dx = l->d[i % 2];
    if (op->plan->op == NN_STEP_DROPOUT)
      apply_mask(w, op->mask, ld, r, dy, dx);
    else if (op->mean)
      nn_fused_norm_backward(w, op, r, x, dy, dx);
    else
      for (size_t n = lines.n0, at = n * ld + r.c0; n < lines.n1; n++, at += ld)
        w->fused->kernels->activation_backward(op->plan->elem, op->plan->numbers, length, x + at,
                                               op->y + at, dy + at, dx + at);
  }
}
