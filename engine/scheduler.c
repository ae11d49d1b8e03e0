/* scheduler.c: see scheduler.h. */
#include "scheduler.h"
#include <assert.h>

const char *const nn_interval_choices[] = {"epoch", "batch", NULL};

bool nn_scheduler_init(NnScheduler *scheduler, const NnConfig *config, double base_lr, NnError *err)
{
  assert(config->kind->klass == NN_CLASS_SCHEDULER);
  if (!nn_config_check(config, "scheduler", err))
    return false;
  *scheduler = (NnScheduler){
      .kind = (const NnSchedulerKind *)config->kind, .base_lr = base_lr, .lr = base_lr};
  int n = nn_config_flatten(config, scheduler->numbers, NN_MAX_NUMBERS);
  scheduler->interval = (NnInterval)scheduler->numbers[n - 1]; /* the last of every table */
  if (scheduler->kind->start)
    scheduler->kind->start(scheduler);
  return true;
}

void nn_scheduler_step(NnScheduler *scheduler, double metric)
{
  scheduler->last_epoch++;
  scheduler->kind->step(scheduler, metric);
}
