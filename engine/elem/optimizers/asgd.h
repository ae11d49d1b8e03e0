/* ASGD: gradient descent whose rate sinks by a fixed rule, beside an average of all weights.
 *
 *   g ← g + λ·w;  w ← w·(1 − l·η) − η·g;  a ← a + μ·(w − a)  (μ = 1: a ← w)
 *   afterwards η = lr/(1 + l·lr·t)^α and μ = 1/max(1, t − t0); they start at lr and 1
 *
 * As in PyTorch, the network goes on with w; the average a is kept, but the network does not use
 * it. */
#pragma once
#include "engine/elem/elem.h"

/* scalars: ±1; λ; 1 − l·η; η; μ */
enum { NN_ASGD_SIGN, NN_ASGD_DECAY, NN_ASGD_KEEP, NN_ASGD_ETA, NN_ASGD_MU };
enum { NN_N_STATE_asgd = 1 }; /* a */

NN_HD nn_real nn_asgd_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_ASGD_SIGN] + k[NN_ASGD_DECAY] * w;
  w = w * k[NN_ASGD_KEEP] - k[NN_ASGD_ETA] * g;
  nn_real a = s[0] + (w - s[0]) * k[NN_ASGD_MU];
  s[0] = k[NN_ASGD_MU] == 1 ? w : a;
  return w;
}

#ifdef NN_ELEM_KINDS
enum { ASGD_LR, ASGD_LAMBD, ASGD_ALPHA, ASGD_T0, ASGD_WEIGHT_DECAY, ASGD_MAXIMIZE };

static const NnParamSpec nn_asgd_params[] = {
    NN_OPTIMIZER_LR(0.01),
    {.key = "lambd",
     .label = N_("Lambda"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-4,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .doc =
         N_("Shrinks the weights in every step, and sets how soon the learning rate decreases.")},
    {.key = "alpha",
     .label = N_("Alpha"),
     .type = NN_PARAM_FLOAT,
     .def = 0.75,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 2,
     .step = 0.05,
     .doc = N_("The power by which the learning rate decreases.")},
    {.key = "t0",
     .label = N_("Start of averaging"),
     .unit = N_("steps"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e6,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1e9,
     .doc = N_("The step from which the weights are averaged; the network itself keeps using the "
               "weights without averaging.")},
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

static int nn_asgd_n_state(const double *numbers)
{
  (void)numbers;
  return 1;
}

/* memory: η and μ of the next step, in the precision in which PyTorch keeps them. A rate that a
 * schedule writes therefore counts one step later. */
static void nn_asgd_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  double lr = numbers[ASGD_LR], lambda = numbers[ASGD_LAMBD], after = (double)t - numbers[ASGD_T0];
  double eta = t == 1 ? (double)(nn_real)lr : memory[0];
  k[NN_ASGD_SIGN] = numbers[ASGD_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_ASGD_DECAY] = numbers[ASGD_WEIGHT_DECAY];
  k[NN_ASGD_KEEP] = 1 - lambda * eta;
  k[NN_ASGD_ETA] = eta;
  k[NN_ASGD_MU] = t == 1 ? 1 : memory[1];
  memory[0] = (double)(nn_real)(lr / pow(1 + lambda * lr * (double)t, numbers[ASGD_ALPHA]));
  memory[1] = (double)(nn_real)(1 / (after > 1 ? after : 1));
}

static const char *const nn_asgd_state[] = {"ax"};

const NnOptimizerKind nn_asgd_optimizer = {
    .kind =
        {.klass = NN_CLASS_OPTIMIZER,
         .name = "ASGD",
         .torch = "ASGD(model.parameters(), lr=, *)",
         .doc =
             N_("Gradient descent with a decreasing learning rate that also averages the weights."),
         .source = "Polyak & Juditsky 1992, Bottou's sgd; torch.optim.ASGD",
         .params = nn_asgd_params},
    .n_state = nn_asgd_n_state,
    .state_names = nn_asgd_state,
    .elem = NN_OPT_asgd,
    .momentum = -1,
    .prepare = nn_asgd_prepare};
#endif
