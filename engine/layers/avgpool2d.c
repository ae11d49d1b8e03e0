/* avgpool2d.c: the mean of each window. */
#include "kernel-window.h"

enum { CEIL_MODE = NN_POOL_NUMBERS, COUNT_INCLUDE_PAD, DIVISOR_OVERRIDE };

static const NnParamSpec params[] = {
    NN_POOL_KERNEL,
    NN_POOL_STRIDE,
    NN_POOL_PADDING(N_("Zeros added around the image, at most half of the window.")),
    NN_POOL_CEIL,
    {.key = "count_include_pad",
     .label = N_("Count padding"),
     .type = NN_PARAM_BOOL,
     .def = 1,
     .doc = N_("Includes the zeros of the padding in the mean.")},
    {.key = "divisor_override",
     .label = N_("Divisor"),
     .type = NN_PARAM_INT,
     .def = NAN,
     .min = -1000000,
     .max = 1000000,
     .soft_min = 1,
     .soft_max = 4096,
     .step = 1,
     .doc = N_("Divides each sum by this number; none divides by the number of values."),
     .flags = NN_PARAM_NULLABLE | NN_PARAM_NONZERO},
    {0}};

static NnPooling pooling_of(const double *numbers, NnShape in)
{
  NnPooling pooling = nn_pool_of(numbers, NULL, in);
  pooling.count_include_pad = numbers[COUNT_INCLUDE_PAD] != 0;
  pooling.divisor = numbers[DIVISOR_OVERRIDE];
  return pooling;
}

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  double numbers[NN_MAX_NUMBERS];
  if (!nn_window_picture(in, "AvgPool2d", where, err))
    return false;
  nn_config_flatten(config, numbers, NN_MAX_NUMBERS);
  NnPooling pooling = pooling_of(numbers, in);
  return nn_pool_plan(&pooling, numbers[CEIL_MODE] != 0, "AvgPool2d", where, plan, err);
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  NnPooling pooling = pooling_of(layer->numbers, layer->in);
  pooling = nn_pool_at_work(&pooling, layer, pass);
  pass->backend->ops->mean_pool_forward(pass->backend, &pooling);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  NnPooling pooling = pooling_of(layer->numbers, layer->in);
  pooling = nn_pool_at_work(&pooling, layer, pass);
  if (layer->dx)
    pass->backend->ops->mean_pool_backward(pass->backend, &pooling);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  NnPooling pooling = pooling_of(layer->numbers, layer->in);
  step->op = NN_STEP_MEAN_POOL;
  step->pooling = nn_pool_of_sample(&pooling, layer);
  return true;
}

const NnLayerKind nn_avgpool2d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "AvgPool2d",
             .torch = "AvgPool2d(kernel_size, *)",
             .group = "pooling",
             .doc = N_("Makes an image smaller by averaging over each window."),
             .source = "LeCun et al. 1998; torch.nn.AvgPool2d",
             .params = params},
    .needs = "mean_pool_forward mean_pool_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
