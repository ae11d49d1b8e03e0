/* step.c: StepLR: lr ← γ·lr whenever the count of steps is a multiple of step_size. */
#include "scheduler.h"

enum { STEP_SIZE, GAMMA };

static const NnParamSpec params[] = {
    {.key = "step_size",
     .label = N_("Step size"),
     .type = NN_PARAM_INT,
     .def = 1,
     .min = 1,
     .max = 1000000000,
     .soft_min = 1,
     .soft_max = 1000000,
     .step = 1,
     .doc = N_("Number of scheduler steps between two drops. PyTorch has no default; 1 is this "
               "program's choice.")},
    {.key = "gamma",
     .label = N_("Gamma"),
     .type = NN_PARAM_FLOAT,
     .def = 0.1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .step = 0.05,
     .doc = N_("The factor by which the learning rate is multiplied at each drop.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static void rate(NnScheduler *scheduler)
{
  int64_t k = scheduler->last_epoch;
  if (k != 0 && k % (int64_t)scheduler->numbers[STEP_SIZE] == 0)
    scheduler->lr *= scheduler->numbers[GAMMA];
}

const NnSchedulerKind nn_step_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "StepLR",
             .torch = "StepLR(optimizer, step_size=, *)",
             .doc =
                 N_("Multiplies the learning rate by a factor after every given number of steps."),
             .source = "torch.optim.lr_scheduler.StepLR",
             .params = params},
    .rate = rate,
    .first = nn_scheduler_base_lr};
