/* NAdam: Adam that looks ahead along its momentum, as Nesterov does.
 *
 *   g ← g + λ·w   or, decoupled,   w ← w·(1 − lr·λ)
 *   μₜ = β1·(1 − ½·0.96^(t·ψ));  P = μ₁·…·μₜ
 *   m ← m + (1 − β1)(g − m);  v ← β2·v + (1 − β2)·g²;  D = √(v/(1 − β2ᵗ)) + ε
 *   w ← w − lr·(1 − μₜ)/(1 − P)·g/D − lr·μₜ₊₁/(1 − P·μₜ₊₁)·m/D */
#pragma once
#include "engine/elem/optimizers/adam.h"

/* scalars: ±1; coupled λ; 1 − lr·λ; 1 − β1; is 1 − β1 at least a half; β1; β2; 1 − β2; 1 − β2ᵗ; ε;
 * what multiplies g/D; what multiplies m/D */
enum {
  NN_NADAM_SIGN,
  NN_NADAM_DECAY,
  NN_NADAM_KEEP,
  NN_NADAM_W1,
  NN_NADAM_W1_LARGE,
  NN_NADAM_B1,
  NN_NADAM_B2,
  NN_NADAM_W2,
  NN_NADAM_BIAS2,
  NN_NADAM_EPS,
  NN_NADAM_STEP_G,
  NN_NADAM_STEP_M
};
enum { NN_N_STATE_nadam = 2 }; /* m, v */

NN_HD nn_real nn_nadam_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_NADAM_SIGN] + k[NN_NADAM_DECAY] * w;
  w *= k[NN_NADAM_KEEP];
  nn_real near = s[0] + k[NN_NADAM_W1] * (g - s[0]);
  nn_real far = g - k[NN_NADAM_B1] * (g - s[0]);
  s[0] = k[NN_NADAM_W1_LARGE] != 0 ? far : near;
  s[1] = k[NN_NADAM_B2] * s[1] + k[NN_NADAM_W2] * g * g;
  nn_real d = NN_M(sqrt)(s[1] / k[NN_NADAM_BIAS2]) + k[NN_NADAM_EPS];
  w -= k[NN_NADAM_STEP_G] * (g / d);
  return w - k[NN_NADAM_STEP_M] * (s[0] / d);
}

#ifdef NN_ELEM_KINDS
enum {
  NADAM_LR,
  NADAM_BETA1,
  NADAM_BETA2,
  NADAM_EPS,
  NADAM_WEIGHT_DECAY,
  NADAM_MOMENTUM_DECAY,
  NADAM_DECOUPLED,
  NADAM_MAXIMIZE
};

static const NnParamSpec nn_nadam_params[] = {
    NN_OPTIMIZER_LR(2e-3),
    NN_ADAM_BETAS,
    NN_OPTIMIZER_EPS(1e-8),
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    {.key = "momentum_decay",
     .label = N_("Momentum decay"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 4e-3,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .doc = N_("How quickly the momentum reaches its full value; larger is sooner.")},
    NN_ADAM_DECOUPLED_PARAM,
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

static int nn_nadam_n_state(const double *numbers)
{
  (void)numbers;
  return 2;
}

static double nn_nadam_mu(const double *numbers, double t)
{
  return numbers[NADAM_BETA1] * (1 - 0.5 * pow(0.96, t * numbers[NADAM_MOMENTUM_DECAY]));
}

/* memory[0]: P, kept in the precision in which PyTorch keeps it. */
static void nn_nadam_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  double lr = numbers[NADAM_LR], b1 = numbers[NADAM_BETA1], b2 = numbers[NADAM_BETA2];
  double mu = nn_nadam_mu(numbers, (double)t), next = nn_nadam_mu(numbers, (double)t + 1);
  bool decoupled = numbers[NADAM_DECOUPLED] != 0;
  nn_real product = (t == 1 ? 1 : (nn_real)memory[0]) * (nn_real)mu;
  memory[0] = (double)product;
  k[NN_NADAM_SIGN] = numbers[NADAM_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_NADAM_DECAY] = decoupled ? 0 : numbers[NADAM_WEIGHT_DECAY];
  k[NN_NADAM_KEEP] = decoupled ? 1 - lr * numbers[NADAM_WEIGHT_DECAY] : 1;
  k[NN_NADAM_W1] = 1 - b1;
  k[NN_NADAM_W1_LARGE] = 1 - b1 >= 0.5;
  k[NN_NADAM_B1] = b1;
  k[NN_NADAM_B2] = b2;
  k[NN_NADAM_W2] = 1 - b2;
  k[NN_NADAM_BIAS2] = 1 - pow(b2, (double)t);
  k[NN_NADAM_EPS] = numbers[NADAM_EPS];
  k[NN_NADAM_STEP_G] = lr * (1 - mu) / (1 - memory[0]);
  k[NN_NADAM_STEP_M] = lr * next / (1 - memory[0] * next);
}

static const char *const nn_nadam_state[] = {"exp_avg", "exp_avg_sq"};

const NnOptimizerKind nn_nadam_optimizer = {.kind = {.klass = NN_CLASS_OPTIMIZER,
                                                     .name = "NAdam",
                                                     .torch = "NAdam(model.parameters(), lr=, *)",
                                                     .doc = N_("Adam with Nesterov momentum."),
                                                     .source = "Dozat 2016; torch.optim.NAdam",
                                                     .params = nn_nadam_params},
                                            .n_state = nn_nadam_n_state,
                                            .state_names = nn_nadam_state,
                                            .elem = NN_OPT_nadam,
                                            .momentum = NADAM_BETA1,
                                            .prepare = nn_nadam_prepare};
#endif
