/* softmax.c: y_c = exp(x_c) / Σ exp(x): each sample's values become probabilities. */
#include "layer.h"

static const NnParamSpec params[] = {{0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  (void)config;
  plan->out = in;
  return nn_layer_takes_vectors("Softmax", in, where, err);
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  pass->backend->ops->softmax(pass->backend, pass->N, layer->in.dims[0], layer->x, layer->y);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  if (layer->dx)
    pass->backend->ops->softmax_backward(pass->backend, pass->N, layer->in.dims[0], layer->y,
                                         layer->dy, layer->dx);
}

const NnLayerKind nn_softmax_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Softmax",
             .torch = "Softmax(dim=1)",
             .group = "activation",
             .doc = N_("Turns the values of each sample into probabilities that add up to 1; the "
                       "cross-entropy loss already does this itself."),
             .source = "Bridle 1990; torch.nn.Softmax with dim=1",
             .params = params},
    .needs = "softmax_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward};
