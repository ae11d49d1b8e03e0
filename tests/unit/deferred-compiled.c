/* deferred-compiled.c: whole training steps, read from their plan and done with ref, naively.
 * Between two calls the weights lie elsewhere, and where the plan says there is nothing that anyone
 * should read: whoever forgets to call sync_step() computes with NaN. */
#include "deferred-private.h"

typedef struct {
  NnStepPlan plan;
  nn_real *x, *y[NN_STEP_MAX_LAYERS], *dy, *dx, *row_loss;
  nn_real *saved[NN_STEP_MAX_LAYERS]; /* masks, statistics */
  int32_t *labels;
  bool mine; /* the lists below hold what has been learned */
  nn_real *w, *buffers, *state[NN_MAX_STATE];
} Whole;

/* ---- where weights lie ---- */

typedef struct {
  nn_real *there, *here;
  size_t n;
} List;

static int lists_of(Whole *whole, List lists[2 + NN_MAX_STATE])
{
  NnStepPlan *p = &whole->plan;
  int n = 0;
  lists[n++] = (List){p->w, whole->w, p->n_params};
  lists[n++] = (List){p->buffers, whole->buffers, p->n_buffers};
  for (int i = 0; i < p->n_state; i++)
    lists[n++] = (List){p->state[i], whole->state[i], p->n_params};
  return n;
}

static void take_weights(Whole *whole)
{
  List lists[2 + NN_MAX_STATE];
  int n = whole->mine ? 0 : lists_of(whole, lists);
  for (int i = 0; i < n; i++) {
    memcpy(lists[i].here, lists[i].there, lists[i].n * sizeof(nn_real));
    for (size_t k = 0; k < lists[i].n; k++)
      lists[i].there[k] = (nn_real)NAN;
  }
  whole->mine = true;
}

static void late_sync_step(const NnBackend *backend, void *step)
{
  Whole *whole = step;
  List lists[2 + NN_MAX_STATE];
  late_now(backend);
  late_of(backend)->device->n_synced++;
  int n = whole->mine ? lists_of(whole, lists) : 0;
  for (int i = 0; i < n; i++)
    memcpy(lists[i].there, lists[i].here, lists[i].n * sizeof(nn_real));
  whole->mine = false;
}

/* ---- compiling ---- */

static bool is_known(const NnStepPlan *plan)
{
  for (int i = 0; i < plan->n_layers; i++) {
    const NnStepLayer *l = &plan->layers[i];
    if (l->weight_norm || (l->op != NN_STEP_LINEAR && l->op != NN_STEP_ACTIVATION &&
                           l->op != NN_STEP_DROPOUT && l->op != NN_STEP_BATCH_NORM))
      return false;
  }
  return !plan->l1 && !plan->l2 && !plan->clip_norm && !plan->clip_value;
}

static nn_real *reals(size_t n)
{
  return calloc(n + 1, sizeof(nn_real));
}

static void find_plan(const Late *late, NnStepPlan *plan)
{
  const void **places[] = {(const void **)&plan->pixels, (const void **)&plan->classes,
                           (const void **)&plan->table, (const void **)&plan->class_weight};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    *places[i] = late_here(late, *places[i]);
  plan->w = late_here(late, plan->w);
  plan->dw = late_here(late, plan->dw);
  plan->buffers = late_here(late, plan->buffers);
  for (int i = 0; i < plan->n_state; i++)
    plan->state[i] = late_here(late, plan->state[i]);
}

static void *late_compile(const NnBackend *backend, const NnStepPlan *plan)
{
  Late *late = late_of(backend);
  if (!late->device->whole_steps || !is_known(plan))
    return NULL;
  Whole *whole = calloc(1, sizeof *whole);
  whole->plan = *plan;
  find_plan(late, &whole->plan);
  size_t widest = plan->C * plan->S;
  for (int i = 0; i < plan->n_layers; i++) {
    const NnStepLayer *l = &plan->layers[i];
    widest = l->out > widest ? l->out : widest;
    whole->y[i] = reals(plan->N * l->out);
    whole->saved[i] = reals(plan->N * l->in + 2 * l->norm.C);
  }
  whole->x = reals(plan->N * plan->C * plan->S);
  whole->dy = reals(plan->N * widest);
  whole->dx = reals(plan->N * widest);
  whole->row_loss = reals(plan->N);
  whole->labels = calloc(plan->N, sizeof(int32_t));
  whole->w = reals(plan->n_params);
  whole->buffers = reals(plan->n_buffers);
  for (int i = 0; i < plan->n_state; i++)
    whole->state[i] = reals(plan->n_params);
  return whole;
}

static void late_free_step(const NnBackend *backend, void *step)
{
  Whole *whole = step;
  late_flush(late_of(backend));
  for (int i = 0; i < whole->plan.n_layers; i++) {
    free(whole->y[i]);
    free(whole->saved[i]);
  }
  void *owned[] = {whole->x,      whole->dy, whole->dx,     whole->row_loss,
                   whole->labels, whole->w,  whole->buffers};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    free(owned[i]);
  for (int i = 0; i < whole->plan.n_state; i++)
    free(whole->state[i]);
  free(whole);
}

/* ---- one step ---- */

/* What it is told, then ids or NULL, samples, x or NULL, labels, all in one piece of memory. */
typedef struct {
  double scalars[NN_MAX_SCALARS], divisor;
  uint32_t epoch;
  uint64_t batches;
  const uint32_t *ids, *samples;
  const nn_real *x;
  const int32_t *labels;
} WholeRun;

static NnNorm norm_of(const Late *late, Whole *whole, int i, const WholeRun *run)
{
  const NnStepPlan *p = &whole->plan;
  const NnStepLayer *l = &p->layers[i];
  NnNorm norm = {.N = p->N * l->norm.N,
                 .C = l->norm.C,
                 .S = l->norm.S,
                 .groups = l->norm.groups,
                 .center = l->norm.center,
                 .eps = l->norm.eps,
                 .momentum = isnan(l->norm.momentum) ? 1 / (double)run->batches : l->norm.momentum,
                 .weight = l->has_weight ? whole->w + l->weight : NULL,
                 .bias = l->has_bias ? whole->w + l->bias : NULL,
                 .dweight = l->has_weight ? p->dw + l->weight : NULL,
                 .dbias = l->has_bias ? p->dw + l->bias : NULL,
                 .mean = whole->saved[i],
                 .rstd = whole->saved[i] + l->norm.C};
  if (l->norm.has_running && !late->frozen) {
    norm.running_mean = whole->buffers + l->running_mean;
    norm.running_var = whole->buffers + l->running_var;
  }
  return norm;
}

static void apply_mask(Late *late, const Whole *whole, int i, const nn_real *from, nn_real *to)
{
  const NnStepLayer *l = &whole->plan.layers[i];
  size_t N = whole->plan.N, draws = l->dropout.draws;
  if (draws == l->in)
    OPS->multiply(REF, from, whole->saved[i], to, N * l->in);
  else
    OPS->scale_rows(REF, N * draws, l->in / draws, from, whole->saved[i], to);
}

static void layer_forward(Late *late, Whole *whole, int i, const nn_real *x, const WholeRun *run)
{
  const NnStepPlan *p = &whole->plan;
  const NnStepLayer *l = &p->layers[i];
  NnNorm norm = norm_of(late, whole, i, run);
  switch (l->op) {
  case NN_STEP_LINEAR:
    OPS->gemm(REF, false, true, p->N, l->out, l->in, 1, x, whole->w + l->weight, 0, whole->y[i]);
    if (l->has_bias)
      OPS->add_bias(REF, p->N, l->out, whole->w + l->bias, whole->y[i]);
    break;
  case NN_STEP_DROPOUT:
    OPS->dropout_mask(REF, p->N, l->dropout.draws, l->dropout.p, p->seed, l->dropout.purpose,
                      run->epoch, run->samples, whole->saved[i]);
    apply_mask(late, whole, i, x, whole->y[i]);
    break;
  case NN_STEP_BATCH_NORM:
    norm.x = x;
    norm.y = whole->y[i];
    OPS->batchnorm_train(REF, &norm);
    break;
  default:
    OPS->activation_forward(REF, l->elem, l->numbers, p->N * l->out, x, whole->y[i]);
  }
}

static void layer_backward(Late *late, Whole *whole, int i, const nn_real *x, const WholeRun *run)
{
  const NnStepPlan *p = &whole->plan;
  const NnStepLayer *l = &p->layers[i];
  NnNorm norm = norm_of(late, whole, i, run);
  switch (l->op) {
  case NN_STEP_LINEAR:
    OPS->gemm(REF, true, false, l->out, l->in, p->N, 1, whole->dy, x, 0, p->dw + l->weight);
    if (l->has_bias)
      OPS->sum_rows(REF, p->N, l->out, whole->dy, false, p->dw + l->bias);
    OPS->gemm(REF, false, false, p->N, l->in, l->out, 1, whole->dy, whole->w + l->weight, 0,
              whole->dx);
    break;
  case NN_STEP_DROPOUT:
    apply_mask(late, whole, i, whole->dy, whole->dx);
    break;
  case NN_STEP_BATCH_NORM:
    norm.x = x;
    norm.dy = whole->dy;
    norm.dx = whole->dx;
    OPS->batchnorm_backward(REF, &norm);
    break;
  default:
    OPS->activation_backward(REF, l->elem, l->numbers, p->N * l->out, x, whole->y[i], whole->dy,
                             whole->dx);
  }
}

static void fetch_batch(Late *late, Whole *whole, const WholeRun *run)
{
  const NnStepPlan *p = &whole->plan;
  NnGather gather = {p->pixels, p->classes, p->table, p->C,         p->S,
                     p->N,      run->ids,   whole->x, whole->labels};
  if (run->ids) {
    OPS->gather(REF, &gather);
    return;
  }
  memcpy(whole->x, run->x, p->N * p->C * p->S * sizeof *run->x);
  memcpy(whole->labels, run->labels, p->N * sizeof *run->labels);
}

static void whole_backward(Late *late, Whole *whole, const WholeRun *run)
{
  for (int i = whole->plan.n_layers - 1; i >= 0; i--) {
    layer_backward(late, whole, i, i > 0 ? whole->y[i - 1] : whole->x, run);
    nn_real *swap = whole->dy;
    whole->dy = whole->dx;
    whole->dx = swap;
  }
}

/* p[0] is the Whole, tagged to look like the rest; host: a WholeRun */
RUN(whole)
{
  Whole *whole = c->p[0];
  const NnStepPlan *p = &whole->plan;
  const WholeRun *run = c->host;
  nn_real *logits = whole->y[p->n_layers - 1];
  take_weights(whole);
  fetch_batch(late, whole, run);
  late_settle(late);
  for (int i = 0; i < p->n_layers; i++)
    layer_forward(late, whole, i, i > 0 ? whole->y[i - 1] : whole->x, run);
  OPS->cross_entropy(REF, p->N, p->n_classes, logits, whole->labels, p->smoothing, p->class_weight,
                     1 / run->divisor, whole->row_loss, whole->dy);
  OPS->step_loss(
      REF, &(NnStepLoss){p->N, p->n_classes, whole->row_loss, logits, whole->labels, run->divisor});
  late->pending = true;
  late_settle(late);
  whole_backward(late, whole, run);
  if (!late->frozen)
    OPS->optimizer_step(REF, p->optimizer, p->n_state, run->scalars, p->n_params, p->dw,
                        whole->state, whole->w);
  late->device->n_whole++;
}

/* ---- many of them ---- */

/* Copies n bytes to *at, and goes on behind them; NULL: nothing. */
static const void *put(char **at, const void *from, size_t n)
{
  if (!from)
    return NULL;
  const void *copy = memcpy(*at, from, n);
  *at += (n + 7) / 8 * 8;
  return copy;
}

static WholeRun *copy_run(const NnStepPlan *p, const NnStepRun *run, size_t k)
{
  size_t N = p->N, size = N * p->C * p->S;
  WholeRun *to = malloc(sizeof *to + 4 * (N * 4 + 8) + size * sizeof(nn_real) + 8);
  char *at = (char *)(to + 1);
  *to = (WholeRun){.divisor = run->divisors[k],
                   .epoch = run->epochs[k],
                   .batches = run->batches[k],
                   .ids = put(&at, run->ids ? run->ids + k * N : NULL, N * sizeof *run->ids),
                   .samples = put(&at, run->samples + k * N, N * sizeof *run->samples),
                   .x = put(&at, run->x ? run->x + k * size : NULL, size * sizeof *run->x),
                   .labels =
                       put(&at, run->labels ? run->labels + k * N : NULL, N * sizeof *run->labels)};
  memcpy(to->scalars, run->scalars + k * NN_MAX_SCALARS, sizeof to->scalars);
  return to;
}

static void late_run_steps(const NnBackend *backend, void *step, const NnStepRun *run)
{
  Whole *whole = step;
  uintptr_t tag = late_tag(late_of(backend));
  backend->ops->step_begin(backend);
  for (size_t k = 0; k < run->n_steps; k++)
    late_note(backend, (Command){.run = run_whole,
                                 .host = copy_run(&whole->plan, run, k),
                                 .p = {(void *)((uintptr_t)whole | tag)}});
  backend->ops->step_end(backend);
}

void late_add_whole_steps(NnBackendOps *ops)
{
  ops->compile_step = late_compile;
  ops->run_steps = late_run_steps;
  ops->free_step = late_free_step;
  ops->sync_step = late_sync_step;
}
