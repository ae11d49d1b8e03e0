/* residual.c: y = x + f(x), f being the layers inside. He et al. 2016.
 *
 * The model holds two halves: the first passes x on, the second adds it to what the layers made of
 * it. Backwards the second passes dy on, and the first adds it to the gradient that comes out of
 * the layers. */
#include "layer.h"

static const NnParamSpec params[] = {
    {.key = "layers",
     .label = N_("Inner layers"),
     .type = NN_PARAM_KINDS,
     .klass = NN_CLASS_LAYER,
     .max_len = 64,
     .empty = N_("No inner layers yet: the input is added to itself."),
     .doc = N_("Their output is added to the input, so it must have the input's shape.")},
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  (void)config, (void)where, (void)err;
  plan->out = in;
  return true;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  size_t n = pass->N * nn_shape_size(layer->in);
  if (layer->opens)
    return;
  pass->backend->ops->copy(pass->backend, layer->x, layer->y, n);
  pass->backend->ops->add(pass->backend, layer->partner->x, layer->y, n);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  size_t n = pass->N * nn_shape_size(layer->in);
  if (!layer->dx)
    return;
  const nn_real *other = layer->opens ? layer->partner->dy : NULL;
  pass->backend->ops->copy(pass->backend, layer->dy, layer->dx, n);
  if (other)
    pass->backend->ops->add(pass->backend, other, layer->dx, n);
}

/* The second half; the first is no work. */
static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  (void)layer;
  step->op = NN_STEP_ADD;
  return true;
}

static const char torch_code[] = "class Residual(nn.Module):\n"
                                 "    \"\"\"Adds its input to the output of its layers.\"\"\"\n"
                                 "\n"
                                 "    def __init__(self, *layers):\n"
                                 "        super().__init__()\n"
                                 "        self.layers = nn.Sequential(*layers)\n"
                                 "\n"
                                 "    def forward(self, x):\n"
                                 "        return x + self.layers(x)\n";

const NnLayerKind nn_residual_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Residual",
             .torch = "Residual(**layers)",
             .torch_code = torch_code,
             .group = "shape",
             .doc = N_("Adds its input to the output of the inner layers, so that they only need "
                       "to learn the difference."),
             .source = "He et al. 2016",
             .params = params},
    .needs = "add",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe,
    .is_block = true};
