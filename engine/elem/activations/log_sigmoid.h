/* LogSigmoid: y = ln σ(x) = −ln(1 + e⁻ˣ); dy/dx = 1 − σ(x) = σ(−x). */
#pragma once
#include "engine/elem/exp.h"

NN_HD nn_real nn_log_sigmoid_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return -nn_softplus_of(-x);
}

NN_HD nn_real nn_log_sigmoid_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  (void)p;
  return nn_logistic(-x);
}

#ifdef NN_ELEM_KINDS
const NnLayerKind nn_log_sigmoid_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "LogSigmoid",
             .torch = "LogSigmoid(*)",
             .group = "activation",
             .doc = N_("The logarithm of the sigmoid: never above zero, and nearly a line for "
                       "negative values."),
             .source = "torch.nn.LogSigmoid"},
    NN_ACTIVATION_LAYER(log_sigmoid)};
#endif
