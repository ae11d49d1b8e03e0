/* fused.h: whole training steps of a chain of Linear layers on the processor, with what stands
 * between them: activations, dropout, BatchNorm1d, LayerNorm, RMSNorm. What it claims, it computes
 * as the operations of the plan would, up to the order of sums; all else goes operation by
 * operation, which is the oracle (tests/backend/test-fused.c).
 *
 * Everything has the form that the inner loops like:
 *
 *   weights    input by input, the weights from one input to all outputs side by side and the
 *              optimizer's states for them behind:
 *
 *                 input 0   │ w₀₀ w₀₁ w₀₂ … w₀ⱼ 0 0 │ m₀₀ m₀₁ … 0 0 │ v₀₀ v₀₁ … 0 0 │
 *                 input 1   │ w₁₀ w₁₁ w₁₂ … w₁ⱼ 0 0 │ …
 *                   ⋮
 *                 bias      │ b₀  b₁  b₂  … bⱼ  0 0 │ …
 *
 *              so that an input which is 0 costs nothing, and an update is one stream
 *   values     sample by sample (N, Jp); Jp: outputs, filled up to whole cache lines
 *   batch      where most values are 0 (handwriting): the others, as lists (fused-lists.c)
 *
 * Threads share the columns. In the first layer a thread computes and updates the weights to its
 * own outputs, so that they never leave its core; in each later layer it updates the weights from
 * its own inputs, for which it has made the gradient dx. Samples of the last layer and of the loss
 * are shared, too. Whoever needs what another has made meets it at a barrier (fused-barrier.h):
 * after the batch, each layer's forward pass, the loss, and each dx. No sum is cut, so any number
 * of threads gives the same bits. Read nn_fused_step() first. */
#pragma once
#include "engine/backend/cpu.h"
#include "fused-barrier.h"
#include "fused-lazy.h"
#include "fused-pace.h"

typedef struct {
  const NnStepLayer *plan;
  float *y, *mask; /* (N, Jp) */
  /* a norm: its gain is row 0, if there is one, its shift the "bias"; statistics of columns (Jp) or
   * samples (N) */
  NnFusedWeights weights;
  float *gradient; /* (K + 1, Jp) */
  float *mean, *rstd;
} NnFusedOp;

/* All parameters, piece by piece. */
typedef struct {
  const NnStepLayer *plan;
  const NnFusedWeights *weights;
  float *const *gradient; /* where it is stored, (K + 1, Jp) */
} NnFusedParams;

/* A Linear and what follows it, up to the next. */
typedef struct {
  const NnStepLayer *plan;
  NnFusedWeights weights;
  float *gradient; /* (K + 1, Jp), or NULL: it is never stored */
  float *z;        /* (N, Jp) x·W + b */
  float *d[2];     /* (N, Jp) gradients; dz ends in d[0] */
  NnFusedOp *ops;
  int n_ops;
} NnFusedLayer;

typedef struct {
  NnStepPlan plan;
  const NnKernels *kernels;
  const NnFusedKernels *fused;
  NnPool *pool;
  int n_layers, n_ops, n_params;
  NnFusedLayer layers[NN_STEP_MAX_LAYERS];
  NnFusedOp ops[NN_STEP_MAX_LAYERS];
  NnFusedParams params[NN_STEP_MAX_LAYERS];
  /* the batch */
  bool lists;             /* bytes that are mostly 0, or floats, which may be */
  int *zero;              /* (C) as in NnFusedSample */
  NnFusedLists samples;   /* if lists */
  NnFusedLists inputs[2]; /* of `chunk` samples; the second only if there are more */
  size_t chunk;
  float *x;          /* two batches (N, C·S) that were bytes, if not */
  int32_t *labels;   /* (N) */
  float *row_loss;   /* (N) */
  bool *row_correct; /* (N) */
  double *sums;      /* one for each unit of rows and columns, see fused-sums.c */
  NnFusedLazy *lazy; /* (threads), or NULL: every row is updated in every step */
  bool mine;         /* weights, buffers and states are here, not where the plan says */
  bool given;        /* they are, and were brought there: the same, unless written to */
  char *rest;        /* fused-rest.c */
  bool has_rest;     /* which is to be taken with the weights */
  float *row;        /* for one of the first layer's */
  NnFusedBarrier barrier;
  NnFusedPace pace;
  void *memory; /* owned: all of the above */
} NnFused;

/* One of the threads that do a step together. */
typedef struct {
  NnFused *fused;
  const NnStepRun *run;
  int thread, n_threads;
  const float *x;    /* the batch (N, C·S); NULL: its lists */
  NnFusedLazy *lazy; /* NULL: not in this step */
  bool halted;       /* a loss was not finite: nothing changes any more */
} NnFusedWorker;

static inline size_t nn_fused_share(size_t n, int thread, int n_threads)
{
  return n * (size_t)thread / (size_t)n_threads;
}

/* What this thread has of the columns of Jp. */
static inline NnFusedRange nn_fused_columns(const NnFusedWorker *w, size_t Jp)
{
  size_t units = Jp / NN_FUSED_UNIT;
  return (NnFusedRange){.n1 = w->fused->plan.N,
                        .c0 = nn_fused_share(units, w->thread, w->n_threads) * NN_FUSED_UNIT,
                        .c1 = nn_fused_share(units, w->thread + 1, w->n_threads) * NN_FUSED_UNIT};
}

static inline const float *nn_fused_output(const NnFusedLayer *l)
{
  return l->n_ops > 0 ? l->ops[l->n_ops - 1].y : l->z;
}

/* fused-plan.c: NULL: not claimed, or there is no memory. */
NnFused *nn_fused_new(const NnCpu *cpu, int n_threads, const NnStepPlan *plan);
void nn_fused_free(NnFused *fused);
/* fused-weights.c: into the form above, if they are where the plan says, and back. */
bool nn_fused_take_weights(NnFused *fused); /* whether they have been written to */
void nn_fused_give_weights(NnFused *fused);
bool nn_fused_is_as_given(NnFused *fused); /* nobody has written there since */
/* fused-rest.c: see NnBackendOps.step_rest; once the weights have been taken: the rest, too. */
size_t nn_fused_rest_size(const NnFused *fused);
const void *nn_fused_rest(NnFused *fused, size_t *size);
void nn_fused_set_rest(NnFused *fused, const void *bytes, size_t size);
void nn_fused_take_rest(NnFused *fused);
/* fused-batch.c: this thread's share of the k-th batch of the run; then, all threads having
 * brought theirs, w->x; and its share of the lists by input, of samples [n0, n1). */
void nn_fused_fetch(const NnFusedWorker *w, size_t k);
void nn_fused_choose(NnFusedWorker *w, size_t k);
void nn_fused_turn(const NnFusedWorker *w, size_t n0, size_t n1, const NnFusedLists *inputs);
/* fused-rows.c: the first layer's rows before the forward pass and after the backward pass. */
void nn_fused_share_lazy(NnFused *fused, int n_threads); /* before a run: they know the same */
void nn_fused_begin_rows(NnFusedWorker *w, size_t k);
void nn_fused_end_rows(const NnFusedWorker *w, size_t k);
/* fused-ops.c: what follows a Linear: z → y of the last; d[n_ops mod 2] → d[0]. */
void nn_fused_ops_forward(const NnFusedWorker *w, const NnFusedLayer *l, size_t k, NnFusedRange r);
void nn_fused_ops_backward(const NnFusedWorker *w, const NnFusedLayer *l, NnFusedRange r);
/* fused-norm.c: what follows a Linear, where that is a norm: for this thread's columns r, or its
 * samples; and its parameters' gradients for these columns. */
void nn_fused_norm_forward(const NnFusedWorker *w, const NnFusedOp *op, size_t k, NnFusedRange r,
                           const float *x);
void nn_fused_norm_backward(const NnFusedWorker *w, const NnFusedOp *op, NnFusedRange r,
                            const float *x, const float *dy, float *dx);
/* fused-sums.c: this thread's parts of the penalties; and all of them, when everyone has made
 * theirs. What the stored gradients are to be multiplied by; all threads meet there. */
void nn_fused_add_penalties(const NnFusedWorker *w);
double nn_fused_penalty(const NnFused *fused);
float nn_fused_clip_factor(const NnFusedWorker *w);
size_t nn_fused_n_sums(const NnFused *fused);
/* fused-backward-pass.c */
void nn_fused_backward_pass(const NnFusedWorker *w, size_t k);
/* fused-step.c */
void nn_fused_step(NnFusedWorker *w, size_t k, NnStepResult *result);
