/* Tanh: y = tanh x; dy/dx = 1 − y². */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_tanh_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return nn_tanh(x);
}

NN_HD nn_real nn_tanh_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)x;
  (void)p;
  return 1 - y * y;
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_tanh_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Tanh",
             .torch = "Tanh(*)",
             .group = "activation",
             .doc = N_("Squashes every value smoothly into the range −1 to 1; far from zero it is "
                       "nearly flat, so gradients vanish there."),
             .source = "torch.nn.Tanh"},
    NN_ACTIVATION_LAYER(tanh)};
#endif
