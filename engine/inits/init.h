/* init.h: how weights and biases are initialized. torch.nn.init's functions. */
#pragma once
#include "engine/recipe/config.h"
#include "engine/rng.h"

/* A tensor to be initialized. shape is PyTorch's: Linear (out, in), Conv2d (out, in/groups, kh,
 * kw), bias (out). */
typedef struct {
  NnShape shape;
  size_t
      fan_in; /* of the layer's weight, also when this is its bias (PyTorch's default needs it) */
  size_t fan_out;
  nn_real *values; /* borrowed, written; host memory */
  void *scratch;   /* set by nn_init_apply(): room that the kind asked for */
} NnInitTarget;

typedef struct {
  NnKind kind;
  int min_dims; /* fewer dimensions are refused (2 for xavier: not for biases) */
  int max_dims; /* more are refused; NN_MAX_DIMS for no limit */
  int scratch;  /* doubles of room per value that fill() needs in target->scratch */
  /* Refuses what else the shape forbids (NN_ERR_SHAPE); NULL: nothing. */
  bool (*check_shape)(const NnConfig *config, NnShape shape, const char *where, NnError *err);
  /* Writes target->values, drawing from mt as torch.nn.init does. `numbers`: the config's values in
   * spec order (nn_config_flatten). */
  void (*fill)(const NnInitTarget *target, const double *numbers, NnMt19937 *mt);
} NnInitKind;

/* Gain of a nonlinearity: torch.nn.init.calculate_gain. */
typedef enum {
  NN_GAIN_LINEAR,
  NN_GAIN_RELU,
  NN_GAIN_LEAKY_RELU,
  NN_GAIN_TANH,
  NN_GAIN_SIGMOID,
  NN_GAIN_SELU
} NnNonlinearity;
double nn_init_gain(NnNonlinearity nonlinearity, double negative_slope);

/* Checks that `config` (class INIT) suits the target, then fills it. `where`: dotted path for the
 * error. Errors: NN_ERR_SHAPE if it has too few or too many dimensions, or others than the kind can
 * fill; NN_ERR_NOMEM. */
bool nn_init_apply(const NnConfig *config, const NnInitTarget *target, NnMt19937 *mt,
                   const char *where, NnError *err);
/* The check alone. */
bool nn_init_check(const NnConfig *config, NnShape shape, const char *where, NnError *err);
