/* instancenorm1d.c: PyTorch reads the (N, F) of a vector as N channels of F values, so that each
 * sample is normalized over its features, and learned or remembered numbers cannot fit. */
#include "instancenorm.h"

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  char text[NN_SHAPE_TEXT];
  if (in.n_dims != 1)
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: InstanceNorm1d expects a vector, but its input is %s; use InstanceNorm2d.",
                   where, nn_shape_text(in, text));
  if (nn_config_bool(config, "affine") || nn_config_bool(config, "track_running_stats"))
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: on vectors InstanceNorm1d treats every sample as a channel, so affine and "
                   "track_running_stats must be off; you may want LayerNorm.",
                   where);
  if (in.dims[0] == 1)
    return nn_fail(
        err, NN_ERR_SHAPE, where,
        "%s: InstanceNorm1d needs more than 1 value per sample; a single value has no variance.",
        where);
  plan->out = in;
  plan->save_per_sample = 2;
  return true;
}

const NnLayerKind nn_instancenorm1d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "InstanceNorm1d",
             .torch = "InstanceNorm1d(num_features|size, *)",
             .group = "norm",
             .doc = N_("Normalizes each sample by itself to mean 0 and standard deviation 1."),
             .source = "Ulyanov et al. 2016; torch.nn.InstanceNorm1d",
             .params = nn_instancenorm_params},
    .needs = "groupnorm_forward groupnorm_backward instancenorm_running batchnorm_eval",
    .plan = plan,
    .forward = nn_instancenorm_forward,
    .backward = nn_instancenorm_backward,
    .describe = nn_instancenorm_describe};
