/* ReLU: y = max(0, x). At 0 the slope is 0, as in PyTorch. */
#pragma once
#include "engine/elem/elem.h"

/* Written this way round, a NaN stays a NaN: a run that diverges must not look healthy. */
NN_HD nn_real nn_relu_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return 0 > x ? (nn_real)0 : x;
}

NN_HD nn_real nn_relu_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)x;
  (void)p;
  return y <= 0 ? (nn_real)0 : (nn_real)1;
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_relu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "ReLU",
             .torch = "ReLU(*)",
             .group = "activation",
             .doc = N_("Keeps positive values and sets negative ones to zero: the nonlinearity "
                       "that lets several layers do more than a single one."),
             .source = "Nair & Hinton 2010; torch.nn.ReLU"},
    NN_ACTIVATION_LAYER(relu)};
#endif
