/* polynomial.c: PolynomialLR: lr·(1 − k/T)^p, 0 from T on. Recursive form, 1 ≤ k ≤ T:
 *   lr ← lr·((1 − k/T)/(1 − (k − 1)/T))^p */
#include "scheduler.h"
#include <stdio.h>

enum { TOTAL_ITERS, POWER };

static const NnParamSpec params[] = {
    {.key = "total_iters",
     .label = N_("Total iterations"),
     .type = NN_PARAM_INT,
     .def = 5,
     .min = 0,
     .max = 1000000000,
     .soft_min = 1,
     .soft_max = 1000000000,
     .step = 1,
     .doc = N_("Number of scheduler steps after which the learning rate is zero.")},
    {.key = "power",
     .label = N_("Power"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 10,
     .step = 0.5,
     .doc = N_(
         "The shape of the decrease: 1 is a straight line, larger values fall quickly at first.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  double total = scheduler->numbers[TOTAL_ITERS];
  (void)config;
  if (scheduler->numbers[POWER] >= 0 || total == 0 || (double)plan->n_advances < total)
    return true;
  char place[NN_PATH];
  nn_path_key(place, plan->where, "power");
  return nn_fail(err, NN_ERR_ARG, place,
                 "%s is %s; at advance total_iters = %.0f nothing would be divided by zero to that "
                 "power (PyTorch raises a ZeroDivisionError then). Choose a power of at least 0, "
                 "or a total_iters beyond the end of the run.",
                 place, NN_SHOWN(scheduler->numbers[POWER]), total);
}

static void rate(NnScheduler *scheduler)
{
  double T = scheduler->numbers[TOTAL_ITERS], k = (double)scheduler->last_epoch;
  if (!scheduler->initial && k <= T)
    scheduler->lr *= pow((1 - k / T) / (1 - (k - 1) / T), scheduler->numbers[POWER]);
}

const NnSchedulerKind nn_polynomial_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "PolynomialLR",
             .torch = "PolynomialLR(optimizer, *)",
             .doc = N_("Decreases the learning rate to zero along a polynomial."),
             .source = "torch.optim.lr_scheduler.PolynomialLR",
             .params = params},
    .setup = setup,
    .rate = rate,
    .first = nn_scheduler_base_lr};
