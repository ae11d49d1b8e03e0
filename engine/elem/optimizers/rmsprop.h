/* RMSprop: divides each gradient by the running size of its like.
 *
 *   g ← g + λ·w;  s ← α·s + (1 − α)·g²;  centered: a ← a + (1 − α)(g − a), D = √(s − a²) + ε
 *   otherwise D = √s + ε;  b ← μ·b + g/D;  w ← w − lr·b
 *
 * Where μ = 0, b stays what it is and w ← w − lr·g/D: a schedule may take the momentum to zero for
 * a while. */
#pragma once
#include "engine/elem/elem.h"

/* scalars: ±1; λ; α; 1 − α; is 1 − α at least a half; ε; μ; is it centered; lr */
enum {
  NN_RMSPROP_SIGN,
  NN_RMSPROP_DECAY,
  NN_RMSPROP_ALPHA,
  NN_RMSPROP_W,
  NN_RMSPROP_W_LARGE,
  NN_RMSPROP_EPS,
  NN_RMSPROP_MOMENTUM,
  NN_RMSPROP_CENTERED,
  NN_RMSPROP_LR
};
enum { NN_N_STATE_rmsprop = 3 }; /* s, b, a */

NN_HD nn_real nn_rmsprop_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_RMSPROP_SIGN] + k[NN_RMSPROP_DECAY] * w;
  s[0] = k[NN_RMSPROP_ALPHA] * s[0] + k[NN_RMSPROP_W] * g * g;
  nn_real near = s[2] + k[NN_RMSPROP_W] * (g - s[2]);
  nn_real far = g - k[NN_RMSPROP_ALPHA] * (g - s[2]);
  s[2] = k[NN_RMSPROP_W_LARGE] != 0 ? far : near;
  nn_real v = k[NN_RMSPROP_CENTERED] != 0 ? s[0] - s[2] * s[2] : s[0];
  nn_real d = g / (NN_M(sqrt)(v) + k[NN_RMSPROP_EPS]);
  bool rolls = k[NN_RMSPROP_MOMENTUM] > 0;
  nn_real b = k[NN_RMSPROP_MOMENTUM] * s[1] + d;
  s[1] = rolls ? b : s[1];
  return w - k[NN_RMSPROP_LR] * (rolls ? b : d);
}

#ifdef NN_ELEM_KINDS
enum {
  RMSPROP_LR,
  RMSPROP_ALPHA,
  RMSPROP_EPS,
  RMSPROP_WEIGHT_DECAY,
  RMSPROP_MOMENTUM,
  RMSPROP_CENTERED,
  RMSPROP_MAXIMIZE
};

static const NnParamSpec nn_rmsprop_params[] = {
    NN_OPTIMIZER_LR(0.01),
    {.key = "alpha",
     .label = N_("Alpha"),
     .type = NN_PARAM_FLOAT,
     .def = 0.99,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.01,
     .doc = N_("How slowly the average of squared gradients changes; closer to 1 is slower.")},
    NN_OPTIMIZER_EPS(1e-8),
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    {.key = "momentum",
     .label = N_("Momentum"),
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.01,
     .doc = N_("The fraction of the previous step that is added to this one, like a ball that "
               "keeps rolling.")},
    {.key = "centered",
     .label = N_("Centered"),
     .type = NN_PARAM_BOOL,
     .doc = N_("Divides by the gradient's standard deviation instead of its root mean square.")},
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

/* The tensors are counted from the front, so that centered alone carries b along unused. */
static int nn_rmsprop_n_state(const double *numbers)
{
  if (numbers[RMSPROP_CENTERED] != 0)
    return 3;
  return numbers[RMSPROP_MOMENTUM] > 0 ? 2 : 1;
}

static void nn_rmsprop_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)memory, (void)t; /* its means are not corrected for their start at zero */
  double alpha = numbers[RMSPROP_ALPHA];
  k[NN_RMSPROP_SIGN] = numbers[RMSPROP_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_RMSPROP_DECAY] = numbers[RMSPROP_WEIGHT_DECAY];
  k[NN_RMSPROP_ALPHA] = alpha;
  k[NN_RMSPROP_W] = 1 - alpha;
  k[NN_RMSPROP_W_LARGE] = 1 - alpha >= 0.5;
  k[NN_RMSPROP_EPS] = numbers[RMSPROP_EPS];
  k[NN_RMSPROP_MOMENTUM] = numbers[RMSPROP_MOMENTUM];
  k[NN_RMSPROP_CENTERED] = numbers[RMSPROP_CENTERED];
  k[NN_RMSPROP_LR] = numbers[RMSPROP_LR];
}

static const char *const nn_rmsprop_state[] = {"square_avg", "momentum_buffer", "grad_avg"};

const NnOptimizerKind nn_rmsprop_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "RMSprop",
             .torch = "RMSprop(model.parameters(), lr=, *)",
             .doc = N_("Divides every weight's gradient by its recent root mean square, so that "
                       "steep and flat directions progress at a similar pace."),
             .source = "Tieleman & Hinton 2012, Graves 2013 (centered); torch.optim.RMSprop",
             .params = nn_rmsprop_params},
    .n_state = nn_rmsprop_n_state,
    .state_names = nn_rmsprop_state,
    .elem = NN_OPT_rmsprop,
    .momentum = RMSPROP_MOMENTUM,
    .starts_with_momentum = true,
    .prepare = nn_rmsprop_prepare};
#endif
