/* polynomial.c: PolynomialLR: lr·(1 − k/T)^p, 0 from T on. Recursive form, 1 ≤ k ≤ T:
 *   lr ← lr·((1 − k/T)/(1 − (k − 1)/T))^p */
#include "engine/scheduler.h"

enum { TOTAL_ITERS, POWER };

static const NnParamSpec params[] = {
    {.key = "total_iters",
     .label = N_("Total iterations"),
     .type = NN_PARAM_INT,
     .def = 5,
     .min = 1,
     .max = 1000000000,
     .step = 1,
     .doc = N_("Number of scheduler steps after which the learning rate is zero.")},
    {.key = "power",
     .label = N_("Power"),
     .type = NN_PARAM_FLOAT,
     .def = 1,
     .min = 0,
     .max = 10,
     .step = 0.5,
     .doc = N_(
         "The shape of the decrease: 1 is a straight line, larger values fall quickly at first.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static void rate(NnScheduler *scheduler)
{
  double T = scheduler->numbers[TOTAL_ITERS], k = (double)scheduler->last_epoch;
  if (!scheduler->initial && k <= T)
    scheduler->lr *= pow((1 - k / T) / (1 - (k - 1) / T), scheduler->numbers[POWER]);
}

const NnSchedulerKind nn_polynomial_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "PolynomialLR",
             .doc = N_("Decreases the learning rate to zero along a polynomial."),
             .source = "torch.optim.lr_scheduler.PolynomialLR",
             .params = params},
    .rate = rate,
    .first = nn_scheduler_base_lr};
