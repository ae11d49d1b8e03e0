/* norms.cu: batch normalization over channels, and the parameter gradients of every normalization.
 * Sums are kept in double; what is done to each element is float, as in PyTorch. */
#include "norms.h"

NormNode nn_norm_node(const NnNorm *from)
{
  NormNode k = nn_zeroed<NormNode>();
  k.n.N = from->N;
  k.n.C = from->C;
  k.n.S = from->S;
  k.n.groups = from->groups;
  k.n.center = from->center;
  k.n.accumulate = from->accumulate;
  k.n.eps = from->eps;
  k.n.momentum = from->momentum;
  k.n.x = from->x;
  k.n.dy = from->dy;
  k.n.weight = from->weight;
  k.n.bias = from->bias;
  k.n.running_mean = from->running_mean;
  k.n.running_var = from->running_var;
  k.n.mean = from->mean;
  k.n.rstd = from->rstd;
  k.n.y = from->y;
  k.n.dx = from->dx;
  k.n.dweight = from->dweight;
  k.n.dbias = from->dbias;
  return k;
}

/* ---- statistics over the batch ---- */

/* Mean and Σ (x − mean)² of this part of the channel. */
static __global__ void part_statistics_kernel(NnNorm norm, NnChannels k)
{
  double sum = 0, squares = 0, m = (double)(nn_part_rows(k, blockIdx.y) * k.S);
  nn_visit_channel(k, [&](size_t, size_t i) { sum += (double)norm.x[i]; });
  double mean = nn_channel_sum(k, sum) / m;
  nn_visit_channel(k, [&](size_t, size_t i) {
    double d = (double)norm.x[i] - mean;
    squares += d * d;
  });
  nn_keep_channel(k, mean, nn_channel_sum(k, squares));
}

/* Mean and variance of the whole channel out of those of its parts (Chan, Golub & LeVeque 1983). */
__device__ static inline void channel_statistics(const NnChannels &k, size_t c, double *mean,
                                                 double *variance)
{
  double m = (double)(k.N * k.S), sum = 0, squares = 0;
  for (unsigned p = 0; p < k.parts; p++)
    sum += (double)(nn_part_rows(k, p) * k.S) * nn_channel_cells(k, p, c)[0];
  sum /= m;
  for (unsigned p = 0; p < k.parts; p++) {
    double away = nn_channel_cells(k, p, c)[0] - sum;
    squares += nn_channel_cells(k, p, c)[1] + (double)(nn_part_rows(k, p) * k.S) * away * away;
  }
  *mean = sum;
  *variance = squares / m;
}

/* y = (x − mean)·rstd·weight + bias for this part of the channel. */
__device__ static inline void normalize(const NnNorm &norm, const NnChannels &k, nn_real mean,
                                        nn_real rstd)
{
  size_t c = nn_channel(k);
  bool inside = c < k.c1;
  nn_real factor = inside && norm.weight ? rstd * norm.weight[c] : rstd;
  nn_real bias = inside && norm.bias ? norm.bias[c] : (nn_real)0;
  nn_visit_channel(k, [&](size_t, size_t i) { norm.y[i] = (norm.x[i] - mean) * factor + bias; });
}

static __global__ void batchnorm_train_kernel(NnNorm norm, NnChannels k, const int *halted)
{
  size_t c = nn_channel(k);
  double mean = 0, variance = 0, m = (double)(k.N * k.S);
  if (c < k.c1)
    channel_statistics(k, c, &mean, &variance);
  double rstd = 1 / sqrt(variance + norm.eps);
  if (blockIdx.y == 0 && nn_writes_channel(k)) {
    norm.mean[c] = (nn_real)mean;
    norm.rstd[c] = (nn_real)rstd;
    if (norm.running_mean && !*halted)
      nn_move_running(norm, c, mean, variance * m / (m - 1));
  }
  normalize(norm, k, (nn_real)mean, (nn_real)rstd);
}

static __global__ void batchnorm_eval_kernel(NnNorm norm, NnChannels k)
{
  size_t c = nn_channel(k);
  double mean = c < k.c1 ? (double)norm.running_mean[c] : 0;
  double variance = c < k.c1 ? (double)norm.running_var[c] : 1;
  normalize(norm, k, (nn_real)mean, (nn_real)(1 / sqrt(variance + norm.eps)));
}

static void run_batchnorm_train(NnContext *context, const void *values, const NnLive &)
{
  const NnNorm *norm = &((const NormNode *)values)->n;
  NnChannels k = nn_channels(context, norm->N, norm->C, norm->S);
  while (nn_next_channels(&k)) {
    NnLaunch where = nn_on_channels(context, k);
    nn_run(context, where, part_statistics_kernel, *norm, k);
    nn_run(context, where, batchnorm_train_kernel, *norm, k, context->halted);
  }
}

static void run_batchnorm_eval(NnContext *context, const void *values, const NnLive &)
{
  const NnNorm *norm = &((const NormNode *)values)->n;
  NnChannels k = nn_channels(context, norm->N, norm->C, norm->S);
  while (nn_next_channels(&k))
    nn_run(context, nn_on_channels(context, k), batchnorm_eval_kernel, *norm, k);
}

/* ---- gradients ---- */

/* Where the statistics of channel c of sample n stand: per channel, or per sample and group. */
__device__ static inline size_t statistics_at(const NnNorm &norm, bool batch, size_t n, size_t c)
{
  return batch ? c : n * norm.groups + c / (norm.C / norm.groups);
}

/* Σ dy and Σ dy·x̂ of this part of the channel. */
static __global__ void part_gradients_kernel(NnNorm norm, NnChannels k, bool batch)
{
  size_t c = nn_channel(k);
  double sum = 0, dot = 0;
  nn_visit_channel(k, [&](size_t n, size_t i) {
    size_t at = statistics_at(norm, batch, n, c);
    nn_real normalized = (norm.x[i] - norm.mean[at]) * norm.rstd[at];
    sum += (double)norm.dy[i];
    dot += (double)norm.dy[i] * (double)normalized;
  });
  sum = nn_channel_sum(k, sum);
  dot = nn_channel_sum(k, dot);
  nn_keep_channel(k, sum, dot);
}

__device__ static inline void write_parameters(const NnNorm &norm, size_t c, double sum, double dot)
{
  if (norm.dweight)
    norm.dweight[c] = (nn_real)((norm.accumulate ? (double)norm.dweight[c] : 0) + dot);
  if (norm.dbias)
    norm.dbias[c] = (nn_real)((norm.accumulate ? (double)norm.dbias[c] : 0) + sum);
}

static __global__ void parameter_gradients_kernel(NnNorm norm, NnChannels k)
{
  size_t c = k.c0 + nn_index();
  double sum, dot;
  if (c >= k.c1)
    return;
  nn_all_parts(k, c, &sum, &dot);
  write_parameters(norm, c, sum, dot);
}

/* dx = rstd·weight·(dy − Σ dy/m − x̂·Σ dy·x̂/m), and the parameters' gradients. */
static __global__ void batchnorm_backward_kernel(NnNorm norm, NnChannels k)
{
  size_t c = nn_channel(k);
  double sum = 0, dot = 0, m = (double)(k.N * k.S);
  nn_real mean = 0, rstd = 0, factor = 0;
  if (c < k.c1) {
    nn_all_parts(k, c, &sum, &dot);
    mean = norm.mean[c];
    rstd = norm.rstd[c];
    factor = norm.weight ? rstd * norm.weight[c] : rstd;
  }
  if (blockIdx.y == 0 && nn_writes_channel(k))
    write_parameters(norm, c, sum, dot);
  nn_real of_sum = (nn_real)(sum / m), of_dot = (nn_real)(dot / m);
  nn_visit_channel(k, [&](size_t, size_t i) {
    nn_real normalized = (norm.x[i] - mean) * rstd;
    norm.dx[i] = factor * (norm.dy[i] - of_sum - normalized * of_dot);
  });
}

void nn_run_parameter_gradients(NnContext *context, const NnNorm *norm, bool batch)
{
  NnChannels k = nn_channels(context, norm->N, norm->C, norm->S);
  while (nn_next_channels(&k)) {
    nn_run(context, nn_on_channels(context, k), part_gradients_kernel, *norm, k, batch);
    nn_run(context, nn_each(context, k.c1 - k.c0), parameter_gradients_kernel, *norm, k);
  }
}

static void run_batchnorm_backward(NnContext *context, const void *values, const NnLive &)
{
  const NnNorm *norm = &((const NormNode *)values)->n;
  if (!norm->dx) {
    nn_run_parameter_gradients(context, norm, true);
    return;
  }
  NnChannels k = nn_channels(context, norm->N, norm->C, norm->S);
  while (nn_next_channels(&k)) {
    NnLaunch where = nn_on_channels(context, k);
    nn_run(context, where, part_gradients_kernel, *norm, k, true);
    nn_run(context, where, batchnorm_backward_kernel, *norm, k);
  }
}

static void batchnorm_train(const NnBackend *backend, const NnNorm *norm)
{
  nn_submit(backend, run_batchnorm_train, nn_norm_node(norm));
}

static void batchnorm_eval(const NnBackend *backend, const NnNorm *norm)
{
  nn_submit(backend, run_batchnorm_eval, nn_norm_node(norm));
}

static void batchnorm_backward(const NnBackend *backend, const NnNorm *norm)
{
  nn_submit(backend, run_batchnorm_backward, nn_norm_node(norm));
}

void nn_cuda_add_norms(NnBackendOps *ops)
{
  ops->batchnorm_train = batchnorm_train;
  ops->batchnorm_eval = batchnorm_eval;
  ops->batchnorm_backward = batchnorm_backward;
  nn_cuda_add_groupnorms(ops);
}
