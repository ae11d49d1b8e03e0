/* layernorm.c: each sample is brought to mean 0 and variance 1 by itself. Ba et al. 2016. */
#include "trailing.h"

enum { EPS }; /* lists of variable length are not among the numbers */

static const NnParamSpec params[] = {
    NN_TRAILING_SHAPE,
    NN_NORM_EPS(1e-5),
    NN_NORM_SWITCH("elementwise_affine", N_("Learn scale and shift"), 1,
                   N_("Learns a scale and a shift for each value after normalization.")),
    {.key = "bias",
     .label = N_("Bias"),
     .type = NN_PARAM_BOOL,
     .def = 1,
     .visible_if = "elementwise_affine",
     .doc = N_("Learns the shift as well as the scale.")},
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  NnShape shape;
  if (!nn_trailing_shape(config, in, where, &shape, err))
    return false;
  nn_trailing_plan(plan, in, shape, nn_config_bool(config, "elementwise_affine"),
                   nn_config_bool(config, "bias"));
  return true;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  NnNorm norm = nn_trailing_norm(layer, pass);
  norm.eps = layer->numbers[EPS];
  pass->backend->ops->groupnorm_forward(pass->backend, &norm);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  NnNorm norm = nn_trailing_norm(layer, pass);
  pass->backend->ops->groupnorm_backward(pass->backend, &norm);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  NnPass one = nn_norm_one_sample();
  NnNorm norm = nn_trailing_norm(layer, &one);
  norm.eps = layer->numbers[EPS];
  nn_norm_describe(layer, &norm, NN_STEP_GROUP_NORM, step);
  return true;
}

const NnLayerKind nn_layernorm_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "LayerNorm",
             .torch = "LayerNorm(normalized_shape|shape, *)",
             .group = "norm",
             .doc = N_("Normalizes each sample to mean 0 and standard deviation 1, independently "
                       "of the batch."),
             .source = "Ba et al. 2016; torch.nn.LayerNorm",
             .params = params},
    .needs = "groupnorm_forward groupnorm_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
