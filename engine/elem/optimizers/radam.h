/* RAdam: Adam that trusts its step sizes only once it has seen enough gradients.
 *
 *   g ← g + λ·w   or, decoupled,   w ← w·(1 − lr·λ)
 *   m ← m + (1 − β1)(g − m);  v ← β2·v + (1 − β2)·g²;  m̂ = m/(1 − β1ᵗ)
 *   ρ∞ = 2/(1 − β2) − 1;  ρ = ρ∞ − 2t·β2ᵗ/(1 − β2ᵗ)
 *   ρ > 5:      w ← w − lr·m̂·R·√(1 − β2ᵗ)/(√v + ε),
 *               R = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))
 *   otherwise:  w ← w − lr·m̂ */
#pragma once
#include "engine/elem/optimizers/adam.h"

/* scalars: ±1; coupled λ; 1 − lr·λ; 1 − β1; is 1 − β1 at least a half; β1; β2; 1 − β2; ε; what
 * multiplies m; is ρ > 5 */
enum {
  NN_RADAM_SIGN,
  NN_RADAM_DECAY,
  NN_RADAM_KEEP,
  NN_RADAM_W1,
  NN_RADAM_W1_LARGE,
  NN_RADAM_B1,
  NN_RADAM_B2,
  NN_RADAM_W2,
  NN_RADAM_EPS,
  NN_RADAM_STEP,
  NN_RADAM_RECTIFIED
};
enum { NN_N_STATE_radam = 2 }; /* m, v */

NN_HD nn_real nn_radam_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_RADAM_SIGN] + k[NN_RADAM_DECAY] * w;
  w *= k[NN_RADAM_KEEP];
  nn_real near = s[0] + k[NN_RADAM_W1] * (g - s[0]);
  nn_real far = g - k[NN_RADAM_B1] * (g - s[0]);
  s[0] = k[NN_RADAM_W1_LARGE] != 0 ? far : near;
  s[1] = k[NN_RADAM_B2] * s[1] + k[NN_RADAM_W2] * g * g;
  nn_real d = k[NN_RADAM_RECTIFIED] != 0 ? NN_M(sqrt)(s[1]) + k[NN_RADAM_EPS] : (nn_real)1;
  return w - k[NN_RADAM_STEP] * s[0] / d;
}

#ifdef NN_ELEM_KINDS
enum {
  RADAM_LR,
  RADAM_BETA1,
  RADAM_BETA2,
  RADAM_EPS,
  RADAM_WEIGHT_DECAY,
  RADAM_DECOUPLED,
  RADAM_MAXIMIZE
};

static const NnParamSpec nn_radam_params[] = {NN_OPTIMIZER_LR(1e-3),
                                              NN_ADAM_BETAS,
                                              NN_OPTIMIZER_EPS(1e-8),
                                              NN_OPTIMIZER_WEIGHT_DECAY(0),
                                              NN_ADAM_DECOUPLED_PARAM,
                                              NN_OPTIMIZER_MAXIMIZE,
                                              {0}};

static int nn_radam_n_state(const double *numbers)
{
  (void)numbers;
  return 2;
}

/* R·√(1 − β2ᵗ), or 0 while there are too few gradients. */
static double nn_radam_rectification(double b2, double t)
{
  double power = pow(b2, t), bias = 1 - power, most = 2 / (1 - b2) - 1;
  double rho = most - 2 * t * power / bias;
  if (!(rho > 5))
    return 0;
  return sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho)) * sqrt(bias);
}

static void nn_radam_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)memory;
  double lr = numbers[RADAM_LR], b1 = numbers[RADAM_BETA1], b2 = numbers[RADAM_BETA2];
  double rectification = nn_radam_rectification(b2, (double)t);
  bool decoupled = numbers[RADAM_DECOUPLED] != 0;
  k[NN_RADAM_SIGN] = numbers[RADAM_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_RADAM_DECAY] = decoupled ? 0 : numbers[RADAM_WEIGHT_DECAY];
  k[NN_RADAM_KEEP] = decoupled ? 1 - lr * numbers[RADAM_WEIGHT_DECAY] : 1;
  k[NN_RADAM_W1] = 1 - b1;
  k[NN_RADAM_W1_LARGE] = 1 - b1 >= 0.5;
  k[NN_RADAM_B1] = b1;
  k[NN_RADAM_B2] = b2;
  k[NN_RADAM_W2] = 1 - b2;
  k[NN_RADAM_EPS] = numbers[RADAM_EPS];
  k[NN_RADAM_RECTIFIED] = rectification > 0;
  k[NN_RADAM_STEP] = lr / (1 - pow(b1, (double)t)) * (rectification > 0 ? rectification : 1);
}

static const char *const nn_radam_state[] = {"exp_avg", "exp_avg_sq"};

const NnOptimizerKind nn_radam_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "RAdam",
             .torch = "RAdam(model.parameters(), lr=, *)",
             .doc = N_("Adam that starts with plain momentum and adapts step sizes once the "
                       "average of squared gradients is reliable: a built-in warm-up."),
             .source = "Liu et al. 2020; torch.optim.RAdam",
             .params = nn_radam_params},
    .n_state = nn_radam_n_state,
    .state_names = nn_radam_state,
    .elem = NN_OPT_radam,
    .momentum = RADAM_BETA1,
    .prepare = nn_radam_prepare};
#endif
