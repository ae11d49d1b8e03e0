/* Sigmoid: y = 1/(1 + e⁻ˣ); dy/dx = y(1 − y). */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_sigmoid_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return nn_logistic(x);
}

NN_HD nn_real nn_sigmoid_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)x;
  (void)p;
  return y * (1 - y);
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_sigmoid_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Sigmoid",
             .torch = "Sigmoid(*)",
             .group = "activation",
             .doc = N_("Squashes every value smoothly into the range 0 to 1; its slope is at most "
                       "1/4, so many such layers learn slowly."),
             .source = "torch.nn.Sigmoid"},
    NN_ACTIVATION_LAYER(sigmoid)};
#endif
