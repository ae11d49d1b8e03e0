/* fused-kernels.h: the inner loops of the fused step (fused.h has the picture of its memory). Like
 * kernels.h: each file is compiled once per instruction set, nothing here allocates or knows
 * threads, and no sum depends on the range that a call is given. */
#pragma once
#include "engine/tensor.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns come in whole units of so many: one cache line. */
enum { NN_FUSED_UNIT = 16 };

/* Inputs whose weights to a block of outputs fit into half of the first-level cache. A part never
 * goes beyond its channel. */
enum { NN_FUSED_PART = 64 };

static inline size_t nn_fused_n_parts(size_t C, size_t S)
{
  return C * ((S + NN_FUSED_PART - 1) / NN_FUSED_PART);
}

/* A number that is not 0, and the row it stands in or belongs to. */
typedef struct {
  uint32_t at;
  float x;
} NnFusedEntry;

/* Rows of entries, each with room for `slot` of them. */
typedef struct {
  size_t slot;
  uint32_t *counts;
  NnFusedEntry *entries;
  /* of samples: (rows, n_parts) how many there are up to the end of each part of NN_FUSED_PART
   * inputs */
  size_t n_parts;
  uint32_t *ends;
} NnFusedLists;

/* Samples [n0, n1) and columns [c0, c1). */
typedef struct {
  size_t n0, n1, c0, c1;
} NnFusedRange;

/* Weights of one Linear, input by input; row K is the bias. A row holds the weights of one input,
 * then each state of the optimizer for them: (1 + n_state)·Jp numbers. */
typedef struct {
  size_t K, J, Jp, row;
  float *rows;
} NnFusedWeights;

/* y (N, Jp) = x (N, ldx)·W + b; x NULL: the entries of each sample are `samples`. */
typedef struct {
  const NnFusedWeights *weights;
  const float *x;
  size_t ldx;
  const NnFusedLists *samples;
  float *y;
} NnFusedForward;

/* dx (N, lddx)[n, k] = Σ_j dz (N, Jp)[n, j]·W[k, j] */
typedef struct {
  const NnFusedWeights *weights;
  const float *dz;
  float *dx;
  size_t lddx;
} NnFusedBackward;

/* What a row that has missed some updates has to be multiplied by, see fused-lazy.h. */
typedef struct {
  float keep, sum, eps, spread, m, v;
} NnFusedFactors;

/* dW[k, j] = Σ_n x[n, k]·dz[n, j], and for the bias Σ_n dz[n, j], or as it has been stored; the
 * penalties' part is added, then it is clipped; then the update. */
typedef struct {
  const NnFusedWeights *weights;
  size_t N;
  const float *x; /* (N, ldx); NULL: */
  size_t ldx;
  const NnFusedLists *inputs; /* the entries of each input */
  const float *dz;            /* (N, Jp) */
  float l1, l2;               /* of the weights, and whether the bias has them, too */
  bool bias_penalty, has_bias;
  float clip_value; /* the most that a gradient may be; 0: anything */
  int optimizer, n_state;
  const float *scalars;
  float *store;        /* (K + 1, Jp): the gradient goes there, and no weight moves; or NULL */
  bool adds;           /* that of `inputs` is added to what is stored there */
  const float *stored; /* (K + 1, Jp): the gradient is `factor` times that; or NULL */
  float factor;
  const uint32_t *rows; /* of [k0, k1) only these, n_rows in ascending order; NULL: all */
  size_t n_rows;
} NnFusedUpdate;

/* Bytes as in NnGather, or floats. Entries of one sample are in the order of its values. */
typedef struct {
  size_t C, S;
  const uint8_t *pixels; /* (C, S) */
  const float *table;    /* (C, 256) */
  const int *zero;       /* (C) the byte that stands for 0, or −1 */
  const float *x;        /* (C·S), where pixels is NULL */
} NnFusedSample;

typedef struct {
  size_t C, Cp;
  const float *logits; /* (N, Cp) */
  const float *class_weight;
  const int32_t *labels;
  double smoothing, scale;
  float *row_loss, *dlogits; /* (N), (N, Cp) */
} NnFusedLoss;

typedef struct {
  uint64_t seed;
  uint32_t purpose, epoch;
  const uint32_t *samples;
  double p;
  size_t ld; /* mask (N, ld) */
  float *mask;
} NnFusedDropout;

/* Rows of which one unit of columns counts. */
typedef struct {
  const float *x; /* in row 0 */
  size_t ld;
  const uint32_t *rows; /* the k-th is rows[k]; NULL: k */
} NnFusedRows;

typedef struct {
  /* how many; ends: (parts) as in NnFusedLists */
  size_t (*list)(const NnFusedSample *, NnFusedEntry *entries, uint32_t *ends);
  /* Entries of samples [n0, n1) that belong to inputs [k0, k1), input by input, samples in order.
   */
  void (*turn)(const NnFusedLists *samples, size_t n0, size_t n1, size_t k0, size_t k1,
               const NnFusedLists *inputs);
  void (*forward)(const NnFusedForward *, NnFusedRange);
  void (*backward)(const NnFusedBackward *, size_t N, size_t k0, size_t k1);
  void (*update)(const NnFusedUpdate *, size_t k0, size_t k1, size_t c0, size_t c1);
  void (*catch_up)(float *row, size_t Jp, int n_state, size_t c0, size_t c1,
                   const NnFusedFactors *);
  void (*loss)(const NnFusedLoss *, size_t n0, size_t n1);
  void (*dropout)(const NnFusedDropout *, NnFusedRange);
  /* Σ|x| and Σx² of rows [k0, k1), in single precision */
  void (*magnitude)(const NnFusedRows *, size_t k0, size_t k1, double *sum_abs,
                    double *sum_squares);
} NnFusedKernels;
