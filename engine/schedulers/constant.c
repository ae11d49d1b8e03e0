/* constant.c: ConstantLR: f·lr for T steps, then lr. Recursive form: lr ← f·lr at 0, lr ← lr/f at
 * T. PyTorch divides by zero for f = 0, so that is refused. */
#include "scheduler.h"
#include <stdio.h>

enum { FACTOR, TOTAL_ITERS };

static const NnParamSpec params[] = {
    {.key = "factor",
     .label = N_("Factor"),
     .type = NN_PARAM_FLOAT,
     .def = 1.0 / 3,
     .min = 0,
     .max = 1,
     .soft_min = 0,
     .soft_max = 1,
     .step = 0.05,

     .doc = N_("The factor by which the learning rate is multiplied at first.")},
    {.key = "total_iters",
     .label = N_("Total iterations"),
     .type = NN_PARAM_INT,
     .def = 5,
     .min = 0,
     .max = 1000000000,
     .step = 1,
     .doc = N_("Number of scheduler steps after which the full learning rate is used; with 0 it "
               "never is, as in PyTorch.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  double total = scheduler->numbers[TOTAL_ITERS];
  (void)config;
  if (scheduler->numbers[FACTOR] != 0 || total == 0 || (double)plan->n_advances < total)
    return true;
  char place[NN_PATH];
  nn_path_key(place, plan->where, "factor");
  return nn_fail(err, NN_ERR_ARG, place,
                 "%s is 0, and after total_iters = %.0f advances the rate is divided by it again "
                 "(PyTorch raises a ZeroDivisionError then); choose another factor, or a "
                 "total_iters beyond the end of the run.",
                 place, total);
}

static void rate(NnScheduler *scheduler)
{
  double factor = scheduler->numbers[FACTOR];
  if (scheduler->last_epoch == 0)
    scheduler->lr *= factor;
  else if ((double)scheduler->last_epoch == scheduler->numbers[TOTAL_ITERS])
    scheduler->lr *= 1 / factor;
}

static double first(const NnScheduler *scheduler)
{
  double factor = scheduler->numbers[FACTOR];
  return scheduler->base_lr * (factor + (scheduler->numbers[TOTAL_ITERS] <= 0) * (1 - factor));
}

const NnSchedulerKind nn_constant_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "ConstantLR",
             .torch = "ConstantLR(optimizer, *)",
             .doc =
                 N_("Starts with a fraction of the learning rate and switches to all of it later."),
             .source = "torch.optim.lr_scheduler.ConstantLR",
             .params = params},
    .setup = setup,
    .rate = rate,
    .first = first};
