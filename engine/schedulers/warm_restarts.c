/* warm_restarts.c: CosineAnnealingWarmRestarts: half a cosine from lr down to η in Ti steps, then a
 * jump back up and the next one, T_mult times as long.
 *   lr = η + (base − η)(1 + cos(π·Tcur/Ti))/2 */
#include "scheduler.h"

enum { T_0, T_MULT, ETA_MIN };
enum { T_CUR, T_I }; /* state */

static const NnParamSpec params[] = {
    {.key = "T_0",
     .label = N_("First period"),
     .type = NN_PARAM_INT,
     .def = 10,
     .min = 1,
     .max = 1000000000,
     .step = 1,
     .doc = N_("Number of scheduler steps before the first restart. PyTorch has no default.")},
    {.key = "T_mult",
     .label = N_("Period factor"),
     .type = NN_PARAM_INT,
     .def = 1,
     .min = 1,
     .max = 1000000000,
     .soft_min = 1,
     .soft_max = 100,
     .step = 1,
     .doc = N_("The factor by which each period is longer than the previous one.")},
    {.key = "eta_min",
     .label = N_("Minimum"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The learning rate toward which each period decreases; the restart comes just "
               "before it is reached.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static bool setup(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                  NnError *err)
{
  (void)config;
  (void)plan;
  (void)err;
  scheduler->state[T_CUR] = -1;
  scheduler->state[T_I] = scheduler->numbers[T_0];
  return true;
}

static void rate(NnScheduler *scheduler)
{
  double eta = scheduler->numbers[ETA_MIN];
  double angle = M_PI * scheduler->state[T_CUR] / scheduler->state[T_I];
  scheduler->lr = eta + (scheduler->base_lr - eta) * (1 + cos(angle)) / 2;
}

/* The first step, and the first after a SequentialLR has taken that one back, go to 0. */
static void step(NnScheduler *scheduler, double metric)
{
  (void)metric;
  double *state = scheduler->state;
  if (scheduler->last_epoch < 0) {
    state[T_CUR] = scheduler->last_epoch = 0;
    state[T_I] = scheduler->numbers[T_0];
  } else {
    scheduler->last_epoch++;
    state[T_CUR]++;
    if (state[T_CUR] >= state[T_I]) {
      state[T_CUR] -= state[T_I];
      state[T_I] *= scheduler->numbers[T_MULT];
    }
  }
  rate(scheduler);
}

const NnSchedulerKind nn_warm_restarts_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "CosineAnnealingWarmRestarts",
             .torch = "CosineAnnealingWarmRestarts(optimizer, T_0=, *)",
             .doc = N_("Lowers the learning rate along half a cosine, then restarts at the initial "
                       "learning rate."),
             .source = "Loshchilov & Hutter 2017; "
                       "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
             .params = params},
    .setup = setup,
    .rate = rate,
    .step = step};
