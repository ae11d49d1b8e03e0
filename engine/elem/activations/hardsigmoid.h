/* Hardsigmoid: y = clamp(x + 3, 0, 6)/6. The slope is 0 at ±3, as in PyTorch. */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_hardsigmoid_forward(nn_real x, const nn_real *p)
{
  (void)p;
  nn_real t = x + 3;
  t = 0 > t ? (nn_real)0 : t;
  return (t > 6 ? (nn_real)6 : t) / 6;
}

NN_HD nn_real nn_hardsigmoid_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  return x <= -3 || x >= 3 ? (nn_real)0 : (nn_real)1 / 6;
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_hardsigmoid_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Hardsigmoid",
             .torch = "Hardsigmoid(*)",
             .group = "activation",
             .doc = N_("An approximation of Sigmoid by three straight lines."),
             .source = "Courbariaux et al. 2015; torch.nn.Hardsigmoid"},
    NN_ACTIVATION_LAYER(hardsigmoid)};
#endif
