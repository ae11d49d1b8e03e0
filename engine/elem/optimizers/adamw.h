/* AdamW: Adam with weight decay that shrinks the weights directly.
 *
 *   w ← w·(1 − lr·λ);  m ← m + (1 − β1)(g − m);  v ← β2·v + (1 − β2)·g²
 *   w ← w − lr/(1 − β1ᵗ) · m / (√v / √(1 − β2ᵗ) + ε)                  (amsgrad: max of all v so
 * far)
 *
 * It has Adam's arithmetic and scalars; the decay alone is prepared differently. */
#pragma once
#include "engine/elem/optimizers/adam.h"

enum { NN_N_STATE_adamw = 3 }; /* m, v, max v */

NN_HD nn_real nn_adamw_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  return nn_adam_update(w, g, s, k);
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_adamw_params[] = {NN_OPTIMIZER_LR(1e-3),
                                              NN_ADAM_BETAS,
                                              NN_OPTIMIZER_EPS(1e-8),
                                              NN_OPTIMIZER_WEIGHT_DECAY(0.01),
                                              NN_ADAM_AMSGRAD_PARAM,
                                              NN_OPTIMIZER_MAXIMIZE,
                                              {0}};

static void nn_adamw_prepare(const double *numbers, uint64_t t, double *memory, double *scalars)
{
  (void)memory;
  nn_adam_scalars(numbers, t, true, scalars);
}

const NnOptimizerKind nn_adamw_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "AdamW",
             .torch = "AdamW(model.parameters(), lr=, *)",
             .doc = N_("Adam with decoupled weight decay: it acts on the weights directly and does "
                       "not influence the step sizes."),
             .source = "Loshchilov & Hutter 2019; torch.optim.AdamW",
             .params = nn_adamw_params},
    .n_state = nn_adam_n_state,
    .state_names = nn_adam_state,
    .elem = NN_OPT_adamw,
    .momentum = ADAM_BETA1,
    .prepare = nn_adamw_prepare};
#endif
