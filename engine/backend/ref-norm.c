/* ref-norm.c: normalization as plain loops with double sums. One idea serves all of it: a
 * set of elements that share a mean and a variance. For batch normalization the set is a channel of
 * all samples, otherwise a group of channels of one sample. */
#include "ref.h"
#include <math.h>

/* The elements of x that are normalized together: samples [n0, n1), channels [c0, c1), all of S. */
typedef struct {
  size_t n0, n1, c0, c1;
} Set;

/* Calls `body` with i the index of each element of the set and c its channel. */
#define EACH(norm, set, body)                           \
  for (size_t n = (set).n0; n < (set).n1; n++)          \
    for (size_t c = (set).c0; c < (set).c1; c++)        \
      for (size_t s = 0; s < (norm)->S; s++) {          \
        size_t i = (n * (norm)->C + c) * (norm)->S + s; \
        body;                                           \
      }

static Set channel_set(const NnNorm *norm, size_t c)
{
  return (Set){0, norm->N, c, c + 1};
}

static Set group_set(const NnNorm *norm, size_t n, size_t g)
{
  size_t size = norm->C / norm->groups;
  return (Set){n, n + 1, g * size, (g + 1) * size};
}

static double set_size(const NnNorm *norm, Set set)
{
  return (double)((set.n1 - set.n0) * (set.c1 - set.c0) * norm->S);
}

static void statistics(const NnNorm *norm, Set set, bool center, double *mean, double *variance)
{
  double sum = 0, squares = 0, m = set_size(norm, set);
  EACH(norm, set, (void)c; sum += (double)norm->x[i])
  *mean = center ? sum / m : 0;
  EACH(norm, set, (void)c; double d = (double)norm->x[i] - *mean; squares += d * d)
  *variance = squares / m;
}

static double weight_of(const NnNorm *norm, size_t c)
{
  return norm->weight ? (double)norm->weight[c] : 1;
}

static void normalize(const NnNorm *norm, Set set, double mean, double rstd)
{
  EACH(norm, set, double b = norm->bias ? (double)norm->bias[c] : 0;
       norm->y[i] = (nn_real)(weight_of(norm, c) * ((double)norm->x[i] - mean) * rstd + b))
}

/* dx = r·(h − mean(h) − x̂·mean(h·x̂)) with h = weight·dy; without centering no mean(h). */
static void input_gradient(const NnNorm *norm, Set set, bool center, double mean, double rstd)
{
  double sum = 0, dot = 0, m = set_size(norm, set);
  EACH(norm, set, double h = weight_of(norm, c) * (double)norm->dy[i]; sum += h;
       dot += h * ((double)norm->x[i] - mean) * rstd)
  sum = center ? sum : 0;
  EACH(norm, set, double h = weight_of(norm, c) * (double)norm->dy[i];
       double normalized = ((double)norm->x[i] - mean) * rstd;
       norm->dx[i] = (nn_real)(rstd * (h - sum / m - normalized * dot / m)))
}

static void add_to(nn_real *gradient, size_t c, bool accumulate, double value)
{
  if (gradient)
    gradient[c] = (nn_real)((accumulate ? (double)gradient[c] : 0) + value);
}

static void move_running(const NnNorm *norm, size_t c, double mean, double unbiased)
{
  double a = norm->momentum;
  norm->running_mean[c] = (nn_real)((1 - a) * (double)norm->running_mean[c] + a * mean);
  norm->running_var[c] = (nn_real)((1 - a) * (double)norm->running_var[c] + a * unbiased);
}

/* ---- over the batch ---- */

void nn_ref_batchnorm_train(const NnBackend *backend, const NnNorm *norm)
{
  (void)backend;
  for (size_t c = 0; c < norm->C; c++) {
    Set set = channel_set(norm, c);
    double mean, variance, m = set_size(norm, set);
    statistics(norm, set, true, &mean, &variance);
    double rstd = 1 / sqrt(variance + norm->eps);
    norm->mean[c] = (nn_real)mean;
    norm->rstd[c] = (nn_real)rstd;
    if (norm->running_mean)
      move_running(norm, c, mean, variance * m / (m - 1));
    normalize(norm, set, mean, rstd);
  }
}

void nn_ref_batchnorm_eval(const NnBackend *backend, const NnNorm *norm)
{
  (void)backend;
  for (size_t c = 0; c < norm->C; c++)
    normalize(norm, channel_set(norm, c), (double)norm->running_mean[c],
              1 / sqrt((double)norm->running_var[c] + norm->eps));
}

void nn_ref_batchnorm_backward(const NnBackend *backend, const NnNorm *norm)
{
  (void)backend;
  for (size_t c0 = 0; c0 < norm->C; c0++) {
    Set set = channel_set(norm, c0);
    double mean = (double)norm->mean[c0], rstd = (double)norm->rstd[c0], sum = 0, dot = 0;
    EACH(norm, set, (void)c; sum += (double)norm->dy[i];
         dot += (double)norm->dy[i] * ((double)norm->x[i] - mean) * rstd)
    add_to(norm->dweight, c0, norm->accumulate, dot);
    add_to(norm->dbias, c0, norm->accumulate, sum);
    if (norm->dx)
      input_gradient(norm, set, true, mean, rstd);
  }
}

/* ---- within a sample ---- */

void nn_ref_groupnorm_forward(const NnBackend *backend, const NnNorm *norm)
{
  (void)backend;
  for (size_t k = 0; k < norm->N * norm->groups; k++) {
    Set set = group_set(norm, k / norm->groups, k % norm->groups);
    double mean, variance;
    statistics(norm, set, norm->center, &mean, &variance);
    double rstd = 1 / sqrt(variance + norm->eps);
    norm->mean[k] = (nn_real)mean;
    norm->rstd[k] = (nn_real)rstd;
    normalize(norm, set, mean, rstd);
  }
}

void nn_ref_groupnorm_backward(const NnBackend *backend, const NnNorm *norm)
{
  (void)backend;
  for (size_t c0 = 0; c0 < norm->C; c0++) {
    size_t g = c0 / (norm->C / norm->groups);
    double sum = 0, dot = 0;
    EACH(norm, channel_set(norm, c0), size_t k = n * norm->groups + g; sum += (double)norm->dy[i];
         dot +=
         (double)norm->dy[i] * ((double)norm->x[i] - (double)norm->mean[k]) * (double)norm->rstd[k])
    add_to(norm->dweight, c0, norm->accumulate, dot);
    add_to(norm->dbias, c0, norm->accumulate, sum);
  }
  for (size_t k = 0; norm->dx && k < norm->N * norm->groups; k++)
    input_gradient(norm, group_set(norm, k / norm->groups, k % norm->groups), norm->center,
                   (double)norm->mean[k], (double)norm->rstd[k]);
}

void nn_ref_instancenorm_running(const NnBackend *backend, const NnNorm *norm)
{
  (void)backend;
  double m = (double)norm->S, N = (double)norm->N;
  for (size_t c = 0; c < norm->C; c++) {
    double mean = 0, unbiased = 0;
    for (size_t n = 0; n < norm->N; n++) {
      double rstd = (double)norm->rstd[n * norm->C + c];
      mean += (double)norm->mean[n * norm->C + c] / N;
      unbiased += (1 / (rstd * rstd) - norm->eps) * m / (m - 1) / N;
    }
    move_running(norm, c, mean, unbiased);
  }
}
