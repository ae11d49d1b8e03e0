/* kernels-norm.c: normalization in the form that compilers vectorize; compiled like
 * kernels.c. Sums are kept in double and each in index order, so that a split into ranges
 * changes no bit. */
#include "kernels.h"
#include <float.h>

/* Σ over N and S of value(i), for channels [from, to). */
#define CHANNEL_SUMS(sums, value)             \
  for (size_t n = 0; n < b->N; n++)           \
    for (size_t c = from; c < to; c++)        \
      for (size_t s = 0; s < b->S; s++) {     \
        size_t i = (n * b->C + c) * b->S + s; \
        sums[c - from] += (value);            \
      }

static void move_running(const NnNorm *b, size_t c, double mean, double unbiased)
{
  double a = b->momentum;
  b->running_mean[c] = (nn_real)((1 - a) * (double)b->running_mean[c] + a * mean);
  b->running_var[c] = (nn_real)((1 - a) * (double)b->running_var[c] + a * unbiased);
}

static void add_to(nn_real *gradient, size_t c, bool accumulate, double value)
{
  if (gradient)
    gradient[c] = (nn_real)((accumulate ? (double)gradient[c] : 0) + value);
}

/* y of sample n, channel c */
static void scale_row(const NnNorm *b, size_t n, size_t c, nn_real mean, nn_real rstd)
{
  nn_real scale = rstd * (b->weight ? b->weight[c] : 1), shift = b->bias ? b->bias[c] : 0;
  const nn_real *x = b->x + (n * b->C + c) * b->S;
  nn_real *y = b->y + (n * b->C + c) * b->S;
  for (size_t s = 0; s < b->S; s++)
    y[s] = (x[s] - mean) * scale + shift;
}

static void batch_train(const NnNorm *b, size_t from, size_t to)
{
  double mean[NN_NORM_CHANNELS] = {0}, variance[NN_NORM_CHANNELS] = {0};
  double m = (double)(b->N * b->S);
  CHANNEL_SUMS(mean, (double)b->x[i])
  for (size_t c = 0; c < to - from; c++)
    mean[c] /= m;
  CHANNEL_SUMS(variance, ((double)b->x[i] - mean[c - from]) * ((double)b->x[i] - mean[c - from]))
  for (size_t c = from; c < to; c++) {
    double v = variance[c - from] / m;
    b->mean[c] = (nn_real)mean[c - from];
    b->rstd[c] = (nn_real)(1 / sqrt(v + b->eps));
    if (b->running_mean)
      move_running(b, c, mean[c - from], v * m / (m - 1));
  }
  for (size_t n = 0; n < b->N; n++)
    for (size_t c = from; c < to; c++)
      scale_row(b, n, c, b->mean[c], b->rstd[c]);
}

/* As PyTorch, in one precision, but where that is 0 to a thread that flushes denormal numbers. */
static nn_real eval_rstd(const NnNorm *b, size_t c)
{
  nn_real sum = b->running_var[c] + (nn_real)b->eps;
  return sum >= FLT_MIN ? 1 / NN_M(sqrt)(sum)
                        : (nn_real)(1 / sqrt((double)b->running_var[c] + b->eps));
}

static void batch_eval(const NnNorm *b, size_t from, size_t to)
{
  for (size_t n = from; n < to; n++)
    for (size_t c = 0; c < b->C; c++)
      scale_row(b, n, c, b->running_mean[c], eval_rstd(b, c));
}

static void batch_backward(const NnNorm *b, size_t from, size_t to)
{
  double sum[NN_NORM_CHANNELS] = {0}, dot[NN_NORM_CHANNELS] = {0}, m = (double)(b->N * b->S);
  CHANNEL_SUMS(sum, (double)b->dy[i])
  CHANNEL_SUMS(dot, (double)b->dy[i] * ((double)b->x[i] - (double)b->mean[c]) * (double)b->rstd[c])
  for (size_t c = from; c < to; c++) {
    add_to(b->dweight, c, b->accumulate, dot[c - from]);
    add_to(b->dbias, c, b->accumulate, sum[c - from]);
  }
  for (size_t n = 0; n < b->N && b->dx; n++)
    for (size_t c = from; c < to; c++) {
      nn_real scale = b->rstd[c] * (b->weight ? b->weight[c] : 1), mean = b->mean[c];
      nn_real mean_dy = (nn_real)(sum[c - from] / m);
      nn_real slope = (nn_real)(dot[c - from] / m) * b->rstd[c];
      for (size_t s = 0; s < b->S; s++) {
        size_t i = (n * b->C + c) * b->S + s;
        b->dx[i] = scale * (b->dy[i] - mean_dy - (b->x[i] - mean) * slope);
      }
    }
}

/* ---- within a sample: a group is a run of memory ---- */

static void group_statistics(const nn_real *x, size_t n, bool center, double *mean,
                             double *variance)
{
  double sum = 0, squares = 0;
  for (size_t i = 0; center && i < n; i++)
    sum += (double)x[i];
  *mean = sum / (double)n;
  for (size_t i = 0; i < n; i++)
    squares += ((double)x[i] - *mean) * ((double)x[i] - *mean);
  *variance = squares / (double)n;
}

static void group_forward(const NnNorm *b, size_t from, size_t to)
{
  size_t channels = b->C / b->groups, size = channels * b->S;
  for (size_t k = from * b->groups; k < to * b->groups; k++) {
    double mean, variance;
    group_statistics(b->x + k * size, size, b->center, &mean, &variance);
    b->mean[k] = (nn_real)mean;
    b->rstd[k] = (nn_real)(1 / sqrt(variance + b->eps));
    for (size_t c = 0; c < channels; c++)
      scale_row(b, k / b->groups, k % b->groups * channels + c, b->mean[k], b->rstd[k]);
  }
}

static void group_params(const NnNorm *b, size_t from, size_t to)
{
  double sum[NN_NORM_CHANNELS] = {0}, dot[NN_NORM_CHANNELS] = {0};
  size_t channels = b->C / b->groups;
  CHANNEL_SUMS(sum, (double)b->dy[i])
  CHANNEL_SUMS(dot, (double)b->dy[i] *
                        ((double)b->x[i] - (double)b->mean[n * b->groups + c / channels]) *
                        (double)b->rstd[n * b->groups + c / channels])
  for (size_t c = from; c < to; c++) {
    add_to(b->dweight, c, b->accumulate, dot[c - from]);
    add_to(b->dbias, c, b->accumulate, sum[c - from]);
  }
}

/* dx = r·(h − mean(h) − x̂·mean(h·x̂)) with h = weight·dy */
static void group_backward(const NnNorm *b, size_t from, size_t to)
{
  size_t channels = b->C / b->groups, size = channels * b->S;
  for (size_t k = from * b->groups; k < to * b->groups; k++) {
    const nn_real *x = b->x + k * size, *dy = b->dy + k * size;
    const nn_real *weight = b->weight ? b->weight + k % b->groups * channels : NULL;
    double mean = (double)b->mean[k], rstd = (double)b->rstd[k], sum = 0, dot = 0;
    for (size_t i = 0; i < size; i++) {
      double h = (double)dy[i] * (weight ? (double)weight[i / b->S] : 1);
      sum += h;
      dot += h * ((double)x[i] - mean) * rstd;
    }
    nn_real shift = (nn_real)(b->center ? sum / (double)size : 0);
    nn_real slope = (nn_real)(dot / (double)size * rstd), r = b->rstd[k], mu = b->mean[k];
    for (size_t c = 0; c < channels; c++)
      for (size_t s = 0, i = c * b->S; s < b->S; s++, i++)
        b->dx[k * size + i] = r * (dy[i] * (weight ? weight[c] : 1) - shift - (x[i] - mu) * slope);
  }
}

extern const NnNormKernels NN_KERNELS_NAME(norm);
const NnNormKernels NN_KERNELS_NAME(norm) = {
    .batch_train = batch_train,
    .batch_eval = batch_eval,
    .batch_backward = batch_backward,
    .group_forward = group_forward,
    .group_params = group_params,
    .group_backward = group_backward,
};
