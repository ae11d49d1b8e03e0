/* SiLU: y = x·σ(x), σ the logistic function. */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_silu_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return x / (1 + nn_exp(-x));
}

NN_HD nn_real nn_silu_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  nn_real s = nn_logistic(x);
  return s * (1 + x * (1 - s));
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_silu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "SiLU",
             .torch = "SiLU(*)",
             .group = "activation",
             .doc = N_("Multiplies every value by its own sigmoid: a smooth ReLU that dips "
                       "slightly below zero; also called swish."),
             .source = "Elfwing et al. 2017; Ramachandran et al. 2017; torch.nn.SiLU"},
    NN_ACTIVATION_LAYER(silu)};
#endif
