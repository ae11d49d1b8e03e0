/* maxpool2d.c: the largest value of each window; its gradient goes to the place it came from, the
 * first in reading order where several are equal. */
#include "kernel-window.h"

enum { DILATION = NN_POOL_NUMBERS, CEIL_MODE = DILATION + 2 };

static const NnParamSpec params[] = {
    NN_POOL_KERNEL,
    NN_POOL_STRIDE,
    NN_POOL_PADDING(N_(
        "Padding around the image that never counts as the maximum, at most half of the window.")),
    {.key = "dilation",
     .label = N_("Dilation"),
     .type = NN_PARAM_PAIR,
     .def = 1,
     .min = 1,
     .max = 1024,
     .soft_min = 1,
     .soft_max = 64,
     .step = 1,
     .flags = NN_PARAM_SINGLE,
     .doc = N_("Distance between the values of a window; 2 skips every second one.")},
    NN_POOL_CEIL,
    {0}};

static NnPooling pooling_of(const double *numbers, NnShape in)
{
  return nn_pool_of(numbers, numbers + DILATION, in);
}

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  enum { LARGEST = 1 << 24 }; /* places are kept as floats, exact up to here */
  double numbers[NN_MAX_NUMBERS];
  if (!nn_window_picture(in, "MaxPool2d", where, err))
    return false;
  if (in.dims[1] * in.dims[2] > LARGEST)
    return nn_fail(
        err, NN_ERR_SHAPE, where,
        "%s: MaxPool2d supports images of at most %d pixels, but its input has %zu × %zu.", where,
        LARGEST, in.dims[1], in.dims[2]);
  nn_config_flatten(config, numbers, NN_MAX_NUMBERS);
  NnPooling pooling = pooling_of(numbers, in);
  if (!nn_pool_plan(&pooling, numbers[CEIL_MODE] != 0, "MaxPool2d", where, plan, err))
    return false;
  plan->save_per_sample = nn_shape_size(plan->out); /* where the largest values were */
  return true;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  NnPooling pooling = pooling_of(layer->numbers, layer->in);
  pooling = nn_pool_at_work(&pooling, layer, pass);
  pass->backend->ops->max_pool_forward(pass->backend, &pooling);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  NnPooling pooling = pooling_of(layer->numbers, layer->in);
  pooling = nn_pool_at_work(&pooling, layer, pass);
  if (layer->dx)
    pass->backend->ops->max_pool_backward(pass->backend, &pooling);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  NnPooling pooling = pooling_of(layer->numbers, layer->in);
  step->op = NN_STEP_MAX_POOL;
  step->pooling = nn_pool_of_sample(&pooling, layer);
  return true;
}

const NnLayerKind nn_maxpool2d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "MaxPool2d",
             .torch = "MaxPool2d(kernel_size, *)",
             .group = "pooling",
             .doc = N_("Makes an image smaller by keeping only the largest value of each window."),
             .source = "torch.nn.MaxPool2d",
             .params = params},
    .needs = "max_pool_forward max_pool_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
