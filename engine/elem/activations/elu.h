/* ELU: y = x for x > 0, else α(eˣ − 1). At 0 the slope is α, as in PyTorch. */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_elu_forward(nn_real x, const nn_real *p)
{
  return x > 0 ? x : p[0] * nn_expm1(x);
}

NN_HD nn_real nn_elu_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  return x > 0 ? (nn_real)1 : p[0] * nn_exp(x);
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_elu_params[] = {
    {.key = "alpha",
     .label = N_("Alpha"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .step = 0.1,
     .doc = N_("The outputs of very negative values approach −alpha.")},
    {0}};

const NnLayerKind nn_elu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "ELU",
             .torch = "ELU(*)",
             .group = "activation",
             .doc = N_("Keeps positive values and lets negative ones saturate smoothly, so that "
                       "the mean of the outputs stays near zero."),
             .source = "Clevert et al. 2016; torch.nn.ELU",
             .params = nn_elu_params},
    NN_ACTIVATION_LAYER(elu)};
#endif
