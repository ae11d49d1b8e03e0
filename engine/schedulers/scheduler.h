/* scheduler.h: torch.optim.lr_scheduler. Recursive ones multiply the current learning rate, as in
 * PyTorch, so that numbers agree to the last digits and outside changes of lr persist.
 *
 *   nn_scheduler_init(&scheduler, config, lr, &context, &err);  reads scheduler.lr and .momentum
 *   after each batch or epoch: nn_scheduler_step(&scheduler, metric);  and reads them again
 *   nn_scheduler_clear(&scheduler);
 *
 * PyTorch's schedulers of one optimizer meet in its param_group: what one writes the next one
 * reads. Here a scheduler that holds others lends them lr, momentum and `shared` for as long as
 * they act. Source: torch/optim/lr_scheduler.py. Thread: one at a time. */
#pragma once
#include "engine/recipe/config.h"
#include "engine/elem/elem.h"

typedef enum { NN_INTERVAL_EPOCH, NN_INTERVAL_BATCH } NnInterval;

/* What a schedule has to know of the run. */
typedef struct {
  uint64_t steps_per_epoch, n_epochs; /* 0: not known */
  const char *optimizer;              /* its name, for error texts; NULL: not known */
  bool has_momentum;                  /* the optimizer has momentum or beta1 to cycle */
  uint64_t most_steps;                /* the run ends after so many at the latest; 0: not before */
} NnSchedulerContext;

typedef struct NnScheduler NnScheduler;

/* The context as one scheduler sees it, which may be a part of another. */
typedef struct {
  const char *where;     /* dotted path of its config */
  uint64_t n_steps;      /* how many values of lr it gives; 0: not known */
  uint64_t n_advances;   /* the highest last_epoch it is brought to; 0: not known */
  const char *optimizer; /* as above */
  bool has_momentum;
} NnSchedulerPlan;

typedef struct {
  NnKind kind; /* every table ends with NN_SCHEDULER_INTERVAL */
  /* PyTorch's constructor up to its initial step: reads lists, makes children, writes what the
   * constructor writes. NULL: nothing. */
  bool (*setup)(NnScheduler *scheduler, const NnConfig *config, const NnSchedulerPlan *plan,
                NnError *err);
  bool starts_itself; /* setup() also does the initial step, or there is none */
  /* get_lr() at last_epoch (≥ 0): writes scheduler->lr, and momentum if that cycles. `initial` says
   * that it is the constructor's. NULL only with step(). */
  void (*rate)(NnScheduler *scheduler);
  /* The closed form at 0, with which a SequentialLR starts a child. NULL: rate() at 0. */
  double (*first)(const NnScheduler *scheduler);
  /* Instead of last_epoch + 1 and rate(). `metric` is the watched number for ReduceLROnPlateau, NAN
   * for those that need none. NULL: the usual. */
  void (*step)(NnScheduler *scheduler, double metric);
  bool spans_run; /* rate() follows from last_epoch and the run's length alone */
} NnSchedulerKind;

struct NnScheduler {
  const NnSchedulerKind *kind;
  NnInterval interval;
  double numbers[NN_MAX_NUMBERS]; /* flattened config, without lists */
  double lr;                      /* the current learning rate */
  double momentum;                /* momentum or beta1 now; NAN: the optimizer's own stays */
  struct {
    double initial_lr; /* NAN until the first scheduler is constructed */
    double max_lr, min_lr, base_momentum, max_momentum; /* OneCycleLR's */
  } shared;                                             /* the rest of PyTorch's param_group */
  double base_lr;                                       /* base_lrs[0] */
  int64_t last_epoch; /* −1 before the initial step, then steps done */
  bool initial;       /* inside the initial step */
  double state[8];    /* the kind's own */
  double *milestones; /* owned; MultiStepLR, SequentialLR */
  int n_milestones;
  NnScheduler *children; /* owned; SequentialLR, ChainedScheduler */
  int n_children;
};

/* The parameter that every scheduler has last: when step() is called. */
#define NN_SCHEDULER_STEP_EVERY(interval)                                           \
  {                                                                                 \
    .key = "interval", .label = N_("Step every"), .type = NN_PARAM_CHOICE,          \
    .choices = nn_interval_choices, .def = (interval), .flags = NN_PARAM_NOT_TORCH, \
    .doc = N_("Whether the schedule steps after every epoch or after every batch.") \
  }
#define NN_SCHEDULER_INTERVAL NN_SCHEDULER_STEP_EVERY(NN_INTERVAL_EPOCH)
extern const char *const nn_interval_choices[]; /* "epoch", "batch", NULL */

/* Resolves the config (class SCHEDULER) and does the initial step; read scheduler->lr and momentum
 * afterwards. context NULL: nothing is known of the run. Errors: NN_ERR_ARG for what PyTorch raises
 * (momentum to be cycled in an optimizer without any, a OneCycleLR shorter than the run, …),
 * NN_ERR_NOMEM. On false nothing has to be cleared. */
bool nn_scheduler_init(NnScheduler *scheduler, const NnConfig *config, double base_lr,
                       const NnSchedulerContext *context, NnError *err);
void nn_scheduler_clear(NnScheduler *scheduler); /* also of zeros; frees what init allocated */
/* scheduler.step() or scheduler.step(metric); read scheduler->lr and momentum afterwards. */
void nn_scheduler_step(NnScheduler *scheduler, double metric);

/* After its numbers came from a checkpoint of a run that was perhaps planned shorter: one that
 * spans the run goes on as if it had had this length from the beginning; others stay. */
void nn_scheduler_resume(NnScheduler *scheduler);

/* ---- for the kinds ---- */

/* LRScheduler's own constructor: base_lr from what the first scheduler found, then the initial
 * step. */
void nn_scheduler_start(NnScheduler *scheduler);
/* The initial step alone. */
void nn_scheduler_initial_step(NnScheduler *scheduler);
/* _update_lr(0): last_epoch 0 and the closed form there. */
void nn_scheduler_restart(NnScheduler *scheduler);
/* `first` of those whose closed form at 0 is the optimizer's own lr. */
double nn_scheduler_base_lr(const NnScheduler *scheduler);
/* Copies a list of numbers into milestones. */
bool nn_scheduler_read_list(NnScheduler *scheduler, const NnConfig *config, const char *key,
                            NnError *err);
/* A scheduler inside `parent`, constructed with what the parent lends. */
bool nn_scheduler_construct(NnScheduler *child, NnScheduler *parent, const NnConfig *config,
                            const NnSchedulerPlan *plan, NnError *err);
/* Does `act` (one of the three above, or a step) to a child with what the parent lends. */
void nn_scheduler_lend(NnScheduler *parent, NnScheduler *child, void (*act)(NnScheduler *child));
void nn_scheduler_advance(NnScheduler *scheduler); /* a step without metric */
/* Whole numbers of at least `least`? */
bool nn_scheduler_check_milestones(const NnConfig *config, int least, const char *where,
                                   NnError *err);
/* What may not stand inside a SequentialLR or ChainedScheduler: nothing at all, ReduceLROnPlateau,
 * an `interval` of its own. */
bool nn_scheduler_check_children(const NnConfig *config, const char *where, NnError *err);
/* Is there momentum to cycle? For CyclicLR and OneCycleLR with cycle_momentum. */
bool nn_scheduler_check_momentum(const NnScheduler *scheduler, const NnSchedulerPlan *plan,
                                 NnError *err);
