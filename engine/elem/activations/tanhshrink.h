/* Tanhshrink: y = x − tanh x; dy/dx = tanh² x. */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_tanhshrink_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return x - nn_tanh(x);
}

NN_HD nn_real nn_tanhshrink_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  nn_real t = nn_tanh(x);
  return t * t;
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_tanhshrink_layer = {
    .kind =
        {.klass = NN_CLASS_LAYER,
         .name = "Tanhshrink",
         .torch = "Tanhshrink(*)",
         .group = "activation",
         .doc = N_(
             "The value minus its Tanh: close to zero near zero; large values move 1 toward zero."),
         .source = "torch.nn.Tanhshrink"},
    NN_ACTIVATION_LAYER(tanhshrink)};
#endif
