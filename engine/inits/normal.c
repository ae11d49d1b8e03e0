/* normal.c: torch.nn.init.normal_, N(mean, std²). */
#include "init.h"

enum { MEAN, STD };

static const NnParamSpec params[] = {
    {.key = "mean",
     .label = N_("Mean"),
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = -1000,
     .soft_max = 1000,
     .step = 0.01,
     .doc = N_("The mean of the normal distribution.")},
    {.key = "std",
     .label = N_("Standard deviation"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .step = 0.01,
     .doc = N_("The standard deviation of the normal distribution; a network like this usually "
               "needs far less than 1.")},
    {0}};

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  nn_mt_normal(mt, target->values, nn_shape_size(target->shape), numbers[MEAN], numbers[STD]);
}

const NnInitKind nn_normal_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "normal_",
             .torch = "normal_(tensor, *)",
             .label = N_("Normal"),
             .doc = N_("Draws every value from a normal distribution with a fixed standard "
                       "deviation, whatever the size of the layer."),
             .source = "torch.nn.init.normal_",
             .params = params},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
