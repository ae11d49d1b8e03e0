/* model-plan.c: shapes from the first layer to the last, and every reason why a network is invalid.
 */
#include "model-plan.h"
#include "engine/mem.h"
#include "model.h"
#include <stdio.h>

/* More parameters than this are surely a slip of the finger: 2 GiB of weights. */
#define MOST_PARAMS ((size_t)1 << 29)

/* Evaluations whose result does not depend on it look at so many samples at a time, and so few that
 * the outputs of all layers stay below so many numbers. */
enum { FAST_BATCH = 256, MOST_VALUES = 1 << 26 };

typedef struct {
  NnNetworkPlan *plan;
  NnShape shape; /* what flows out of the last layer so far */
  int top;
  NnError *err;
} Planner;

static size_t slots_size(const NnSlot *slots, int n)
{
  size_t sum = 0;
  for (int i = 0; i < n; i++) {
    size_t size = nn_shape_size(slots[i].shape);
    sum = sum + size < sum ? SIZE_MAX : sum + size;
  }
  return sum;
}

static bool check_inits(const NnPlanned *layer, NnError *err)
{
  for (int i = 0; i < layer->plan.n_params; i++) {
    const NnSlot *slot = &layer->plan.params[i];
    char place[NN_PATH];
    if (!slot->init_key)
      continue;
    nn_path_key(place, layer->where, slot->init_key);
    if (!nn_init_check(nn_config_child(layer->config, slot->init_key), slot->shape, place, err))
      return false;
  }
  return true;
}

static bool check_size(const NnPlanned *layer, NnError *err)
{
  if (slots_size(layer->plan.params, layer->plan.n_params) <= MOST_PARAMS &&
      nn_shape_size(layer->plan.out) <= MOST_PARAMS)
    return true;
  return nn_fail(err, NN_ERR_SHAPE, layer->where,
                 "%s would have more than %zu million parameters or outputs; make it smaller.",
                 layer->where, MOST_PARAMS >> 20);
}

/* Appends one layer (or half of a block); its index, or −1. */
static int append(Planner *p, const NnConfig *config, const char *where)
{
  if (p->plan->n == NN_MAX_LAYERS) {
    nn_fail(p->err, NN_ERR_SHAPE, where, "The network has more than %d layers; remove some.",
            NN_MAX_LAYERS);
    return -1;
  }
  NnPlanned *layer = &p->plan->layers[p->plan->n];
  const NnLayerKind *kind = (const NnLayerKind *)config->kind;
  *layer = (NnPlanned){.config = config, .in = p->shape, .top = p->top, .partner = -1};
  nn_elide(where, layer->where, sizeof layer->where);
  if (!kind->plan(config, p->shape, where, &layer->plan, p->err) || !check_size(layer, p->err) ||
      !check_inits(layer, p->err))
    return -1;
  p->shape = layer->plan.out;
  return p->plan->n++;
}

static bool plan_list(Planner *p, const NnConfig *holder, const char *key, const char *prefix);

/* A block: its first half, the layers inside, its second half. */
static bool plan_block(Planner *p, const NnConfig *config, const char *where)
{
  char text[2][NN_SHAPE_TEXT], prefix[NN_PATH];
  NnShape in = p->shape;
  int first = append(p, config, where);
  nn_path_key(prefix, where, "layers");
  if (first < 0 || !plan_list(p, config, "layers", prefix))
    return false;
  if (!nn_shape_equal(p->shape, in))
    return nn_fail(p->err, NN_ERR_SHAPE, where,
                   "%s: the inner layers of a %s must produce the shape of its input, %s, but they "
                   "produce %s.",
                   where, config->kind->name, nn_shape_text(in, text[0]),
                   nn_shape_text(p->shape, text[1]));
  int last = append(p, config, where);
  if (last < 0)
    return false;
  NnPlanned *layers = p->plan->layers;
  layers[first].partner = last;
  layers[first].opens = true;
  layers[first].plan.shares_output = true;
  layers[last].partner = first;
  return true;
}

static bool plan_list(Planner *p, const NnConfig *holder, const char *key, const char *prefix)
{
  for (int i = 0; i < nn_config_count(holder, key); i++) {
    const NnConfig *config = nn_config_at(holder, key, i);
    char where[NN_PATH];
    nn_path_index(where, prefix, i);
    if (holder->kind->klass == NN_CLASS_SECTION)
      p->top = i;
    bool block = ((const NnLayerKind *)config->kind)->is_block;
    if (block ? !plan_block(p, config, where) : append(p, config, where) < 0)
      return false;
  }
  return true;
}

static bool check_output(NnShape out, int n_classes, NnError *err)
{
  char text[NN_SHAPE_TEXT];
  if (out.n_dims == 1 && out.dims[0] == (size_t)n_classes)
    return true;
  return nn_fail(
      err, NN_ERR_SHAPE, "network",
      nn_text_n("The output size of the network is %s, but there is %d class; it must be %d.",
                "The output size of the network is %s, but there are %d classes; it must be %d.",
                (unsigned long)n_classes),
      nn_shape_text(out, text), n_classes, n_classes);
}

bool nn_model_plan(const NnConfig *recipe, NnShape input, int n_classes, NnNetworkPlan *plan,
                   int *bad_layer, NnError *err)
{
  Planner p = {.plan = plan, .shape = input, .err = err};
  int n = nn_config_count(recipe, "network");
  plan->n = 0;
  if (n == 0) {
    *bad_layer = 0;
    return nn_fail(err, NN_ERR_SHAPE, "network",
                   n_classes > 0
                       ? nn_text_n("The network has 0 layers; it needs at least one, and the last "
                                   "must have %d output.",
                                   "The network has 0 layers; it needs at least one, and the last "
                                   "must have %d outputs.",
                                   (unsigned long)n_classes)
                       : N_("The network has 0 layers; it needs at least one."),
                   n_classes);
  }
  bool ok = plan_list(&p, recipe, "network", "network");
  *bad_layer = ok ? n : p.top;
  if (!ok || (n_classes > 0 && !check_output(p.shape, n_classes, err)))
    return false;
  if (nn_plan_n_params(plan) > MOST_PARAMS)
    return nn_fail(err, NN_ERR_SHAPE, "network",
                   "The network would have more than %zu million parameters; make it smaller.",
                   MOST_PARAMS >> 20);
  return true;
}

size_t nn_plan_n_params(const NnNetworkPlan *plan)
{
  size_t sum = 0;
  for (int i = 0; i < plan->n; i++) {
    size_t size = slots_size(plan->layers[i].plan.params, plan->layers[i].plan.n_params);
    sum = sum + size < sum ? SIZE_MAX : sum + size;
  }
  return sum;
}

bool nn_model_check(const NnConfig *recipe, NnShape input, int n_classes, NnShape *outs,
                    size_t *n_params, int *bad_layer, NnError *err)
{
  int bad = 0;
  NnNetworkPlan *plan = nn_alloc(sizeof *plan);
  if (!plan)
    return nn_fail_nomem(err, "the plan of the network");
  bool ok = nn_model_plan(recipe, input, n_classes, plan, &bad, err);
  for (int i = 0; outs && i < plan->n; i++)
    outs[plan->layers[i].top] = plan->layers[i].plan.out;
  if (ok && n_params)
    *n_params = nn_plan_n_params(plan);
  if (bad_layer)
    *bad_layer = bad;
  nn_free(plan);
  return ok;
}

int nn_model_flows(const NnConfig *recipe, NnShape input, NnLayerFlow *flows, int max)
{
  int bad, n = 0;
  NnNetworkPlan *plan = nn_alloc(sizeof *plan);
  if (!plan)
    return 0;
  nn_model_plan(recipe, input, 0, plan, &bad, NULL);
  for (int i = 0; i < plan->n && n < max; i++) {
    const NnPlanned *layer = &plan->layers[i];
    bool block = ((const NnLayerKind *)layer->config->kind)->is_block;
    if (layer->partner >= 0 && !layer->opens)
      continue;
    flows[n] = (NnLayerFlow){.layer = layer->config, .in = layer->in};
    if (!block)
      flows[n].out = layer->plan.out;
    else if (layer->opens)
      flows[n].out = plan->layers[layer->partner].plan.out;
    n++;
  }
  nn_free(plan);
  return n;
}

size_t nn_plan_evaluation_batch(const NnNetworkPlan *plan, const NnConfig *recipe, NnShape input)
{
  size_t wanted = (size_t)nn_config_int(nn_config_child(recipe, "data"), "test_batch_size");
  size_t values = nn_shape_size(input), most = wanted < FAST_BATCH ? wanted : FAST_BATCH;
  for (int i = 0; i < plan->n; i++) {
    if (plan->layers[i].plan.batch_statistics)
      return wanted;
    values += plan->layers[i].plan.shares_output ? 0 : nn_shape_size(plan->layers[i].plan.out);
  }
  size_t room = MOST_VALUES / values;
  return room < 1 ? 1 : room < most ? room : most;
}

size_t nn_model_evaluation_batch(const NnConfig *recipe, NnShape input)
{
  int bad;
  NnNetworkPlan *plan = nn_alloc(sizeof *plan);
  if (!plan)
    return 1;
  nn_model_plan(recipe, input, 0, plan, &bad, NULL);
  size_t n = nn_plan_evaluation_batch(plan, recipe, input);
  nn_free(plan);
  return n;
}
