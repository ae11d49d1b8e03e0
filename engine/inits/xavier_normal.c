/* xavier_normal.c: torch.nn.init.xavier_normal_: N(0, gain²·2/(fan_in + fan_out)). */
#include "init.h"
#include <math.h>

enum { GAIN };

static const NnParamSpec params[] = {
    {.key = "gain",
     .label = N_("Gain"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 100,
     .step = 0.05,
     .doc = N_("Scales the drawn values; 1 suits layers without an activation after them.")},
    {0}};

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  double fans = (double)(target->fan_in + target->fan_out);
  double std = numbers[GAIN] * sqrt(2 / fans);
  nn_mt_normal(mt, target->values, nn_shape_size(target->shape), 0, std);
}

const NnInitKind nn_xavier_normal_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "xavier_normal_",
             .torch = "xavier_normal_(tensor, *)",
             .label = N_("Xavier normal"),
             .doc = N_("Draws from a normal distribution whose standard deviation keeps the "
                       "variance of activations and gradients about equal in all layers."),
             .source = "Glorot & Bengio 2010; torch.nn.init.xavier_normal_",
             .params = params},
    .min_dims = 2,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
