/* SELU: y = s·x for x > 0, else s·α(eˣ − 1), with the two numbers for which mean 0 and variance 1
 * reproduce themselves from layer to layer. At 0 the slope is s·α, as in PyTorch. */
#pragma once
#include "engine/elem/exp.h"

#define NN_SELU_ALPHA ((nn_real)1.6732632423543772848170429916717)
#define NN_SELU_SCALE ((nn_real)1.0507009873554804934193349852946)

NN_HD nn_real nn_selu_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return NN_SELU_SCALE * (x > 0 ? x : NN_SELU_ALPHA * nn_expm1(x));
}

NN_HD nn_real nn_selu_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  return NN_SELU_SCALE * (x > 0 ? (nn_real)1 : NN_SELU_ALPHA * nn_exp(x));
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_selu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "SELU",
             .torch = "SELU(*)",
             .group = "activation",
             .doc = N_("ELU with two fixed constants that keep the mean and variance of "
                       "activations stable through many layers; initialize the weights with "
                       "kaiming_normal_ and nonlinearity linear."),
             .source = "Klambauer et al. 2017; torch.nn.SELU"},
    NN_ACTIVATION_LAYER(selu)};
#endif
