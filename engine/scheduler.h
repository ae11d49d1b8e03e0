/* scheduler.h: torch.optim.lr_scheduler. Recursive ones multiply the current learning rate, as in
 * PyTorch, so that numbers agree to the last digits and outside changes of lr persist. */
#pragma once
#include "config.h"
#include "elem/elem.h"

typedef enum { NN_INTERVAL_EPOCH, NN_INTERVAL_BATCH } NnInterval;

typedef struct NnScheduler NnScheduler;
typedef struct {
  NnKind kind; /* every table ends with NN_SCHEDULER_INTERVAL */
  /* The initial step (last_epoch = 0) of PyTorch's constructor. NULL: lr stays. */
  void (*start)(NnScheduler *scheduler);
  /* One step: last_epoch was advanced already; writes scheduler->lr. `metric` is the watched
   * number for ReduceLROnPlateau, NAN for those that need none. */
  void (*step)(NnScheduler *scheduler, double metric);
} NnSchedulerKind;

struct NnScheduler {
  const NnSchedulerKind *kind;
  NnInterval interval;
  double numbers[NN_MAX_NUMBERS]; /* flattened config */
  double base_lr, lr;             /* the optimizer's own lr; the current one */
  uint64_t last_epoch;            /* steps done */
  double state[8];                /* the kind's own */
};

/* The parameter that every scheduler has last: when step() is called. */
#define NN_SCHEDULER_INTERVAL                                                                      \
  {.key = "interval", .label = "Step every", .type = NN_PARAM_CHOICE,                              \
   .choices = nn_interval_choices, .def = NN_INTERVAL_EPOCH,                                       \
   .doc = "Whether the schedule advances after every epoch or after every batch."}
extern const char *const nn_interval_choices[]; /* "epoch", "batch", NULL */

/* Resolves the config (class SCHEDULER) and does the initial step; read scheduler->lr afterwards. */
bool nn_scheduler_init(NnScheduler *scheduler, const NnConfig *config, double base_lr, NnError *err);
/* scheduler.step() or scheduler.step(metric); read scheduler->lr afterwards. */
void nn_scheduler_step(NnScheduler *scheduler, double metric);
