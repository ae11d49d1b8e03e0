/* exponential.c: ExponentialLR: lr ← γ·lr at every step. */
#include "scheduler.h"

enum { GAMMA };

static const NnParamSpec params[] = {
    {.key = "gamma",
     .label = N_("Gamma"),
     .type = NN_PARAM_FLOAT,
     .def = 0.1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .step = 0.05,
     .doc = N_("The factor of each step; 0.1 suits runs of a few epochs, longer ones need 0.9 or "
               "more. PyTorch has no default.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static void rate(NnScheduler *scheduler)
{
  if (!scheduler->initial)
    scheduler->lr *= scheduler->numbers[GAMMA];
}

const NnSchedulerKind nn_exponential_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "ExponentialLR",
             .torch = "ExponentialLR(optimizer, gamma=)",
             .doc = N_("Multiplies the learning rate by the same factor at every step."),
             .source = "torch.optim.lr_scheduler.ExponentialLR",
             .params = params},
    .rate = rate,
    .first = nn_scheduler_base_lr};
