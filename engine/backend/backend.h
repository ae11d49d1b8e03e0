/* backend.h: the table of tensor operations that layers, losses and optimizers are written against.
 *
 * Three implementations: ref.c (naive loops: the oracle, and the textbook), cpu.c
 * (OpenBLAS and small kernels of our own), and the CUDA module. All pointers are the backend's own
 * memory unless marked host. Row-major everywhere. Sizes: N samples of the batch, F features, C
 * channels or classes, S spatial size (H·W, 1 for vectors), n elements.
 *
 * Operations cannot fail; a lost device is reported by sync(). Thread: the one that trains; several
 * backends may be open at once, each used by one thread at a time. */
#pragma once
#include "engine/elem/elem.h"
#include "engine/error.h"
#include "picture.h"
#include "step.h"
#include "engine/tensor.h"

/* Counts up whenever a module that was compiled before would be wrong: an entry added, removed or
 * moved, an argument or a struct that it is given changed, or what an entry promises. A module of
 * another number is refused when it is opened. */
enum { NN_BACKEND_API = 6 };

/* One normalization of x (N, C, S), S values in each channel.
 *
 *   batchnorm_train     statistics over N and S, per channel: mean (C) and rstd (C) = 1/√(biased
 *                       variance + eps) are written; running_* (C) (NULL: none) move by `momentum`,
 *                       the weight of the new value, the variance to the unbiased one
 *   batchnorm_eval      y from running_*
 *   batchnorm_backward  dx, dweight, dbias from x, dy, mean, rstd
 *   groupnorm_forward   statistics per sample over each group of C/groups channels and S: mean and
 *                       rstd are (N, groups). groups = 1, S = 1: LayerNorm over C; groups = C:
 *                       InstanceNorm. center = false: no mean is taken off (RMSNorm), rstd is
 *                       1/√(mean of squares + eps)
 *   groupnorm_backward  its dx, dweight, dbias
 *   instancenorm_running  running_* (C) toward the average over N of mean (N, C) and of the
 *                       unbiased variances that rstd (N, C) stands for
 *
 * y = weight·x̂ + bias; weight and bias (C) NULL: 1 and 0. dx NULL: not wanted; dweight NULL: not
 * wanted, dbias likewise. accumulate: dweight and dbias are added to.
 * Ioffe & Szegedy 2015; Ba et al. 2016; Wu & He 2018; Ulyanov et al. 2016; Zhang & Sennrich 2019.
 */
typedef struct {
  size_t N, C, S, groups;
  bool center, accumulate;
  double eps, momentum;
  const nn_real *x, *dy, *weight, *bias;
  nn_real *running_mean, *running_var, *mean, *rstd, *y, *dx, *dweight, *dbias;
} NnNorm;

typedef struct {
  size_t rows, K;
  const nn_real *dw, *v, *g, *norms; /* norms: ‖v‖ of each row */
  bool accumulate;
  nn_real *dv, *dg;
} NnWeightNorm;

typedef struct {
  size_t N, C, S;
  bool per_channel, accumulate;
  const nn_real *x, *a, *dy;
  nn_real *y, *dx, *da;
} NnPrelu;

/* Adafactor's moments of one tensor: `batch` matrices of rows × cols. Factored: row_var (batch,
 * rows) and col_var (batch, cols) move toward the means of dw² over each row and column by
 * `weight`, and V = row_var·col_var / max(mean of row_var, eps). Not factored (row_var NULL):
 * variance (as dw) moves toward dw² and is V. Either way u = dw / √max(V, eps²) is written.
 * Shazeer & Stern 2018; torch.optim.Adafactor. */
typedef struct {
  size_t batch, rows, cols;
  double weight, eps;
  const nn_real *dw;
  nn_real *row_var, *col_var, *variance, *u;
} NnAdafactor;

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

  /* y = a/b */
  void (*divide)(const NnBackend *, const nn_real *a, const nn_real *b, nn_real *y, size_t n);
  /* y (rows, S) = x·factors (rows), one factor for each row */
  void (*scale_rows)(const NnBackend *, size_t rows, size_t S, const nn_real *x,
                     const nn_real *factors, nn_real *y);
  /* norms (rows) = √(Σ v²) of each row of v (rows, K) */
  void (*row_norms)(const NnBackend *, size_t rows, size_t K, const nn_real *v, nn_real *norms);
  /* Weight normalization w = g·v/‖v‖ (rows, K), backwards: given dw, writes (or adds to)
   * dg = ⟨dw, v⟩/‖v‖ and dv = g/‖v‖·(dw − v·⟨dw, v⟩/‖v‖²). Salimans & Kingma 2016. */
  void (*weight_norm_backward)(const NnBackend *, const NnWeightNorm *);
  /* y = x for x > 0, else a·x, for x (N, C, S) with one a (per_channel: C of them); backwards dx
   * (NULL: not wanted) and da, which adds up over all that share an a. He et al. 2015. */
  void (*prelu_forward)(const NnBackend *, const NnPrelu *);
  void (*prelu_backward)(const NnBackend *, const NnPrelu *);

  /* Normalization: what each one does with an NnNorm is said there. */
  void (*batchnorm_train)(const NnBackend *, const NnNorm *);
  void (*batchnorm_eval)(const NnBackend *, const NnNorm *);
  void (*batchnorm_backward)(const NnBackend *, const NnNorm *);
  void (*groupnorm_forward)(const NnBackend *, const NnNorm *);
  void (*groupnorm_backward)(const NnBackend *, const NnNorm *);
  void (*instancenorm_running)(const NnBackend *, const NnNorm *);

  /* Pictures; picture.h says what each member means. conv_backward gives dx, dweight and dbias,
   * each unless NULL. max_pool_forward writes `index`, which its backward reads. */
  void (*conv_forward)(const NnBackend *, const NnConv *);
  void (*conv_backward)(const NnBackend *, const NnConv *);
  void (*max_pool_forward)(const NnBackend *, const NnPooling *);
  void (*max_pool_backward)(const NnBackend *, const NnPooling *);
  void (*mean_pool_forward)(const NnBackend *, const NnPooling *);
  void (*mean_pool_backward)(const NnBackend *, const NnPooling *);

  /* Cross entropy of logits (N, C) with labels (N), label smoothing ε and class weights w (C) or
   * NULL: row_loss (N) = its weighted loss, row_weight (N) or NULL = w[label]; dlogits (N, C) or
   * NULL = gradient of Σ row_loss · scale. labels: backend memory. */
  void (*cross_entropy)(const NnBackend *, size_t N, size_t C, const nn_real *logits,
                        const int32_t *labels, double smoothing, const nn_real *class_weight,
                        double scale, nn_real *row_loss, nn_real *dlogits);
  /* probabilities (N, C) = softmax of each row */
  void (*softmax)(const NnBackend *, size_t N, size_t C, const nn_real *logits, nn_real *probs);
  /* Its backward: dx (N, C) = y·(dy − Σ_c y·dy) in each row, y being the probabilities. */
  void (*softmax_backward)(const NnBackend *, size_t N, size_t C, const nn_real *y,
                           const nn_real *dy, nn_real *dx);
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
  /* Flat lists of n values. dot: Σ x·y in double, in an order that no thread count changes.
   * axpy: y += a·x. scale: x = a·x. clamp: x to the range −limit … limit. max_abs: the largest |x|,
   * NaN if one is. round_bf16: to the nearest number that bfloat16 knows. NaN stays NaN. */
  double (*dot)(const NnBackend *, const nn_real *x, const nn_real *y, size_t n);
  void (*axpy)(const NnBackend *, double a, const nn_real *x, nn_real *y, size_t n);
  void (*scale)(const NnBackend *, double a, nn_real *x, size_t n);
  void (*clamp)(const NnBackend *, double limit, nn_real *x, size_t n);
  double (*max_abs)(const NnBackend *, const nn_real *x, size_t n);
  void (*round_bf16)(const NnBackend *, nn_real *x, size_t n);
  void (*adafactor)(const NnBackend *, const NnAdafactor *);
  /* Σ x of n values, in double, in index order; host result */
  double (*sum)(const NnBackend *, const nn_real *x, size_t n);

  /* ---- training steps ----
   *
   * Between begin and end the backend may record operations and run them later, as one piece. What
   * comes in between is what a step consists of: no upload, no download, no operation with a host
   * result. Host arrays that an operation is given (ids, scalars) are borrowed for the call.
   *
   * step_loss() is a step's result, step_penalty() adds to it; up to steps_ahead of them may be
   * under way before step_results() collects. A loss that, with its
   * penalties, is not finite as a float stops the training: from there on until the results have
   * been collected, optimizer_step() does nothing, and batchnorm_train() and instancenorm_running()
   * leave running statistics alone. So weights and states stay as they were before that step's
   * update, however many steps are under way.
   *
   * All of these may also be called outside begin and end. */
  void (*step_begin)(const NnBackend *);
  void (*step_end)(const NnBackend *);
  void (*step_loss)(const NnBackend *, const NnStepLoss *);
  /* Adds l1·Σ|w| + l2·Σw² of n values; several add up first, in order, and then to the loss. */
  void (*step_penalty)(const NnBackend *, const nn_real *w, size_t n, double l1, double l2);
  /* torch.nn.utils.clip_grad_norm_ of the tensors `views`, which lie one after the other in dw: all
   * of dw times min(1, limit/(norm + 1e−6)), the norm from each tensor's Σ dw² in double. */
  void (*clip_norm)(const NnBackend *, nn_real *dw, const NnParamView *views, int n_views,
                    double limit);
  /* The results of all n ≤ steps_ahead steps since the last call, oldest first. Waits for them.
   * false: the device failed (NN_ERR_DEVICE). */
  bool (*step_results)(const NnBackend *, NnStepResult *results, size_t n, NnError *err);
  void (*gather)(const NnBackend *, const NnGather *);

  /* A whole step that the backend has a way of its own for. compile_step: NULL, or answers NULL:
   * not this one. run_steps: as n_steps times the operations that the plan stands for, with a
   * result each; n_steps and what is under way are at most steps_ahead together. */
  void *(*compile_step)(const NnBackend *, const NnStepPlan *); /* the plan is copied */
  void (*run_steps)(const NnBackend *, void *step, const NnStepRun *);
  void (*free_step)(const NnBackend *, void *step);
  /* Puts weights, buffers and states where the plan says; the next run_steps() takes them from
   * there. NULL: they are always there. */
  void (*sync_step)(const NnBackend *, void *step);
  /* What a step that is compiled anew lacks, with the weights of sync_step() alone, to go on with
   * the same bits. step_rest: after sync_step(); *size bytes that are the backend's until the next
   * run, at most those of weights and states, one for each weight and 4096; 0: there is nothing.
   * set_step_rest: before the first run_steps(); what another kind of step has left is ignored.
   * NULL: there is never anything. */
  const void *(*step_rest)(const NnBackend *, void *step, size_t *size);
  void (*set_step_rest)(const NnBackend *, void *step, const void *bytes, size_t size);
} NnBackendOps;

struct NnBackend {
  const NnBackendOps *ops;
  int n_threads;
  bool host_memory;   /* its memory is the host's: uploads and downloads can be left out */
  size_t steps_ahead; /* training steps that may be under way before their results are collected */
  char device[128];   /* for people: "CPU · 2 threads" */
  void *context;      /* the implementation's own */
};

/* ---- what a table has ---- */

typedef enum {
  NN_ALWAYS,  /* a backend that lacks it cannot be opened */
  NN_BY_KIND, /* whoever needs it says so (NnLayerKind.needs), and is refused where it is missing */
  NN_OPTIONAL
} NnNeed;
typedef struct {
  const char *name;
  size_t offset; /* in NnBackendOps */
  NnNeed need;
} NnOperation;
extern const NnOperation nn_operations[]; /* all of the table, in its order */
extern const int nn_n_operations;

/* Whether it has what everything needs; nn_backend_open() asks. NN_ERR_UNSUPPORTED. */
bool nn_backend_check(const NnBackend *backend, NnError *err);
/* Whether it has these, names with a space between them ("gemm add_bias"; NULL: none), which `who`
 * ("Linear") at `where` needs. NN_ERR_UNSUPPORTED. */
bool nn_backend_has(const NnBackend *backend, const char *needs, const char *who, const char *where,
                    NnError *err);

/* First thing in main(), while there is one thread: OpenBLAS, which may be opened later, is told to
 * start no threads of its own. */
void nn_backends_start(void);
enum { NN_MOST_THREADS = 1024 };
/* Opens a backend by name: "ref", "cpu", "cuda" or "auto"; "cpu:operations" is cpu that never does
 * a whole step its own way (compile_step), for comparisons. n_threads: 0 means all cores that this
 * process may use (machine.h); more than these are slower, but allowed.
 * Errors: NN_ERR_UNSUPPORTED or NN_ERR_DEVICE with one sentence; NN_ERR_ARG for an unknown name. */
bool nn_backend_open(const char *name, int n_threads, NnBackend **backend, NnError *err);
void nn_backend_close(NnBackend *backend); /* NULL is allowed */

/* Whether a backend can be opened, for who offers a choice. It opens and closes it, which takes a
 * moment with CUDA. */
typedef struct {
  bool available;
  char text[NN_SENTENCE]; /* NnBackend.device, "CUDA · NVIDIA H200 · 139 GiB"; or one sentence: why
                             not */
} NnDeviceInfo;
void nn_backend_describe(const char *name, NnDeviceInfo *info);
