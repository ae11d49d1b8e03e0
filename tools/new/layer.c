/* @file@.c: FILL IN what it computes, with its formula. */
#include "layer.h"

/* FILL IN its parameters, with PyTorch's names, order and defaults (engine/recipe/param.h). */
static const NnParamSpec params[] = {{0}};

/* Shapes, parameters, buffers and memory, once, when the network is built. */
static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  (void)config;
  plan->out = in;
  return nn_layer_takes_vectors("@Name@", in, where, err); /* FILL IN which inputs it takes */
}

/* x → y, by the backend's operations (engine/backend/backend.h) alone. */
static void forward(NnLayer *layer, const NnPass *pass)
{
  size_t n = pass->N * nn_shape_size(layer->in);
  pass->backend->ops->copy(pass->backend, layer->x, layer->y, n); /* FILL IN */
}

/* dy → dx and the gradients of the parameters; added to those if pass->accumulate. */
static void backward(NnLayer *layer, const NnPass *pass)
{
  size_t n = pass->N * nn_shape_size(layer->in);
  if (layer->dx)
    pass->backend->ops->copy(pass->backend, layer->dy, layer->dx, n); /* FILL IN */
}

const NnLayerKind nn_@name@_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "@Name@",
             .torch = "@Name@(*)",
             .group = "activation", /* FILL IN: the groups stand in ui/recipe/kind-menu.c */
             .doc = N_("FILL IN one sentence for a student: what does it do?"),
             .source = "FILL IN authors and year; torch.nn.@Name@",
             .params = params},
    .needs = NULL, /* FILL IN the operations that it uses, by name: "gemm add_bias" */
    .plan = plan,
    .forward = forward,
    .backward = backward};
