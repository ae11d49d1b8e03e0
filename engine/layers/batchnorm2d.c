/* batchnorm2d.c: every channel is brought to mean 0 and variance 1 over all pixels of the batch. */
#include "batchnorm.h"

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  return nn_batchnorm_plan(config, in, 3,
                           N_("%s: %s expects an image, but its input is %s; use BatchNorm1d."),
                           where, plan, err);
}

const NnLayerKind nn_batchnorm2d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "BatchNorm2d",
             .torch = "BatchNorm2d(num_features|size, *)",
             .group = "norm",
             .doc = N_("Normalizes every channel of an image to mean 0 and standard deviation 1 "
                       "over the batch."),
             .source = "Ioffe & Szegedy 2015; torch.nn.BatchNorm2d",
             .params = nn_batchnorm_params},
    .needs = "batchnorm_train batchnorm_eval batchnorm_backward",
    .plan = plan,
    .forward = nn_batchnorm_forward,
    .backward = nn_batchnorm_backward,
    .describe = nn_batchnorm_describe};
