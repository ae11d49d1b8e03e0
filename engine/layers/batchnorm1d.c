/* batchnorm1d.c: every feature is brought to mean 0 and variance 1 over the batch, then scaled and
 * shifted by learned numbers. */
#include "batchnorm.h"

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  return nn_batchnorm_plan(config, in, 1,
                           N_("%s: %s expects a vector, but its input is %s; put a Flatten before "
                              "it, or use BatchNorm2d."),
                           where, plan, err);
}

const NnLayerKind nn_batchnorm1d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "BatchNorm1d",
             .torch = "BatchNorm1d(num_features|size, *)",
             .group = "norm",
             .doc = N_("Normalizes every feature to mean 0 and standard deviation 1 over the "
                       "batch, which makes deep networks easier to train."),
             .source = "Ioffe & Szegedy 2015; torch.nn.BatchNorm1d",
             .params = nn_batchnorm_params},
    .needs = "batchnorm_train batchnorm_eval batchnorm_backward",
    .plan = plan,
    .forward = nn_batchnorm_forward,
    .backward = nn_batchnorm_backward,
    .describe = nn_batchnorm_describe};
