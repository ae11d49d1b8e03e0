/* Adadelta: takes the length of each step from the steps and gradients before it.
 *
 *   g ← g + λ·w;  s ← ρ·s + (1 − ρ)·g²;  δ = √(a + ε)/√(s + ε)·g
 *   a ← ρ·a + (1 − ρ)·δ²;  w ← w − lr·δ */
#pragma once
#include "engine/elem/elem.h"

/* scalars: ±1; λ; ρ; 1 − ρ; ε; lr */
enum {
  NN_ADADELTA_SIGN,
  NN_ADADELTA_DECAY,
  NN_ADADELTA_RHO,
  NN_ADADELTA_W,
  NN_ADADELTA_EPS,
  NN_ADADELTA_LR
};
enum { NN_N_STATE_adadelta = 2 }; /* s, a */

NN_HD nn_real nn_adadelta_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_ADADELTA_SIGN] + k[NN_ADADELTA_DECAY] * w;
  s[0] = k[NN_ADADELTA_RHO] * s[0] + k[NN_ADADELTA_W] * g * g;
  nn_real d = NN_M(sqrt)(s[1] + k[NN_ADADELTA_EPS]) / NN_M(sqrt)(s[0] + k[NN_ADADELTA_EPS]) * g;
  s[1] = k[NN_ADADELTA_RHO] * s[1] + k[NN_ADADELTA_W] * d * d;
  return w - k[NN_ADADELTA_LR] * d;
}

#ifdef NN_ELEM_KINDS
enum { ADADELTA_LR, ADADELTA_RHO, ADADELTA_EPS, ADADELTA_WEIGHT_DECAY, ADADELTA_MAXIMIZE };

static const NnParamSpec nn_adadelta_params[] = {
    NN_OPTIMIZER_LR(1),
    {.key = "rho",
     .label = N_("Rho"),
     .type = NN_PARAM_FLOAT,
     .def = 0.9,
     .min = 0,
     .max = 1,
     .step = 0.01,
     .doc = N_("How slowly the averages of squared gradients and squared steps change; closer to 1 "
               "is slower.")},
    NN_OPTIMIZER_EPS(1e-6),
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

static int nn_adadelta_n_state(const double *numbers)
{
  (void)numbers;
  return 2;
}

static void nn_adadelta_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)memory, (void)t; /* its means are not corrected for their start at zero */
  k[NN_ADADELTA_SIGN] = numbers[ADADELTA_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_ADADELTA_DECAY] = numbers[ADADELTA_WEIGHT_DECAY];
  k[NN_ADADELTA_RHO] = numbers[ADADELTA_RHO];
  k[NN_ADADELTA_W] = 1 - numbers[ADADELTA_RHO];
  k[NN_ADADELTA_EPS] = numbers[ADADELTA_EPS];
  k[NN_ADADELTA_LR] = numbers[ADADELTA_LR];
}

static const char *const nn_adadelta_state[] = {"square_avg", "acc_delta"};

const NnOptimizerKind nn_adadelta_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Adadelta",
             .torch = "Adadelta(model.parameters(), lr=, *)",
             .doc = N_("Derives step sizes from the weights' past updates and gradients; it starts "
                       "very slowly."),
             .source = "Zeiler 2012; torch.optim.Adadelta",
             .params = nn_adadelta_params},
    .n_state = nn_adadelta_n_state,
    .state_names = nn_adadelta_state,
    .elem = NN_OPT_adadelta,
    .momentum = -1,
    .prepare = nn_adadelta_prepare};
#endif
