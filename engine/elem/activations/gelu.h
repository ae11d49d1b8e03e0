/* GELU: y = x·Φ(x), Φ the normal distribution; approximate = tanh: y = ½x(1 + tanh(κ(x +
 * 0.044715x³))), κ = √(2/π). p[0]: 0 exact, 1 tanh. */
#pragma once
#include "engine/elem/exp.h"

#define NN_GELU_KAPPA   ((nn_real)0.79788456080286535588)
#define NN_GELU_CUBIC   ((nn_real)0.044715)
#define NN_GELU_DENSITY ((nn_real)0.39894228040143267794) /* 1/√(2π) */

/* Φ(x) + x·φ(x); x² may overflow to infinity, and φ is then 0, which is right. */
NN_HD nn_real nn_gelu_slope(nn_real x)
{
  return nn_normal_cdf(x) + x * NN_GELU_DENSITY * nn_exp((nn_real)-0.5 * x * x);
}

NN_HD nn_real nn_gelu_forward(nn_real x, const nn_real *p)
{
  if (p[0] != 0)
    return (nn_real)0.5 * x * (1 + nn_tanh(NN_GELU_KAPPA * (x + NN_GELU_CUBIC * x * x * x)));
  return x * nn_normal_cdf(x);
}

NN_HD nn_real nn_gelu_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  if (p[0] == 0)
    return nn_gelu_slope(x);
  /* Past 10 the tanh is flat to the last bit; there x³ might overflow. */
  nn_real c = x > 10 ? 10 : x;
  c = c < -10 ? -10 : c;
  nn_real t = nn_tanh(NN_GELU_KAPPA * (c + NN_GELU_CUBIC * c * c * c));
  nn_real inner = NN_GELU_KAPPA * (1 + 3 * NN_GELU_CUBIC * c * c);
  return (nn_real)0.5 * (1 + t + c * (1 - t * t) * inner);
}

#ifdef NN_ELEM_KINDS
static const char *const nn_gelu_choices[] = {"none", "tanh", NULL};
static const NnParamSpec nn_gelu_params[] = {
    {.key = "approximate",
     .label = N_("Approximation"),
     .type = NN_PARAM_CHOICE,
     .choices = nn_gelu_choices,
     .def = 0,
     .doc = N_("none uses the exact function, tanh an approximation that is faster to compute and "
               "barely different.")},
    {0}};

const NnLayerKind nn_gelu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "GELU",
             .torch = "GELU(*)",
             .group = "activation",
             .doc = N_("Multiplies every value by the probability that a standard normal number is "
                       "smaller: a smooth ReLU, used in transformers."),
             .source = "Hendrycks & Gimpel 2016; torch.nn.GELU",
             .params = nn_gelu_params},
    NN_ACTIVATION_LAYER(gelu)};
#endif
