/* plateau.c: ReduceLROnPlateau: lowers lr when the watched number has not improved for `patience`
 * steps, that is at the (patience + 1)-th bad one. */
#include "scheduler.h"
#include <stdio.h>

enum { MODE, FACTOR, PATIENCE, THRESHOLD, THRESHOLD_MODE, COOLDOWN, MIN_LR, EPS };
enum { MODE_MIN, MODE_MAX };
enum { REL, ABS };
enum { BEST, N_BAD, COOLING }; /* state */

static const char *const modes[] = {"min", "max", NULL};
static const char *const threshold_modes[] = {"rel", "abs", NULL};
static const char *const metrics[] = {"train_loss",      "test_loss",           "test_accuracy",
                                      "validation_loss", "validation_accuracy", NULL};

static const NnParamSpec params[] = {
    {.key = "mode",
     .label = N_("Mode"),
     .type = NN_PARAM_CHOICE,
     .choices = modes,
     .def = MODE_MIN,
     .doc = N_("Whether smaller values are better (min, for a loss) or larger ones (max, for an "
               "accuracy).")},
    {.key = "factor",
     .label = N_("Factor"),
     .type = NN_PARAM_FLOAT,
     .def = 0.1,
     .min = -INFINITY,
     .max = 1,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.05,
     .flags = NN_PARAM_EXCL_MAX,
     .doc = N_("The factor by which the learning rate is multiplied when progress stops.")},
    {.key = "patience",
     .label = N_("Patience"),
     .type = NN_PARAM_INT,
     .def = 10,
     .min = 0,
     .max = 1000000,
     .step = 1,
     .doc = N_("Number of scheduler steps without improvement that are tolerated; the next one "
               "lowers the learning rate.")},
    {.key = "threshold",
     .label = N_("Threshold"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-4,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .doc = N_("How much better than the best value so far counts as an improvement.")},
    {.key = "threshold_mode",
     .label = N_("Threshold mode"),
     .type = NN_PARAM_CHOICE,
     .choices = threshold_modes,
     .def = REL,
     .doc =
         N_("Whether the threshold is a fraction of the best value (rel) or a difference (abs).")},
    {.key = "cooldown",
     .label = N_("Cooldown"),
     .type = NN_PARAM_INT,
     .def = 0,
     .min = 0,
     .max = 1000000,
     .step = 1,
     .doc = N_("Number of scheduler steps after a reduction in which a lack of improvement is not "
               "counted.")},
    {.key = "min_lr",
     .label = N_("Minimum"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The learning rate is never reduced below this.")},
    {.key = "eps",
     .label = N_("Epsilon"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-8,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .doc = N_("A reduction by no more than this is skipped.")},
    {.key = "metric",
     .label = N_("Metric"),
     .type = NN_PARAM_CHOICE,
     .choices = metrics,
     .flags = NN_PARAM_NOT_TORCH,
     .def = 0,
     .doc = N_("The monitored metric; in PyTorch, the argument of step(). After every batch it can "
               "only be train_loss, the loss of that batch.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

/* Only the loss of a batch is known after every batch. */
static bool check(const NnConfig *config, const char *where, NnError *err)
{
  int metric = nn_config_int(config, "metric");
  if (nn_config_int(config, "interval") != NN_INTERVAL_BATCH || metric == 0)
    return true;
  char place[NN_PATH];
  nn_path_key(place, where, "metric");
  return nn_fail(err, NN_ERR_ARG, place,
                 "%s is %s, which is measured once per epoch; a schedule that steps after every "
                 "batch can only use train_loss. Set interval to epoch, or metric to train_loss.",
                 place, metrics[metric]);
}

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  (void)config;
  (void)plan;
  (void)err;
  scheduler->last_epoch = 0;
  scheduler->state[BEST] = (int)scheduler->numbers[MODE] == MODE_MIN ? INFINITY : -INFINITY;
  return true;
}

/* False for a NaN. */
static bool is_better(const NnScheduler *scheduler, double metric)
{
  double best = scheduler->state[BEST], threshold = scheduler->numbers[THRESHOLD];
  bool relative = (int)scheduler->numbers[THRESHOLD_MODE] == REL;
  if ((int)scheduler->numbers[MODE] == MODE_MIN)
    return metric < (relative ? best * (1 - threshold) : best - threshold);
  return metric > (relative ? best * (1 + threshold) : best + threshold);
}

static void reduce(NnScheduler *scheduler)
{
  double lower = fmax(scheduler->lr * scheduler->numbers[FACTOR], scheduler->numbers[MIN_LR]);
  if (scheduler->lr - lower > scheduler->numbers[EPS])
    scheduler->lr = lower;
}

static void step(NnScheduler *scheduler, double metric)
{
  double *state = scheduler->state;
  scheduler->last_epoch++;
  if (is_better(scheduler, metric)) {
    state[BEST] = metric;
    state[N_BAD] = 0;
  } else {
    state[N_BAD]++;
  }
  if (state[COOLING] > 0) {
    state[COOLING]--;
    state[N_BAD] = 0;
  }
  if (state[N_BAD] > scheduler->numbers[PATIENCE]) {
    reduce(scheduler);
    state[COOLING] = scheduler->numbers[COOLDOWN];
    state[N_BAD] = 0;
  }
}

const NnSchedulerKind nn_plateau_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "ReduceLROnPlateau",
             .torch = "ReduceLROnPlateau(optimizer, *)",
             .doc = N_("Lowers the learning rate when a metric has stopped improving."),
             .source = "torch.optim.lr_scheduler.ReduceLROnPlateau",
             .params = params,
             .check = check},
    .setup = setup,
    .starts_itself = true,
    .step = step};
