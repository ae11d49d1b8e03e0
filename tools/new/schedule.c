/* @file@.c: @Name@: FILL IN the formula. */
#include "scheduler.h"

/* FILL IN its parameters, with PyTorch's names, order and defaults; the interval is always the last. */
static const NnParamSpec params[] = {NN_SCHEDULER_INTERVAL, {0}};

/* Writes the learning rate of step scheduler->last_epoch, from the current one as PyTorch's get_lr() does. */
static void rate(NnScheduler *scheduler)
{
  if (!scheduler->initial)
    scheduler->lr *= 1; /* FILL IN */
}

const NnSchedulerKind nn_@name@_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "@Name@",
             .torch = "@Name@(optimizer, *)",
             .doc = N_("FILL IN one sentence for a student: how does the learning rate change?"),
             .source = "torch.optim.lr_scheduler.@Name@",
             .params = params},
    .rate = rate,
    .first = nn_scheduler_base_lr};
