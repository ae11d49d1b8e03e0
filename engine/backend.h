/* backend.h: the table of tensor operations that layers, losses and optimizers are written against.
 *
 * Three implementations: backend-ref.c (naive loops: the oracle, and the textbook), backend-cpu.c
 * (OpenBLAS and small kernels of our own), and the CUDA module. All pointers are the backend's own
 * memory unless marked host. Row-major everywhere. Sizes: N samples of the batch, F features, C
 * channels or classes, S spatial size (H·W, 1 for vectors), n elements.
 *
 * Operations cannot fail; a lost device is reported by sync(). Thread: the one that trains; several
 * backends may be open at once, each used by one thread at a time. */
#pragma once
#include "elem/elem.h"
#include "error.h"
#include "tensor.h"

enum { NN_BACKEND_API = 1 };

typedef struct NnBackend NnBackend;
typedef struct {
  int api;          /* NN_BACKEND_API */
  const char *name; /* "ref", "cpu", "cuda" */

  void (*close)(NnBackend *backend);

  /* memory */
  void *(*alloc)(const NnBackend *, size_t bytes); /* zeroed; NULL when it fails */
  void (*free)(const NnBackend *, void *memory);
  void (*upload)(const NnBackend *, void *to, const void *from_host, size_t bytes);
  void (*download)(const NnBackend *, void *to_host, const void *from, size_t bytes);
  void (*zero)(const NnBackend *, nn_real *x, size_t n);
  void (*copy)(const NnBackend *, const nn_real *x, nn_real *y, size_t n);
  bool (*sync)(const NnBackend *, NnError *err); /* false: the device failed (NN_ERR_DEVICE) */

  /* C (M, N) = alpha·op(A)·op(B) + beta·C; op(A) is (M, K), op(B) is (K, N); op transposes if
   * asked. beta = 0 overwrites, also NaN. */
  void (*gemm)(const NnBackend *, bool trans_a, bool trans_b, size_t M, size_t N, size_t K,
               double alpha, const nn_real *A, const nn_real *B, double beta, nn_real *C);
  /* y (N, F) += b (F), in place */
  void (*add_bias)(const NnBackend *, size_t N, size_t F, const nn_real *b, nn_real *y);
  /* db (F) = Σ_n dy (N, F), or += if accumulate */
  void (*sum_rows)(const NnBackend *, size_t N, size_t F, const nn_real *dy, bool accumulate,
                   nn_real *db);
  /* y = x + y, n elements */
  void (*add)(const NnBackend *, const nn_real *x, nn_real *y, size_t n);

  /* y = f(x); dx = dy·f'(x). elem: NN_ACT_…; numbers: the layer's parameters */
  void (*activation_forward)(const NnBackend *, int elem, const nn_real *numbers, size_t n,
                             const nn_real *x, nn_real *y);
  void (*activation_backward)(const NnBackend *, int elem, const nn_real *numbers, size_t n,
                              const nn_real *x, const nn_real *y, const nn_real *dy, nn_real *dx);

  /* mask (N, F) = 0 with probability p, else 1/(1−p): a function of (seed, purpose, epoch, sample,
   * position) alone. sample_ids (N): host. y = x·mask is multiply(). */
  void (*dropout_mask)(const NnBackend *, size_t N, size_t F, double p, uint64_t seed,
                       uint32_t purpose, uint32_t epoch, const uint32_t *sample_ids, nn_real *mask);
  void (*multiply)(const NnBackend *, const nn_real *a, const nn_real *b, nn_real *y, size_t n);

  /* Batch normalisation of x (N, C, S), per channel over N and S; specification: batch statistics
   * mean (C) and rstd (C) = 1/√(biased variance + eps) are written, and used. weight, bias (C) may
   * be NULL (affine off). running_* (C) may be NULL; momentum is the weight of the new value. */
  void (*batchnorm_train)(const NnBackend *, size_t N, size_t C, size_t S, const nn_real *x,
                          const nn_real *weight, const nn_real *bias, double eps, double momentum,
                          nn_real *running_mean, nn_real *running_var, nn_real *mean, nn_real *rstd,
                          nn_real *y);
  /* y with given statistics */
  void (*batchnorm_eval)(const NnBackend *, size_t N, size_t C, size_t S, const nn_real *x,
                         const nn_real *weight, const nn_real *bias, double eps,
                         const nn_real *running_mean, const nn_real *running_var, nn_real *y);
  /* dx (may be NULL), dweight, dbias (NULL if affine off) through the batch statistics */
  void (*batchnorm_backward)(const NnBackend *, size_t N, size_t C, size_t S, const nn_real *x,
                             const nn_real *dy, const nn_real *weight, const nn_real *mean,
                             const nn_real *rstd, bool accumulate, nn_real *dx, nn_real *dweight,
                             nn_real *dbias);

  /* Cross entropy of logits (N, C) with labels (N), label smoothing ε and class weights w (C) or
   * NULL: row_loss (N) = its weighted loss, row_weight (N) or NULL = w[label]; dlogits (N, C) or
   * NULL = gradient of Σ row_loss · scale. labels: backend memory. */
  void (*cross_entropy)(const NnBackend *, size_t N, size_t C, const nn_real *logits,
                        const int32_t *labels, double smoothing, const nn_real *class_weight,
                        double scale, nn_real *row_loss, nn_real *dlogits);
  /* probabilities (N, C) = softmax of each row */
  void (*softmax)(const NnBackend *, size_t N, size_t C, const nn_real *logits, nn_real *probs);
  /* How many rows have their largest value (first on ties) at their label. */
  size_t (*count_correct)(const NnBackend *, size_t N, size_t C, const nn_real *logits,
                          const int32_t *labels);

  /* Σ |w| and Σ w² over n elements, in double, in an order that no thread count changes. */
  void (*norms)(const NnBackend *, const nn_real *w, size_t n, double *sum_abs,
                double *sum_squares);
  /* dw += l1·sign(w) + 2·l2·w */
  void (*add_penalty)(const NnBackend *, const nn_real *w, double l1, double l2, size_t n,
                      nn_real *dw);
  /* w, state[0 … n_state−1] ← one update with gradient dw; elem: NN_OPT_… */
  void (*optimizer_step)(const NnBackend *, int elem, int n_state, const double *scalars, size_t n,
                         const nn_real *dw, nn_real *const *state, nn_real *w);
  /* Σ x of n values, in double, in index order; host result */
  double (*sum)(const NnBackend *, const nn_real *x, size_t n);
} NnBackendOps;

struct NnBackend {
  const NnBackendOps *ops;
  int n_threads;
  bool host_memory; /* its memory is the host's: uploads and downloads can be left out */
  char device[128]; /* for people: "CPU · 2 threads" */
  void *context;    /* the implementation's own */
};

/* Opens a backend by name: "ref", "cpu", "cuda" or "auto". n_threads: 0 means all cores.
 * Errors: NN_ERR_UNSUPPORTED or NN_ERR_DEVICE with one sentence; NN_ERR_ARG for an unknown name. */
bool nn_backend_open(const char *name, int n_threads, NnBackend **backend, NnError *err);
void nn_backend_close(NnBackend *backend); /* NULL is allowed */
