/* @Name@: FILL IN what it does, in one sentence.
 *
 *   w ← w − lr·g     FILL IN the formula; t counts the steps from 1 */
#pragma once
#include "engine/elem/elem.h"

/* scalars, what prepare() hands to every weight: lr */
enum { NN_@NAME@_LR };
/* FILL IN how many values are kept for each weight; they start at 0. s[0] is the first. */
enum { NN_N_STATE_@name@ = 1 };

/* One weight w and its gradient g: returns the new weight. */
NN_HD nn_real nn_@name@_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  s[0] = g;
  return w - k[NN_@NAME@_LR] * g;
}

#ifdef NN_ELEM_KINDS
enum { @NAME@_LR };

/* FILL IN its parameters, with PyTorch's names, order and defaults; lr is always the first. What several
 * optimizers have stands in engine/optimizers/optimizer-params.h. */
static const NnParamSpec nn_@name@_params[] = {NN_OPTIMIZER_LR(1e-3), {0}};

static int nn_@name@_n_state(const double *numbers)
{
  (void)numbers;
  return NN_N_STATE_@name@;
}

/* FILL IN what PyTorch calls each in a state_dict; checkpoints use these names. */
static const char *const nn_@name@_state[] = {"exp_avg"};

/* Once per step, in double: what is the same for all weights. */
static void nn_@name@_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)t;
  (void)memory;
  k[NN_@NAME@_LR] = numbers[@NAME@_LR];
}

const NnOptimizerKind nn_@name@_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "@Name@",
             .torch = "@Name@(model.parameters(), lr=, *)",
             .doc = N_("FILL IN one sentence for a student: what does it do?"),
             .source = "FILL IN authors and year; torch.optim.@Name@",
             .params = nn_@name@_params},
    .n_state = nn_@name@_n_state,
    .elem = NN_OPT_@name@,
    .state_names = nn_@name@_state,
    /* FILL IN which of the numbers CyclicLR and OneCycleLR cycle: momentum or the first beta; −1: none */
    .momentum = -1,
    .prepare = nn_@name@_prepare};
#endif
