/* fused-plan.cu: which networks the fused steps can take, and where everything lies in shared
 * memory. */
#include "fused.h"

/* Layers of the plan, each Linear with the activation that follows it. False: something else. */
static bool read_layers(const NnStepPlan *plan, NnFused *f)
{
  for (int i = 0; i < plan->n_layers; i++) {
    const NnStepLayer *from = &plan->layers[i];
    if (from->op == NN_STEP_LINEAR) {
      if (f->n_layers == NN_FUSED_LAYERS || from->weight_norm)
        return false;
      NnFusedLayer *l = &f->layers[f->n_layers++];
      l->K = (unsigned)from->in;
      l->N = (unsigned)from->out;
      l->weight = from->weight;
      l->bias = from->bias;
      l->has_bias = from->has_bias;
      l->elem = -1;
      continue;
    }
    NnFusedLayer *l = f->n_layers > 0 ? &f->layers[f->n_layers - 1] : NULL;
    if (from->op != NN_STEP_ACTIVATION || !l || l->elem >= 0)
      return false;
    l->elem = from->elem;
    for (int p = 0; p < NN_FUSED_NUMBERS; p++)
      l->numbers[p] = from->numbers[p];
  }
  /* The loss reads z of the last layer. */
  return f->n_layers > 0 && f->layers[f->n_layers - 1].elem < 0;
}

static bool is_known(const NnStepPlan *plan)
{
  bool plain = plan->l1 == 0 && plan->l2 == 0 && plan->clip_norm == 0 && plan->clip_value == 0;
  return plan->pixels && plan->loss == NN_STEP_CROSS_ENTROPY && plain &&
         plan->N <= NN_FUSED_BATCH && plan->C <= NN_FUSED_CHANNELS &&
         plan->C * plan->S < 1u << 20 && plan->n_params < 1u << 20;
}

static unsigned round_up(unsigned n, unsigned to)
{
  return (n + to - 1) / to * to;
}

static unsigned place(NnFused *f, unsigned n)
{
  unsigned at = f->n_floats;
  f->n_floats += round_up(n, 4);
  return at;
}

static void place_weights(NnFused *f)
{
  for (int i = 0; i < f->n_layers; i++) {
    NnFusedLayer *l = &f->layers[i];
    l->Np = round_up(l->N, 4);
    l->row = l->Np / 4 % 2 ? l->Np : l->Np + 4;
    l->w = place(f, l->K * l->row);
    l->b = place(f, l->Np);
  }
  f->all = f->n_floats;
  f->n_floats *= 1 + (unsigned)f->n_state;
}

/* Room for the partial sums of the largest product. */
static unsigned scratch_size(const NnFused *f)
{
  unsigned most = 0;
  for (int i = 0; i < f->n_layers; i++) {
    const NnFusedLayer *l = &f->layers[i];
    unsigned b = f->Bp / 4, forward = nn_fused_shares(l->Np / 4 * b) * l->Np * f->Bp;
    unsigned back = i > 0 ? nn_fused_shares(l->K * b) * l->K * f->Bp : 0;
    most = forward > most ? forward : most;
    most = back > most ? back : most;
  }
  return most;
}

static void place_all(NnFused *f)
{
  f->n_floats = 0;
  place_weights(f);
  for (int i = 0; i < f->n_layers; i++) {
    NnFusedLayer *l = &f->layers[i];
    l->z = place(f, l->Np * f->Bp);
    l->a = l->elem < 0 ? l->z : place(f, l->Np * f->Bp);
    l->dz = place(f, l->Np * f->Bp);
  }
  for (int i = 0; i < 2; i++) {
    f->x[i] = place(f, f->slice * f->Bp);
    f->labels[i] = place(f, f->B);
    f->exchange[i] = f->cluster ? place(f, f->layers[0].Np * f->Bp) : 0;
  }
  f->table = place(f, f->C * 256);
  f->scratch = place(f, scratch_size(f));
  f->row_loss = place(f, f->B);
  f->row_correct = place(f, f->B);
  f->verdict = place(f, 1);
}

/* As few blocks as hold the network, when they meet in that way; false: no number does. */
static bool fits(const cudaDeviceProp *p, NnFused *f, bool cluster)
{
  unsigned most = cluster ? 16 : (unsigned)p->multiProcessorCount;
  f->cluster = cluster;
  for (f->n_blocks = 8; f->n_blocks <= most; f->n_blocks *= 2) {
    f->slice = (f->F + f->n_blocks - 1) / f->n_blocks;
    f->layers[0].K = f->slice;
    place_all(f);
    if (f->n_floats * sizeof(float) <= p->sharedMemPerBlockOptin)
      return true;
  }
  return false;
}

/* In a cluster they meet fastest; over the whole chip there is more room. */
static bool choose_blocks(const NnContext *context, NnFused *f)
{
  const cudaDeviceProp *p = &context->properties;
  return (p->major >= 9 && fits(p, f, true)) || (p->cooperativeLaunch && fits(p, f, false));
}

bool nn_fused_plan(const NnContext *context, const NnStepPlan *plan, NnFused *f)
{
  *f = nn_zeroed<NnFused>();
  if (!is_known(plan) || !read_layers(plan, f))
    return false;
  f->n_classes = (unsigned)plan->n_classes;
  f->B = (unsigned)plan->N;
  f->Bp = round_up(f->B, 4);
  f->F = f->layers[0].K;
  f->C = (unsigned)plan->C;
  f->S = (unsigned)plan->S;
  f->n_state = plan->n_state;
  f->pixels = plan->pixels;
  f->classes = plan->classes;
  f->global_table = plan->table;
  f->class_weight = plan->class_weight;
  f->smoothing = (nn_real)plan->smoothing;
  f->params = plan->w;
  for (int i = 0; i < plan->n_state; i++)
    f->state[i] = plan->state[i];
  f->place = nn_steps_place(context);
  f->halted = context->halted;
  return f->n_classes == f->layers[f->n_layers - 1].N && choose_blocks(context, f);
}
