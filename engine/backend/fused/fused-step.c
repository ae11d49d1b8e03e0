/* fused-step.c: one training step, as each of its threads does it. */
#include "fused.h"
#include <math.h>
#include <string.h>

/* ---- between the layers ---- */

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
static void ops_forward(const NnFusedWorker *w, const NnFusedLayer *l, size_t k, NnFusedRange r)
{
  size_t ld = l->weights.Jp, length;
  NnFusedRange lines = joined(r, ld, &length);
  const float *x = l->z;
  for (int i = 0; i < l->n_ops; i++) {
    const NnFusedOp *op = &l->ops[i];
    if (op->plan->op == NN_STEP_DROPOUT) {
      draw_mask(w, op, k, ld, r);
      apply_mask(w, op->mask, ld, r, x, op->y);
    } else {
      for (size_t n = lines.n0; n < lines.n1; n++)
        w->fused->kernels->activation_forward(op->plan->elem, op->plan->numbers, length,
                                              x + n * ld + r.c0, op->y + n * ld + r.c0);
    }
    x = op->y;
  }
}

/* d[n_ops mod 2] → d[0] */
static void ops_backward(const NnFusedWorker *w, const NnFusedLayer *l, NnFusedRange r)
{
  size_t ld = l->weights.Jp, length;
  NnFusedRange lines = joined(r, ld, &length);
  for (int i = l->n_ops - 1; i >= 0; i--) {
    const NnFusedOp *op = &l->ops[i];
    const float *x = i > 0 ? l->ops[i - 1].y : l->z, *dy = l->d[(i + 1) % 2];
    float *dx = l->d[i % 2];
    if (op->plan->op == NN_STEP_DROPOUT)
      apply_mask(w, op->mask, ld, r, dy, dx);
    else
      for (size_t n = lines.n0, at = n * ld + r.c0; n < lines.n1; n++, at += ld)
        w->fused->kernels->activation_backward(op->plan->elem, op->plan->numbers, length, x + at,
                                               op->y + at, dy + at, dx + at);
  }
}

static const float *output_of(const NnFusedLayer *l)
{
  return l->n_ops > 0 ? l->ops[l->n_ops - 1].y : l->z;
}

/* ---- forward ---- */

static void layer_forward(const NnFusedWorker *w, int i, size_t k, NnFusedRange r)
{
  const NnFused *f = w->fused;
  const NnFusedLayer *l = &f->layers[i];
  NnFusedForward forward = {.weights = &l->weights,
                            .x = i > 0 ? output_of(l - 1) : w->x,
                            .ldx = i > 0 ? (l - 1)->weights.Jp : l->weights.K,
                            .samples = &f->samples,
                            .y = l->z};
  f->fused->forward(&forward, r);
  ops_forward(w, l, k, r);
}

/* The last layer and the loss, for this thread's samples. */
static void finish_forward(const NnFusedWorker *w, size_t k)
{
  NnFused *f = w->fused;
  const NnStepPlan *p = &f->plan;
  const NnFusedLayer *l = &f->layers[f->n_layers - 1];
  NnFusedRange own = {.n0 = nn_fused_share(p->N, w->thread, w->n_threads),
                      .n1 = nn_fused_share(p->N, w->thread + 1, w->n_threads),
                      .c1 = l->weights.Jp};
  layer_forward(w, f->n_layers - 1, k, own);
  NnFusedLoss loss = {.C = p->n_classes,
                      .Cp = l->weights.Jp,
                      .logits = output_of(l),
                      .class_weight = p->class_weight,
                      .labels = f->labels,
                      .smoothing = p->smoothing,
                      .scale = 1 / w->run->divisors[k],
                      .row_loss = f->row_loss,
                      .dlogits = l->d[l->n_ops % 2]};
  f->fused->loss(&loss, own.n0, own.n1);
  for (size_t n = own.n0; n < own.n1; n++)
    f->row_correct[n] = nn_argmax(loss.logits + n * loss.Cp, (int)loss.C) == (int)f->labels[n];
  ops_backward(w, l, own);
  nn_fused_add_penalties(w);
}

/* Every thread adds up the same numbers. */
static NnStepResult result_of(const NnFusedWorker *w, size_t k)
{
  const NnFused *f = w->fused;
  NnStepResult result = {0};
  double sum = 0;
  for (size_t n = 0; n < f->plan.N; n++) {
    sum += (double)f->row_loss[n];
    result.correct += f->row_correct[n];
  }
  result.loss = sum / w->run->divisors[k] + nn_fused_penalty(f);
  return result;
}

/* ---- backward ---- */

static void update_layer(const NnFusedWorker *w, int i, const float *scalars)
{
  const NnFused *f = w->fused;
  const NnStepPlan *p = &f->plan;
  const NnFusedLayer *l = &f->layers[i];
  size_t K = l->weights.K, Jp = l->weights.Jp;
  NnFusedRange columns = nn_fused_columns(w, Jp);
  NnFusedUpdate u = {.weights = &l->weights,
                     .N = p->N,
                     .x = i > 0 ? output_of(l - 1) : w->x,
                     .ldx = i > 0 ? (l - 1)->weights.Jp : K,
                     .inputs = &f->inputs,
                     .dz = l->d[0],
                     .l1 = (float)p->l1,
                     .l2 = (float)p->l2,
                     .bias_penalty = !p->weights_only,
                     .clip_value = (float)p->clip_value,
                     .optimizer = p->optimizer,
                     .n_state = p->n_state,
                     .scalars = scalars,
                     .rows = i == 0 && w->lazy ? w->lazy->touched : NULL,
                     .n_rows = i == 0 && w->lazy ? w->lazy->n_touched : 0};
  if (i > 0 || f->n_layers == 1) { /* from its own inputs */
    NnFusedRange inputs =
        nn_fused_columns(w, (K + NN_FUSED_UNIT - 1) / NN_FUSED_UNIT * NN_FUSED_UNIT);
    f->fused->update(&u, inputs.c0 < K ? inputs.c0 : K, inputs.c1 < K ? inputs.c1 : K, 0, Jp);
  } else {
    f->fused->update(&u, 0, K, columns.c0, columns.c1);
  }
  if (l->plan->has_bias)
    f->fused->update(&u, K, K + 1, columns.c0, columns.c1);
}

/* The gradient of what comes out of layer i, for this thread's share of it. */
static void layer_backward(const NnFusedWorker *w, int i)
{
  const NnFused *f = w->fused;
  const NnFusedLayer *l = &f->layers[i], *next = l + 1;
  NnFusedRange r = nn_fused_columns(w, l->weights.Jp);
  NnFusedBackward b = {
      .weights = &next->weights, .dz = next->d[0], .dx = l->d[l->n_ops % 2], .lddx = l->weights.Jp};
  size_t K = next->weights.K;
  f->fused->backward(&b, f->plan.N, r.c0 < K ? r.c0 : K, r.c1 < K ? r.c1 : K);
  ops_backward(w, l, r);
}

static void backward(const NnFusedWorker *w, size_t k)
{
  const NnFused *f = w->fused;
  float scalars[NN_MAX_SCALARS];
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    scalars[i] = (float)w->run->scalars[k * NN_MAX_SCALARS + (size_t)i];
  for (int i = f->n_layers - 1; i > 0; i--) {
    layer_backward(w, i - 1);
    if (i > 1)
      nn_fused_meet(&w->fused->barrier);
    update_layer(w, i, scalars);
  }
  update_layer(w, 0, scalars);
  nn_fused_end_rows(w, k);
}

/* ---- the step ---- */

void nn_fused_step(NnFusedWorker *w, size_t k, NnStepResult *result)
{
  NnFused *f = w->fused;
  nn_fused_fetch(w, k);
  nn_fused_meet(&f->barrier);
  nn_fused_choose(w, k);
  if (!w->x) {
    nn_fused_turn(w);
    nn_fused_meet(&f->barrier);
  }
  nn_fused_begin_rows(w, k);
  for (int i = 0; i < f->n_layers - 1; i++) {
    layer_forward(w, i, k, nn_fused_columns(w, f->layers[i].weights.Jp));
    nn_fused_meet(&f->barrier);
  }
  finish_forward(w, k);
  nn_fused_meet(&f->barrier);
  NnStepResult here = result_of(w, k);
  w->halted |= !isfinite((float)here.loss);
  if (w->thread == 0)
    *result = here;
  if (!w->halted)
    backward(w, k);
}
