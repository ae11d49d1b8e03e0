/* Hardshrink: y = x where |x| > λ, else 0; the slope at ±λ is 0. */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_hardshrink_forward(nn_real x, const nn_real *p)
{
  return x >= -p[0] && x <= p[0] ? (nn_real)0 : x;
}

NN_HD nn_real nn_hardshrink_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  return x >= -p[0] && x <= p[0] ? (nn_real)0 : (nn_real)1;
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_hardshrink_params[] = {
    {.key = "lambd",
     .label = N_("Threshold"),
     .type = NN_PARAM_FLOAT,
     .def = 0.5,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 100,
     .step = 0.1,
     .doc = N_("Values of at most this magnitude become zero.")},
    {0}};

const NnLayerKind nn_hardshrink_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Hardshrink",
             .torch = "Hardshrink(*)",
             .group = "activation",
             .doc = N_("Sets values near zero to zero and keeps the others unchanged."),
             .source = "torch.nn.Hardshrink",
             .params = nn_hardshrink_params},
    NN_ACTIVATION_LAYER(hardshrink)};
#endif
