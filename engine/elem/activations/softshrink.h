/* Softshrink: y = x ∓ λ where |x| > λ, else 0; the slope at ±λ is 0. */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_softshrink_forward(nn_real x, const nn_real *p)
{
  nn_real middle = x * 0; /* a NaN stays a NaN */
  return x > p[0] ? x - p[0] : x < -p[0] ? x + p[0] : middle;
}

NN_HD nn_real nn_softshrink_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  return x >= -p[0] && x <= p[0] ? (nn_real)0 : (nn_real)1;
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_softshrink_params[] = {
    {.key = "lambd",
     .label = N_("Threshold"),
     .type = NN_PARAM_FLOAT,
     .def = 0.5,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 100,
     .step = 0.1,
     .doc = N_("How far values are moved toward zero.")},
    {0}};

const NnLayerKind nn_softshrink_layer = {
    .kind =
        {.klass = NN_CLASS_LAYER,
         .name = "Softshrink",
         .torch = "Softshrink(*)",
         .group = "activation",
         .doc = N_(
             "Moves every value toward zero by the threshold; values closer to zero become zero."),
         .source = "torch.nn.Softshrink",
         .params = nn_softshrink_params},
    NN_ACTIVATION_LAYER(softshrink)};
#endif
