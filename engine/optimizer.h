/* optimizer.h: torch.optim's update rules.
 *
 * An optimizer is an element-wise formula in engine/elem/optimizers/NAME.h. Once per step, on the
 * host and in double, prepare() turns its parameters and the step number into a few scalars; then
 * the backend applies NAME_update to every element of all parameters in one pass. */
#pragma once
#include "config.h"
#include "elem/elem.h"

typedef struct {
  NnKind kind;  /* the first parameter of every optimizer is lr */
  /* State tensors that these numbers need, zero at the start: s[0 … n−1] of the update function, up
   * to NN_N_STATE_name. Entries beyond n read as zero and are forgotten (SGD without momentum: 0;
   * max v of Adam only with amsgrad). */
  int (*n_state)(const double *numbers);
  int elem;     /* NN_OPT_… : which element function; see elem/list.h */
  int momentum; /* index in `numbers` of what OneCycleLR and CyclicLR cycle (momentum or beta1); −1: none */
  /* scalars[0 … NN_MAX_SCALARS−1] for update number t (1-based). numbers[0] is the scheduled lr. */
  void (*prepare)(const double *numbers, uint64_t t, double *scalars);
} NnOptimizerKind;

typedef struct {
  const NnOptimizerKind *kind;
  double numbers[NN_MAX_NUMBERS]; /* flattened config; numbers[0] = lr, written by the scheduler */
  uint64_t t;                     /* updates done */
} NnOptimizer;

/* Resolves the config (class OPTIMIZER). */
bool nn_optimizer_init(NnOptimizer *optimizer, const NnConfig *config, NnError *err);
/* Advances t and writes the scalars of this update. */
void nn_optimizer_prepare(NnOptimizer *optimizer, double scalars[NN_MAX_SCALARS]);
