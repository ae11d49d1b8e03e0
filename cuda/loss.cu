/* loss.cu: cross entropy and softmax, a warp for each row of logits. */
#include "reduce.h"

struct LossNode {
  size_t N, C;
  nn_real smoothing;
  const nn_real *logits, *class_weight;
  const int32_t *labels;
  nn_real *row_loss, *out;
};

/* The largest of a row and the logarithm of Σ exp(z − largest), in every thread of its warp. A NaN
 * anywhere makes the logarithm NaN. */
struct RowSum {
  nn_real largest, log_sum;
};

__device__ static inline RowSum row_sum(const nn_real *z, size_t C)
{
  RowSum row;
  row.largest = z[threadIdx.x < C ? threadIdx.x : 0];
  for (size_t c = threadIdx.x + NN_WARP; c < C; c += NN_WARP)
    row.largest = z[c] > row.largest ? z[c] : row.largest;
  for (int distance = NN_WARP / 2; distance > 0; distance /= 2) {
    nn_real other = __shfl_xor_sync(0xffffffffu, row.largest, distance);
    row.largest = other > row.largest ? other : row.largest;
  }
  nn_real sum = 0;
  for (size_t c = threadIdx.x; c < C; c += NN_WARP)
    sum += exp(z[c] - row.largest);
  row.log_sum = log(nn_warp_sum(sum));
  return row;
}

/* q_c = (ε/C)·w_c + (1 − ε)·w_y·[c = y] */
__device__ static inline nn_real target(const LossNode &k, size_t c, size_t y)
{
  nn_real w = k.class_weight ? k.class_weight[c] : (nn_real)1;
  return k.smoothing / (nn_real)k.C * w + (c == y ? (1 - k.smoothing) * w : (nn_real)0);
}

/* loss = −Σ q_c·log p_c; dz_c = scale·(p_c·Σ q − q_c). */
static __global__ void cross_entropy_kernel(LossNode k, NnLive live)
{
  size_t n = nn_warp_row();
  if (n >= k.N) /* the whole warp */
    return;
  const nn_real *z = k.logits + n * k.C;
  size_t y = (size_t)k.labels[n];
  RowSum row = row_sum(z, k.C);
  nn_real loss = 0, total = 0;
  for (size_t c = threadIdx.x; c < k.C; c += NN_WARP) {
    nn_real q = target(k, c, y);
    total += q;
    loss -= q == 0 ? (nn_real)0 : q * (z[c] - row.largest - row.log_sum);
  }
  loss = nn_warp_sum(loss);
  total = nn_warp_sum(total);
  if (threadIdx.x == 0)
    k.row_loss[n] = loss;
  if (!k.out)
    return;
  nn_real scale = *nn_live<nn_real>(live);
  for (size_t c = threadIdx.x; c < k.C; c += NN_WARP)
    k.out[n * k.C + c] = scale * (exp(z[c] - row.largest - row.log_sum) * total - target(k, c, y));
}

static void run_cross_entropy(NnContext *context, const void *values, const NnLive &live)
{
  const LossNode *k = (const LossNode *)values;
  nn_run(context, nn_warps(context, k->N), cross_entropy_kernel, *k, live);
}

static void cross_entropy(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                          const int32_t *labels, double smoothing, const nn_real *class_weight,
                          double scale, nn_real *row_loss, nn_real *dlogits)
{
  LossNode k = nn_zeroed<LossNode>();
  nn_real factor = (nn_real)scale;
  k.N = N;
  k.C = C;
  k.smoothing = (nn_real)smoothing;
  k.logits = logits;
  k.class_weight = class_weight;
  k.labels = labels;
  k.row_loss = row_loss;
  k.out = dlogits;
  nn_submit(backend, run_cross_entropy, k, &factor, sizeof factor);
}

static __global__ void softmax_kernel(LossNode k)
{
  size_t n = nn_warp_row();
  if (n >= k.N) /* the whole warp */
    return;
  const nn_real *z = k.logits + n * k.C;
  RowSum row = row_sum(z, k.C);
  for (size_t c = threadIdx.x; c < k.C; c += NN_WARP)
    k.out[n * k.C + c] = exp(z[c] - row.largest - row.log_sum);
}

static void run_softmax(NnContext *context, const void *values, const NnLive &)
{
  const LossNode *k = (const LossNode *)values;
  nn_run(context, nn_warps(context, k->N), softmax_kernel, *k);
}

static void softmax(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                    nn_real *probs)
{
  LossNode k = nn_zeroed<LossNode>();
  k.N = N;
  k.C = C;
  k.logits = logits;
  k.out = probs;
  nn_submit(backend, run_softmax, k);
}

struct SoftmaxBackwardNode {
  size_t N, C;
  const nn_real *y, *dy;
  nn_real *dx;
};

static __global__ void softmax_backward_kernel(SoftmaxBackwardNode k)
{
  size_t n = nn_warp_row();
  if (n >= k.N) /* the whole warp */
    return;
  const nn_real *y = k.y + n * k.C, *dy = k.dy + n * k.C;
  nn_real dot = 0;
  for (size_t c = threadIdx.x; c < k.C; c += NN_WARP)
    dot += y[c] * dy[c];
  dot = nn_warp_sum(dot);
  for (size_t c = threadIdx.x; c < k.C; c += NN_WARP)
    k.dx[n * k.C + c] = y[c] * (dy[c] - dot);
}

static void run_softmax_backward(NnContext *context, const void *values, const NnLive &)
{
  const SoftmaxBackwardNode *k = (const SoftmaxBackwardNode *)values;
  nn_run(context, nn_warps(context, k->N), softmax_backward_kernel, *k);
}

static void softmax_backward(const NnBackend *backend, size_t N, size_t C, const nn_real *y,
                             const nn_real *dy, nn_real *dx)
{
  SoftmaxBackwardNode k = nn_zeroed<SoftmaxBackwardNode>();
  k.N = N;
  k.C = C;
  k.y = y;
  k.dy = dy;
  k.dx = dx;
  nn_submit(backend, run_softmax_backward, k);
}

void nn_cuda_add_loss(NnBackendOps *ops)
{
  ops->cross_entropy = cross_entropy;
  ops->softmax = softmax;
  ops->softmax_backward = softmax_backward;
}
