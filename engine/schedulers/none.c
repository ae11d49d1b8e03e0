/* none.c: no schedule; the learning rate stays as it is. */
#include "scheduler.h"

static const NnParamSpec params[] = {NN_SCHEDULER_INTERVAL, {0}};

static void rate(NnScheduler *scheduler)
{
  (void)scheduler;
}

const NnSchedulerKind nn_none_scheduler = {.kind = {.klass = NN_CLASS_SCHEDULER,
                                                    .name = "none",
                                                    .torch = "",
                                                    .label = N_("Constant"),
                                                    .doc = N_("Keeps the learning rate constant."),
                                                    .source = N_("torch.optim without a scheduler"),
                                                    .params = params},
                                           .rate = rate,
                                           .first = nn_scheduler_base_lr};
