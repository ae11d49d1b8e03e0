/* Mish: y = x·tanh(ln(1 + eˣ)). With e = eˣ and n = e(e + 2) the tanh is n/(n + 2) and its
 * complement 1 − tanh² is 4(n + 1)/(n + 2)²; past 20 the tanh is 1 even in double. */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_mish_forward(nn_real x, const nn_real *p)
{
  (void)p;
  nn_real e = nn_exp(x > 20 ? 20 : x), n = e * (e + 2);
  return x * (n / (n + 2));
}

NN_HD nn_real nn_mish_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  nn_real c = x > 20 ? 20 : x, e = nn_exp(c), n = e * (e + 2), m = n + 2;
  return n / m + c * (e / (1 + e)) * (4 * (n + 1) / m / m);
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_mish_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Mish",
             .torch = "Mish(*)",
             .group = "activation",
             .doc = N_("A smooth ReLU that dips slightly below zero, much like SiLU."),
             .source = "Misra 2019; torch.nn.Mish"},
    NN_ACTIVATION_LAYER(mish)};
#endif
