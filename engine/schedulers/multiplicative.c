/* multiplicative.c: MultiplicativeLR: lr ← f·lr at every step; PyTorch's lr_lambda is a function of
 * k, here it always gives `factor`. Unlike ExponentialLR it has no closed form, so that inside a
 * SequentialLR it goes on from the rate it finds. */
#include "scheduler.h"

enum { FACTOR };

static const NnParamSpec params[] = {
    {.key = "factor",
     .label = N_("Factor"),
     .type = NN_PARAM_FLOAT,
     .def = 0.95,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .step = 0.05,
     .doc = N_("The factor of each step: the value of PyTorch's lr_lambda, the same at every step "
               "(lambda k: 0.95).")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static void rate(NnScheduler *scheduler)
{
  if (!scheduler->initial)
    scheduler->lr *= scheduler->numbers[FACTOR];
}

const NnSchedulerKind nn_multiplicative_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "MultiplicativeLR",
             .torch = "MultiplicativeLR(optimizer, lambda step: {factor})",
             .doc = N_("Multiplies the current learning rate by a factor at every step."),
             .source = "torch.optim.lr_scheduler.MultiplicativeLR",
             .params = params},
    .rate = rate};
