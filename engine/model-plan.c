/* model-plan.c: shapes from the first layer to the last, and every reason why a network cannot be.
 */
#include "mem.h"
#include "model-plan.h"
#include "model.h"
#include <stdio.h>

/* More parameters than this are surely a slip of the finger: 2 GiB of weights. */
#define MOST_PARAMS ((size_t)1 << 29)

static bool check_inits(const NnConfig *config, const NnLayerPlan *plan, const char *where,
                        NnError *err)
{
  for (int i = 0; i < plan->n_params; i++) {
    const NnSlot *slot = &plan->params[i];
    if (!slot->init_key)
      continue;
    char place[96];
    snprintf(place, sizeof place, "%s.%s", where, slot->init_key);
    if (!nn_init_check(nn_config_child(config, slot->init_key), slot->shape, place, err))
      return false;
  }
  return true;
}

static bool check_size(const NnLayerPlan *plan, const char *where, NnError *err)
{
  size_t n = nn_plan_n_params(plan, 1);
  if (n <= MOST_PARAMS && nn_shape_size(plan->out) <= MOST_PARAMS)
    return true;
  return nn_fail(err, NN_ERR_SHAPE, where,
                 "%s would have more than %zu million parameters or outputs; make it smaller.",
                 where, MOST_PARAMS >> 20);
}

static bool plan_layer(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                       NnError *err)
{
  const NnLayerKind *kind = (const NnLayerKind *)config->kind;
  *plan = (NnLayerPlan){0};
  return kind->plan(config, in, where, plan, err) && check_size(plan, where, err) &&
         check_inits(config, plan, where, err);
}

static bool check_output(NnShape out, int n_classes, NnError *err)
{
  char text[NN_SHAPE_TEXT];
  if (out.n_dims == 1 && out.dims[0] == (size_t)n_classes)
    return true;
  return nn_fail(err, NN_ERR_SHAPE, "network",
                 "The network gives %s values, but there are %d classes; its last layer must give "
                 "%d.",
                 nn_shape_text(out, text), n_classes, n_classes);
}

bool nn_model_plan(const NnConfig *recipe, NnShape input, int n_classes, NnLayerPlan *plans,
                   int *bad_layer, NnError *err)
{
  int n = nn_config_count(recipe, "network"), ignored;
  NnShape shape = input;
  bad_layer = bad_layer ? bad_layer : &ignored;
  if (n == 0 || n > NN_MAX_LAYERS) {
    *bad_layer = n;
    return nn_fail(err, NN_ERR_SHAPE, "network",
                   "The network has %d layers; it needs 1 to %d, and the last must give %d values.",
                   n, NN_MAX_LAYERS, n_classes);
  }
  for (int i = 0; i < n; i++) {
    char where[32];
    snprintf(where, sizeof where, "network.%d", i);
    *bad_layer = i;
    if (!plan_layer(nn_config_at(recipe, "network", i), shape, where, &plans[i], err))
      return false;
    shape = plans[i].out;
  }
  *bad_layer = n;
  if (n_classes > 0 && !check_output(shape, n_classes, err))
    return false;
  if (nn_plan_n_params(plans, n) > MOST_PARAMS)
    return nn_fail(err, NN_ERR_SHAPE, "network",
                   "The network would have more than %zu million parameters; make it smaller.",
                   MOST_PARAMS >> 20);
  return true;
}

size_t nn_plan_n_params(const NnLayerPlan *plans, int n_layers)
{
  size_t n = 0;
  for (int i = 0; i < n_layers; i++)
    for (int k = 0; k < plans[i].n_params; k++) {
      size_t size = nn_shape_size(plans[i].params[k].shape);
      n = n + size < n ? SIZE_MAX : n + size;
    }
  return n;
}

bool nn_model_check(const NnConfig *recipe, NnShape input, int n_classes, NnShape *outs,
                    size_t *n_params, int *bad_layer, NnError *err)
{
  int n = nn_config_count(recipe, "network"), bad = 0;
  NnLayerPlan *plans = nn_alloc_array((size_t)n + 1, sizeof *plans);
  if (!plans)
    return nn_fail_nomem(err, "the plan of the network");
  bool ok = nn_model_plan(recipe, input, n_classes, plans, &bad, err);
  for (int i = 0; outs && i < bad && i < n; i++)
    outs[i] = plans[i].out;
  if (ok && n_params)
    *n_params = nn_plan_n_params(plans, n);
  if (bad_layer)
    *bad_layer = bad;
  nn_free(plans);
  return ok;
}
