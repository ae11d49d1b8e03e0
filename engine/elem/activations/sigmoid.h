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
             .group = "activation",
             .doc = N_(
                 "Squeezes every value smoothly into 0 to 1; its slope is never above a quarter, "
                 "so deep stacks of it learn slowly."),
             .source = "torch.nn.Sigmoid"},
    NN_ACTIVATION_LAYER(sigmoid)};
#endif
