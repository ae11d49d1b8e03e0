/* adaptiveavgpool2d.c: means over windows that are laid out so that the output has a given size;
 * windows overlap where the sizes do not divide evenly. */
#include "kernel-window.h"

static const NnParamSpec params[] = {{.key = "output_size",
                                      .label = N_("Output size"),
                                      .type = NN_PARAM_PAIR,
                                      .def = 1,
                                      .min = 1,
                                      .max = 4096,
                                      .step = 1,
                                      .doc = N_("Height and width of the output, whatever the size "
                                                "of the input; null keeps a dimension unchanged."),
                                      .flags = NN_PARAM_NULL_ENTRIES},
                                     {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  const double *size = nn_config_value(config, "output_size")->numbers;
  if (!nn_window_picture(in, "AdaptiveAvgPool2d", where, err))
    return false;
  plan->out = in;
  for (int axis = 0; axis < 2; axis++)
    if (!isnan(size[axis]))
      plan->out.dims[1 + axis] = (size_t)size[axis];
  return true;
}

static NnPooling windows_of(const NnLayer *layer)
{
  return (NnPooling){
      .in = {layer->in.dims[1], layer->in.dims[2]}, .adaptive = true, .divisor = NAN};
}

static NnPooling pooling_of(const NnLayer *layer, const NnPass *pass)
{
  NnPooling pooling = windows_of(layer);
  return nn_pool_at_work(&pooling, layer, pass);
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  NnPooling pooling = pooling_of(layer, pass);
  pass->backend->ops->mean_pool_forward(pass->backend, &pooling);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  NnPooling pooling = pooling_of(layer, pass);
  if (layer->dx)
    pass->backend->ops->mean_pool_backward(pass->backend, &pooling);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  NnPooling pooling = windows_of(layer);
  step->op = NN_STEP_MEAN_POOL;
  step->pooling = nn_pool_of_sample(&pooling, layer);
  return true;
}

const NnLayerKind nn_adaptiveavgpool2d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "AdaptiveAvgPool2d",
             .torch = "AdaptiveAvgPool2d(output_size)",
             .group = "pooling",
             .doc = N_("Averages over regions, so that an image of any size gets the given size."),
             .source = "torch.nn.AdaptiveAvgPool2d",
             .params = params},
    .needs = "mean_pool_forward mean_pool_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
