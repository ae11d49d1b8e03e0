/* chained.c: ChainedScheduler: several schedules at once; each steps in turn and goes on from what
 * the one before it made of the rate. */
#include "engine/mem.h"
#include "scheduler.h"
#include <stdio.h>

static const NnParamSpec params[] = {
    {.key = "schedulers",
     .label = N_("Schedules"),
     .type = NN_PARAM_KINDS,
     .klass = NN_CLASS_SCHEDULER,
     .def_kind = "ExponentialLR",
     .min_len = 0,
     .max_len = 16,
     .doc = N_("The schedules, in the order in which they step; one that sets the learning rate "
               "instead of multiplying it overrides those before it.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  int n = nn_config_count(config, "schedulers");
  scheduler->last_epoch = 0;
  scheduler->children = nn_alloc_array((size_t)n, sizeof *scheduler->children);
  if (!scheduler->children)
    return nn_fail_nomem(err, "the schedule");
  for (int i = 0; i < n; i++) {
    char where[NN_PATH];
    NnSchedulerPlan part = *plan;
    nn_path_key(where, plan->where, "schedulers");
    nn_path_index(where, where, i);
    part.where = where;
    if (!nn_scheduler_construct(&scheduler->children[i], scheduler,
                                nn_config_at(config, "schedulers", i), &part, err))
      return false;
    scheduler->n_children++;
  }
  return true;
}

static void step(NnScheduler *scheduler, double metric)
{
  (void)metric;
  scheduler->last_epoch++;
  for (int i = 0; i < scheduler->n_children; i++)
    nn_scheduler_lend(scheduler, &scheduler->children[i], nn_scheduler_advance);
}

const NnSchedulerKind nn_chained_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "ChainedScheduler",
             .torch = "ChainedScheduler(schedulers)",
             .doc = N_("Applies several schedules at every step, each to the learning rate that "
                       "the previous one produced."),
             .source = "torch.optim.lr_scheduler.ChainedScheduler",
             .params = params,
             .check = nn_scheduler_check_children},
    .setup = setup,
    .starts_itself = true,
    .step = step};
