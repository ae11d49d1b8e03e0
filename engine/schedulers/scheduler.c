/* scheduler.c: see scheduler.h. The names in comments are those of torch/optim/lr_scheduler.py. */
#include "scheduler.h"
#include "engine/mem.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *const nn_interval_choices[] = {"epoch", "batch", NULL};

/* ---- life ---- */

static bool init(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                 NnError *err)
{
  const NnSchedulerKind *kind = (const NnSchedulerKind *)config->kind;
  int n = nn_config_flatten(config, scheduler->numbers, NN_MAX_NUMBERS);
  scheduler->kind = kind;
  scheduler->interval = (NnInterval)scheduler->numbers[n - 1]; /* the last of every table */
  scheduler->last_epoch = -1;
  if (kind->setup && !kind->setup(scheduler, config, plan, err)) {
    nn_scheduler_clear(scheduler);
    return false;
  }
  if (!kind->starts_itself)
    nn_scheduler_start(scheduler);
  return true;
}

static NnSchedulerPlan plan_of(const NnConfig *config, const NnSchedulerContext *context)
{
  NnSchedulerPlan plan = {.where = "scheduler", .has_momentum = true};
  if (!context)
    return plan;
  bool batches = nn_config_int(config, "interval") == NN_INTERVAL_BATCH;
  plan.n_steps = context->n_epochs * (batches ? context->steps_per_epoch : 1);
  plan.n_advances = plan.n_steps;
  if (context->most_steps > 0) {
    uint64_t each = batches || context->steps_per_epoch == 0 ? 1 : context->steps_per_epoch;
    uint64_t most = context->most_steps / each;
    plan.n_advances = most < plan.n_advances ? most : plan.n_advances;
  }
  plan.optimizer = context->optimizer;
  plan.has_momentum = context->has_momentum;
  return plan;
}

bool nn_scheduler_init(NnScheduler *scheduler, const NnConfig *config, double base_lr,
                       const NnSchedulerContext *context, NnError *err)
{
  assert(config->kind->klass == NN_CLASS_SCHEDULER);
  *scheduler = (NnScheduler){.lr = base_lr, .momentum = NAN, .shared.initial_lr = NAN};
  if (!nn_config_check(config, "scheduler", err))
    return false;
  NnSchedulerPlan plan = plan_of(config, context);
  return init(scheduler, config, &plan, err);
}

void nn_scheduler_clear(NnScheduler *scheduler)
{
  for (int i = 0; i < scheduler->n_children; i++)
    nn_scheduler_clear(&scheduler->children[i]);
  nn_free(scheduler->children);
  nn_free(scheduler->milestones);
  scheduler->children = NULL;
  scheduler->milestones = NULL;
  scheduler->n_children = scheduler->n_milestones = 0;
}

/* ---- steps ---- */

void nn_scheduler_step(NnScheduler *scheduler, double metric)
{
  if (scheduler->kind->step) {
    scheduler->kind->step(scheduler, metric);
    return;
  }
  scheduler->last_epoch++;
  scheduler->kind->rate(scheduler);
}

void nn_scheduler_resume(NnScheduler *scheduler)
{
  if (scheduler->kind->spans_run)
    scheduler->kind->rate(scheduler);
}

void nn_scheduler_advance(NnScheduler *scheduler)
{
  nn_scheduler_step(scheduler, NAN);
}

void nn_scheduler_initial_step(NnScheduler *scheduler)
{
  scheduler->initial = true;
  nn_scheduler_advance(scheduler);
  scheduler->initial = false;
}

void nn_scheduler_start(NnScheduler *scheduler)
{
  if (isnan(scheduler->shared.initial_lr))
    scheduler->shared.initial_lr = scheduler->lr;
  scheduler->base_lr = scheduler->shared.initial_lr;
  nn_scheduler_initial_step(scheduler);
}

void nn_scheduler_restart(NnScheduler *scheduler)
{
  scheduler->last_epoch = 0;
  if (scheduler->kind->first)
    scheduler->lr = scheduler->kind->first(scheduler);
  else
    scheduler->kind->rate(scheduler);
}

double nn_scheduler_base_lr(const NnScheduler *scheduler)
{
  return scheduler->base_lr;
}

/* ---- parts ---- */

static void copy_group(NnScheduler *to, const NnScheduler *from)
{
  to->lr = from->lr;
  to->momentum = from->momentum;
  to->shared = from->shared;
}

void nn_scheduler_lend(NnScheduler *parent, NnScheduler *child, void (*act)(NnScheduler *child))
{
  copy_group(child, parent);
  act(child);
  copy_group(parent, child);
}

bool nn_scheduler_construct(NnScheduler *child, NnScheduler *parent, const NnConfig *config,
                            const NnSchedulerPlan *plan, NnError *err)
{
  *child = (NnScheduler){0};
  copy_group(child, parent);
  if (!init(child, config, plan, err))
    return false;
  copy_group(parent, child);
  return true;
}

bool nn_scheduler_read_list(NnScheduler *scheduler, const NnConfig *config, const char *key,
                            NnError *err)
{
  const NnValue *value = nn_config_value(config, key);
  scheduler->milestones = nn_alloc_array((size_t)value->n, sizeof *scheduler->milestones);
  if (!scheduler->milestones)
    return nn_fail_nomem(err, "the schedule");
  for (int i = 0; i < value->n; i++)
    scheduler->milestones[i] = value->numbers[i];
  scheduler->n_milestones = value->n;
  return true;
}

/* ---- rules ---- */

bool nn_scheduler_check_milestones(const NnConfig *config, int least, const char *where,
                                   NnError *err)
{
  const NnValue *value = nn_config_value(config, "milestones");
  for (int i = 0; i < value->n; i++) {
    char place[NN_PATH];
    double number = value->numbers[i];
    nn_path_key(place, where, "milestones");
    nn_path_index(place, place, i);
    if (number != floor(number) || number < least)
      return nn_fail(
          err, NN_ERR_ARG, place,
          "%s is %s; allowed is a whole number of at least %d: a number of scheduler steps.", place,
          NN_SHOWN(number), least);
  }
  return true;
}

static bool check_child(const NnConfig *child, const char *holder, const char *place, NnError *err)
{
  const NnParamSpec *params = child->kind->params;
  int last = nn_param_count(params) - 1;
  if (nn_config_number(child, "interval") != params[last].def)
    return nn_fail(err, NN_ERR_ARG, place,
                   "%s.interval is set, but a schedule inside a %s steps together with it; set "
                   "interval on the outermost one.",
                   place, holder);
  if (strcmp(child->kind->name, "ReduceLROnPlateau") == 0)
    return nn_fail(err, NN_ERR_ARG, place,
                   "%s is ReduceLROnPlateau, which needs a metric at every step; a %s cannot "
                   "provide one, so use it on its own.",
                   place, holder);
  return true;
}

bool nn_scheduler_check_children(const NnConfig *config, const char *where, NnError *err)
{
  int n = nn_config_count(config, "schedulers");
  char place[NN_PATH];
  nn_path_key(place, where, "schedulers");
  if (n == 0)
    return nn_fail(err, NN_ERR_ARG, place, "%s is empty; a %s needs at least one schedule.", place,
                   config->kind->name);
  for (int i = 0; i < n; i++) {
    nn_path_key(place, where, "schedulers");
    nn_path_index(place, place, i);
    if (!check_child(nn_config_at(config, "schedulers", i), config->kind->name, place, err))
      return false;
  }
  return true;
}

bool nn_scheduler_check_momentum(const NnScheduler *scheduler, const NnSchedulerPlan *plan,
                                 NnError *err)
{
  if (plan->has_momentum)
    return true;
  char place[NN_PATH];
  nn_path_key(place, plan->where, "cycle_momentum");
  const char *optimizer = plan->optimizer ? plan->optimizer : nn_text(N_("the optimizer"));
  return nn_fail(err, NN_ERR_ARG, place,
                 "%s cycles the momentum (or beta1), but %s has neither; turn cycle_momentum off "
                 "or choose another optimizer.",
                 scheduler->kind->kind.name, optimizer);
}
