/* deferred-compiled.c: whole training steps, read from their plan and done with ref, naively. */
#include "deferred-private.h"

typedef struct {
  NnStepPlan plan;
  nn_real *x, *y[NN_STEP_MAX_LAYERS], *dy, *dx, *row_loss;
  int32_t *labels;
  size_t widest;
} Whole;

static void *late_compile(const NnBackend *backend, const NnStepPlan *plan)
{
  Late *late = late_of(backend);
  if (!late->device->whole_steps || plan->l1 || plan->l2 || plan->clip_norm || plan->clip_value)
    return NULL;
  Whole *whole = calloc(1, sizeof *whole);
  whole->plan = *plan;
  const void **places[] = {(const void **)&whole->plan.pixels, (const void **)&whole->plan.classes,
                           (const void **)&whole->plan.table,
                           (const void **)&whole->plan.class_weight};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    *places[i] = late_here(late, *places[i]);
  whole->plan.w = late_here(late, plan->w);
  whole->plan.dw = late_here(late, plan->dw);
  for (int i = 0; i < plan->n_state; i++)
    whole->plan.state[i] = late_here(late, plan->state[i]);
  whole->widest = plan->C * plan->S;
  for (int i = 0; i < plan->n_layers; i++) {
    whole->widest = plan->layers[i].out > whole->widest ? plan->layers[i].out : whole->widest;
    whole->y[i] = calloc(plan->N * plan->layers[i].out, sizeof(nn_real));
  }
  whole->x = calloc(plan->N * plan->C * plan->S, sizeof(nn_real));
  whole->dy = calloc(plan->N * whole->widest, sizeof(nn_real));
  whole->dx = calloc(plan->N * whole->widest, sizeof(nn_real));
  whole->row_loss = calloc(plan->N, sizeof(nn_real));
  whole->labels = calloc(plan->N, sizeof(int32_t));
  return whole;
}

static void late_free_step(const NnBackend *backend, void *step)
{
  Whole *whole = step;
  late_flush(late_of(backend));
  for (int i = 0; i < whole->plan.n_layers; i++)
    free(whole->y[i]);
  free(whole->x);
  free(whole->dy);
  free(whole->dx);
  free(whole->row_loss);
  free(whole->labels);
  free(whole);
}

static void whole_forward(Late *late, Whole *whole)
{
  const NnStepPlan *p = &whole->plan;
  const nn_real *x = whole->x;
  for (int i = 0; i < p->n_layers; i++) {
    const NnStepLayer *l = &p->layers[i];
    if (l->op == NN_STEP_LINEAR) {
      OPS->gemm(REF, false, true, p->N, l->out, l->in, 1, x, p->w + l->weight, 0, whole->y[i]);
      if (l->has_bias)
        OPS->add_bias(REF, p->N, l->out, p->w + l->bias, whole->y[i]);
    } else {
      OPS->activation_forward(REF, l->elem, l->numbers, p->N * l->out, x, whole->y[i]);
    }
    x = whole->y[i];
  }
}

static void whole_backward(Late *late, Whole *whole)
{
  const NnStepPlan *p = &whole->plan;
  for (int i = p->n_layers - 1; i >= 0; i--) {
    const NnStepLayer *l = &p->layers[i];
    const nn_real *x = i > 0 ? whole->y[i - 1] : whole->x;
    if (l->op == NN_STEP_LINEAR) {
      OPS->gemm(REF, true, false, l->out, l->in, p->N, 1, whole->dy, x, 0, p->dw + l->weight);
      if (l->has_bias)
        OPS->sum_rows(REF, p->N, l->out, whole->dy, false, p->dw + l->bias);
      OPS->gemm(REF, false, false, p->N, l->in, l->out, 1, whole->dy, p->w + l->weight, 0,
                whole->dx);
    } else {
      OPS->activation_backward(REF, l->elem, l->numbers, p->N * l->out, x, whole->y[i], whole->dy,
                               whole->dx);
    }
    nn_real *swap = whole->dy;
    whole->dy = whole->dx;
    whole->dx = swap;
  }
}

/* p[0] is the Whole, tagged to look like the rest; host: ids, then scalars, then the divisor */
typedef struct {
  double scalars[NN_MAX_SCALARS], divisor;
  uint32_t ids[];
} WholeRun;

RUN(whole)
{
  Whole *whole = c->p[0];
  const NnStepPlan *p = &whole->plan;
  const WholeRun *run = c->host;
  nn_real *logits = whole->y[p->n_layers - 1];
  NnGather gather = {p->pixels, p->classes, p->table, p->C,         p->S,
                     p->N,      run->ids,   whole->x, whole->labels};
  OPS->gather(REF, &gather);
  whole_forward(late, whole);
  OPS->cross_entropy(REF, p->N, p->n_classes, logits, whole->labels, p->smoothing, p->class_weight,
                     1 / run->divisor, whole->row_loss, whole->dy);
  late_settle(late);
  OPS->step_loss(
      REF, &(NnStepLoss){p->N, p->n_classes, whole->row_loss, logits, whole->labels, run->divisor});
  late->pending = true;
  late_settle(late);
  whole_backward(late, whole);
  if (!late->frozen)
    OPS->optimizer_step(REF, p->optimizer, p->n_state, run->scalars, p->n_params, p->dw, p->state,
                        p->w);
  late->device->n_whole++;
}

static void late_run_steps(const NnBackend *backend, void *step, const NnStepRun *run)
{
  Whole *whole = step;
  size_t N = whole->plan.N;
  backend->ops->step_begin(backend);
  for (size_t k = 0; k < run->n_steps; k++) {
    WholeRun *host = malloc(sizeof *host + N * sizeof *host->ids);
    memcpy(host->ids, run->ids + k * N, N * sizeof *host->ids);
    memcpy(host->scalars, run->scalars + k * NN_MAX_SCALARS, sizeof host->scalars);
    host->divisor = run->divisors[k];
    late_note(backend,
              (Command){.run = run_whole, .host = host, .p = {(void *)((uintptr_t)whole | TAG)}});
  }
  backend->ops->step_end(backend);
}

void late_add_whole_steps(NnBackendOps *ops)
{
  ops->compile_step = late_compile;
  ops->run_steps = late_run_steps;
  ops->free_step = late_free_step;
}
