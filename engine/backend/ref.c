/* ref.c: every operation as the plainest loop that is right: the oracle of the other
 * backends, and the textbook. Nothing here is tuned, threaded or blocked. Sums are kept in double,
 * which makes this backend at least as exact as those it judges. Read it from the top. */
#include "ref.h"
#include "host.h"
#include "engine/elem/loops.h"
#include "engine/rng.h"
#include <string.h>

static void ref_gemm(const NnBackend *backend, bool trans_a, bool trans_b, size_t M, size_t N,
                     size_t K, double alpha, const nn_real *A, const nn_real *B, double beta,
                     nn_real *C)
{
  for (size_t m = 0; m < M; m++)
    for (size_t n = 0; n < N; n++) {
      double sum = 0;
      for (size_t k = 0; k < K; k++) {
        double a = (double)(trans_a ? A[k * M + m] : A[m * K + k]);
        double b = (double)(trans_b ? B[n * K + k] : B[k * N + n]);
        sum += a * b;
      }
      double old = beta == 0 ? 0 : beta * (double)C[m * N + n];
      C[m * N + n] = (nn_real)(alpha * sum + old);
    }
}

static void ref_add_bias(const NnBackend *backend, size_t N, size_t F, const nn_real *b, nn_real *y)
{
  for (size_t n = 0; n < N; n++)
    for (size_t f = 0; f < F; f++)
      y[n * F + f] += b[f];
}

static void ref_sum_rows(const NnBackend *backend, size_t N, size_t F, const nn_real *dy,
                         bool accumulate, nn_real *db)
{
  for (size_t f = 0; f < F; f++) {
    double sum = accumulate ? (double)db[f] : 0;
    for (size_t n = 0; n < N; n++)
      sum += (double)dy[n * F + f];
    db[f] = (nn_real)sum;
  }
}

static void ref_add(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] += x[i];
}

static void ref_activation_forward(const NnBackend *backend, int elem, const nn_real *numbers,
                                   size_t n, const nn_real *x, nn_real *y)
{
  forward_loops[elem](numbers, n, x, y);
}

static void ref_activation_backward(const NnBackend *backend, int elem, const nn_real *numbers,
                                    size_t n, const nn_real *x, const nn_real *y, const nn_real *dy,
                                    nn_real *dx)
{
  backward_loops[elem](numbers, n, x, y, dy, dx);
}

static void ref_dropout_mask(const NnBackend *backend, size_t N, size_t F, double p, uint64_t seed,
                             uint32_t purpose, uint32_t epoch, const uint32_t *sample_ids,
                             nn_real *mask)
{
  nn_real scale = p < 1 ? (nn_real)(1 / (1 - p)) : 0;
  for (size_t n = 0; n < N; n++) {
    NnKeyedRng rng;
    nn_keyed_init(&rng, seed, purpose, epoch, sample_ids[n]);
    for (size_t f = 0; f < F; f++)
      mask[n * F + f] = nn_keyed_uniform(&rng) < p ? 0 : scale;
  }
}

static void ref_multiply(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                         size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] = a[i] * b[i];
}

/* log Σ exp of one row, safe for large values */
static double log_sum_exp(const nn_real *z, size_t C)
{
  double largest = (double)z[0], sum = 0;
  for (size_t c = 1; c < C; c++)
    if ((double)z[c] > largest)
      largest = (double)z[c];
  for (size_t c = 0; c < C; c++)
    sum += exp((double)z[c] - largest);
  return largest + log(sum);
}

/* With q_c = (ε/C)·w_c + (1 − ε)·w_y·[c = y]: loss = −Σ q_c·log p_c; dz_c = p_c·Σ q − q_c. */
static void ref_cross_entropy(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                              const int32_t *labels, double smoothing, const nn_real *class_weight,
                              double scale, nn_real *row_loss, nn_real *dlogits)
{
  for (size_t n = 0; n < N; n++) {
    const nn_real *z = logits + n * C;
    size_t y = (size_t)labels[n];
    double log_sum = log_sum_exp(z, C), loss = 0, total = 0;
    for (size_t pass = 0; pass < 2; pass++) /* first loss and Σ q, then the gradient */
      for (size_t c = 0; c < C; c++) {
        double w = class_weight ? (double)class_weight[c] : 1;
        double q = smoothing / (double)C * w + (c == y ? (1 - smoothing) * w : 0);
        double log_p = (double)z[c] - log_sum;
        if (pass == 0) {
          total += q;
          loss -= q == 0 ? 0 : q * log_p;
        } else if (dlogits) {
          dlogits[n * C + c] = (nn_real)(scale * (exp(log_p) * total - q));
        }
      }
    row_loss[n] = (nn_real)loss;
  }
}

static void ref_softmax_backward(const NnBackend *backend, size_t N, size_t C, const nn_real *y,
                                 const nn_real *dy, nn_real *dx)
{
  for (size_t n = 0; n < N; n++) {
    double dot = 0;
    for (size_t c = 0; c < C; c++)
      dot += (double)y[n * C + c] * (double)dy[n * C + c];
    for (size_t c = 0; c < C; c++)
      dx[n * C + c] = (nn_real)((double)y[n * C + c] * ((double)dy[n * C + c] - dot));
  }
}

static void ref_softmax(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                        nn_real *probs)
{
  for (size_t n = 0; n < N; n++) {
    double log_sum = log_sum_exp(logits + n * C, C);
    for (size_t c = 0; c < C; c++)
      probs[n * C + c] = (nn_real)exp((double)logits[n * C + c] - log_sum);
  }
}

static void ref_norms(const NnBackend *backend, const nn_real *w, size_t n, double *sum_abs,
                      double *sum_squares)
{
  *sum_abs = *sum_squares = 0;
  for (size_t i = 0; i < n; i++) {
    *sum_abs += fabs((double)w[i]);
    *sum_squares += (double)w[i] * (double)w[i];
  }
}

static void ref_add_penalty(const NnBackend *backend, const nn_real *w, double l1, double l2,
                            size_t n, nn_real *dw)
{
  for (size_t i = 0; i < n; i++) {
    double sign = w[i] > 0 ? 1 : w[i] < 0 ? -1 : 0;
    dw[i] = (nn_real)((double)dw[i] + l1 * sign + 2 * l2 * (double)w[i]);
  }
}

static void ref_optimizer_step(const NnBackend *backend, int elem, int n_state,
                               const double *scalars, size_t n, const nn_real *dw,
                               nn_real *const *state, nn_real *w)
{
  nn_real k[NN_MAX_SCALARS], *states[NN_MAX_STATE] = {NULL};
  if (nn_host_diverged(backend))
    return;
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    k[i] = (nn_real)scalars[i];
  for (int i = 0; i < n_state; i++)
    states[i] = state[i];
  update_loops[elem](n_state, k, n, dw, states, w);
}

static const NnBackendOps ref_ops = {
    .api = NN_BACKEND_API,
    .name = "ref",
    .close = nn_host_close,
    .alloc = nn_host_alloc,
    .free = nn_host_free,
    .upload = nn_host_copy_bytes,
    .download = nn_host_copy_bytes,
    .zero = nn_host_zero,
    .copy = nn_host_copy,
    .sync = nn_host_sync,
    .gemm = ref_gemm,
    .add_bias = ref_add_bias,
    .sum_rows = ref_sum_rows,
    .add = ref_add,
    .activation_forward = ref_activation_forward,
    .activation_backward = ref_activation_backward,
    .dropout_mask = ref_dropout_mask,
    .multiply = ref_multiply,
    .divide = nn_ref_divide,
    .scale_rows = nn_ref_scale_rows,
    .row_norms = nn_ref_row_norms,
    .weight_norm_backward = nn_ref_weight_norm_backward,
    .prelu_forward = nn_ref_prelu_forward,
    .prelu_backward = nn_ref_prelu_backward,
    .batchnorm_train = nn_ref_batchnorm_train,
    .batchnorm_eval = nn_ref_batchnorm_eval,
    .batchnorm_backward = nn_ref_batchnorm_backward,
    .groupnorm_forward = nn_ref_groupnorm_forward,
    .groupnorm_backward = nn_ref_groupnorm_backward,
    .instancenorm_running = nn_ref_instancenorm_running,
    .conv_forward = nn_ref_conv_forward,
    .conv_backward = nn_ref_conv_backward,
    .max_pool_forward = nn_ref_max_pool_forward,
    .max_pool_backward = nn_ref_max_pool_backward,
    .mean_pool_forward = nn_ref_mean_pool_forward,
    .mean_pool_backward = nn_ref_mean_pool_backward,
    .cross_entropy = ref_cross_entropy,
    .softmax = ref_softmax,
    .softmax_backward = ref_softmax_backward,
    .count_correct = nn_host_count_correct,
    .norms = ref_norms,
    .add_penalty = ref_add_penalty,
    .optimizer_step = ref_optimizer_step,
    .dot = nn_ref_dot,
    .axpy = nn_ref_axpy,
    .scale = nn_ref_scale,
    .clamp = nn_ref_clamp,
    .max_abs = nn_ref_max_abs,
    .round_bf16 = nn_ref_round_bf16,
    .adafactor = nn_ref_adafactor,
    .sum = nn_host_sum,
    .step_begin = nn_host_step_mark,
    .step_end = nn_host_step_mark,
    .step_loss = nn_host_step_loss,
    .step_penalty = nn_host_step_penalty,
    .clip_norm = nn_host_clip_norm,
    .step_results = nn_host_step_results,
    .gather = nn_host_gather,
};

bool nn_backend_open_ref(NnBackend **backend, NnError *err)
{
  return nn_host_open(&ref_ops, 1, "CPU · reference loops", NULL, backend, err);
}
