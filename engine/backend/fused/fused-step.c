/* fused-step.c: one training step, as each of its threads does it. */
#include "fused.h"
#include <math.h>
#include <string.h>

/* ---- forward ---- */

static void layer_forward(const NnFusedWorker *w, int i, size_t k, NnFusedRange r)
{
  const NnFused *f = w->fused;
  const NnFusedLayer *l = &f->layers[i];
  NnFusedForward forward = {.weights = &l->weights,
                            .x = i > 0 ? nn_fused_output(l - 1) : w->x,
                            .ldx = i > 0 ? (l - 1)->weights.Jp : l->weights.K,
                            .samples = &f->samples,
                            .y = l->z};
  f->fused->forward(&forward, r);
  nn_fused_ops_forward(w, l, k, r);
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
                      .logits = nn_fused_output(l),
                      .class_weight = p->class_weight,
                      .labels = f->labels,
                      .smoothing = p->smoothing,
                      .scale = 1 / w->run->divisors[k],
                      .row_loss = f->row_loss,
                      .dlogits = l->d[l->n_ops % 2]};
  f->fused->loss(&loss, own.n0, own.n1);
  for (size_t n = own.n0; n < own.n1; n++)
    f->row_correct[n] = nn_argmax(loss.logits + n * loss.Cp, (int)loss.C) == (int)f->labels[n];
  nn_fused_ops_backward(w, l, own);
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

/* ---- the step ---- */

void nn_fused_step(NnFusedWorker *w, size_t k, NnStepResult *result)
{
  NnFused *f = w->fused;
  nn_fused_fetch(w, k);
  nn_fused_meet(&f->barrier);
  nn_fused_choose(w, k);
  if (!w->x && f->chunk == f->plan.N) {
    nn_fused_turn(w, 0, f->plan.N, &f->inputs[0]);
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
    nn_fused_backward_pass(w, k);
}
