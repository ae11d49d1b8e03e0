/* rmsnorm.c: each sample is divided by the root of its mean square; no mean is taken off. */
#include "trailing.h"
#include <float.h>

enum { EPS };

static const NnParamSpec params[] = {
    NN_TRAILING_SHAPE,
    {.key = "eps",
     .label = N_("Epsilon"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = NAN,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .flags = NN_PARAM_NULLABLE,
     .doc = N_("A small number added to the mean square, so that nothing is divided by zero; none "
               "uses the machine epsilon.")},
    NN_NORM_SWITCH("elementwise_affine", N_("Learn a scale"), 1,
                   N_("Learns a scale for each value after normalization.")),
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  NnShape shape;
  if (!nn_trailing_shape(config, in, where, &shape, err))
    return false;
  nn_trailing_plan(plan, in, shape, nn_config_bool(config, "elementwise_affine"), false);
  return true;
}

static NnNorm norm_of(const NnLayer *layer, const NnPass *pass)
{
  NnNorm norm = nn_trailing_norm(layer, pass);
  double eps = layer->numbers[EPS];
  norm.eps = !isnan(eps) ? eps : sizeof(nn_real) == sizeof(float) ? FLT_EPSILON : DBL_EPSILON;
  norm.center = false;
  return norm;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  NnNorm norm = norm_of(layer, pass);
  pass->backend->ops->groupnorm_forward(pass->backend, &norm);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  NnNorm norm = norm_of(layer, pass);
  pass->backend->ops->groupnorm_backward(pass->backend, &norm);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  NnPass one = nn_norm_one_sample();
  NnNorm norm = norm_of(layer, &one);
  nn_norm_describe(layer, &norm, NN_STEP_GROUP_NORM, step);
  return true;
}

const NnLayerKind nn_rmsnorm_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "RMSNorm",
             .torch = "RMSNorm(normalized_shape|shape, *)",
             .group = "norm",
             .doc = N_("Divides each sample by its root mean square: a LayerNorm that does not "
                       "subtract the mean."),
             .source = "Zhang & Sennrich 2019; torch.nn.RMSNorm",
             .params = params},
    .needs = "groupnorm_forward groupnorm_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
