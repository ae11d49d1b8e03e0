/* ReLU6: y = clamp(x, 0, 6). The slope is 0 at both limits, as in PyTorch. */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_relu6_forward(nn_real x, const nn_real *p)
{
  (void)p;
  nn_real t = 0 > x ? (nn_real)0 : x;
  return t > 6 ? (nn_real)6 : t;
}

NN_HD nn_real nn_relu6_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  return x <= 0 || x >= 6 ? (nn_real)0 : (nn_real)1;
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_relu6_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "ReLU6",
             .torch = "ReLU6(*)",
             .group = "activation",
             .doc = N_("A ReLU limited to 6, for number formats of low precision."),
             .source = "Krizhevsky 2010; torch.nn.ReLU6"},
    NN_ACTIVATION_LAYER(relu6)};
#endif
