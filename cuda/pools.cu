/* pools.cu: pooling. Backwards every pixel gathers from the windows that cover it, in the order of
 * the output, so that nothing is added by two threads. Work is cut into pieces of whole planes
 * whose elements can be counted in 31 bits. */
#include "gemm.h"

enum { MOST_ELEMENTS = 1 << 30 };

struct PoolNode {
  NnPooling pooling;
};

/* One piece: its pointers begin at its first plane. */
struct Piece {
  NnPooling p;
  int n;                  /* elements: one thread each */
  NnDivisor plane, width; /* of what the threads stand for: outputs, or pixels going backwards */
};

struct Spot {
  int plane, h, w;
};

__device__ static inline Spot spot_of(const Piece &piece, int at)
{
  Spot s;
  s.plane = nn_quotient(at, piece.plane);
  int rest = at - s.plane * (int)piece.plane.divisor;
  s.h = nn_quotient(rest, piece.width);
  s.w = rest - s.h * (int)piece.width.divisor;
  return s;
}

/* ---- the largest ---- */

/* The first largest value in reading order; a NaN is larger than everything, the last one wins. */
static __global__ void max_forward(Piece piece)
{
  const NnPooling &p = piece.p;
  size_t at = nn_index();
  if (at >= (size_t)piece.n)
    return;
  Spot s = spot_of(piece, (int)at);
  int H = (int)p.in[0], W = (int)p.in[1], best = -1;
  int top = s.h * (int)p.stride[0] - (int)p.pad[0], left = s.w * (int)p.stride[1] - (int)p.pad[1];
  const float *x = p.x + (size_t)s.plane * p.in[0] * p.in[1];
  float largest = -INFINITY;
  for (int i = 0; i < (int)p.kernel[0]; i++)
    for (int j = 0; j < (int)p.kernel[1]; j++) {
      int row = top + i * (int)p.dilation[0], column = left + j * (int)p.dilation[1];
      if (row < 0 || row >= H || column < 0 || column >= W)
        continue;
      float value = x[row * W + column];
      if (best < 0 || value > largest || isnan(value)) {
        best = row * W + column;
        largest = value;
      }
    }
  p.y[at] = largest;
  p.index[at] = (float)best;
}

/* Outputs from `first` to `last` along an axis are all whose windows, `reach` + 1 pixels from end
 * to end, can cover pixel i. */
__device__ static inline void covering(const NnPooling &p, int axis, int i, int reach, int *first,
                                       int *last)
{
  int stride = (int)p.stride[axis], end = i + (int)p.pad[axis], start = end - reach;
  *first = start > 0 ? (start + stride - 1) / stride : 0;
  *last = end / stride < (int)p.out[axis] ? end / stride : (int)p.out[axis] - 1;
}

static __global__ void max_backward(Piece piece)
{
  const NnPooling &p = piece.p;
  size_t at = nn_index();
  if (at >= (size_t)piece.n)
    return;
  Spot s = spot_of(piece, (int)at);
  int top, bottom, left, right;
  covering(p, 0, s.h, (int)((p.kernel[0] - 1) * p.dilation[0]), &top, &bottom);
  covering(p, 1, s.w, (int)((p.kernel[1] - 1) * p.dilation[1]), &left, &right);
  float sum = 0, me = (float)(s.h * (int)p.in[1] + s.w);
  for (int h = top; h <= bottom; h++)
    for (int w = left; w <= right; w++) {
      size_t output = (size_t)s.plane * p.out[0] * p.out[1] + (size_t)h * p.out[1] + (size_t)w;
      if (p.index[output] == me)
        sum += p.dy[output];
    }
  p.dx[at] = sum;
}

/* ---- the mean ---- */

static __global__ void mean_forward(Piece piece)
{
  const NnPooling &p = piece.p;
  size_t at = nn_index();
  if (at >= (size_t)piece.n)
    return;
  Spot s = spot_of(piece, (int)at);
  NnWindow rows = nn_mean_window(&p, 0, (size_t)s.h), columns = nn_mean_window(&p, 1, (size_t)s.w);
  const float *x = p.x + (size_t)s.plane * p.in[0] * p.in[1];
  float sum = 0;
  for (size_t i = rows.from; i < rows.to; i++)
    for (size_t j = columns.from; j < columns.to; j++)
      sum += x[i * p.in[1] + j];
  p.y[at] = sum / (float)nn_mean_divisor(&p, rows, columns);
}

/* The same for a mean; adaptive windows: ⌊i·in/out⌋ ≤ pixel < ⌈(i + 1)·in/out⌉. */
__device__ static inline void averaging(const NnPooling &p, int axis, int i, int *first, int *last)
{
  int in = (int)p.in[axis], out = (int)p.out[axis];
  if (!p.adaptive) {
    covering(p, axis, i, (int)p.kernel[axis] - 1, first, last);
    return;
  }
  *first = (int)((int64_t)i * out / in);
  *last = (int)(((int64_t)(i + 1) * out + in - 1) / in) - 1;
}

static __global__ void mean_backward(Piece piece)
{
  const NnPooling &p = piece.p;
  size_t at = nn_index();
  if (at >= (size_t)piece.n)
    return;
  Spot s = spot_of(piece, (int)at);
  int top, bottom, left, right;
  averaging(p, 0, s.h, &top, &bottom);
  averaging(p, 1, s.w, &left, &right);
  const float *dy = p.dy + (size_t)s.plane * p.out[0] * p.out[1];
  float sum = 0;
  for (int h = top; h <= bottom; h++) {
    NnWindow rows = nn_mean_window(&p, 0, (size_t)h);
    for (int w = left; w <= right; w++) {
      NnWindow columns = nn_mean_window(&p, 1, (size_t)w);
      sum += dy[(size_t)h * p.out[1] + (size_t)w] / (float)nn_mean_divisor(&p, rows, columns);
    }
  }
  p.dx[at] = sum;
}

/* ---- the operations ---- */

typedef void (*PoolKernel)(Piece);

/* `size`: the planes whose elements the threads stand for, outputs or pixels. */
template <PoolKernel kernel, bool backward>
static void run_pool(NnContext *context, const void *values, const NnLive &)
{
  const NnPooling *whole = &((const PoolNode *)values)->pooling;
  const size_t *size = backward ? whole->in : whole->out;
  size_t pixels = whole->in[0] * whole->in[1], outputs = whole->out[0] * whole->out[1];
  size_t plane = backward ? pixels : outputs, step = MOST_ELEMENTS / plane;
  Piece piece = {*whole, 0, nn_divisor(plane), nn_divisor(size[1])};
  step = step > 0 ? step : 1;
  for (size_t from = 0; from < whole->planes; from += step) {
    size_t n = step < whole->planes - from ? step : whole->planes - from;
    piece.n = (int)(n * plane);
    piece.p.x = whole->x ? whole->x + from * pixels : NULL;
    piece.p.dx = whole->dx ? whole->dx + from * pixels : NULL;
    piece.p.y = whole->y ? whole->y + from * outputs : NULL;
    piece.p.dy = whole->dy ? whole->dy + from * outputs : NULL;
    piece.p.index = whole->index ? whole->index + from * outputs : NULL;
    nn_run(context, nn_each(context, n * plane), kernel, piece);
  }
}

/* Field by field, as what lies between the fields must be zero. */
static void submit_pool(const NnBackend *backend, NnNodeRun run, const NnPooling *from)
{
  PoolNode node = nn_zeroed<PoolNode>();
  NnPooling *p = &node.pooling;
  for (int axis = 0; axis < 2; axis++) {
    p->in[axis] = from->in[axis];
    p->kernel[axis] = from->kernel[axis];
    p->stride[axis] = from->stride[axis];
    p->pad[axis] = from->pad[axis];
    p->dilation[axis] = from->dilation[axis];
    p->out[axis] = from->out[axis];
  }
  p->planes = from->planes;
  p->adaptive = from->adaptive;
  p->count_include_pad = from->count_include_pad;
  p->divisor = from->divisor;
  p->x = from->x;
  p->dy = from->dy;
  p->y = from->y;
  p->dx = from->dx;
  p->index = from->index;
  nn_submit(backend, run, node);
}

static void max_pool_forward(const NnBackend *backend, const NnPooling *p)
{
  submit_pool(backend, run_pool<max_forward, false>, p);
}

static void max_pool_backward(const NnBackend *backend, const NnPooling *p)
{
  submit_pool(backend, run_pool<max_backward, true>, p);
}

static void mean_pool_forward(const NnBackend *backend, const NnPooling *p)
{
  submit_pool(backend, run_pool<mean_forward, false>, p);
}

static void mean_pool_backward(const NnBackend *backend, const NnPooling *p)
{
  submit_pool(backend, run_pool<mean_backward, true>, p);
}

void nn_cuda_add_pools(NnBackendOps *ops)
{
  ops->max_pool_forward = max_pool_forward;
  ops->max_pool_backward = max_pool_backward;
  ops->mean_pool_forward = mean_pool_forward;
  ops->mean_pool_backward = mean_pool_backward;
}
