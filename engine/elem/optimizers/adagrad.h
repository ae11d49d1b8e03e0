/* Adagrad: divides each gradient by the size of all that came before.
 *
 *   g ← g + λ·w;  s ← s + g²;  w ← w − lr/(1 + (t − 1)·η) · g/(√s + ε) */
#pragma once
#include "engine/elem/elem.h"

/* scalars: ±1; λ; what s starts from, in the first step only; ε; lr/(1 + (t − 1)·η) */
enum { NN_ADAGRAD_SIGN, NN_ADAGRAD_DECAY, NN_ADAGRAD_START, NN_ADAGRAD_EPS, NN_ADAGRAD_STEP };
enum { NN_N_STATE_adagrad = 1 }; /* s */

NN_HD nn_real nn_adagrad_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_ADAGRAD_SIGN] + k[NN_ADAGRAD_DECAY] * w;
  s[0] = s[0] + k[NN_ADAGRAD_START] + g * g;
  return w - k[NN_ADAGRAD_STEP] * (g / (NN_M(sqrt)(s[0]) + k[NN_ADAGRAD_EPS]));
}

#ifdef NN_ELEM_KINDS
enum {
  ADAGRAD_LR,
  ADAGRAD_LR_DECAY,
  ADAGRAD_WEIGHT_DECAY,
  ADAGRAD_START,
  ADAGRAD_EPS,
  ADAGRAD_MAXIMIZE
};

static const NnParamSpec nn_adagrad_params[] = {
    NN_OPTIMIZER_LR(0.01),
    {.key = "lr_decay",
     .label = N_("Learning rate decay"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .doc = N_(
         "Reduces the learning rate further during training, by the factor 1/(1 + steps × this).")},
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    {.key = "initial_accumulator_value",
     .label = N_("Initial accumulator value"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The initial value of the sum of squared gradients; above 0 the first steps are "
               "smaller.")},
    NN_OPTIMIZER_EPS(1e-10),
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

static int nn_adagrad_n_state(const double *numbers)
{
  (void)numbers;
  return 1;
}

static void nn_adagrad_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)memory;
  k[NN_ADAGRAD_SIGN] = numbers[ADAGRAD_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_ADAGRAD_DECAY] = numbers[ADAGRAD_WEIGHT_DECAY];
  k[NN_ADAGRAD_START] = t == 1 ? numbers[ADAGRAD_START] : 0;
  k[NN_ADAGRAD_EPS] = numbers[ADAGRAD_EPS];
  k[NN_ADAGRAD_STEP] = numbers[ADAGRAD_LR] / (1 + (double)(t - 1) * numbers[ADAGRAD_LR_DECAY]);
}

static const char *const nn_adagrad_state[] = {"sum"};

const NnOptimizerKind nn_adagrad_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Adagrad",
             .torch = "Adagrad(model.parameters(), lr=, *)",
             .doc = N_("Divides each step by the root of the sum of all squared gradients of that "
                       "weight, so weights that change a lot take smaller steps."),
             .source = "Duchi et al. 2011; torch.optim.Adagrad",
             .params = nn_adagrad_params},
    .n_state = nn_adagrad_n_state,
    .state_names = nn_adagrad_state,
    .elem = NN_OPT_adagrad,
    .momentum = -1,
    .prepare = nn_adagrad_prepare};
#endif
