/* conv.cu: convolution; conv.h says how it becomes products. */
#include "conv.h"

typedef NnTile<64, 128, 16, 8, 8> Channels64; /* by how many channels come out of it */
typedef NnTile<32, 128, 16, 4, 8> Channels32;
typedef NnTile<16, 64, 16, 4, 4> Channels16;
typedef NnTile<64, 64, 16, 8, 4> Weights;
typedef NnTile<32, 32, 32, 4, 4, 4> Small; /* few samples, few channels */

struct ConvNode {
  NnConvShape shape;
  bool accumulate;
  const float *x, *weight, *bias, *dy;
  float *out; /* y, dx, dweight or dbias */
};

static size_t places_of(const NnConvShape &s)
{
  return (size_t)s.out[0] * (size_t)s.out[1];
}

static size_t pixels_of(const NnConvShape &s)
{
  return (size_t)s.in[0] * (size_t)s.in[1];
}

static size_t kernel_of(const NnConvShape &s)
{
  return (size_t)s.kernel[0] * (size_t)s.kernel[1];
}

static size_t tiles(size_t n, int tile)
{
  return (n + (size_t)tile - 1) / (size_t)tile;
}

static bool pads(const NnConvShape &s)
{
  return s.before[0] || s.before[1] || s.after[0] || s.after[1];
}

static NnLook look_of(const NnConvShape &s)
{
  return !pads(s) ? NN_LOOK_INSIDE : s.mode == NN_PAD_ZEROS ? NN_LOOK_ZEROS : NN_LOOK_MODE;
}

/* x, seen from the places of the output. */
static NnPictures inputs(const ConvNode *node)
{
  const NnConvShape &s = node->shape;
  NnPictures p = {};
  p.x = node->x;
  p.H = s.in[0];
  p.W = s.in[1];
  p.pixels = (int)pixels_of(s);
  p.channels = s.C;
  p.n_places = (int)(places_of(s) * (size_t)s.N);
  for (int axis = 0; axis < 2; axis++) {
    p.start[axis] = -s.before[axis];
    p.stride[axis] = s.stride[axis];
    p.step[axis] = s.dilation[axis];
  }
  p.mode = s.mode;
  p.places = nn_divisor(places_of(s));
  p.width = nn_divisor((size_t)s.out[1]);
  p.kernel = nn_divisor(kernel_of(s));
  p.kernel_w = nn_divisor((size_t)s.kernel[1]);
  p.divide_h = p.divide_w = nn_divisor(1);
  return p;
}

/* dy, seen from the pixels of the input: pixel h lay under element i of the filter at place
 * (h + before − i·dilation) / stride. */
static NnPictures gradients(const ConvNode *node)
{
  const NnConvShape &s = node->shape;
  NnPictures p = {};
  p.x = node->dy;
  p.H = s.out[0];
  p.W = s.out[1];
  p.pixels = (int)places_of(s);
  p.channels = s.K;
  p.n_places = (int)(pixels_of(s) * (size_t)s.N);
  for (int axis = 0; axis < 2; axis++) {
    p.start[axis] = s.before[axis];
    p.stride[axis] = 1;
    p.step[axis] = -s.dilation[axis];
  }
  p.places = nn_divisor(pixels_of(s));
  p.width = nn_divisor((size_t)s.in[1]);
  p.kernel = nn_divisor(kernel_of(s));
  p.kernel_w = nn_divisor((size_t)s.kernel[1]);
  p.divide_h = nn_divisor((size_t)s.stride[0]);
  p.divide_w = nn_divisor((size_t)s.stride[1]);
  return p;
}

/* ---- forward and dx ---- */

/* For group g of blockIdx.z; the pointers are those of group 0. */
struct PictureProduct {
  NnPictures from;
  NnPicturesResult result;
  const float *weight;
  int depth;                  /* steps of k */
  int from_channels, weights; /* of one group */
  bool quads_weight;
};

template <class T, NnLook look, bool turned>
static __global__ void __launch_bounds__(T::THREADS, 384 / T::THREADS)
    picture_kernel(const PictureProduct v)
{
  __shared__ __align__(16) typename T::Shared shared;
  size_t g = blockIdx.z;
  NnPart part = {(int)blockIdx.y * T::BM, (int)blockIdx.x * T::BN, 0, v.depth};
  NnPatches<look> patches = {v.from};
  NnPicturesResult result = v.result;
  const float *weight = v.weight + g * (size_t)v.weights;
  patches.p.x += g * (size_t)v.from_channels * (size_t)v.from.pixels;
  result.y += g * (size_t)result.n_rows * result.places.divisor;
  result.bias = result.bias ? result.bias + g * (size_t)result.n_rows : NULL;
  float sums[T::TM][T::TN] = {};
  if constexpr (turned) {
    NnTurnedWeight left = {weight, result.n_rows, v.from.kernel};
    nn_tile_product<T>(left, patches, part, shared, sums);
  } else {
    NnMatrix<true> left = {weight, (size_t)v.depth, result.n_rows, v.quads_weight};
    nn_tile_product<T>(left, patches, part, shared, sums);
  }
  nn_tile_put<T>(result, part, sums);
}

template <class T, NnLook look, bool turned>
static void launch_picture(NnContext *context, const PictureProduct &v, int groups)
{
  dim3 grid((unsigned)tiles((size_t)v.from.n_places, T::BN),
            (unsigned)tiles((size_t)v.result.n_rows, T::BM), (unsigned)groups);
  nn_run(context, nn_grid(context, grid, dim3(T::THREADS)), picture_kernel<T, look, turned>, v);
}

/* Few places: small tiles, so that there are enough for the chip. */
template <class T> static bool are_few(const PictureProduct &v, int groups)
{
  return tiles((size_t)v.from.n_places, T::BN) * tiles((size_t)v.result.n_rows, T::BM) *
             (size_t)groups <
         NN_FILLED;
}

template <NnLook look, bool turned>
static void launch_usual(NnContext *context, const PictureProduct &v, int groups)
{
  int rows = v.result.n_rows;
  if (are_few<Channels64>(v, groups))
    launch_picture<Small, look, turned>(context, v, groups);
  else if (rows > Channels32::BM)
    launch_picture<Channels64, look, turned>(context, v, groups);
  else if (rows > Channels16::BM)
    launch_picture<Channels32, look, turned>(context, v, groups);
  else
    launch_picture<Channels16, look, turned>(context, v, groups);
}

template <NnLook look, bool turned>
static void launch_rare(NnContext *context, const PictureProduct &v, int groups)
{
  if (are_few<Channels32>(v, groups))
    launch_picture<Small, look, turned>(context, v, groups);
  else
    launch_picture<Channels32, look, turned>(context, v, groups);
}

static void run_forward(NnContext *context, const void *values, const NnLive &)
{
  const ConvNode *node = (const ConvNode *)values;
  const NnConvShape &s = node->shape;
  PictureProduct v = {};
  v.from = inputs(node);
  v.weight = node->weight;
  v.from_channels = s.C / s.groups;
  v.depth = v.from_channels * (int)kernel_of(s);
  v.weights = s.K / s.groups * v.depth;
  v.quads_weight = nn_quads(node->weight, (size_t)v.depth);
  v.result = {node->out,       node->bias, s.K / s.groups,
              v.from.n_places, s.K,        nn_quads(node->out, places_of(s)),
              v.from.places};
  switch (look_of(s)) {
  case NN_LOOK_INSIDE:
    launch_usual<NN_LOOK_INSIDE, false>(context, v, s.groups);
    break;
  case NN_LOOK_ZEROS:
    launch_usual<NN_LOOK_ZEROS, false>(context, v, s.groups);
    break;
  default:
    launch_rare<NN_LOOK_MODE, false>(context, v, s.groups);
  }
}

static void add_folded(NnContext *context, const ConvNode *node);

static void run_dx(NnContext *context, const void *values, const NnLive &)
{
  const ConvNode *node = (const ConvNode *)values;
  const NnConvShape &s = node->shape;
  PictureProduct v = {};
  v.from = gradients(node);
  v.weight = node->weight;
  v.from_channels = s.K / s.groups;
  v.depth = v.from_channels * (int)kernel_of(s);
  v.weights = s.C / s.groups * v.depth;
  v.result = {node->out,       NULL, s.C / s.groups,
              v.from.n_places, s.C,  nn_quads(node->out, pixels_of(s)),
              v.from.places};
  if (s.stride[0] == 1 && s.stride[1] == 1)
    launch_usual<NN_LOOK_ZEROS, true>(context, v, s.groups);
  else
    launch_rare<NN_LOOK_DIVIDED, true>(context, v, s.groups);
  if (look_of(s) == NN_LOOK_MODE)
    add_folded(context, node);
}

/* ---- padding that is not zeros: its gradient belongs to the pixel it was copied from ---- */

struct Folded {
  NnConvShape shape;
  const float *dy, *weight;
  float *dx;
  size_t n;
};

/* Candidate t of the padded rows or columns that may show pixel i: itself, those before, after. */
__device__ static inline int candidate(const NnConvShape &s, int axis, int i, int t)
{
  return t == 0 ? i : t <= s.before[axis] ? -t : s.in[axis] + t - s.before[axis] - 1;
}

__device__ static inline bool shows(const NnConvShape &s, int axis, int padded, int i)
{
  return (int)nn_pad_source(s.mode, padded, s.in[axis]) == i;
}

/* Which place had `padded` under its element i; −1: none. */
__device__ static inline int place_over(const NnConvShape &s, int axis, int padded, int i)
{
  int at = padded + s.before[axis] - i * s.dilation[axis];
  if (at < 0 || at % s.stride[axis] != 0)
    return -1;
  at /= s.stride[axis];
  return at < s.out[axis] ? at : -1;
}

/* The gradient of padded pixel (h, w) of channel c, sample n. */
__device__ static float padded_gradient(const Folded &f, int n, int c, int h, int w)
{
  const NnConvShape &s = f.shape;
  int C = s.C / s.groups, K = s.K / s.groups, g = c / C;
  size_t places = (size_t)s.out[0] * (size_t)s.out[1];
  size_t kernel = (size_t)s.kernel[0] * (size_t)s.kernel[1];
  const float *dy = f.dy + ((size_t)n * s.K + (size_t)g * K) * places;
  const float *weight = f.weight + ((size_t)g * K * C + (size_t)(c % C)) * kernel;
  float sum = 0;
  for (int i = 0; i < s.kernel[0]; i++)
    for (int j = 0; j < s.kernel[1]; j++) {
      int row = place_over(s, 0, h, i), column = place_over(s, 1, w, j);
      for (int k = 0; k < K && row >= 0 && column >= 0; k++)
        sum += dy[k * places + (size_t)row * s.out[1] + column] *
               weight[(size_t)k * C * kernel + (size_t)i * s.kernel[1] + j];
    }
  return sum;
}

static __global__ void folded_kernel(Folded f)
{
  const NnConvShape &s = f.shape;
  size_t at = nn_index();
  if (at >= f.n)
    return;
  int w = (int)(at % (size_t)s.in[1]), h = (int)(at / (size_t)s.in[1] % (size_t)s.in[0]);
  size_t plane = at / ((size_t)s.in[0] * (size_t)s.in[1]);
  float sum = 0;
  for (int t = 0; t <= s.before[0] + s.after[0]; t++)
    for (int u = 0; u <= s.before[1] + s.after[1]; u++) {
      int row = candidate(s, 0, h, t), column = candidate(s, 1, w, u);
      if (t + u > 0 && shows(s, 0, row, h) && shows(s, 1, column, w))
        sum += padded_gradient(f, (int)(plane / s.C), (int)(plane % s.C), row, column);
    }
  f.dx[at] += sum;
}

static void add_folded(NnContext *context, const ConvNode *node)
{
  Folded f = {node->shape, node->dy, node->weight, node->out,
              pixels_of(node->shape) * (size_t)node->shape.N * (size_t)node->shape.C};
  nn_run(context, nn_each(context, f.n), folded_kernel, f);
}

/* ---- dweight ---- */

/* Group g of blockIdx.y, slice of blockIdx.z. */
struct WeightProduct {
  NnPictures from;
  NnGradients gradients;
  float *out; /* (slices, K, patch) */
  int patch, depth, slice, groups, from_channels;
  float beta;
};

template <class T, NnLook look>
static __global__ void __launch_bounds__(T::THREADS, 384 / T::THREADS)
    weight_kernel(const WeightProduct v)
{
  __shared__ __align__(16) typename T::Shared shared;
  int across = (v.patch + T::BN - 1) / T::BN, rows = v.gradients.n_rows;
  size_t g = blockIdx.y, size = (size_t)rows * (size_t)v.patch;
  NnPart part;
  part.m0 = (int)blockIdx.x / across * T::BM;
  part.n0 = (int)blockIdx.x % across * T::BN;
  part.k0 = (int)blockIdx.z * v.slice;
  part.end = v.depth - part.k0 > v.slice ? part.k0 + v.slice : v.depth;
  NnGradients left = v.gradients;
  left.dy += g * (size_t)rows * v.gradients.places.divisor;
  NnTurnedPatches<look> right = {v.from, v.patch};
  right.p.x += g * (size_t)v.from_channels * (size_t)v.from.pixels;
  NnProductResult result = {
      v.out + (blockIdx.z * (size_t)v.groups + g) * size, rows, v.patch, 1, v.beta, false};
  float sums[T::TM][T::TN] = {};
  nn_tile_product<T>(left, right, part, shared, sums);
  nn_tile_put<T>(result, part, sums);
}

template <class T> static void launch_weight(NnContext *context, const ConvNode *node)
{
  const NnConvShape &s = node->shape;
  int rows = s.K / s.groups, patch = s.C / s.groups * (int)kernel_of(s);
  size_t n_tiles = tiles((size_t)rows, T::BM) * tiles((size_t)patch, T::BN);
  size_t depth = places_of(s) * (size_t)s.N;
  NnSlices slices = nn_slices(n_tiles * (size_t)s.groups, depth, T::BK);
  bool cut = slices.n > 1;
  float beta = node->accumulate ? 1 : 0;
  WeightProduct v = {};
  v.from = inputs(node);
  v.gradients = {node->dy, rows, s.K, nn_quads(node->dy, places_of(s)), v.from.places};
  v.out = cut ? context->parts : node->out;
  v.patch = patch;
  v.depth = (int)depth;
  v.slice = slices.size;
  v.groups = s.groups;
  v.from_channels = s.C / s.groups;
  v.beta = cut ? 0 : beta;
  void (*kernel)(WeightProduct) = look_of(s) == NN_LOOK_INSIDE  ? weight_kernel<T, NN_LOOK_INSIDE>
                                  : look_of(s) == NN_LOOK_ZEROS ? weight_kernel<T, NN_LOOK_ZEROS>
                                                                : weight_kernel<T, NN_LOOK_MODE>;
  nn_run(context,
         nn_grid(context, dim3((unsigned)n_tiles, (unsigned)s.groups, (unsigned)slices.n),
                 dim3(T::THREADS)),
         kernel, v);
  if (cut)
    nn_add_slices(context,
                  {context->parts, node->out, (size_t)s.K * (size_t)patch, slices.n, 1, beta});
}

static void run_dweight(NnContext *context, const void *values, const NnLive &)
{
  const ConvNode *node = (const ConvNode *)values;
  const NnConvShape &s = node->shape;
  size_t patch = (size_t)(s.C / s.groups) * kernel_of(s);
  if (s.K / s.groups > Small::BM && patch > (size_t)Small::BN)
    launch_weight<Weights>(context, node);
  else
    launch_weight<Small>(context, node);
}

/* ---- dbias ---- */

enum { MOST_BIAS_SLICES = 64, BIAS_SLICE = 1 << 13 };

struct BiasSum {
  const float *dy;
  float *parts;        /* (slices, K) */
  int N, K, per_slice; /* samples of a slice */
  NnDivisor places;
};

/* Channel blockIdx.x, samples of slice blockIdx.y. */
static __global__ void __launch_bounds__(NN_BLOCK) bias_kernel(BiasSum b)
{
  __shared__ double cells[NN_WARP];
  int first = (int)blockIdx.y * b.per_slice;
  int n = b.N - first > b.per_slice ? b.per_slice : b.N - first, places = (int)b.places.divisor;
  float sum = 0;
  for (int i = (int)threadIdx.x; i < n * places; i += NN_BLOCK) {
    int sample = nn_quotient(i, b.places);
    size_t plane = (size_t)(first + sample) * (size_t)b.K + blockIdx.x;
    sum += b.dy[plane * b.places.divisor + (size_t)(i - sample * places)];
  }
  double total = nn_block_sum((double)sum, cells);
  if (threadIdx.x == 0)
    b.parts[(size_t)blockIdx.y * (size_t)b.K + blockIdx.x] = (float)total;
}

static void run_dbias(NnContext *context, const void *values, const NnLive &)
{
  const ConvNode *node = (const ConvNode *)values;
  const NnConvShape &s = node->shape;
  size_t N = (size_t)s.N, wanted = tiles(places_of(s) * N, BIAS_SLICE);
  if (wanted > MOST_BIAS_SLICES)
    wanted = MOST_BIAS_SLICES;
  BiasSum b = {
      node->dy, context->parts, s.N, s.K, (int)tiles(N, (int)wanted), nn_divisor(places_of(s))};
  int n_slices = (int)tiles(N, b.per_slice);
  nn_run(context, nn_grid(context, dim3((unsigned)s.K, (unsigned)n_slices), dim3(NN_BLOCK)),
         bias_kernel, b);
  nn_add_slices(context, {context->parts, node->out, (size_t)s.K, n_slices, 1,
                          node->accumulate ? 1.0f : 0.0f});
}

/* ---- the operations ---- */

static ConvNode node_of(const NnConv *v)
{
  ConvNode node = nn_zeroed<ConvNode>();
  NnConvShape *s = &node.shape;
  s->N = (int)v->N;
  s->C = (int)v->C;
  s->K = (int)v->K;
  s->groups = (int)v->groups;
  s->mode = v->mode;
  for (int axis = 0; axis < 2; axis++) {
    s->in[axis] = (int)v->in[axis];
    s->out[axis] = (int)v->out[axis];
    s->kernel[axis] = (int)v->kernel[axis];
    s->stride[axis] = (int)v->stride[axis];
    s->dilation[axis] = (int)v->dilation[axis];
    s->before[axis] = (int)v->before[axis];
    s->after[axis] = (int)v->after[axis];
  }
  return node;
}

static void conv_forward(const NnBackend *backend, const NnConv *v)
{
  ConvNode node = node_of(v);
  node.x = v->x;
  node.weight = v->weight;
  node.bias = v->bias;
  node.out = v->y;
  nn_submit(backend, run_forward, node);
}

static void conv_backward(const NnBackend *backend, const NnConv *v)
{
  ConvNode node = node_of(v);
  node.dy = v->dy;
  if (v->dbias) {
    node.out = v->dbias;
    node.accumulate = v->add_dbias;
    nn_submit(backend, run_dbias, node);
  }
  node.x = v->x;
  if (v->dweight) {
    node.out = v->dweight;
    node.accumulate = v->add_dweight;
    nn_submit(backend, run_dweight, node);
  }
  node.accumulate = false;
  node.weight = v->weight;
  node.out = v->dx;
  if (v->dx)
    nn_submit(backend, run_dx, node);
}

void nn_cuda_add_conv(NnBackendOps *ops)
{
  ops->conv_forward = conv_forward;
  ops->conv_backward = conv_backward;
}
