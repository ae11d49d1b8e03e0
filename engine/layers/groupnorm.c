/* groupnorm.c: in each sample, groups of channels are normalized together. Wu & He 2018. */
#include "norm.h"

enum { NUM_GROUPS, NUM_CHANNELS, EPS, AFFINE };

static const NnParamSpec params[] = {
    {.key = "num_groups",
     .label = N_("Groups"),
     .type = NN_PARAM_INT,
     .def = 4,
     .min = 1,
     .max = 65536,
     .step = 1,
     .doc = N_("Number of groups of channels; 1 normalizes all channels together, as many as there "
               "are channels each one separately.")},
    NN_NORM_COUNT("num_channels", N_("Channels")),
    NN_NORM_EPS(1e-5),
    NN_NORM_AFFINE(1),
    NN_NORM_BIAS,
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  size_t groups = (size_t)nn_config_int(config, "num_groups"), C = nn_norm_channels(in);
  if (!nn_norm_check_count(config, "num_channels", C, where, err))
    return false;
  if (C % groups != 0)
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: num_groups is %zu, which does not divide the %zu input channels.", where,
                   groups, C);
  plan->out = in;
  plan->save_per_sample = 2 * groups;
  plan->min_batch = nn_shape_size(in) == groups ? 2 : 1; /* PyTorch refuses one lonely value */
  if (nn_config_bool(config, "affine"))
    nn_norm_add_affine(plan, nn_shape_1d(C), nn_config_bool(config, "bias"));
  return true;
}

static NnNorm norm_of(const NnLayer *layer, const NnPass *pass)
{
  size_t groups = (size_t)layer->numbers[NUM_GROUPS];
  NnNorm norm = nn_norm_of(layer, pass, pass->N * groups);
  norm.groups = groups;
  norm.eps = layer->numbers[EPS];
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

const NnLayerKind nn_groupnorm_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "GroupNorm",
             .torch = "GroupNorm(num_groups, num_channels|size, *)",
             .group = "norm",
             .doc = N_(
                 "Normalizes groups of channels within each sample, independently of the batch."),
             .source = "Wu & He 2018; torch.nn.GroupNorm",
             .params = params},
    .needs = "groupnorm_forward groupnorm_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
