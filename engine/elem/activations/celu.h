/* CELU: y = x for x > 0, else α(e^(x/α) − 1). The slope is 1 on both sides of 0. */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_celu_forward(nn_real x, const nn_real *p)
{
  return x > 0 ? x : p[0] * nn_expm1(x / p[0]);
}

NN_HD nn_real nn_celu_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  return x > 0 ? (nn_real)1 : nn_exp(x / p[0]);
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_celu_params[] = {
    {.key = "alpha",
     .label = N_("Alpha"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .step = 0.1,
     .flags = NN_PARAM_NONZERO,
     .doc = N_("The outputs of very negative values approach −alpha.")},
    {0}};

const NnLayerKind nn_celu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "CELU",
             .torch = "CELU(*)",
             .group = "activation",
             .doc = N_("An ELU that is smooth at zero for every alpha."),
             .source = "Barron 2017; torch.nn.CELU",
             .params = nn_celu_params},
    NN_ACTIVATION_LAYER(celu)};
#endif
