/* step.h: what a backend is told of a whole training step, beyond single operations. Compiles as
 * C11 and C++17, as picture.h does.
 *
 * A step is begun and ended (NnBackendOps.step_begin, .step_end); its loss stays with the backend
 * until the trainer collects the results of several steps at once (.step_results), so that a device
 * never waits for the host. A backend may claim a whole step of a model that it knows
 * (.compile_step) and then runs many of them in one call. */
#pragma once
#include "engine/elem/elem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The loss of a batch of N samples: Σ row_loss (N), in double and in index order, divided by
 * `divisor`; and how many rows of logits (N, C) have their largest value (first on ties) at their
 * label (N). Backend memory. */
typedef struct {
  size_t N, C;
  const nn_real *row_loss, *logits;
  const int32_t *labels;
  double divisor;
} NnStepLoss;

/* What is known of a step afterwards. loss: with penalties. */
typedef struct {
  double loss;
  size_t correct;
} NnStepResult;

/* A batch out of a data set that lies in backend memory as bytes: x (N, C, S)[n, c, s] =
 * table[c·256 + pixels[ids[n], c, s]], labels[n] = classes[ids[n]]. ids: host, borrowed for the
 * call. labels NULL: not wanted. */
typedef struct {
  const uint8_t *pixels;  /* (samples, C, S) */
  const int32_t *classes; /* (samples) */
  const nn_real *table;   /* (C, 256) */
  size_t C, S, N;
  const uint32_t *ids;
  nn_real *x;
  int32_t *labels;
} NnGather;

/* ---- a whole step, described ---- */

typedef enum { NN_STEP_LINEAR, NN_STEP_ACTIVATION } NnStepOp;

/* One layer of a chain. Offsets are places in the flat list of parameters. */
typedef struct {
  NnStepOp op;
  size_t in, out;                  /* values per sample */
  size_t weight, bias;             /* Linear: offsets of (out, in) and of (out) */
  bool has_bias;                   /* Linear */
  int elem;                        /* activation: NN_ACT_… */
  nn_real numbers[NN_MAX_NUMBERS]; /* activation: its parameters */
} NnStepLayer;

typedef enum { NN_STEP_CROSS_ENTROPY } NnStepLossOp;

enum { NN_STEP_MAX_LAYERS = 32 };

/* A training step: batch out of resident bytes, layers, loss, backward, clipping, update. All
 * pointers but `layers` are backend memory that stays until free_step(). Between two runs of a step
 * anyone may read and write the weights and states where they lie. */
typedef struct {
  /* the data, as in NnGather; sample n_samples − 1 is the last */
  const uint8_t *pixels;
  const int32_t *classes;
  const nn_real *table;
  size_t C, S, n_samples;
  size_t N; /* samples in each batch */
  /* the network: the first layer takes C·S values, the last gives n_classes */
  int n_layers;
  size_t n_classes;
  NnStepLayer layers[NN_STEP_MAX_LAYERS];
  /* the loss */
  NnStepLossOp loss;
  double smoothing;
  const nn_real *class_weight; /* (n_classes) or NULL */
  /* penalties and clipping as in the recipe; 0: off */
  double l1, l2, clip_norm, clip_value;
  bool weights_only; /* penalties leave out what has fewer than two dimensions */
  /* the element-wise optimizer */
  int optimizer, n_state; /* NN_OPT_… */
  size_t n_params;
  nn_real *w, *dw, *state[NN_MAX_STATE]; /* (n_params) each; dw need not be written */
} NnStepPlan;

/* n_steps steps, one after the other. All memory is the host's and borrowed for the call. */
typedef struct {
  size_t n_steps;
  const uint32_t *ids;    /* (n_steps, N) samples of the data */
  const double *scalars;  /* (n_steps, NN_MAX_SCALARS) of the optimizer */
  const double *divisors; /* (n_steps) of NnStepLoss; the gradient's scale is 1/divisor */
} NnStepRun;
