/* none.c: no schedule; the learning rate stays as it is. */
#include "engine/scheduler.h"

static const NnParamSpec params[] = {NN_SCHEDULER_INTERVAL, {0}};

static void step(NnScheduler *scheduler, double metric)
{
  (void)scheduler;
  (void)metric;
}

const NnSchedulerKind nn_none_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "none",
             .label = "Constant",
             .doc = "Keeps the learning rate as it is from the first step to the last.",
             .source = "torch.optim without a scheduler",
             .params = params},
    .step = step};
