/* step.h: the description of a whole training step for a backend, beyond single operations.
 * Compiles as C11 and C++17, as picture.h does.
 *
 * A step is begun and ended (NnBackendOps.step_begin, .step_end); its loss stays with the backend
 * until the trainer collects the results of several steps at once (.step_results), so that a device
 * never waits for the host. A backend may claim a whole step of a model that it knows
 * (.compile_step) and then runs many of them in one call. A plan says everything that a step may
 * consist of; a backend claims what it likes, and refuses the rest. */
#pragma once
#include "engine/elem/elem.h"
#include "picture.h"
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

typedef enum {
  NN_STEP_LINEAR,     /* y = x·Wᵀ + b */
  NN_STEP_ACTIVATION, /* y = f(x) */
  NN_STEP_DROPOUT,    /* y = x·mask, as dropout_mask() draws it */
  NN_STEP_CONV,       /* conv_forward() */
  NN_STEP_MAX_POOL,   /* max_pool_forward() */
  NN_STEP_MEAN_POOL,  /* mean_pool_forward() */
  NN_STEP_BATCH_NORM, /* batchnorm_train() */
  NN_STEP_GROUP_NORM, /* groupnorm_forward(), and instancenorm_running() where statistics run */
  NN_STEP_PRELU,      /* prelu_forward() */
  NN_STEP_ADD         /* y = x + the output of an earlier layer: the end of a residual block */
} NnStepOp;

/* Which values of a sample are kept: `draws` for each of them, one for in/draws values each. The
 * key is (seed, purpose, epoch, sample, position): NnStepRun has the rest. */
typedef struct {
  double p;
  uint32_t purpose;
  size_t draws; /* in: Dropout; channels: Dropout2d */
} NnStepDropout;

/* As in NnNorm, for one sample: a batch has N times as many. */
typedef struct {
  size_t N, C, S, groups;
  bool center, has_running;
  double eps;
  double momentum; /* NAN: 1/(batches seen, with this one) */
} NnStepNorm;

/* One layer of a chain: the arguments of its operation. Offsets are places in the flat lists of
 * parameters and of buffers. */
typedef struct {
  NnStepOp op;
  size_t in, out;                   /* values per sample */
  size_t weight, bias;              /* offsets; Linear: (out, in) and (out) */
  bool has_weight, has_bias;        /* false: there is none, 1 and 0 */
  bool weight_norm;                 /* the weight is gain·v/‖v‖, and v stands at `weight` */
  size_t gain;                      /* offset */
  size_t running_mean, running_var; /* offsets in the buffers */
  int elem;                         /* activation: NN_ACT_… */
  nn_real numbers[NN_MAX_NUMBERS];  /* activation: its parameters */
  NnStepDropout dropout;
  NnConv conv;       /* for one sample, without pointers */
  NnPooling pooling; /* likewise */
  NnStepNorm norm;
  size_t prelu_C, prelu_S; /* as in NnPrelu; one slope for each channel if prelu_per_channel */
  bool prelu_per_channel;
  int from; /* add: the layer whose output is added; −1: the batch */
} NnStepLayer;

typedef enum { NN_STEP_CROSS_ENTROPY } NnStepLossOp;

enum { NN_STEP_MAX_LAYERS = 64 };

/* A training step: batch, layers, loss, backward, clipping, update. All pointers are backend memory
 * that stays until free_step().
 *
 * Between two calls of run_steps() the backend may keep weights, buffers and states in another form
 * elsewhere. Whoever wants to read or write them where they lie calls sync_step() first; the next
 * run_steps() takes them from there. */
typedef struct {
  /* the data, as in NnGather; sample n_samples − 1 is the last. pixels NULL: the host prepares
   * every batch, see NnStepRun.x */
  const uint8_t *pixels;
  const int32_t *classes;
  const nn_real *table;
  size_t C, S, n_samples;
  size_t N; /* samples in each batch */
  /* the network: the first layer takes C·S values, the last gives n_classes */
  int n_layers;
  size_t n_classes;
  NnStepLayer layers[NN_STEP_MAX_LAYERS];
  uint64_t seed; /* keys dropout */
  /* the loss */
  NnStepLossOp loss;
  double smoothing;
  const nn_real *class_weight; /* (n_classes) or NULL */
  /* penalties and clipping as in the recipe; 0: off */
  double l1, l2, clip_norm, clip_value;
  bool weights_only; /* penalties leave out what has fewer than two dimensions */
  /* the element-wise optimizer */
  int optimizer, n_state; /* NN_OPT_… */
  size_t n_params, n_buffers;
  nn_real *w, *dw, *state[NN_MAX_STATE]; /* (n_params) each; dw need not be written */
  nn_real *buffers;                      /* (n_buffers) running statistics */
} NnStepPlan;

/* n_steps steps, one after the other. All memory is the host's and borrowed for the call. */
typedef struct {
  size_t n_steps;
  const uint32_t *ids;     /* (n_steps, N) where the samples lie in the bytes; NULL: prepared */
  const double *scalars;   /* (n_steps, NN_MAX_SCALARS) of the optimizer */
  const double *divisors;  /* (n_steps) of NnStepLoss; the gradient's scale is 1/divisor */
  const uint32_t *samples; /* (n_steps, N) their numbers in the set that is trained on, which is
                            * perhaps a part of the bytes: these key dropout */
  const uint32_t *epochs;  /* (n_steps) likewise */
  const uint64_t *batches; /* (n_steps) training batches seen, with this one */
  const nn_real *x;        /* (n_steps, N, C·S), and */
  const int32_t *labels;   /* (n_steps, N) where the host prepares the batches; else NULL */
} NnStepRun;
