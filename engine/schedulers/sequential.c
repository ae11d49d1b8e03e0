/* sequential.c: SequentialLR: one schedule after another. At a milestone the next one starts at its
 * closed form at 0 from the optimizer's own rate, whatever the one before it has left; those that
 * wait or are done do not advance. The constructor lets all of them do their initial steps, takes
 * these back (lr is reset, momentum is not) and starts the first. */
#include "engine/mem.h"
#include "scheduler.h"
#include <stdio.h>
#include <string.h>

enum { WARMUP_STEPS, WARMUP_START_FACTOR };

static const double no_milestones[] = {0};

static const NnParamSpec params[] = {
    {.key = "schedulers",
     .label = N_("Schedules"),
     .type = NN_PARAM_KINDS,
     .klass = NN_CLASS_SCHEDULER,
     .def_kind = "ExponentialLR",
     .min_len = 0,
     .max_len = 16,
     .doc = N_("The schedules, one after another.")},
    {.key = "milestones",
     .label = N_("Milestones"),
     .type = NN_PARAM_FLOATS,
     .defs = no_milestones,
     .min = 0,
     .max = 1000000000,
     .step = 1,
     .min_len = 0,
     .max_len = 16,
     .doc = N_(
         "The numbers of scheduler steps, counted from the start of training, after which the "
         "second schedule takes over, the third, and so on: one fewer than there are schedules.")},
    {.key = "warmup_steps",
     .label = N_("Warm-up"),
     .unit = N_("steps"),
     .flags = NN_PARAM_NOT_TORCH,
     .type = NN_PARAM_INT,
     .def = 0,
     .min = 0,
     .max = 1000000000,
     .step = 1,
     .doc = N_(
         "Shorthand for an additional first schedule, LinearLR(start_factor = warmup_start_factor, "
         "total_iters = warmup_steps), with a milestone where it ends; 0 means none.")},
    {.key = "warmup_start_factor",
     .label = N_("Warm-up start factor"),
     .type = NN_PARAM_FLOAT,
     .def = 1.0 / 3,
     .min = 0,
     .max = 1,
     .step = 0.05,
     .flags = NN_PARAM_EXCL_MIN | NN_PARAM_NOT_TORCH,
     .visible_if = "warmup_steps",
     .doc = N_("The factor of the learning rate at the start of the warm-up.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

/* ---- rules ---- */

static bool check_order(const NnConfig *config, const char *place, NnError *err)
{
  const NnValue *milestones = nn_config_value(config, "milestones");
  double last = nn_config_number(config, "warmup_steps");
  for (int i = 0; i < milestones->n; i++) {
    if (milestones->numbers[i] < last)
      return nn_fail(err, NN_ERR_ARG, place,
                     "%s has %s after %s; milestones are counted from the start of training, so "
                     "none may be smaller than the one before it (or than warmup_steps).",
                     place, NN_SHOWN(milestones->numbers[i]), NN_SHOWN(last));
    last = milestones->numbers[i];
  }
  return true;
}

/* PyTorch can step a schedule that holds others, but not start one at a milestone. */
static bool check_nested(const NnConfig *config, const char *where, NnError *err)
{
  bool warmup = nn_config_number(config, "warmup_steps") > 0;
  for (int i = warmup ? 0 : 1; i < nn_config_count(config, "schedulers"); i++) {
    const NnKind *kind = nn_config_at(config, "schedulers", i)->kind;
    char place[NN_PATH];
    nn_path_key(place, where, "schedulers");
    nn_path_index(place, place, i);
    if (nn_param_index(kind->params, "schedulers") >= 0)
      return nn_fail(err, NN_ERR_ARG, place,
                     "%s is a %s, which a SequentialLR cannot start at a milestone (PyTorch raises "
                     "an error); only its first schedule may hold others.",
                     place, kind->name);
  }
  return true;
}

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  int n = nn_config_count(config, "schedulers"), n_stones = nn_config_count(config, "milestones");
  char place[NN_PATH];
  nn_path_key(place, where, "milestones");
  if (!nn_scheduler_check_children(config, where, err) ||
      !nn_scheduler_check_milestones(config, 0, where, err) || !check_order(config, place, err) ||
      !check_nested(config, where, err))
    return false;
  if (n_stones == n - 1)
    return true;
  return nn_fail(
      err, NN_ERR_ARG, place,
      "%s has %d entries for %d schedules; allowed is one fewer than there are schedules, %d.",
      place, n_stones, n, n - 1);
}

/* ---- construction ---- */

/* Milestones with the warm-up's in front. */
static bool read_milestones(NnScheduler *scheduler, const NnConfig *config, NnError *err)
{
  const NnValue *value = nn_config_value(config, "milestones");
  int warmup = scheduler->numbers[WARMUP_STEPS] > 0;
  scheduler->milestones = nn_alloc_array((size_t)value->n + 1, sizeof *scheduler->milestones);
  if (!scheduler->milestones)
    return nn_fail_nomem(err, "the schedule");
  scheduler->milestones[0] = scheduler->numbers[WARMUP_STEPS];
  for (int i = 0; i < value->n; i++)
    scheduler->milestones[warmup + i] = value->numbers[i];
  scheduler->n_milestones = warmup + value->n;
  return true;
}

/* What child i sees of the run: from its milestone to the next. */
static NnSchedulerPlan part_of(const NnScheduler *scheduler, const NnSchedulerPlan *plan, int i,
                               const char *where)
{
  NnSchedulerPlan part = *plan;
  uint64_t start = i > 0 ? (uint64_t)scheduler->milestones[i - 1] : 0, end = plan->n_steps;
  bool last = i == scheduler->n_milestones;
  if (!last)
    end = (uint64_t)scheduler->milestones[i];
  part.where = where;
  part.n_steps = end > start ? end - start : 0;
  part.n_advances = plan->n_advances > start ? plan->n_advances - start : 0;
  if (!last && part.n_steps > 0 && part.n_advances >= part.n_steps)
    part.n_advances = part.n_steps - 1;
  return part;
}

static bool add_child(NnScheduler *scheduler, const NnConfig *config, const char *where,
                      const NnSchedulerPlan *plan, NnError *err)
{
  int i = scheduler->n_children;
  NnSchedulerPlan part = part_of(scheduler, plan, i, where);
  if (!nn_scheduler_construct(&scheduler->children[i], scheduler, config, &part, err))
    return false;
  scheduler->n_children++;
  return true;
}

/* The schedule that a warm-up is short for. */
static NnConfig *warmup_of(const NnConfig *config, NnError *err)
{
  NnConfig *linear = nn_config_new(nn_kind_find(NN_CLASS_SCHEDULER, "LinearLR"), err);
  if (linear &&
      nn_config_set_number(linear, "start_factor", nn_config_number(config, "warmup_start_factor"),
                           err) &&
      nn_config_set_number(linear, "total_iters", nn_config_number(config, "warmup_steps"), err))
    return linear;
  nn_config_free(linear);
  return NULL;
}

static bool add_warmup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                       NnError *err)
{
  if (scheduler->numbers[WARMUP_STEPS] == 0)
    return true;
  NnConfig *linear = warmup_of(config, err);
  bool ok = linear && add_child(scheduler, linear, plan->where, plan, err);
  nn_config_free(linear);
  return ok;
}

static bool add_children(NnScheduler *scheduler, const NnConfig *config,
                         const NnSchedulerPlan *plan, NnError *err)
{
  int n = nn_config_count(config, "schedulers");
  scheduler->children = nn_alloc_array((size_t)n + 1, sizeof *scheduler->children);
  if (!scheduler->children)
    return nn_fail_nomem(err, "the schedule");
  if (!add_warmup(scheduler, config, plan, err))
    return false;
  for (int i = 0; i < n; i++) {
    char where[NN_PATH];
    nn_path_key(where, plan->where, "schedulers");
    nn_path_index(where, where, i);
    if (!add_child(scheduler, nn_config_at(config, "schedulers", i), where, plan, err))
      return false;
  }
  return true;
}

/* How many milestones are reached at k: the number of the child that acts. */
static int index_at(const NnScheduler *scheduler, int64_t k)
{
  int n = 0;
  while (n < scheduler->n_milestones && scheduler->milestones[n] <= (double)k)
    n++;
  return n;
}

/* recursive_undo(): those that hold others keep their own count. */
static void undo(NnScheduler *scheduler)
{
  for (int i = 0; i < scheduler->n_children; i++)
    undo(&scheduler->children[i]);
  if (scheduler->n_children == 0)
    scheduler->last_epoch--;
}

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  if (!read_milestones(scheduler, config, err) || !add_children(scheduler, config, plan, err))
    return false;
  scheduler->last_epoch = 0;
  scheduler->lr = scheduler->shared.initial_lr;
  undo(scheduler);
  nn_scheduler_lend(scheduler, &scheduler->children[index_at(scheduler, 0)],
                    nn_scheduler_initial_step);
  return true;
}

static void step(NnScheduler *scheduler, double metric)
{
  (void)metric;
  int64_t k = ++scheduler->last_epoch;
  int i = index_at(scheduler, k);
  bool starts = i > 0 && scheduler->milestones[i - 1] == (double)k;
  nn_scheduler_lend(scheduler, &scheduler->children[i],
                    starts ? nn_scheduler_restart : nn_scheduler_advance);
}

/* ---- for a PyTorch program ---- */

/* Before the last milestone it is known how long a OneCycleLR is. */
static bool fix_lengths(NnConfig *config, NnError *err)
{
  const NnValue *stones = nn_config_value(config, "milestones");
  bool ok = true;
  for (int i = 0; ok && i < stones->n; i++) {
    NnConfig *child = nn_config_at(config, "schedulers", i);
    double start = i > 0 ? stones->numbers[i - 1] : 0, n = stones->numbers[i] - start;
    if (n > 0 && nn_param_index(child->kind->params, "total_steps") >= 0 &&
        isnan(nn_config_number(child, "total_steps")))
      ok = nn_config_set_number(child, "total_steps", n, err);
  }
  return ok;
}

static bool spell_warmup(NnConfig *copy, const NnConfig *config, NnError *err)
{
  const NnValue *stones = nn_config_value(config, "milestones");
  double *numbers = nn_alloc_array((size_t)stones->n + 1, sizeof *numbers);
  if (!numbers)
    return nn_fail_nomem(err, "the schedule");
  numbers[0] = nn_config_number(config, "warmup_steps");
  for (int i = 0; i < stones->n; i++)
    numbers[i + 1] = stones->numbers[i];
  NnConfig *linear = warmup_of(config, err);
  bool ok = linear && nn_config_insert(copy, "schedulers", 0, linear, err) &&
            nn_config_set_numbers(copy, "milestones", numbers, stones->n + 1, err) &&
            nn_config_set_number(copy, "warmup_steps", 0, err);
  nn_free(numbers);
  return ok;
}

/* The warm-up as the schedule that it is short for, and all lengths. */
static NnConfig *torch_form(const NnConfig *config, NnError *err)
{
  NnConfig *copy = nn_config_copy(config, err);
  bool warmup = nn_config_number(config, "warmup_steps") > 0;
  if (copy && (!warmup || spell_warmup(copy, config, err)) && fix_lengths(copy, err))
    return copy;
  nn_config_free(copy);
  return NULL;
}

const NnSchedulerKind nn_sequential_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "SequentialLR",
             .torch = "SequentialLR(optimizer, schedulers, milestones=)",
             .torch_form = torch_form,
             .doc = N_("Runs several schedules one after another, for example a warm-up followed "
                       "by a long decrease; warmup_steps adds a warm-up automatically."),
             .source = "torch.optim.lr_scheduler.SequentialLR",
             .params = params,
             .check = check},
    .setup = setup,
    .starts_itself = true,
    .step = step};
