/* groupnorms.cu: normalization within a sample: group, layer, instance and root mean square. What
 * is normalized together, channels [g·C/groups, (g + 1)·C/groups) of one sample, lies in one piece
 * of memory: a set. Short sets take a warp each, long ones a tile. */
#include "norms.h"

constexpr size_t LONG_SET = 1024;

/* One set, as one of the threads that work on it sees it. */
struct Set {
  size_t k, start, length; /* its number; its first element; how many */
  size_t first, step;      /* elements of this thread */
  size_t c0;               /* channel of its first element */
};

template <bool is_long> __device__ static inline Set set_here(const NnNorm &norm)
{
  Set set;
  size_t channels = norm.C / norm.groups;
  set.k = is_long ? blockIdx.x : nn_warp_row();
  set.length = set.k < norm.N * norm.groups ? channels * norm.S : 0;
  set.start = set.k * channels * norm.S;
  set.first = is_long ? threadIdx.y * NN_WARP + threadIdx.x : threadIdx.x;
  set.step = is_long ? (size_t)NN_WARP * NN_TILE_ROWS : (size_t)NN_WARP;
  set.c0 = set.k % norm.groups * channels;
  return set;
}

/* Sum over the threads of a set, in each of them. */
template <bool is_long> __device__ static inline double set_sum(double value)
{
  __shared__ double cells[NN_TILE_ROWS];
  return is_long ? nn_tile_sum(value, cells) : nn_warp_sum(value);
}

/* Channel of element i of the set. */
__device__ static inline size_t channel_of(const NnNorm &norm, const Set &set, size_t i)
{
  return set.c0 + (norm.S == 1 ? i : (size_t)((uint32_t)i / (uint32_t)norm.S));
}

template <bool is_long> static __global__ void groupnorm_forward_kernel(NnNorm norm)
{
  Set set = set_here<is_long>(norm);
  const nn_real *x = norm.x + set.start;
  double sum = 0, squares = 0, m = (double)set.length;
  for (size_t i = set.first; norm.center && i < set.length; i += set.step)
    sum += (double)x[i];
  double mean = set_sum<is_long>(sum) / m;
  mean = norm.center ? mean : 0;
  for (size_t i = set.first; i < set.length; i += set.step) {
    double d = (double)x[i] - mean;
    squares += d * d;
  }
  double rstd = 1 / sqrt(set_sum<is_long>(squares) / m + norm.eps);
  if (set.first == 0 && set.length > 0) {
    norm.mean[set.k] = (nn_real)mean;
    norm.rstd[set.k] = (nn_real)rstd;
  }
  nn_real from = (nn_real)mean, factor = (nn_real)rstd;
  for (size_t i = set.first; i < set.length; i += set.step) {
    size_t c = channel_of(norm, set, i);
    nn_real normalized = (x[i] - from) * factor;
    normalized = norm.weight ? norm.weight[c] * normalized : normalized;
    norm.y[set.start + i] = norm.bias ? normalized + norm.bias[c] : normalized;
  }
}

/* dx = rstd·(h − mean(h) − x̂·mean(h·x̂)) with h = weight·dy; without centering no mean(h). */
template <bool is_long> static __global__ void groupnorm_backward_kernel(NnNorm norm)
{
  Set set = set_here<is_long>(norm);
  const nn_real *x = norm.x + set.start, *dy = norm.dy + set.start;
  nn_real mean = set.length > 0 ? norm.mean[set.k] : (nn_real)0;
  nn_real rstd = set.length > 0 ? norm.rstd[set.k] : (nn_real)0;
  double sum = 0, dot = 0, m = (double)set.length;
  for (size_t i = set.first; i < set.length; i += set.step) {
    nn_real h = norm.weight ? norm.weight[channel_of(norm, set, i)] * dy[i] : dy[i];
    sum += (double)h;
    dot += (double)h * (double)((x[i] - mean) * rstd);
  }
  nn_real of_sum = (nn_real)(set_sum<is_long>(sum) / m);
  nn_real of_dot = (nn_real)(set_sum<is_long>(dot) / m);
  of_sum = norm.center ? of_sum : (nn_real)0;
  for (size_t i = set.first; i < set.length; i += set.step) {
    nn_real h = norm.weight ? norm.weight[channel_of(norm, set, i)] * dy[i] : dy[i];
    norm.dx[set.start + i] = rstd * (h - of_sum - (x[i] - mean) * rstd * of_dot);
  }
}

static bool is_long(const NnNorm *norm)
{
  return norm->C / norm->groups * norm->S >= LONG_SET;
}

static NnLaunch on_sets(const NnContext *context, const NnNorm *norm)
{
  size_t sets = norm->N * norm->groups;
  return is_long(norm) ? nn_grid(context, dim3((unsigned)sets), dim3(NN_WARP, NN_TILE_ROWS))
                       : nn_warps(context, sets);
}

static void run_groupnorm_forward(NnContext *context, const void *values, const NnLive &)
{
  const NnNorm *norm = &((const NormNode *)values)->n;
  nn_run(context, on_sets(context, norm),
         is_long(norm) ? groupnorm_forward_kernel<true> : groupnorm_forward_kernel<false>, *norm);
}

static void run_groupnorm_backward(NnContext *context, const void *values, const NnLive &)
{
  const NnNorm *norm = &((const NormNode *)values)->n;
  if (norm->dweight || norm->dbias)
    nn_run_parameter_gradients(context, norm, false);
  if (norm->dx)
    nn_run(context, on_sets(context, norm),
           is_long(norm) ? groupnorm_backward_kernel<true> : groupnorm_backward_kernel<false>,
           *norm);
}

/* ---- running statistics of instance normalization ---- */

/* A tile over the matrices mean and rstd (N, C): averages over the samples. */
static __global__ void instancenorm_running_kernel(NnNorm norm, const int *halted)
{
  __shared__ double cells[NN_WARP * NN_TILE_ROWS];
  size_t c = nn_tile_column();
  double mean = 0, unbiased = 0, m = (double)norm.S, N = (double)norm.N;
  for (size_t n = threadIdx.y; c < norm.C && n < norm.N; n += NN_TILE_ROWS) {
    double rstd = (double)norm.rstd[n * norm.C + c];
    mean += (double)norm.mean[n * norm.C + c] / N;
    unbiased += (1 / (rstd * rstd) - norm.eps) * m / (m - 1) / N;
  }
  mean = nn_column_sum(mean, cells);
  unbiased = nn_column_sum(unbiased, cells);
  if (c < norm.C && threadIdx.y == 0 && !*halted)
    nn_move_running(norm, c, mean, unbiased);
}

static void run_instancenorm_running(NnContext *context, const void *values, const NnLive &)
{
  const NnNorm *norm = &((const NormNode *)values)->n;
  dim3 grid((unsigned)((norm->C + NN_WARP - 1) / NN_WARP));
  nn_run(context, nn_grid(context, grid, dim3(NN_WARP, NN_TILE_ROWS)), instancenorm_running_kernel,
         *norm, context->halted);
}

static void groupnorm_forward(const NnBackend *backend, const NnNorm *norm)
{
  nn_submit(backend, run_groupnorm_forward, nn_norm_node(norm));
}

static void groupnorm_backward(const NnBackend *backend, const NnNorm *norm)
{
  nn_submit(backend, run_groupnorm_backward, nn_norm_node(norm));
}

static void instancenorm_running(const NnBackend *backend, const NnNorm *norm)
{
  nn_submit(backend, run_instancenorm_running, nn_norm_node(norm));
}

void nn_cuda_add_groupnorms(NnBackendOps *ops)
{
  ops->groupnorm_forward = groupnorm_forward;
  ops->groupnorm_backward = groupnorm_backward;
  ops->instancenorm_running = instancenorm_running;
}
