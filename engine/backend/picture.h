/* picture.h: the arguments of operations on pictures: convolution and pooling of x (N, C, height,
 * width). Pairs are [vertical, horizontal]. Compiles as C11 and C++17, as elem/elem.h does.
 *
 * Sizes follow torch.nn.Conv2d, MaxPool2d and AvgPool2d; the caller has made sure that every output
 * has at least one place to look at and that reflected and circular padding is no wider than the
 * picture gives. */
#pragma once
#include "engine/elem/elem.h"
#include <stddef.h>

typedef enum { NN_PAD_ZEROS, NN_PAD_REFLECT, NN_PAD_REPLICATE, NN_PAD_CIRCULAR } NnPadMode;

/* A cross-correlation of x (N, C, in) with `weight` (K, C/groups, kernel), in LeCun's way: the
 * filter is not turned over. */
typedef struct {
  size_t N, C, K, groups;
  size_t in[2], kernel[2], stride[2], dilation[2], out[2];
  size_t before[2], after[2]; /* padding: above and left, below and right */
  NnPadMode mode;
  bool add_dweight, add_dbias;           /* they are added to, not overwritten */
  const nn_real *x, *weight, *bias, *dy; /* bias (K) or NULL */
  nn_real *y, *dx, *dweight, *dbias;     /* each NULL: not wanted */
  nn_real *work;                         /* nn_conv_work() floats, for the backend's own use */
} NnConv;

/* Pooling of each of `planes` = N·C pictures by itself. */
typedef struct {
  size_t planes, in[2], kernel[2], stride[2], pad[2], dilation[2], out[2];
  bool adaptive;          /* mean: window i of n is [⌊i·in/n⌋, ⌈(i + 1)·in/n⌉) */
  bool count_include_pad; /* mean: padding counts as zeros, as far as it goes */
  double divisor;         /* mean: divides by that; NAN: by the number of values */
  const nn_real *x, *dy;
  nn_real *y, *dx;
  nn_real *index; /* max: (planes, out) where in its plane the largest value was; −1: nowhere */
} NnPooling;

enum { NN_CONV_PARTS = 16, NN_CONV_TILE = 1 << 17 };

/* Which pixel of a row or column of `size` the place i stands for, i beyond its ends being padding;
 * −1: none, a zero. */
NN_HD ptrdiff_t nn_pad_source(NnPadMode mode, ptrdiff_t i, ptrdiff_t size)
{
  if (i >= 0 && i < size)
    return i;
  switch (mode) {
  case NN_PAD_REFLECT:
    return i < 0 ? -i : 2 * (size - 1) - i;
  case NN_PAD_REPLICATE:
    return i < 0 ? 0 : size - 1;
  case NN_PAD_CIRCULAR:
    return i < 0 ? i + size : i - size;
  default:
    return -1;
  }
}

static inline size_t nn_conv_padded(const NnConv *v)
{
  return v->C * (v->in[0] + v->before[0] + v->after[0]) * (v->in[1] + v->before[1] + v->after[1]);
}

/* Values of x under one filter. */
static inline size_t nn_conv_patch(const NnConv *v)
{
  return v->C / v->groups * v->kernel[0] * v->kernel[1];
}

/* Rows of the output that are worked on at a time, so that their patches stay in the cache. */
static inline size_t nn_conv_tile_rows(const NnConv *v)
{
  size_t row = nn_conv_patch(v) * v->groups * v->out[1], rows = NN_CONV_TILE / row;
  return rows < 1 ? 1 : rows < v->out[0] ? rows : v->out[0];
}

/* One of NN_CONV_PARTS parts of the work memory: a padded picture, its patches, and a share of
 * dweight and dbias. */
static inline size_t nn_conv_part(const NnConv *v)
{
  return nn_conv_padded(v) + nn_conv_patch(v) * v->groups * v->out[1] * nn_conv_tile_rows(v) +
         v->K * nn_conv_patch(v) + v->K;
}

static inline size_t nn_conv_work(const NnConv *v)
{
  return NN_CONV_PARTS * nn_conv_part(v);
}

/* What a mean pool looks at for output i along one axis: [from, to) of the picture, and how many
 * values that counts as with padding. */
typedef struct {
  size_t from, to, counted;
} NnWindow;

NN_HD NnWindow nn_mean_window(const NnPooling *p, int axis, size_t i)
{
  NnWindow w;
  size_t in = p->in[axis], pad = p->pad[axis], start = i * p->stride[axis];
  if (p->adaptive) {
    w.from = i * in / p->out[axis];
    w.to = ((i + 1) * in + p->out[axis] - 1) / p->out[axis];
    w.counted = w.to - w.from;
    return w;
  }
  size_t end = start + p->kernel[axis] < in + 2 * pad ? start + p->kernel[axis] : in + 2 * pad;
  w.counted = end > start ? end - start : 0;
  w.from = start > pad ? start - pad : 0;
  w.to = end > pad ? end - pad : 0;
  w.to = w.to < in ? w.to : in;
  return w;
}

/* What the sum over both windows is divided by. */
NN_HD double nn_mean_divisor(const NnPooling *p, NnWindow v, NnWindow h)
{
  if (p->divisor == p->divisor)
    return p->divisor;
  if (p->count_include_pad)
    return (double)(v.counted * h.counted);
  return v.to > v.from && h.to > h.from ? (double)((v.to - v.from) * (h.to - h.from)) : 1;
}
