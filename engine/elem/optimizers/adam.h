/* Adam: each weight has a step of its own, from the running mean and size of its gradient.
 *
 *   g ← g + λ·w   or, decoupled,   w ← w·(1 − lr·λ)
 *   m ← m + (1 − β1)(g − m);  v ← β2·v + (1 − β2)·g²
 *   w ← w − lr/(1 − β1ᵗ) · m / (√v / √(1 − β2ᵗ) + ε)                  (amsgrad: max of all v so
 * far) */
#pragma once
#include "engine/elem/elem.h"

/* scalars: ±1; coupled λ; 1 − lr·λ; 1 − β1; is 1 − β1 at least a half; β1; β2; 1 − β2;
 * lr/(1 − β1ᵗ); 1/√(1 − β2ᵗ); ε; is it amsgrad */
enum {
  NN_ADAM_SIGN,
  NN_ADAM_DECAY,
  NN_ADAM_KEEP,
  NN_ADAM_W1,
  NN_ADAM_W1_LARGE,
  NN_ADAM_B1,
  NN_ADAM_B2,
  NN_ADAM_W2,
  NN_ADAM_STEP,
  NN_ADAM_ROOT,
  NN_ADAM_EPS,
  NN_ADAM_AMSGRAD
};
enum { NN_N_STATE_adam = 3 }; /* m, v, max v */

NN_HD nn_real nn_adam_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  g *= k[NN_ADAM_SIGN];
  g = k[NN_ADAM_DECAY] != 0 ? g + k[NN_ADAM_DECAY] * w : g;
  w *= k[NN_ADAM_KEEP];
  /* torch.lerp: whichever form keeps more digits */
  bool large = k[NN_ADAM_W1_LARGE] != 0;
  s[0] = (large ? g : s[0]) + (large ? -k[NN_ADAM_B1] : k[NN_ADAM_W1]) * (g - s[0]);
  s[1] = k[NN_ADAM_B2] * s[1] + k[NN_ADAM_W2] * g * g;
  nn_real most = k[NN_ADAM_AMSGRAD] * s[2];
  s[2] = most > s[1] ? most : s[1];
  return w - k[NN_ADAM_STEP] * s[0] / (NN_M(sqrt)(s[2]) * k[NN_ADAM_ROOT] + k[NN_ADAM_EPS]);
}

#ifdef NN_ELEM_KINDS
/* AdamW has the same numbers but for the last. */
enum {
  ADAM_LR,
  ADAM_BETA1,
  ADAM_BETA2,
  ADAM_EPS,
  ADAM_WEIGHT_DECAY,
  ADAM_AMSGRAD,
  ADAM_MAXIMIZE,
  ADAM_DECOUPLED
};

static const double nn_adam_betas[] = {0.9, 0.999};

#define NN_ADAM_BETAS                                                                          \
  {                                                                                            \
    .key = "betas", .label = N_("Betas"), .type = NN_PARAM_FLOATS, .defs = nn_adam_betas,      \
    .min_len = 2, .max_len = 2, .min = 0, .max = 1, .step = 0.001, .flags = NN_PARAM_EXCL_MAX, \
    .doc = N_("How slowly the averages of the gradient (first) and of its square (second) "    \
              "change; closer to 1 is slower.")                                                \
  }
#define NN_ADAM_AMSGRAD_PARAM                                                                   \
  {                                                                                             \
    .key = "amsgrad", .label = N_("AMSGrad"), .type = NN_PARAM_BOOL,                            \
    .doc = N_("Divides by the largest average of squared gradients so far, so that step sizes " \
              "cannot grow again.")                                                             \
  }
#define NN_ADAM_DECOUPLED_PARAM                                                                    \
  {                                                                                                \
    .key = "decoupled_weight_decay", .label = N_("Decoupled weight decay"), .type = NN_PARAM_BOOL, \
    .visible_if = "weight_decay",                                                                  \
    .doc = N_("Shrinks the weights directly instead of adding to their gradient, as AdamW does.")  \
  }

static const NnParamSpec nn_adam_params[] = {NN_OPTIMIZER_LR(1e-3),   NN_ADAM_BETAS,
                                             NN_OPTIMIZER_EPS(1e-8),  NN_OPTIMIZER_WEIGHT_DECAY(0),
                                             NN_ADAM_AMSGRAD_PARAM,   NN_OPTIMIZER_MAXIMIZE,
                                             NN_ADAM_DECOUPLED_PARAM, {0}};

static int nn_adam_n_state(const double *numbers)
{
  return numbers[ADAM_AMSGRAD] != 0 ? 3 : 2;
}

static void nn_adam_scalars(const double *numbers, uint64_t t, bool decoupled, double *k)
{
  double lr = numbers[ADAM_LR], decay = numbers[ADAM_WEIGHT_DECAY];
  double b1 = numbers[ADAM_BETA1], b2 = numbers[ADAM_BETA2];
  k[NN_ADAM_SIGN] = numbers[ADAM_MAXIMIZE] != 0 ? -1 : 1;
  k[NN_ADAM_DECAY] = decoupled ? 0 : decay;
  k[NN_ADAM_KEEP] = decoupled ? 1 - lr * decay : 1;
  k[NN_ADAM_W1] = 1 - b1;
  k[NN_ADAM_W1_LARGE] = 1 - b1 >= 0.5;
  k[NN_ADAM_B1] = b1;
  k[NN_ADAM_B2] = b2;
  k[NN_ADAM_W2] = 1 - b2;
  k[NN_ADAM_STEP] = lr / (1 - pow(b1, (double)t));
  k[NN_ADAM_ROOT] = 1 / sqrt(1 - pow(b2, (double)t));
  k[NN_ADAM_EPS] = numbers[ADAM_EPS];
  k[NN_ADAM_AMSGRAD] = numbers[ADAM_AMSGRAD];
}

static void nn_adam_prepare(const double *numbers, uint64_t t, double *memory, double *scalars)
{
  (void)memory;
  nn_adam_scalars(numbers, t, numbers[ADAM_DECOUPLED] != 0, scalars);
}

static const char *const nn_adam_state[] = {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};

const NnOptimizerKind nn_adam_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Adam",
             .torch = "Adam(model.parameters(), lr=, *)",
             .doc = N_("Adapts the step size of every weight to the running averages of its "
                       "gradient and of its squared gradient."),
             .source = "Kingma & Ba 2015; torch.optim.Adam",
             .params = nn_adam_params},
    .n_state = nn_adam_n_state,
    .state_names = nn_adam_state,
    .elem = NN_OPT_adam,
    .momentum = ADAM_BETA1,
    .prepare = nn_adam_prepare};
#endif
