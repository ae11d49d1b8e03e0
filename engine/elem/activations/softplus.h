/* Softplus: y = ln(1 + e^(βx))/β, and x itself where βx > threshold; dy/dx = σ(βx) or 1. */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_softplus_forward(nn_real x, const nn_real *p)
{
  return x * p[0] > p[1] ? x : nn_softplus_of(x * p[0]) / p[0];
}

NN_HD nn_real nn_softplus_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  return x * p[0] > p[1] ? (nn_real)1 : nn_logistic(x * p[0]);
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_softplus_params[] = {
    {.key = "beta",
     .label = N_("Beta"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The larger, the sharper the bend at zero.")},
    {.key = "threshold",
     .label = N_("Threshold"),
     .type = NN_PARAM_FLOAT,
     .def = 20,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .step = 1,
     .doc = N_("Where beta times the value exceeds this, the value passes unchanged.")},
    {0}};

const NnLayerKind nn_softplus_layer = {.kind = {.klass = NN_CLASS_LAYER,
                                                .name = "Softplus",
                                                .torch = "Softplus(*)",
                                                .group = "activation",
                                                .doc = N_("A smooth approximation of ReLU."),
                                                .source = "Dugas et al. 2001; torch.nn.Softplus",
                                                .params = nn_softplus_params},
                                       NN_ACTIVATION_LAYER(softplus)};
#endif
