/* Adamax: Adam that divides by the largest recent gradient instead of by its mean size.
 *
 *   g ← g + λ·w;  m ← m + (1 − β1)(g − m);  u ← max(β2·u, |g| + ε)
 *   w ← w − lr/(1 − β1ᵗ) · m/u */
#pragma once
#include "engine/elem/optimizers/adam.h"

/* scalars: ±1; λ; 1 − β1; is 1 − β1 at least a half; β1; β2; ε; lr/(1 − β1ᵗ) */
enum {
  NN_ADAMAX_SIGN,
  NN_ADAMAX_DECAY,
  NN_ADAMAX_W1,
  NN_ADAMAX_W1_LARGE,
  NN_ADAMAX_B1,
  NN_ADAMAX_B2,
  NN_ADAMAX_EPS,
  NN_ADAMAX_STEP
};
enum { NN_N_STATE_adamax = 2 }; /* m, u */

NN_HD nn_real nn_adamax_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_ADAMAX_SIGN] + k[NN_ADAMAX_DECAY] * w;
  nn_real near = s[0] + k[NN_ADAMAX_W1] * (g - s[0]);
  nn_real far = g - k[NN_ADAMAX_B1] * (g - s[0]);
  s[0] = k[NN_ADAMAX_W1_LARGE] != 0 ? far : near;
  nn_real old = k[NN_ADAMAX_B2] * s[1], now = NN_M(fabs)(g) + k[NN_ADAMAX_EPS];
  s[1] = old > now ? old : now;
  return w - k[NN_ADAMAX_STEP] * (s[0] / s[1]);
}

#ifdef NN_ELEM_KINDS
enum { ADAMAX_LR, ADAMAX_BETA1, ADAMAX_BETA2, ADAMAX_EPS, ADAMAX_WEIGHT_DECAY, ADAMAX_MAXIMIZE };

static const NnParamSpec nn_adamax_params[] = {NN_OPTIMIZER_LR(2e-3),  NN_ADAM_BETAS,
                                               NN_OPTIMIZER_EPS(1e-8), NN_OPTIMIZER_WEIGHT_DECAY(0),
                                               NN_OPTIMIZER_MAXIMIZE,  {0}};

static int nn_adamax_n_state(const double *numbers)
{
  (void)numbers;
  return 2;
}

static void nn_adamax_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)memory;
  double b1 = numbers[ADAMAX_BETA1];
  k[NN_ADAMAX_SIGN] = numbers[ADAMAX_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_ADAMAX_DECAY] = numbers[ADAMAX_WEIGHT_DECAY];
  k[NN_ADAMAX_W1] = 1 - b1;
  k[NN_ADAMAX_W1_LARGE] = 1 - b1 >= 0.5;
  k[NN_ADAMAX_B1] = b1;
  k[NN_ADAMAX_B2] = numbers[ADAMAX_BETA2];
  k[NN_ADAMAX_EPS] = numbers[ADAMAX_EPS];
  k[NN_ADAMAX_STEP] = numbers[ADAMAX_LR] / (1 - pow(b1, (double)t));
}

static const char *const nn_adamax_state[] = {"exp_avg", "exp_inf"};

const NnOptimizerKind nn_adamax_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Adamax",
             .torch = "Adamax(model.parameters(), lr=, *)",
             .doc = N_("Adam that divides each step by the largest recent gradient instead of the "
                       "root mean square."),
             .source = "Kingma & Ba 2015, section 7.1; torch.optim.Adamax",
             .params = nn_adamax_params},
    .n_state = nn_adamax_n_state,
    .state_names = nn_adamax_state,
    .elem = NN_OPT_adamax,
    .momentum = ADAMAX_BETA1,
    .prepare = nn_adamax_prepare};
#endif
