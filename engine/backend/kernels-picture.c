/* kernels-picture.c: pictures, one sample or one plane at a time; see kernels.h. */
#include "kernels.h"
#include <string.h>

/* ---- padding ---- */

static void pad_row(const NnConv *v, const nn_real *x, nn_real *xp)
{
  ptrdiff_t W = (ptrdiff_t)v->in[1], before = (ptrdiff_t)v->before[1];
  ptrdiff_t after = (ptrdiff_t)v->after[1];
  memcpy(xp + before, x, (size_t)W * sizeof *x);
  for (ptrdiff_t i = -before; i < 0; i++) {
    ptrdiff_t from = nn_pad_source(v->mode, i, W);
    xp[before + i] = from < 0 ? 0 : x[from];
  }
  for (ptrdiff_t i = W; i < W + after; i++) {
    ptrdiff_t from = nn_pad_source(v->mode, i, W);
    xp[before + i] = from < 0 ? 0 : x[from];
  }
}

static void pad(const NnConv *v, const nn_real *x, nn_real *xp)
{
  size_t Hp = v->in[0] + v->before[0] + v->after[0], Wp = v->in[1] + v->before[1] + v->after[1];
  for (size_t c = 0; c < v->C; c++, x += v->in[0] * v->in[1])
    for (size_t h = 0; h < Hp; h++, xp += Wp) {
      ptrdiff_t from =
          nn_pad_source(v->mode, (ptrdiff_t)h - (ptrdiff_t)v->before[0], (ptrdiff_t)v->in[0]);
      if (from < 0)
        memset(xp, 0, Wp * sizeof *xp);
      else
        pad_row(v, x + (size_t)from * v->in[1], xp);
    }
}

static void unpad_row(const NnConv *v, const nn_real *restrict dxp, nn_real *restrict dx)
{
  ptrdiff_t W = (ptrdiff_t)v->in[1], before = (ptrdiff_t)v->before[1];
  ptrdiff_t after = (ptrdiff_t)v->after[1];
  for (ptrdiff_t i = 0; i < W; i++)
    dx[i] += dxp[before + i];
  if (v->mode == NN_PAD_ZEROS)
    return;
  for (ptrdiff_t i = -before; i < 0; i++)
    dx[nn_pad_source(v->mode, i, W)] += dxp[before + i];
  for (ptrdiff_t i = W; i < W + after; i++)
    dx[nn_pad_source(v->mode, i, W)] += dxp[before + i];
}

static void unpad(const NnConv *v, const nn_real *dxp, nn_real *dx)
{
  size_t Hp = v->in[0] + v->before[0] + v->after[0], Wp = v->in[1] + v->before[1] + v->after[1];
  memset(dx, 0, v->C * v->in[0] * v->in[1] * sizeof *dx);
  for (size_t c = 0; c < v->C; c++, dx += v->in[0] * v->in[1])
    for (size_t h = 0; h < Hp; h++, dxp += Wp) {
      ptrdiff_t to =
          nn_pad_source(v->mode, (ptrdiff_t)h - (ptrdiff_t)v->before[0], (ptrdiff_t)v->in[0]);
      if (to >= 0)
        unpad_row(v, dxp, dx + (size_t)to * v->in[1]);
    }
}

/* ---- patches ---- */

static void gather_row(size_t n, size_t stride, const nn_real *restrict x, nn_real *restrict y)
{
  if (stride == 1)
    for (size_t i = 0; i < n; i++)
      y[i] = x[i];
  else
    for (size_t i = 0; i < n; i++)
      y[i] = x[i * stride];
}

static void scatter_row(size_t n, size_t stride, const nn_real *restrict dy, nn_real *restrict dx)
{
  if (stride == 1)
    for (size_t i = 0; i < n; i++)
      dx[i] += dy[i];
  else
    for (size_t i = 0; i < n; i++)
      dx[i * stride] += dy[i];
}

/* Calls row() for every row of every element of every channel's filter. */
#define EACH_ROW(v, h0, h1, row)                                                                \
  size_t Hp = (v)->in[0] + (v)->before[0] + (v)->after[0];                                      \
  size_t Wp = (v)->in[1] + (v)->before[1] + (v)->after[1], W = (v)->out[1];                     \
  for (size_t c = 0; c < (v)->C; c++)                                                           \
    for (size_t i = 0; i < (v)->kernel[0]; i++)                                                 \
      for (size_t j = 0; j < (v)->kernel[1]; j++)                                               \
        for (size_t h = (h0); h < (h1); h++, columns += W) {                                    \
          size_t at =                                                                           \
              (c * Hp + h * (v)->stride[0] + i * (v)->dilation[0]) * Wp + j * (v)->dilation[1]; \
          row;                                                                                  \
        }

static void gather(const NnConv *v, size_t from, size_t to, const nn_real *xp, nn_real *columns)
{
  EACH_ROW(v, from, to, gather_row(W, v->stride[1], xp + at, columns))
}

static void scatter(const NnConv *v, size_t from, size_t to, const nn_real *columns, nn_real *dxp)
{
  EACH_ROW(v, from, to, scatter_row(W, v->stride[1], columns, dxp + at))
}

/* In eight lanes, so that it vectorizes; the lanes are added in order. */
static double sum(size_t n, const nn_real *x)
{
  nn_real lanes[8] = {0};
  double total = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (size_t k = 0; k < 8; k++)
      lanes[k] += x[i + k];
  for (; i < n; i++)
    total += (double)x[i];
  for (size_t k = 0; k < 8; k++)
    total += (double)lanes[k];
  return total;
}

/* ---- pooling ---- */

/* First and last + 1 element of a window that starts at `start` and lies inside of `size`. */
typedef struct {
  ptrdiff_t start;
  size_t from, to;
} Span;

static Span span_of(const NnPooling *p, int axis, size_t i)
{
  Span s = {.start = (ptrdiff_t)(i * p->stride[axis]) - (ptrdiff_t)p->pad[axis],
            .to = p->kernel[axis]};
  ptrdiff_t step = (ptrdiff_t)p->dilation[axis], size = (ptrdiff_t)p->in[axis];
  while (s.from < s.to && s.start + (ptrdiff_t)s.from * step < 0)
    s.from++;
  while (s.to > s.from && s.start + (ptrdiff_t)(s.to - 1) * step >= size)
    s.to--;
  return s;
}

/* The first largest in reading order; a NaN is larger than everything, the last one wins. */
static ptrdiff_t largest(const NnPooling *p, const nn_real *x, Span rows, Span columns)
{
  ptrdiff_t best = -1;
  nn_real most = (nn_real)-INFINITY;
  for (size_t i = rows.from; i < rows.to; i++)
    for (size_t j = columns.from; j < columns.to; j++) {
      ptrdiff_t row = rows.start + (ptrdiff_t)(i * p->dilation[0]);
      ptrdiff_t at = row * (ptrdiff_t)p->in[1] + columns.start + (ptrdiff_t)(j * p->dilation[1]);
      if (best < 0 || x[at] > most || x[at] != x[at]) {
        best = at;
        most = x[at];
      }
    }
  return best;
}

/* A value that comes later in reading order, if it is larger, or a NaN. */
#define TAKE_LARGER(value, place)                  \
  {                                                \
    nn_real other = (value);                       \
    bool more = (other > most) | (other != other); \
    most = more ? other : most;                    \
    best = more ? (place) : best;                  \
  }

/* Windows of two by two that do not overlap, without a branch, so that it vectorizes. a and b are
 * the two rows, `at` and `below` their places in the plane. */
static inline __attribute__((always_inline)) void max_2x2(size_t n, const nn_real *restrict a,
                                                          const nn_real *restrict b, int32_t at,
                                                          int32_t below, nn_real *restrict y,
                                                          nn_real *restrict index)
{
#pragma GCC unroll 1 /* unrolled, it would not be vectorized */
  for (int32_t i = 0; i < (int32_t)n; i++) {
    nn_real most = a[2 * i];
    int32_t best = at + 2 * i;
    TAKE_LARGER(a[2 * i + 1], at + 2 * i + 1)
    TAKE_LARGER(b[2 * i], below + 2 * i)
    TAKE_LARGER(b[2 * i + 1], below + 2 * i + 1)
    y[i] = most;
    index[i] = (nn_real)best;
  }
}

/* In blocks of eight; the last one is done where it ends with the row, if need be over again. */
static void max_row_2x2(size_t n, size_t row, size_t W, const nn_real *x, nn_real *y,
                        nn_real *index)
{
  enum { BLOCK = 8 };
  const nn_real *a = x + row * W, *b = a + W;
  int32_t at = (int32_t)(row * W), below = at + (int32_t)W;
  if (n < BLOCK)
    max_2x2(n, a, b, at, below, y, index);
  for (size_t from = 0; n >= BLOCK && from < n; from += BLOCK) {
    size_t i = from + BLOCK <= n ? from : n - BLOCK;
    max_2x2(BLOCK, a + 2 * i, b + 2 * i, at + 2 * (int32_t)i, below + 2 * (int32_t)i, y + i,
            index + i);
  }
}

static bool is_2x2(const NnPooling *p)
{
  bool yes = true;
  for (int axis = 0; axis < 2; axis++)
    yes = yes && p->kernel[axis] == 2 && p->stride[axis] == 2 && p->pad[axis] == 0 &&
          p->dilation[axis] == 1 && 2 * p->out[axis] <= p->in[axis];
  return yes;
}

static void max_row(const NnPooling *p, const nn_real *x, size_t h, nn_real *y, nn_real *index)
{
  Span rows = span_of(p, 0, h);
  for (size_t w = 0; w < p->out[1]; w++) {
    ptrdiff_t best = largest(p, x, rows, span_of(p, 1, w));
    y[w] = best < 0 ? (nn_real)-INFINITY : x[best];
    index[w] = (nn_real)best;
  }
}

static void max_forward(const NnPooling *p, size_t from, size_t to)
{
  bool simple = is_2x2(p);
  for (size_t n = from; n < to; n++)
    for (size_t h = 0; h < p->out[0]; h++) {
      const nn_real *x = p->x + n * p->in[0] * p->in[1];
      size_t at = (n * p->out[0] + h) * p->out[1];
      if (simple)
        max_row_2x2(p->out[1], 2 * h, p->in[1], x, p->y + at, p->index + at);
      else
        max_row(p, x, h, p->y + at, p->index + at);
    }
}

static void max_backward(const NnPooling *p, size_t from, size_t to)
{
  size_t S = p->in[0] * p->in[1], P = p->out[0] * p->out[1];
  memset(p->dx + from * S, 0, (to - from) * S * sizeof *p->dx);
  for (size_t n = from; n < to; n++)
    for (size_t i = n * P; i < (n + 1) * P; i++)
      if (p->index[i] >= 0)
        p->dx[n * S + (size_t)p->index[i]] += p->dy[i];
}

static void mean_forward(const NnPooling *p, size_t from, size_t to)
{
  nn_real *y = p->y + from * p->out[0] * p->out[1];
  for (size_t n = from; n < to; n++)
    for (size_t h = 0; h < p->out[0]; h++) {
      NnWindow rows = nn_mean_window(p, 0, h);
      for (size_t w = 0; w < p->out[1]; w++) {
        NnWindow columns = nn_mean_window(p, 1, w);
        nn_real total = 0;
        for (size_t i = rows.from; i < rows.to; i++)
          for (size_t j = columns.from; j < columns.to; j++)
            total += p->x[(n * p->in[0] + i) * p->in[1] + j];
        *y++ = total / (nn_real)nn_mean_divisor(p, rows, columns);
      }
    }
}

static void mean_backward(const NnPooling *p, size_t from, size_t to)
{
  size_t S = p->in[0] * p->in[1];
  const nn_real *dy = p->dy + from * p->out[0] * p->out[1];
  memset(p->dx + from * S, 0, (to - from) * S * sizeof *p->dx);
  for (size_t n = from; n < to; n++)
    for (size_t h = 0; h < p->out[0]; h++) {
      NnWindow rows = nn_mean_window(p, 0, h);
      for (size_t w = 0; w < p->out[1]; w++) {
        NnWindow columns = nn_mean_window(p, 1, w);
        nn_real share = *dy++ / (nn_real)nn_mean_divisor(p, rows, columns);
        for (size_t i = rows.from; i < rows.to; i++)
          for (size_t j = columns.from; j < columns.to; j++)
            p->dx[(n * p->in[0] + i) * p->in[1] + j] += share;
      }
    }
}

extern const NnPictureKernels NN_KERNELS_NAME(picture);
const NnPictureKernels NN_KERNELS_NAME(picture) = {
    .pad = pad,
    .unpad = unpad,
    .gather = gather,
    .scatter = scatter,
    .sum = sum,
    .max_forward = max_forward,
    .max_backward = max_backward,
    .mean_forward = mean_forward,
    .mean_backward = mean_backward,
};
