/* LeakyReLU: y = x for x > 0, else s·x. At 0 the slope is s, as in PyTorch. */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_leaky_relu_forward(nn_real x, const nn_real *p)
{
  return x > 0 ? x : p[0] * x;
}

/* dy/dx; y is what forward gave */
NN_HD nn_real nn_leaky_relu_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  return x > 0 ? (nn_real)1 : p[0];
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_leaky_relu_params[] = {{.key = "negative_slope",
                                                    .label = N_("Negative slope"),
                                                    .type = NN_PARAM_FLOAT,
                                                    .def = 0.01,
                                                    .min = -INFINITY,
                                                    .max = INFINITY,
                                                    .soft_min = 0,
                                                    .soft_max = 1,
                                                    .step = 0.01,
                                                    .doc = N_("The factor for negative values.")},
                                                   {0}};

const NnLayerKind nn_leaky_relu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "LeakyReLU",
             .torch = "LeakyReLU(*)",
             .group = "activation",
             .doc = N_("Keeps positive values and multiplies negative ones by a small factor, so "
                       "that no unit stops learning."),
             .source = "Maas et al. 2013; torch.nn.LeakyReLU",
             .params = nn_leaky_relu_params},
    NN_ACTIVATION_LAYER(leaky_relu)};
#endif
