/* cosine.c: CosineAnnealingLR: half a cosine from lr down to η in T steps, and up again afterwards.
 * Recursive form, c(k) = 1 + cos(πk/T):
 *   lr ← c(k)/c(k − 1)·(lr − η) + η;  where c(k − 1) is 0:  lr ← lr + (base − η)(1 − cos(π/T))/2 */
#include "scheduler.h"

enum { T_MAX, ETA_MIN };

static const NnParamSpec params[] = {
    {.key = "T_max",
     .label = N_("Half period"),
     .type = NN_PARAM_INT,
     .def = 3,
     .min = 1,
     .max = 1000000000,
     .soft_min = 1,
     .soft_max = 1000000,
     .step = 1,
     .doc = N_("Number of scheduler steps to the minimum, after which the learning rate rises "
               "again; usually the number of epochs. PyTorch has no default.")},
    {.key = "eta_min",
     .label = N_("Minimum"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 0,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1000,
     .doc = N_("The learning rate at the minimum.")},
    NN_SCHEDULER_INTERVAL,
    {0}};

static void rate(NnScheduler *scheduler)
{
  if (scheduler->initial)
    return;
  double T = scheduler->numbers[T_MAX], eta = scheduler->numbers[ETA_MIN];
  int64_t k = scheduler->last_epoch, period = 2 * (int64_t)T;
  if ((k - 1 - (int64_t)T) % period == 0)
    scheduler->lr += (scheduler->base_lr - eta) * (1 - cos(M_PI / T)) / 2;
  else
    scheduler->lr = (1 + cos(M_PI * (double)k / T)) / (1 + cos(M_PI * (double)(k - 1) / T)) *
                        (scheduler->lr - eta) +
                    eta;
}

static double first(const NnScheduler *scheduler)
{
  double eta = scheduler->numbers[ETA_MIN];
  return eta + (scheduler->base_lr - eta) * (1 + cos(0)) / 2;
}

const NnSchedulerKind nn_cosine_scheduler = {
    .kind = {.klass = NN_CLASS_SCHEDULER,
             .name = "CosineAnnealingLR",
             .torch = "CosineAnnealingLR(optimizer, T_max=, *)",
             .doc = N_("Lowers the learning rate along half a cosine: slowly at first, quickly in "
                       "the middle, slowly at the end."),
             .source = "Loshchilov & Hutter 2017; torch.optim.lr_scheduler.CosineAnnealingLR",
             .params = params},
    .rate = rate,
    .first = first};
