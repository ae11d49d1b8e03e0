/* multistep.c: MultiStepLR: lr ← γ·lr at each milestone, as often as it stands in the list. */
#include "scheduler.h"

enum { GAMMA };

static const double default_milestones[] = {2};

static const NnParamSpec params[] = {
    {.key = "milestones",
     .label = N_("Milestones"),
     .type = NN_PARAM_FLOATS,
     .defs = default_milestones,
     .min = 0,
     .max = 1000000000,
     .step = 1,
     .min_len = 0,
     .max_len = 64,
     .doc = N_("The numbers of scheduler steps after which the learning rate drops; a number given "
               "twice drops it twice. PyTorch has no default.")},
    {.key = "gamma",
     .label = N_("Gamma"),
     .type = NN_PARAM_FLOAT,
     .def = 0.1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .step = 0.05,
     .doc = N_("The factor by which the learning rate is multiplied at each milestone.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  return nn_scheduler_check_milestones(config, 0, where, err);
}

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  (void)plan;
  return nn_scheduler_read_list(scheduler, config, "milestones", err);
}

/* How often k stands in the list. */
static int count(const NnScheduler *scheduler, int64_t k)
{
  int n = 0;
  for (int i = 0; i < scheduler->n_milestones; i++)
    n += scheduler->milestones[i] == (double)k;
  return n;
}

static void rate(NnScheduler *scheduler)
{
  int n = count(scheduler, scheduler->last_epoch);
  if (n > 0)
    scheduler->lr *= pow(scheduler->numbers[GAMMA], n);
}

static double first(const NnScheduler *scheduler)
{
  return scheduler->base_lr * pow(scheduler->numbers[GAMMA], count(scheduler, 0));
}

const NnSchedulerKind nn_multistep_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "MultiStepLR",
             .torch = "MultiStepLR(optimizer, milestones=, *)",
             .doc = N_("Multiplies the learning rate by a factor at given milestones."),
             .source = "torch.optim.lr_scheduler.MultiStepLR",
             .params = params,
             .check = check},
    .setup = setup,
    .rate = rate,
    .first = first};
