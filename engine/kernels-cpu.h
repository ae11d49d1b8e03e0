/* kernels-cpu.h: the inner loops of backend-cpu.c. kernels-cpu.c is compiled once per instruction
 * set; each build gives one of these tables, and the backend takes the best that the processor
 * knows.
 *
 * Ranges are [from, to). Nothing here allocates or knows threads. */
#pragma once
#include "elem/elem.h"
#include <stdbool.h>

/* Batch normalisation of x (N, C, S); see backend.h. */
typedef struct {
  size_t N, C, S;
  const nn_real *x, *weight, *bias, *dy;
  double eps, momentum;
  bool accumulate;
  nn_real *running_mean, *running_var, *mean, *rstd, *y, *dx, *dweight, *dbias;
} NnBatchNorm;

typedef struct {
  size_t C;
  const nn_real *logits, *class_weight;
  const int32_t *labels;
  double smoothing, scale;
  nn_real *row_loss, *dlogits;
} NnCrossEntropy;

enum { NN_BATCHNORM_CHANNELS = 64 }; /* most channels of one call */

typedef struct {
  void (*add_bias)(size_t from, size_t to, size_t F, const nn_real *b, nn_real *y); /* rows */
  void (*sum_rows)(size_t from, size_t to, size_t N, size_t F, const nn_real *dy, bool accumulate,
                   nn_real *db); /* columns */
  void (*add)(size_t n, const nn_real *x, nn_real *y);
  void (*multiply)(size_t n, const nn_real *a, const nn_real *b, nn_real *y);
  void (*activation_forward)(int elem, const nn_real *p, size_t n, const nn_real *x, nn_real *y);
  void (*activation_backward)(int elem, const nn_real *p, size_t n, const nn_real *x,
                              const nn_real *y, const nn_real *dy, nn_real *dx);
  void (*batchnorm_train)(const NnBatchNorm *, size_t from, size_t to);    /* channels */
  void (*batchnorm_eval)(const NnBatchNorm *, size_t from, size_t to);     /* samples */
  void (*batchnorm_backward)(const NnBatchNorm *, size_t from, size_t to); /* channels */
  void (*cross_entropy)(const NnCrossEntropy *, size_t from, size_t to);   /* samples */
  void (*softmax)(size_t from, size_t to, size_t C, const nn_real *logits, nn_real *probs);
  void (*norms)(size_t n, const nn_real *w, double *sum_abs, double *sum_squares);
  void (*add_penalty)(size_t n, const nn_real *w, nn_real l1, nn_real l2, nn_real *dw);
  void (*update)(int elem, int n_state, const nn_real *k, size_t n, const nn_real *dw,
                 nn_real *const *state, nn_real *w);
} NnKernels;

/* The best table for this processor, never NULL. */
const NnKernels *nn_kernels(void);
