/* optimizer.h: torch.optim's update rules.
 *
 * Most optimizers are an element-wise formula in engine/elem/optimizers/NAME.h. Once per step, on
 * the host and in double, prepare() turns the parameters and the step number into a few scalars;
 * then the backend applies NAME_update to every element of all parameters in one pass. Those that
 * must see whole tensors, or the loss at other points, stand in engine/optimizers/NAME.c and have
 * a step() of their own. nn_optimizer_step() does the right one. */
#pragma once
#include "engine/backend/backend.h"
#include "engine/recipe/config.h"

enum { NN_OPTIMIZER_MEMORY = 16 };

typedef struct NnOptimizer NnOptimizer;

/* What one step works on. All memory is the backend's; everything is borrowed. */
typedef struct {
  const NnBackend *backend;
  size_t n;      /* values of all tensors together */
  int n_tensors; /* element-wise optimizers need no tensors */
  const NnParamView *tensors;
  nn_real *w, *dw;              /* (n): dw is the gradient at w, already clipped */
  nn_real *state[NN_MAX_STATE]; /* (n) each, zero before the first step; n_state() of them */
  nn_real *workspace;           /* workspace() values, zero before the first step, kept between */
  double loss;                  /* at w */
  /* The loss at the w of the moment; writes its gradient into dw. For optimizers that look around
   * before they step (LBFGS); others never call it, and it may be NULL. */
  double (*closure)(void *user);
  void *user;
} NnOptimizerTarget;

/* One tensor of what an optimizer keeps between steps. */
typedef struct {
  int param;        /* index of the parameter that it belongs to; −1: to all of them */
  const char *name; /* PyTorch's, in the optimizer's state_dict(): "exp_avg" */
  NnShape shape;
  nn_real *values; /* backend memory */
} NnOptimizerTensor;
typedef void NnOptimizerVisit(void *user, const NnOptimizerTensor *tensor);

typedef struct {
  NnKind kind; /* the first parameter of every optimizer is lr */
  /* State tensors that these numbers need, zero at the start: s[0 … n−1] of the update function, up
   * to NN_N_STATE_name. Entries beyond n read as zero and are forgotten (SGD without momentum: 0;
   * max v of Adam only with amsgrad). */
  int (*n_state)(const double *numbers);
  const char *const *state_names; /* PyTorch's names of these; NULL: state0, state1, … */
  const char *needs; /* operations that not every backend has to have, as NnLayerKind.needs */
  int elem;          /* NN_OPT_… : which element function; see elem/list.h */
  int momentum; /* index in `numbers` of what OneCycleLR and CyclicLR cycle (momentum or beta1); −1:
                   none */
  /* PyTorch makes the state of momentum at the first step or never: a schedule may take the
   * momentum to 0, but not from 0 upward. */
  bool starts_with_momentum;
  bool calls_closure;  /* asks for the loss at other points than the one at hand */
  bool sees_denormals; /* a gradient, or its square, that is not quite 0 is another thing than 0 */
  /* NULL, or: can it step with the numbers that the schedule starts with? false: NN_ERR_ARG. */
  bool (*can_start)(const NnOptimizer *optimizer, NnError *err);
  /* scalars[0 … NN_MAX_SCALARS−1] for update number t (1-based). numbers[0] is the scheduled lr.
   * memory: the optimizer's own numbers between steps, zero before the first. */
  void (*prepare)(const double *numbers, uint64_t t, double *memory, double *scalars);
  /* For those that see whole tensors; elem and prepare are then not used. step NULL: element-wise.
   * workspace NULL: none. */
  void (*step)(NnOptimizer *optimizer, const NnOptimizerTarget *target);
  size_t (*workspace)(const double *numbers, const NnOptimizerTarget *target);
  /* Visits what has to outlast a step, which is less than all memory where some of it is scratch.
   * NULL: all of state and workspace. */
  void (*each_state)(const NnOptimizer *optimizer, const NnOptimizerTarget *target,
                     NnOptimizerVisit *visit, void *user);
  /* Whether `memory` can be what it left there: it may come out of a damaged file. NULL: any can.
   */
  bool (*is_memory)(const double *numbers, const double *memory);
} NnOptimizerKind;

struct NnOptimizer {
  const NnOptimizerKind *kind;
  double numbers[NN_MAX_NUMBERS]; /* flattened config; numbers[0] = lr, written by the scheduler */
  double base_lr;                 /* the config's own */
  int n_state;                    /* state tensors that it was started with */
  uint64_t t;                     /* updates done */
  double memory[NN_OPTIMIZER_MEMORY];
};

/* Resolves the config (class OPTIMIZER). */
bool nn_optimizer_init(NnOptimizer *optimizer, const NnConfig *config, NnError *err);
/* Do denormal numbers count for its steps? To one that has no eps, or the usual one, they are 0. */
bool nn_optimizer_sees_denormals(const NnOptimizer *optimizer, const NnConfig *config);
/* For a run whose schedule moves the momentum: as much state as it needs when that is not 0. */
void nn_optimizer_cycles_momentum(NnOptimizer *optimizer);
/* Values of workspace that its steps on that target need; n and tensors are read. */
size_t nn_optimizer_workspace(const NnOptimizer *optimizer, const NnOptimizerTarget *target);
/* Visits every tensor that its next steps depend on, always in the same order. */
void nn_optimizer_each_state(const NnOptimizer *optimizer, const NnOptimizerTarget *target,
                             NnOptimizerVisit *visit, void *user);
/* One update of target->w. */
void nn_optimizer_step(NnOptimizer *optimizer, const NnOptimizerTarget *target);
/* Element-wise ones: advances t and writes the scalars of this update. */
void nn_optimizer_prepare(NnOptimizer *optimizer, double scalars[NN_MAX_SCALARS]);
