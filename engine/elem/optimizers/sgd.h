/* SGD: steps against the gradient, with momentum if asked for.
 *
 *   g ← g + λ·w;  b ← μ·b + (1 − τ)·g  (first time b ← g)
 *   w ← w − lr·(g + μ·b)  with nesterov, else w ← w − lr·b
 *
 * Where μ = 0, b stays what it is and w ← w − lr·g: a schedule may take the momentum to zero for a
 * while. b begins with the first g that meets a μ other than 0. */
#pragma once
#include "engine/elem/elem.h"

/* scalars: ±1; λ; μ; what b takes of g; is it nesterov; lr */
enum { NN_SGD_SIGN, NN_SGD_DECAY, NN_SGD_MOMENTUM, NN_SGD_SHARE, NN_SGD_NESTEROV, NN_SGD_LR };
enum { NN_N_STATE_sgd = 1 }; /* b */

NN_HD nn_real nn_sgd_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_SGD_SIGN] + k[NN_SGD_DECAY] * w;
  bool rolls = k[NN_SGD_MOMENTUM] != 0;
  nn_real b = k[NN_SGD_MOMENTUM] * s[0] + k[NN_SGD_SHARE] * g;
  nn_real ahead = g + k[NN_SGD_MOMENTUM] * b;
  nn_real d = k[NN_SGD_NESTEROV] != 0 ? ahead : b;
  s[0] = rolls ? b : s[0];
  return w - k[NN_SGD_LR] * (rolls ? d : g);
}

#ifdef NN_ELEM_KINDS
enum { SGD_LR, SGD_MOMENTUM, SGD_DAMPENING, SGD_WEIGHT_DECAY, SGD_NESTEROV, SGD_MAXIMIZE };

static const NnParamSpec nn_sgd_params[] = {
    NN_OPTIMIZER_LR(1e-3),
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
    {.key = "dampening",
     .label = N_("Dampening"),
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.05,
     .visible_if = "momentum",
     .doc = N_("Reduces the contribution of new gradients to the momentum; the very first one "
               "counts in full.")},
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    {.key = "nesterov",
     .label = N_("Nesterov"),
     .type = NN_PARAM_BOOL,
     .def = 0,
     .visible_if = "momentum",
     .doc = N_("Uses Nesterov momentum, which looks one step ahead.")},
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

static bool nn_sgd_check(const NnConfig *config, const char *where, NnError *err)
{
  double momentum = nn_config_number(config, "momentum");
  double dampening = nn_config_number(config, "dampening");
  if (!nn_config_bool(config, "nesterov") || (momentum > 0 && dampening == 0))
    return true;
  return nn_elem_fail(where, "nesterov", err,
                      "Nesterov momentum needs a momentum above 0 and a dampening of 0; here the "
                      "momentum is %s and the dampening is %s.",
                      NN_SHOWN(momentum), NN_SHOWN(dampening));
}

static int nn_sgd_n_state(const double *numbers)
{
  return numbers[SGD_MOMENTUM] != 0;
}

/* memory[0]: b has begun. */
static void nn_sgd_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)t;
  double momentum = numbers[SGD_MOMENTUM];
  k[NN_SGD_SIGN] = numbers[SGD_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_SGD_DECAY] = numbers[SGD_WEIGHT_DECAY];
  k[NN_SGD_MOMENTUM] = momentum;
  k[NN_SGD_SHARE] = memory[0] == 0 ? 1 : 1 - numbers[SGD_DAMPENING];
  memory[0] = memory[0] != 0 || momentum != 0;
  k[NN_SGD_NESTEROV] = numbers[SGD_NESTEROV];
  k[NN_SGD_LR] = numbers[SGD_LR];
}

static const char *const nn_sgd_state[] = {"momentum_buffer"};

const NnOptimizerKind nn_sgd_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "SGD",
             .torch = "SGD(model.parameters(), lr=, *)",
             .doc = N_(
                 "Subtracts the learning rate times the gradient of each batch from the weights."),
             .source = "Robbins & Monro 1951, Sutskever et al. 2013; torch.optim.SGD",
             .params = nn_sgd_params,
             .check = nn_sgd_check},
    .n_state = nn_sgd_n_state,
    .state_names = nn_sgd_state,
    .elem = NN_OPT_sgd,
    .momentum = SGD_MOMENTUM,
    .prepare = nn_sgd_prepare};
#endif
