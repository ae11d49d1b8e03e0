/* Hardswish: y = x·clamp(x + 3, 0, 6)/6. The slope is 0 at −3 and 1 at 3, as in PyTorch. */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_hardswish_forward(nn_real x, const nn_real *p)
{
  (void)p;
  nn_real t = x + 3;
  t = 0 > t ? (nn_real)0 : t;
  return x * (t > 6 ? (nn_real)6 : t) / 6;
}

NN_HD nn_real nn_hardswish_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  nn_real inside = x / 3 + (nn_real)0.5;
  return x <= -3 ? (nn_real)0 : x >= 3 ? (nn_real)1 : inside;
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_hardswish_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Hardswish",
             .torch = "Hardswish(*)",
             .group = "activation",
             .doc = N_("An approximation of SiLU by straight lines and a parabola, cheap enough "
                       "for mobile phones."),
             .source = "Howard et al. 2019; torch.nn.Hardswish"},
    NN_ACTIVATION_LAYER(hardswish)};
#endif
