/* kernels.h: the inner loops of cpu.c. kernels.c is compiled once per instruction
 * set; each build gives one of these tables, and the backend takes the best that the processor
 * knows.
 *
 * Ranges are [from, to). Nothing here allocates or knows threads. */
#pragma once
#include "backend.h"
#include "fused/fused-kernels.h"
#include <stdbool.h>

enum { NN_NORM_CHANNELS = 64 }; /* most channels of one call */

/* kernels-norm.c */
typedef struct {
  void (*batch_train)(const NnNorm *, size_t from, size_t to);    /* channels */
  void (*batch_eval)(const NnNorm *, size_t from, size_t to);     /* samples */
  void (*batch_backward)(const NnNorm *, size_t from, size_t to); /* channels */
  void (*group_forward)(const NnNorm *, size_t from, size_t to);  /* samples */
  void (*group_params)(const NnNorm *, size_t from, size_t to);   /* channels: dweight, dbias */
  void (*group_backward)(const NnNorm *, size_t from, size_t to); /* samples: dx */
} NnNormKernels;

/* kernels-picture.c. One sample: xp is its picture with padding, columns (C·kernel, rows·out)
 * the patches of the output's rows [from, to), one patch to a column. */
typedef struct {
  void (*pad)(const NnConv *, const nn_real *x, nn_real *xp);
  void (*unpad)(const NnConv *, const nn_real *dxp, nn_real *dx); /* padding goes to its source */
  void (*gather)(const NnConv *, size_t from, size_t to, const nn_real *xp, nn_real *columns);
  void (*scatter)(const NnConv *, size_t from, size_t to, const nn_real *columns, nn_real *dxp);
  double (*sum)(size_t n, const nn_real *x);
  void (*max_forward)(const NnPooling *, size_t from, size_t to); /* planes */
  void (*max_backward)(const NnPooling *, size_t from, size_t to);
  void (*mean_forward)(const NnPooling *, size_t from, size_t to);
  void (*mean_backward)(const NnPooling *, size_t from, size_t to);
} NnPictureKernels;

typedef struct {
  size_t C;
  const nn_real *logits, *class_weight;
  const int32_t *labels;
  double smoothing, scale;
  nn_real *row_loss, *dlogits;
} NnCrossEntropy;

/* kernels-vector.c */
typedef struct {
  double (*dot)(size_t n, const nn_real *x, const nn_real *y);
  void (*axpy)(size_t n, nn_real a, const nn_real *x, nn_real *y);
  void (*scale)(size_t n, nn_real a, nn_real *x);
  void (*clamp)(size_t n, nn_real limit, nn_real *x);
  void (*round_bf16)(size_t n, nn_real *x);
} NnVectorKernels;

typedef struct {
  void (*add_bias)(size_t from, size_t to, size_t F, const nn_real *b, nn_real *y); /* rows */
  void (*sum_rows)(size_t from, size_t to, size_t N, size_t F, const nn_real *dy, bool accumulate,
                   nn_real *db); /* columns */
  void (*add)(size_t n, const nn_real *x, nn_real *y);
  void (*multiply)(size_t n, const nn_real *a, const nn_real *b, nn_real *y);
  void (*activation_forward)(int elem, const nn_real *p, size_t n, const nn_real *x, nn_real *y);
  void (*activation_backward)(int elem, const nn_real *p, size_t n, const nn_real *x,
                              const nn_real *y, const nn_real *dy, nn_real *dx);
  const NnNormKernels *norm;
  const NnVectorKernels *vector;
  const NnPictureKernels *picture;
  const NnFusedKernels *fused;
  void (*cross_entropy)(const NnCrossEntropy *, size_t from, size_t to); /* samples */
  void (*softmax)(size_t from, size_t to, size_t C, const nn_real *logits, nn_real *probs);
  void (*softmax_backward)(size_t from, size_t to, size_t C, const nn_real *y, const nn_real *dy,
                           nn_real *dx);
  void (*norms)(size_t n, const nn_real *w, double *sum_abs, double *sum_squares);
  void (*add_penalty)(size_t n, const nn_real *w, nn_real l1, nn_real l2, nn_real *dw);
  void (*update)(int elem, int n_state, const nn_real *k, size_t n, const nn_real *dw,
                 nn_real *const *state, nn_real *w);
} NnKernels;

/* Names of one instruction set's tables; NN_KERNELS is its short name, from engine/meson.build. */
#define NN_JOIN2(a, b)         nn_kernels_##a##_##b
#define NN_JOIN(a, b)          NN_JOIN2(a, b)
#define NN_KERNELS_NAME(table) NN_JOIN(table, NN_KERNELS)

/* The best table for this processor, never NULL. */
const NnKernels *nn_kernels(void);
