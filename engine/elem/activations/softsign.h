/* Softsign: y = x/(1 + |x|); dy/dx = 1/(1 + |x|)². */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_softsign_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return x / (1 + NN_M(fabs)(x));
}

NN_HD nn_real nn_softsign_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  nn_real d = 1 + NN_M(fabs)(x);
  return 1 / d / d;
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_softsign_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Softsign",
             .torch = "Softsign(*)",
             .group = "activation",
             .doc = N_("Squashes every value into the range −1 to 1 as Tanh does, but saturates "
                       "more slowly."),
             .source = "Turian et al. 2009; torch.nn.Softsign"},
    NN_ACTIVATION_LAYER(softsign)};
#endif
