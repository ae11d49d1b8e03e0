/* Lion: every weight takes a step of the same size; only its direction follows the momentum.
 *
 *   u ← β₁·m + (1 − β₁)·g;  w ← w − lr·(sign(u) + λ·w);  m ← β₂·m + (1 − β₂)·g */
#pragma once
#include "engine/elem/elem.h"

/* scalars: β₁; 1 − β₁; β₂; 1 − β₂; 1 − lr·λ; lr */
enum { NN_LION_BETA1, NN_LION_SHARE1, NN_LION_BETA2, NN_LION_SHARE2, NN_LION_SHRINK, NN_LION_LR };
enum { NN_N_STATE_lion = 1 }; /* m */

NN_HD nn_real nn_lion_update(nn_real w, nn_real g, nn_real *s, const nn_real *k)
{
  nn_real u = k[NN_LION_BETA1] * s[0] + k[NN_LION_SHARE1] * g;
  nn_real sign = (nn_real)(u > 0) - (nn_real)(u < 0);
  s[0] = k[NN_LION_BETA2] * s[0] + k[NN_LION_SHARE2] * g;
  return w * k[NN_LION_SHRINK] - k[NN_LION_LR] * sign;
}

#ifdef NN_ELEM_KINDS
enum { LION_LR, LION_BETAS, LION_WEIGHT_DECAY = LION_BETAS + 2 };

static const double nn_lion_betas[] = {0.9, 0.99};

static const NnParamSpec nn_lion_params[] = {
    NN_OPTIMIZER_LR(1e-4),
    {.key = "betas",
     .label = N_("Betas"),
     .type = NN_PARAM_FLOATS,
     .defs = nn_lion_betas,
     .min_len = 2,
     .max_len = 2,
     .min = 0,
     .max = 1,
     .step = 0.01,
     .flags = NN_PARAM_EXCL_MAX,
     .doc = N_("How much of the momentum counts for the direction of a step (first), and how "
               "slowly the momentum changes (second).")},
    NN_OPTIMIZER_WEIGHT_DECAY(0),
    {0}};

static int nn_lion_n_state(const double *numbers)
{
  (void)numbers;
  return NN_N_STATE_lion;
}

static void nn_lion_prepare(const double *numbers, uint64_t t, double *memory, double *k)
{
  (void)t;
  (void)memory;
  k[NN_LION_BETA1] = numbers[LION_BETAS];
  k[NN_LION_SHARE1] = 1 - numbers[LION_BETAS];
  k[NN_LION_BETA2] = numbers[LION_BETAS + 1];
  k[NN_LION_SHARE2] = 1 - numbers[LION_BETAS + 1];
  k[NN_LION_SHRINK] = 1 - numbers[LION_LR] * numbers[LION_WEIGHT_DECAY];
  k[NN_LION_LR] = numbers[LION_LR];
}

static const char nn_lion_torch_code[] =
    "class Lion(optim.Optimizer):\n"
    "    \"\"\"Chen et al. 2023, Algorithm 2; PyTorch does not have it.\"\"\"\n"
    "\n"
    "    def __init__(self, params, lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0):\n"
    "        defaults = {\"lr\": lr, \"betas\": betas, \"weight_decay\": weight_decay}\n"
    "        super().__init__(params, defaults)\n"
    "\n"
    "    @torch.no_grad()\n"
    "    def step(self):\n"
    "        for group in self.param_groups:\n"
    "            beta1, beta2 = group[\"betas\"]\n"
    "            for p in group[\"params\"]:\n"
    "                m = self.state[p].setdefault(\"m\", torch.zeros_like(p))\n"
    "                p *= 1 - group[\"lr\"] * group[\"weight_decay\"]\n"
    "                p -= group[\"lr\"] * torch.sign(beta1 * m + (1 - beta1) * p.grad)\n"
    "                m.mul_(beta2).add_(p.grad, alpha=1 - beta2)\n";

const NnOptimizerKind nn_lion_optimizer = {
    .kind = {.klass = NN_CLASS_OPTIMIZER,
             .name = "Lion",
             .torch = "Lion(model.parameters(), lr=, *)",
             .torch_code = nn_lion_torch_code,
             .doc = N_("Moves every weight by the same amount, the learning rate; the momentum "
                       "only decides the direction."),
             .source = "Chen et al. 2023, Symbolic Discovery of Optimization Algorithms",
             .params = nn_lion_params},
    .n_state = nn_lion_n_state,
    .elem = NN_OPT_lion,
    .momentum = LION_BETAS,
    .prepare = nn_lion_prepare};
#endif
