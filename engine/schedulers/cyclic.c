/* cyclic.c: CyclicLR: up from base_lr to max_lr and down again, over and over.
 *   c = ⌊1 + k/total⌋;  x = 1 + k/total − c;  r = up/total;  h = x ≤ r ? x/r : (x − 1)/(r − 1)
 *   lr = base_lr + (max_lr − base_lr)·h·S;  momentum = max − (max − base)·h·S
 * with S = 1 (triangular), 2^−(c − 1) (triangular2), γᵏ (exp_range). The optimizer's own lr is
 * overwritten, its momentum or beta1 too. */
#include "cycled-momentum.h"
#include "scheduler.h"

enum {
  BASE_LR,
  MAX_LR,
  STEP_SIZE_UP,
  STEP_SIZE_DOWN,
  MODE,
  GAMMA,
  CYCLE_MOMENTUM,
  BASE_MOMENTUM,
  MAX_MOMENTUM
};
enum { TRIANGULAR, TRIANGULAR2, EXP_RANGE };

static const char *const modes[] = {"triangular", "triangular2", "exp_range", NULL};

static const NnParamSpec params[] = {
    {.key = "base_lr",
     .label = N_("Lowest rate"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-4,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The learning rate where each cycle begins and ends; it replaces the optimizer's. "
               "PyTorch has no default.")},
    {.key = "max_lr",
     .label = N_("Highest rate"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-2,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The learning rate at the peak of the first cycle. PyTorch has no default.")},
    {.key = "step_size_up",
     .label = N_("Steps up"),
     .type = NN_PARAM_INT,
     .def = 2000,
     .min = 1,
     .max = 1000000000,
     .step = 1,
     .doc = N_("Number of scheduler steps of the rising half of a cycle.")},
    {.key = "step_size_down",
     .label = N_("Steps down"),
     .type = NN_PARAM_INT,
     .def = NAN,
     .min = 0,
     .max = 1000000000,
     .step = 1,
     .flags = NN_PARAM_NULLABLE,
     .doc = N_("Number of scheduler steps of the falling half; none means as many as for the "
               "rising half.")},
    {.key = "mode",
     .label = N_("Mode"),
     .type = NN_PARAM_CHOICE,
     .choices = modes,
     .def = TRIANGULAR,
     .doc = N_("Whether all peaks are equally high (triangular), each is half as high as the last "
               "(triangular2), or they shrink at every step (exp_range).")},
    {.key = "gamma",
     .label = N_("Gamma"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.01,
     .visible_if = "mode=exp_range",
     .doc = N_("The factor by which the height shrinks at every step.")},
    NN_CYCLE_MOMENTUM_PARAM,
    NN_BASE_MOMENTUM_PARAM(0.8, N_("The momentum at the peak of the first cycle.")),
    NN_MAX_MOMENTUM_PARAM(
        0.9, N_("The momentum where a cycle begins and ends; it replaces the optimizer's.")),
    NN_SCHEDULER_STEP_EVERY(NN_INTERVAL_BATCH),
    {0}};

/* Until the constructor has done its initial step, base_lr is what the first scheduler of the
 * optimizer found, only then its own. */
static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  const double *numbers = scheduler->numbers;
  (void)config;
  scheduler->lr = numbers[BASE_LR];
  if (numbers[CYCLE_MOMENTUM] != 0) {
    if (!nn_scheduler_check_momentum(scheduler, plan, err))
      return false;
    scheduler->momentum = scheduler->shared.max_momentum = numbers[MAX_MOMENTUM];
    scheduler->shared.base_momentum = numbers[BASE_MOMENTUM];
  }
  nn_scheduler_start(scheduler);
  scheduler->base_lr = numbers[BASE_LR];
  return true;
}

static double scale(const double *numbers, double cycle, double k)
{
  switch ((int)numbers[MODE]) {
  case TRIANGULAR2:
    return 1 / pow(2, cycle - 1);
  case EXP_RANGE:
    return pow(numbers[GAMMA], k);
  default:
    return 1;
  }
}

static void rate(NnScheduler *scheduler)
{
  const double *numbers = scheduler->numbers;
  double up = numbers[STEP_SIZE_UP], down = numbers[STEP_SIZE_DOWN];
  double total = up + (isnan(down) ? up : down), ratio = up / total;
  double k = (double)scheduler->last_epoch, cycle = floor(1 + k / total);
  double x = 1 + k / total - cycle;
  double height = x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
  double S = scale(numbers, cycle, k);
  scheduler->lr = scheduler->base_lr + (numbers[MAX_LR] - scheduler->base_lr) * height * S;
  if (numbers[CYCLE_MOMENTUM] != 0)
    scheduler->momentum =
        numbers[MAX_MOMENTUM] - (numbers[MAX_MOMENTUM] - numbers[BASE_MOMENTUM]) * height * S;
}

const NnSchedulerKind nn_cyclic_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "CyclicLR",
             .torch = "CyclicLR(optimizer, base_lr=, max_lr=, *)",
             .doc = N_("Cycles the learning rate up and down between two values."),
             .source = "Smith 2017; torch.optim.lr_scheduler.CyclicLR",
             .params = params},
    .setup = setup,
    .starts_itself = true,
    .rate = rate};
