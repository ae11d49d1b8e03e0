/* linear.c: LinearLR: a straight ramp from s·lr to e·lr in T steps. Recursive form, s·lr at
 * 0 and for k ≥ 1:
 *   lr ← lr·(1 + (e − s)/(T·s + (k − 1)(e − s)))  for k ≤ T, unchanged afterwards. */
#include "scheduler.h"

enum { START_FACTOR, END_FACTOR, TOTAL_ITERS };

static const NnParamSpec params[] = {
    {.key = "start_factor",
     .label = N_("Start factor"),
     .type = NN_PARAM_FLOAT,
     .def = 1.0 / 3,
     .min = 0,
     .max = 1,
     .step = 0.05,
     .flags = NN_PARAM_EXCL_MIN,
     .doc = N_("The factor of the learning rate at the start.")},
    {.key = "end_factor",
     .label = N_("End factor"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = 0,
     .max = 1,
     .step = 0.05,
     .doc = N_("The factor of the learning rate at the end.")},
    {.key = "total_iters",
     .label = N_("Total iterations"),
     .type = NN_PARAM_INT,
     .def = 5,
     .min = 0,
     .max = 1000000000,
     .soft_min = 1,
     .soft_max = 1000000,
     .step = 1,
     .doc = N_("Number of scheduler steps from the start factor to the end factor.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static void rate(NnScheduler *scheduler)
{
  double s = scheduler->numbers[START_FACTOR], rise = scheduler->numbers[END_FACTOR] - s;
  double T = scheduler->numbers[TOTAL_ITERS], k = (double)scheduler->last_epoch;
  if (k == 0)
    scheduler->lr *= s;
  else if (k <= T)
    scheduler->lr *= 1 + rise / (T * s + (k - 1) * rise);
}

static double first(const NnScheduler *scheduler)
{
  return scheduler->base_lr * scheduler->numbers[START_FACTOR];
}

const NnSchedulerKind nn_linear_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "LinearLR",
             .torch = "LinearLR(optimizer, *)",
             .doc = N_("Changes the learning rate linearly, for example as a warm-up."),
             .source = "torch.optim.lr_scheduler.LinearLR",
             .params = params},
    .rate = rate,
    .first = first};
