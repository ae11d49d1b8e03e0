/* Rprop: only the sign of a gradient counts; every weight has a step length of its own, which
 * grows while the sign stays and shrinks when it turns.
 *
 *   f = η⁺ if g·p > 0, η⁻ if g·p < 0, else 1;  d ← min(max(d·f, smallest), largest)
 *   turned: g ← 0;  w ← w − sign(g)·d;  p ← g                             (d starts at lr, p at 0)
 */
#pragma once
#include "engine/elem/elem.h"

/* scalars: ±1; η⁻; η⁺; smallest and largest d; what d starts from, in the first step only */
enum { NN_RPROP_SIGN, NN_RPROP_LESS, NN_RPROP_MORE, NN_RPROP_MIN, NN_RPROP_MAX, NN_RPROP_START };
enum { NN_N_STATE_rprop = 2 }; /* p, d */

NN_HD nn_real nn_rprop_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g = g * k[NN_RPROP_SIGN];
  nn_real same = g * s[0];
  nn_real d = (s[1] + k[NN_RPROP_START]) * (same > 0   ? k[NN_RPROP_MORE]
                                            : same < 0 ? k[NN_RPROP_LESS]
                                                       : (nn_real)1);
  d = d > k[NN_RPROP_MIN] ? d : k[NN_RPROP_MIN];
  s[1] = d < k[NN_RPROP_MAX] ? d : k[NN_RPROP_MAX];
  s[0] = same < 0 ? (nn_real)0 : g;
  nn_real sign = (nn_real)(s[0] > 0) - (nn_real)(s[0] < 0);
  return w - sign * s[1];
}

#ifdef NN_ELEM_KINDS
enum { RPROP_LR, RPROP_LESS, RPROP_MORE, RPROP_MIN, RPROP_MAX, RPROP_MAXIMIZE };

static const double nn_rprop_etas[] = {0.5, 1.2}, nn_rprop_step_sizes[] = {1e-6, 50};

static const NnParamSpec nn_rprop_params[] = {
    {.key = "lr",
     .label = N_("Learning rate"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0.01,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The size of the very first step; after that every weight adapts its own, and a "
               "schedule has no effect.")},
    {.key = "etas",
     .label = N_("Etas"),
     .type = NN_PARAM_FLOATS,
     .defs = nn_rprop_etas,
     .min_len = 2,
     .max_len = 2,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 100,
     .step = 0.1,
     .flags = NN_PARAM_EXCL_MIN,
     .doc = N_("Factors for the step size when the gradient changes sign (first, below 1) and when "
               "it does not (second, above 1).")},
    {.key = "step_sizes",
     .label = N_("Step sizes"),
     .type = NN_PARAM_FLOATS,
     .defs = nn_rprop_step_sizes,
     .min_len = 2,
     .max_len = 2,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .step = 1,
     .doc = N_("The smallest and the largest step of a weight.")},
    NN_OPTIMIZER_MAXIMIZE,
    {0}};

static bool nn_rprop_check(const NnConfig *config, const char *where, NnError *err)
{
  const double *etas = nn_config_value(config, "etas")->numbers;
  if (etas[0] < 1 && etas[1] > 1)
    return true;
  return nn_elem_fail(where, "etas", err,
                      "The first must be below 1 and the second above 1; here they are %s and %s.",
                      NN_SHOWN(etas[0]), NN_SHOWN(etas[1]));
}

static int nn_rprop_n_state(const double *numbers)
{
  (void)numbers;
  return 2;
}

static void nn_rprop_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)memory;
  k[NN_RPROP_SIGN] = numbers[RPROP_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_RPROP_LESS] = numbers[RPROP_LESS];
  k[NN_RPROP_MORE] = numbers[RPROP_MORE];
  k[NN_RPROP_MIN] = numbers[RPROP_MIN];
  k[NN_RPROP_MAX] = numbers[RPROP_MAX];
  k[NN_RPROP_START] = t == 1 ? numbers[RPROP_LR] : 0;
}

static const char *const nn_rprop_state[] = {"prev", "step_size"};

const NnOptimizerKind nn_rprop_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Rprop",
             .torch = "Rprop(model.parameters(), lr=, *)",
             .doc = N_("Uses only the sign of each gradient and adapts a step size for every "
                       "weight; intended for batches of the whole training set."),
             .source = "Riedmiller & Braun 1993; torch.optim.Rprop",
             .params = nn_rprop_params,
             .check = nn_rprop_check},
    .n_state = nn_rprop_n_state,
    .state_names = nn_rprop_state,
    .elem = NN_OPT_rprop,
    .sees_denormals = true, /* it steps by the sign of a product of gradients */
    .momentum = -1,
    .prepare = nn_rprop_prepare};
#endif
