/* one_cycle.c: OneCycleLR: one rise and one long fall over the whole run of N steps. Phases end at
 * pN − 1 and N − 1, or with three_phase at pN − 1, 2pN − 2 and N − 1; inside one, from its start s
 * to its end e: q = (k − s)/(e − s), and lr and momentum go
 *   cos:    b + (a − b)/2·(1 + cos(πq))        linear:  (b − a)·q + a
 * The optimizer's own lr is not used; its momentum or beta1 is overwritten. */
#include "cycled-momentum.h"
#include "scheduler.h"
#include <stdio.h>

enum {
  MAX_LR,
  TOTAL_STEPS,
  PCT_START,
  ANNEAL,
  CYCLE_MOMENTUM,
  BASE_MOMENTUM,
  MAX_MOMENTUM,
  DIV_FACTOR,
  FINAL_DIV_FACTOR,
  THREE_PHASE
};
enum { COS, LINEAR };

static const char *const strategies[] = {"cos", "linear", NULL};

static const NnParamSpec params[] = {
    {.key = "max_lr",
     .label = N_("Highest rate"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-2,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc =
         N_("The learning rate at the peak; the optimizer's is not used. PyTorch has no default.")},
    {.key = "total_steps",
     .label = N_("Total steps"),
     .type = NN_PARAM_INT,
     .def = NAN,
     .min = 1,
     .max = 1000000000,
     .step = 1,
     .flags = NN_PARAM_NULLABLE,
     .doc = N_("Number of scheduler steps of the cycle; none means the whole run, PyTorch's epochs "
               "times steps_per_epoch.")},
    {.key = "pct_start",
     .label = N_("Rising fraction"),
     .type = NN_PARAM_FLOAT,
     .def = 0.3,
     .min = 0,
     .max = 1,
     .step = 0.05,
     .doc = N_("The fraction of the cycle in which the learning rate rises.")},
    {.key = "anneal_strategy",
     .label = N_("Annealing strategy"),
     .type = NN_PARAM_CHOICE,
     .choices = strategies,
     .def = COS,
     .doc = N_("Whether the learning rate follows half a cosine or a straight line.")},
    NN_CYCLE_MOMENTUM_PARAM,
    NN_BASE_MOMENTUM_PARAM(0.85, N_("The momentum at the peak of the cycle.")),
    NN_MAX_MOMENTUM_PARAM(
        0.95, N_("The momentum at the beginning and at the end; it replaces the optimizer's.")),
    {.key = "div_factor",
     .label = N_("Start divisor"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 25,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1e12,
     .flags = NN_PARAM_NONZERO,
     .doc = N_("The initial learning rate is the highest one divided by this.")},
    {.key = "final_div_factor",
     .label = N_("Final divisor"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e4,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1e12,
     .flags = NN_PARAM_NONZERO,
     .doc = N_("The final learning rate is the initial one divided by this.")},
    {.key = "three_phase",
     .label = N_("Three phases"),
     .type = NN_PARAM_BOOL,
     .def = 0,
     .min = 0,
     .max = 1,
     .step = 1,
     .doc = N_("Falls back to the initial learning rate as quickly as it rose, then decreases to "
               "the final one for the rest of the run.")},
    NN_SCHEDULER_STEP_EVERY(NN_INTERVAL_BATCH),
    {0}};

typedef struct {
  double start, end; /* in steps */
  double lr[2];      /* at both */
  double momentum[2];
} Phase;

/* The phase of step k: the first that does not end before it, else the last. */
static Phase phase_of(const NnScheduler *scheduler, double k)
{
  const double *numbers = scheduler->numbers;
  double N = numbers[TOTAL_STEPS], rise = numbers[PCT_START] * N - 1;
  double initial = scheduler->shared.initial_lr, top = scheduler->shared.max_lr;
  double low = scheduler->shared.base_momentum, high = scheduler->shared.max_momentum;
  double fall = 2 * numbers[PCT_START] * N - 2;
  bool three = numbers[THREE_PHASE] != 0;
  if (k <= rise)
    return (Phase){0, rise, {initial, top}, {high, low}};
  if (three && k <= fall)
    return (Phase){rise, fall, {top, initial}, {low, high}};
  if (three)
    return (Phase){fall, N - 1, {initial, scheduler->shared.min_lr}, {high, high}};
  return (Phase){rise, N - 1, {top, scheduler->shared.min_lr}, {low, high}};
}

/* Works out total_steps, and refuses what is shorter than the run. */
static bool find_total(NnScheduler *scheduler, const NnSchedulerPlan *plan, NnError *err)
{
  double *total = &scheduler->numbers[TOTAL_STEPS];
  char place[NN_PATH];
  nn_path_key(place, plan->where, "total_steps");
  if (isnan(*total) && plan->n_steps > 0)
    *total = (double)plan->n_steps;
  if (isnan(*total))
    return nn_fail(err, NN_ERR_ARG, place,
                   "%s is left out, but the length of the run is not known here; give a number.",
                   place);
  if ((double)plan->n_advances <= *total)
    return true;
  return nn_fail(err, NN_ERR_ARG, place,
                 "%s is %.0f, but the schedule takes %llu steps in this run, for which PyTorch "
                 "raises an error. Leave it out, or give at least %llu.",
                 place, *total, (unsigned long long)plan->n_advances,
                 (unsigned long long)plan->n_advances);
}

/* Phases of no length that a step falls into: PyTorch divides by zero. */
static bool check_phases(const NnScheduler *scheduler, const NnSchedulerPlan *plan, NnError *err)
{
  char place[NN_PATH];
  uint64_t last = plan->n_advances;
  nn_path_key(place, plan->where, "pct_start");
  for (uint64_t k = 0; k <= last; k++) {
    Phase phase = phase_of(scheduler, (double)k);
    if (phase.end == phase.start)
      return nn_fail(
          err, NN_ERR_ARG, place,
          "%s is %s, which with %.0f steps gives a phase of length zero at step %llu, where "
          "PyTorch divides by zero. Choose another fraction or another number of steps.",
          place, NN_SHOWN(scheduler->numbers[PCT_START]), scheduler->numbers[TOTAL_STEPS],
          (unsigned long long)k);
  }
  return true;
}

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  const double *numbers = scheduler->numbers;
  (void)config;
  if (!find_total(scheduler, plan, err) || !check_phases(scheduler, plan, err))
    return false;
  scheduler->shared.initial_lr = numbers[MAX_LR] / numbers[DIV_FACTOR];
  scheduler->shared.max_lr = numbers[MAX_LR];
  scheduler->shared.min_lr = scheduler->shared.initial_lr / numbers[FINAL_DIV_FACTOR];
  if (numbers[CYCLE_MOMENTUM] == 0)
    return true;
  if (!nn_scheduler_check_momentum(scheduler, plan, err))
    return false;
  scheduler->momentum = scheduler->shared.max_momentum = numbers[MAX_MOMENTUM];
  scheduler->shared.base_momentum = numbers[BASE_MOMENTUM];
  return true;
}

static double anneal(int strategy, const double ends[2], double q)
{
  if (strategy == COS)
    return ends[1] + (ends[0] - ends[1]) / 2 * (cos(M_PI * q) + 1);
  return (ends[1] - ends[0]) * q + ends[0];
}

static void rate(NnScheduler *scheduler)
{
  int strategy = (int)scheduler->numbers[ANNEAL];
  double k = (double)scheduler->last_epoch;
  Phase phase = phase_of(scheduler, k);
  double q = (k - phase.start) / (phase.end - phase.start);
  scheduler->lr = anneal(strategy, phase.lr, q);
  if (scheduler->numbers[CYCLE_MOMENTUM] != 0)
    scheduler->momentum = anneal(strategy, phase.momentum, q);
}

const NnSchedulerKind nn_one_cycle_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "OneCycleLR",
             .torch = "OneCycleLR(optimizer, max_lr=, total_steps=|steps, *)",
             .doc = N_("Raises the learning rate once and lowers it again over the whole run."),
             .source = "Smith & Topin 2019; torch.optim.lr_scheduler.OneCycleLR",
             .params = params},
    .setup = setup,
    .rate = rate,
    .spans_run = true};
