/* ref-picture.c: convolution and pooling, written as their definitions read. */
#include "ref.h"

/* ---- convolution ---- */

/* One place where filter k lies over picture n. */
typedef struct {
  size_t n, k, h, w;
} Place;

static size_t output_at(const NnConv *v, Place at)
{
  return ((at.n * v->K + at.k) * v->out[0] + at.h) * v->out[1] + at.w;
}

/* Index in x of what lies under the filter's element (c, i, j); −1: a zero of the padding. */
static ptrdiff_t input_at(const NnConv *v, Place at, size_t c, size_t i, size_t j)
{
  size_t h = at.h * v->stride[0] + i * v->dilation[0];
  size_t w = at.w * v->stride[1] + j * v->dilation[1];
  ptrdiff_t H = (ptrdiff_t)v->in[0], W = (ptrdiff_t)v->in[1];
  ptrdiff_t row = nn_pad_source(v->mode, (ptrdiff_t)h - (ptrdiff_t)v->before[0], H);
  ptrdiff_t column = nn_pad_source(v->mode, (ptrdiff_t)w - (ptrdiff_t)v->before[1], W);
  size_t channel = at.n * v->C + at.k / (v->K / v->groups) * (v->C / v->groups) + c;
  return row < 0 || column < 0 ? -1 : ((ptrdiff_t)channel * H + row) * W + column;
}

#define EACH_PLACE(v, at)                        \
  for (at.n = 0; at.n < (v)->N; at.n++)          \
    for (at.k = 0; at.k < (v)->K; at.k++)        \
      for (at.h = 0; at.h < (v)->out[0]; at.h++) \
        for (at.w = 0; at.w < (v)->out[1]; at.w++)

#define EACH_ELEMENT(v, c, i, j)                    \
  for (size_t c = 0; c < (v)->C / (v)->groups; c++) \
    for (size_t i = 0; i < (v)->kernel[0]; i++)     \
      for (size_t j = 0; j < (v)->kernel[1]; j++)

static size_t weight_at(const NnConv *v, size_t k, size_t c, size_t i, size_t j)
{
  return ((k * (v->C / v->groups) + c) * v->kernel[0] + i) * v->kernel[1] + j;
}

void nn_ref_conv_forward(const NnBackend *backend, const NnConv *v)
{
  Place at;
  EACH_PLACE(v, at)
  {
    double sum = v->bias ? (double)v->bias[at.k] : 0;
    EACH_ELEMENT(v, c, i, j)
    {
      ptrdiff_t from = input_at(v, at, c, i, j);
      if (from >= 0)
        sum += (double)v->x[from] * (double)v->weight[weight_at(v, at.k, c, i, j)];
    }
    v->y[output_at(v, at)] = (nn_real)sum;
  }
}

static void weight_gradient(const NnConv *v, size_t k, size_t c, size_t i, size_t j)
{
  nn_real *dw = &v->dweight[weight_at(v, k, c, i, j)];
  double sum = v->add_dweight ? (double)*dw : 0;
  Place at = {.k = k};
  for (at.n = 0; at.n < v->N; at.n++)
    for (at.h = 0; at.h < v->out[0]; at.h++)
      for (at.w = 0; at.w < v->out[1]; at.w++) {
        ptrdiff_t from = input_at(v, at, c, i, j);
        if (from >= 0)
          sum += (double)v->x[from] * (double)v->dy[output_at(v, at)];
      }
  *dw = (nn_real)sum;
}

static void bias_gradient(const NnConv *v, size_t k)
{
  double sum = v->add_dbias ? (double)v->dbias[k] : 0;
  Place at = {.k = k};
  for (at.n = 0; at.n < v->N; at.n++)
    for (at.h = 0; at.h < v->out[0]; at.h++)
      for (at.w = 0; at.w < v->out[1]; at.w++)
        sum += (double)v->dy[output_at(v, at)];
  v->dbias[k] = (nn_real)sum;
}

static void input_gradient(const NnConv *v)
{
  Place at;
  for (size_t i = 0; i < v->N * v->C * v->in[0] * v->in[1]; i++)
    v->dx[i] = 0;
  EACH_PLACE(v, at)
  EACH_ELEMENT(v, c, i, j)
  {
    ptrdiff_t to = input_at(v, at, c, i, j);
    if (to >= 0)
      v->dx[to] += v->dy[output_at(v, at)] * v->weight[weight_at(v, at.k, c, i, j)];
  }
}

void nn_ref_conv_backward(const NnBackend *backend, const NnConv *v)
{
  for (size_t k = 0; k < v->K; k++) {
    EACH_ELEMENT(v, c, i, j)
    {
      if (v->dweight)
        weight_gradient(v, k, c, i, j);
    }
    if (v->dbias)
      bias_gradient(v, k);
  }
  if (v->dx)
    input_gradient(v);
}

/* ---- pooling ---- */

#define EACH_OUTPUT(p, n, h, w)              \
  for (size_t n = 0; n < (p)->planes; n++)   \
    for (size_t h = 0; h < (p)->out[0]; h++) \
      for (size_t w = 0; w < (p)->out[1]; w++)

static size_t pooled_at(const NnPooling *p, size_t n, size_t h, size_t w)
{
  return (n * p->out[0] + h) * p->out[1] + w;
}

/* The first largest value in reading order; a NaN is larger than everything, the last one wins. */
static ptrdiff_t largest(const NnPooling *p, const nn_real *x, size_t h, size_t w)
{
  ptrdiff_t best = -1;
  for (size_t i = 0; i < p->kernel[0]; i++)
    for (size_t j = 0; j < p->kernel[1]; j++) {
      ptrdiff_t row = (ptrdiff_t)(h * p->stride[0] + i * p->dilation[0]) - (ptrdiff_t)p->pad[0];
      ptrdiff_t column = (ptrdiff_t)(w * p->stride[1] + j * p->dilation[1]) - (ptrdiff_t)p->pad[1];
      ptrdiff_t at = row * (ptrdiff_t)p->in[1] + column;
      bool inside =
          row >= 0 && row < (ptrdiff_t)p->in[0] && column >= 0 && column < (ptrdiff_t)p->in[1];
      if (inside && (best < 0 || x[at] > x[best] || isnan(x[at])))
        best = at;
    }
  return best;
}

void nn_ref_max_pool_forward(const NnBackend *backend, const NnPooling *p)
{
  EACH_OUTPUT(p, n, h, w)
  {
    const nn_real *x = p->x + n * p->in[0] * p->in[1];
    ptrdiff_t best = largest(p, x, h, w);
    p->y[pooled_at(p, n, h, w)] = best < 0 ? (nn_real)-INFINITY : x[best];
    p->index[pooled_at(p, n, h, w)] = (nn_real)best;
  }
}

static void zero_dx(const NnPooling *p)
{
  for (size_t i = 0; i < p->planes * p->in[0] * p->in[1]; i++)
    p->dx[i] = 0;
}

void nn_ref_max_pool_backward(const NnBackend *backend, const NnPooling *p)
{
  zero_dx(p);
  EACH_OUTPUT(p, n, h, w)
  {
    size_t at = pooled_at(p, n, h, w);
    if (p->index[at] >= 0)
      p->dx[n * p->in[0] * p->in[1] + (size_t)p->index[at]] += p->dy[at];
  }
}

void nn_ref_mean_pool_forward(const NnBackend *backend, const NnPooling *p)
{
  EACH_OUTPUT(p, n, h, w)
  {
    NnWindow rows = nn_mean_window(p, 0, h), columns = nn_mean_window(p, 1, w);
    double sum = 0;
    for (size_t i = rows.from; i < rows.to; i++)
      for (size_t j = columns.from; j < columns.to; j++)
        sum += (double)p->x[(n * p->in[0] + i) * p->in[1] + j];
    p->y[pooled_at(p, n, h, w)] = (nn_real)(sum / nn_mean_divisor(p, rows, columns));
  }
}

void nn_ref_mean_pool_backward(const NnBackend *backend, const NnPooling *p)
{
  zero_dx(p);
  EACH_OUTPUT(p, n, h, w)
  {
    NnWindow rows = nn_mean_window(p, 0, h), columns = nn_mean_window(p, 1, w);
    double dy = (double)p->dy[pooled_at(p, n, h, w)] / nn_mean_divisor(p, rows, columns);
    for (size_t i = rows.from; i < rows.to; i++)
      for (size_t j = columns.from; j < columns.to; j++)
        p->dx[(n * p->in[0] + i) * p->in[1] + j] += (nn_real)dy;
  }
}
