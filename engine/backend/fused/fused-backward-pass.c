/* fused-backward-pass.c: from the gradient of the logits to the updated weights. Layer by layer,
 * from the last to the first, each thread makes its share of dx, then of the weights' gradients,
 * with which it moves the weights at once. Only where the norm of all gradients has to be known
 * first are they stored, and the weights move at the end. */
#include "fused.h"

typedef struct {
  const NnFusedWorker *w;
  const float *scalars;
  bool moves; /* weights move; else gradients are stored */
  bool again; /* by the gradients that have been stored, times */
  float factor;
} Pass;

/* With penalties, unless they are in the stored gradient already. */
static NnFusedUpdate update_of(const Pass *pass, const NnStepLayer *layer,
                               const NnFusedWeights *weights, float *gradient)
{
  const NnStepPlan *p = &pass->w->fused->plan;
  bool bare = pass->again || (p->weights_only && layer->op != NN_STEP_LINEAR);
  return (NnFusedUpdate){.weights = weights,
                         .N = p->N,
                         .l1 = bare ? 0 : (float)p->l1,
                         .l2 = bare ? 0 : (float)p->l2,
                         .bias_penalty = !p->weights_only,
                         .clip_value = pass->moves ? (float)p->clip_value : 0,
                         .optimizer = p->optimizer,
                         .n_state = p->n_state,
                         .scalars = pass->scalars,
                         .store = pass->moves ? NULL : gradient,
                         .stored = pass->again ? gradient : NULL,
                         .factor = pass->factor};
}

/* What is this thread's of the rows of layer i: in the first those to its own outputs, in the
 * others those from its own inputs. */
static void update_share(const NnFusedWorker *w, int i, const NnFusedUpdate *u)
{
  const NnFused *f = w->fused;
  size_t K = u->weights->K, Jp = u->weights->Jp;
  NnFusedRange r = nn_fused_columns(w, Jp);
  if (i == 0 && f->n_layers > 1) {
    f->fused->update(u, 0, K, r.c0, r.c1);
    return;
  }
  r = nn_fused_columns(w, (K + NN_FUSED_UNIT - 1) / NN_FUSED_UNIT * NN_FUSED_UNIT);
  f->fused->update(u, r.c0 < K ? r.c0 : K, r.c1 < K ? r.c1 : K, 0, Jp);
}

/* The first layer's gradient, of a batch whose lists by input and dz would be in no near cache:
 * chunk by chunk, while the next one's lists may already be made. Penalties come last. */
static void store_chunks(const NnFusedWorker *w, NnFusedUpdate u)
{
  NnFused *f = w->fused;
  size_t N = f->plan.N;
  float l1 = u.l1, l2 = u.l2;
  for (size_t n = 0, turn = 0; n < N; n += f->chunk, turn = 1 - turn) {
    bool last = n + f->chunk >= N;
    nn_fused_turn(w, n, last ? N : n + f->chunk, &f->inputs[turn]);
    nn_fused_meet(&f->barrier);
    u.inputs = &f->inputs[turn];
    u.adds = n > 0;
    u.l1 = last ? l1 : 0;
    u.l2 = last ? l2 : 0;
    update_share(w, 0, &u);
  }
}

/* The rows and columns of a Linear that are this thread's. */
static void update_linear(const Pass *pass, int i)
{
  const NnFusedWorker *w = pass->w;
  const NnFused *f = w->fused;
  const NnFusedLayer *l = &f->layers[i];
  NnFusedRange columns = nn_fused_columns(w, l->weights.Jp);
  NnFusedUpdate u = update_of(pass, l->plan, &l->weights, l->gradient);
  u.x = i > 0 ? nn_fused_output(l - 1) : w->x;
  u.ldx = i > 0 ? (l - 1)->weights.Jp : l->weights.K;
  u.inputs = &f->inputs[0];
  u.dz = l->d[0];
  u.rows = i == 0 && w->lazy ? w->lazy->touched : NULL;
  u.n_rows = u.rows ? w->lazy->n_touched : 0;
  if (l->plan->has_bias)
    f->fused->update(&u, l->weights.K, l->weights.K + 1, columns.c0, columns.c1);
  if (!u.x && !pass->again && f->chunk < f->plan.N) {
    NnFusedUpdate store = u;
    store.store = l->gradient;
    store.clip_value = 0;
    store_chunks(w, store);
    if (!pass->moves)
      return;
    u.stored = l->gradient;
    u.l1 = u.l2 = 0;
  }
  update_share(w, i, &u);
}

/* A norm's parameters, whose gradient is stored in any case: this thread's columns. */
static void update_norms(const Pass *pass, int i)
{
  const NnFusedLayer *l = &pass->w->fused->layers[i];
  for (int m = 0; m < l->n_ops; m++) {
    const NnFusedOp *op = &l->ops[m];
    NnFusedRange r = nn_fused_columns(pass->w, l->weights.Jp);
    if (!op->mean)
      continue;
    NnFusedUpdate u = update_of(pass, op->plan, &op->weights, op->gradient);
    u.stored = op->gradient;
    if (op->weights.K > 0)
      pass->w->fused->fused->update(&u, 0, op->weights.K, r.c0, r.c1);
    if (op->plan->has_bias)
      pass->w->fused->fused->update(&u, op->weights.K, op->weights.K + 1, r.c0, r.c1);
  }
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
  nn_fused_ops_backward(w, l, r);
}

void nn_fused_backward_pass(const NnFusedWorker *w, size_t k)
{
  NnFused *f = w->fused;
  float scalars[NN_MAX_SCALARS];
  Pass pass = {.w = w, .scalars = scalars, .moves = f->plan.clip_norm == 0, .factor = 1};
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    scalars[i] = (float)w->run->scalars[k * NN_MAX_SCALARS + (size_t)i];
  for (int i = f->n_layers - 1; i > 0; i--) {
    layer_backward(w, i - 1);
    update_norms(&pass, i - 1);
    if (i > 1)
      nn_fused_meet(&f->barrier);
    update_linear(&pass, i);
  }
  update_linear(&pass, 0);
  if (!pass.moves) {
    pass.moves = pass.again = true;
    pass.factor = nn_fused_clip_factor(w);
    for (int i = 0; i < f->n_layers; i++) {
      update_norms(&pass, i);
      update_linear(&pass, i);
    }
  }
  nn_fused_end_rows(w, k);
}
