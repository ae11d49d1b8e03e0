/* instancenorm2d.c: each channel of each picture by itself. */
#include "instancenorm.h"

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  char text[NN_SHAPE_TEXT];
  size_t C = nn_norm_channels(in);
  if (in.n_dims != 3)
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: InstanceNorm2d expects an image, but its input is %s; use InstanceNorm1d.",
                   where, nn_shape_text(in, text));
  if (nn_norm_spatial(in) == 1)
    return nn_fail(
        err, NN_ERR_SHAPE, where,
        "%s: InstanceNorm2d needs more than 1 pixel per channel; a single pixel has no variance.",
        where);
  if (!nn_norm_check_count(config, "num_features", C, where, err))
    return false;
  plan->out = in;
  plan->save_per_sample = 2 * C;
  if (nn_config_bool(config, "affine"))
    nn_norm_add_affine(plan, nn_shape_1d(C), nn_config_bool(config, "bias"));
  if (nn_config_bool(config, "track_running_stats"))
    nn_norm_add_running(plan, C);
  return true;
}

const NnLayerKind nn_instancenorm2d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "InstanceNorm2d",
             .torch = "InstanceNorm2d(num_features|size, *)",
             .group = "norm",
             .doc = N_("Normalizes each channel of each image to mean 0 and standard deviation 1, "
                       "which removes differences in contrast."),
             .source = "Ulyanov et al. 2016; torch.nn.InstanceNorm2d",
             .params = nn_instancenorm_params},
    .needs = "groupnorm_forward groupnorm_backward instancenorm_running batchnorm_eval",
    .plan = plan,
    .forward = nn_instancenorm_forward,
    .backward = nn_instancenorm_backward,
    .describe = nn_instancenorm_describe};
