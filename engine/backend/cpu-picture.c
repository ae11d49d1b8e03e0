/* cpu-picture.c: convolution as products of matrices, and pooling, over the pool of
 * threads.
 *
 * The batch is cut into at most NN_CONV_PARTS parts, whatever the number of threads, and each part
 * works in memory of its own, one sample at a time: pad the picture, lay the patches of some rows
 * of the output side by side, multiply. The patches are small enough for the cache, and are laid
 * out again in backward rather than kept. Shares of dweight are added in the order of the parts. */
#include "cpu.h"
#include <string.h>

enum { SMALL_CONV = 1 << 18, SMALL_POOL = 1 << 15, REDUCE = 1 << 13 };

typedef struct {
  const NnConv *v;
  const NnPictureKernels *kernels;
  size_t N, n_parts, per_part; /* samples; parts; samples of a part */
  size_t patch, P;             /* values under a filter; places of the output */
  bool pads, plain;            /* plain: 1 × 1 filters, whose patches are the picture itself */
} Conv;

/* The memory of one part. */
typedef struct {
  nn_real *padded, *columns, *dweight, *dbias;
} Part;

static Conv conv_of(const NnBackend *backend, const NnConv *v)
{
  Conv c = {.v = v, .kernels = nn_cpu_of(backend)->kernels->picture, .N = v->N};
  c.per_part = nn_chunks(v->N, NN_CONV_PARTS);
  c.n_parts = nn_chunks(v->N, c.per_part);
  c.patch = nn_conv_patch(v);
  c.P = v->out[0] * v->out[1];
  c.pads = v->before[0] || v->after[0] || v->before[1] || v->after[1];
  c.plain = true;
  for (int axis = 0; axis < 2; axis++)
    c.plain = c.plain && v->kernel[axis] == 1 && v->stride[axis] == 1;
  return c;
}

static Part part_of(const Conv *c, size_t part)
{
  Part p = {.padded = c->v->work + part * nn_conv_part(c->v)};
  p.columns = p.padded + nn_conv_padded(c->v);
  p.dweight = p.columns + c->patch * c->v->groups * c->v->out[1] * nn_conv_tile_rows(c->v);
  p.dbias = p.dweight + c->v->K * c->patch;
  return p;
}

/* C (M, N) = beta·C + op(A)·op(B), each with the distance of its rows. */
typedef struct {
  const nn_real *values;
  size_t row;
  bool turned;
} Matrix;

static void product(size_t M, size_t N, size_t K, Matrix A, Matrix B, bool add, nn_real *C,
                    size_t row)
{
  nn_sgemm(CblasRowMajor, A.turned ? CblasTrans : CblasNoTrans,
           B.turned ? CblasTrans : CblasNoTrans, (int)M, (int)N, (int)K, 1, A.values, (int)A.row,
           B.values, (int)B.row, add, C, (int)row);
}

/* Rows [from, to) of the output, of one sample. */
typedef struct {
  size_t from, to, count; /* count: places */
} Tile;

static bool next_tile(const NnConv *v, Tile *tile)
{
  tile->from = tile->to;
  tile->to = nn_chunk_end(tile->from, nn_conv_tile_rows(v), v->out[0]);
  tile->count = (tile->to - tile->from) * v->out[1];
  return tile->count > 0;
}

static const nn_real *padded_sample(const Conv *c, const Part *part, size_t n)
{
  const nn_real *x = c->v->x + n * c->v->C * c->v->in[0] * c->v->in[1];
  if (!c->pads)
    return x;
  c->kernels->pad(c->v, x, part->padded);
  return part->padded;
}

/* The patches of a tile; of all groups, below each other. */
static Matrix patches_of(const Conv *c, const Part *part, const nn_real *xp, const Tile *tile)
{
  if (c->plain)
    return (Matrix){xp + tile->from * c->v->out[1], c->P, false};
  c->kernels->gather(c->v, tile->from, tile->to, xp, part->columns);
  return (Matrix){part->columns, tile->count, false};
}

static void fill_bias(const NnConv *v, size_t P, nn_real *y)
{
  for (size_t k = 0; k < v->K; k++)
    for (size_t i = 0; i < P; i++)
      y[k * P + i] = v->bias[k];
}

static void forward_part(void *job, size_t index)
{
  const Conv *c = job;
  const NnConv *v = c->v;
  Part part = part_of(c, index);
  size_t G = v->groups, K = v->K / G, end = nn_chunk_end(index * c->per_part, c->per_part, c->N);
  for (size_t n = index * c->per_part; n < end; n++) {
    const nn_real *xp = padded_sample(c, &part, n);
    nn_real *y = v->y + n * v->K * c->P;
    if (v->bias)
      fill_bias(v, c->P, y);
    for (Tile tile = {0}; next_tile(v, &tile);) {
      Matrix patches = patches_of(c, &part, xp, &tile);
      for (size_t g = 0; g < G; g++, patches.values += c->patch * patches.row)
        product(K, tile.count, c->patch, (Matrix){v->weight + g * K * c->patch, c->patch, false},
                patches, v->bias != NULL, y + g * K * c->P + tile.from * v->out[1], c->P);
    }
  }
}

/* Small work is done in the same parts, here. */
static void run(const NnBackend *backend, NnPoolFunction function, void *job, size_t n, bool small)
{
  if (!small)
    nn_pool_run(nn_cpu_of(backend)->pool, function, job, n);
  for (size_t i = 0; small && i < n; i++)
    function(job, i);
}

static bool is_small(const Conv *c)
{
  return c->N * c->v->K * c->P * c->patch < SMALL_CONV;
}

void nn_cpu_conv_forward(const NnBackend *backend, const NnConv *v)
{
  nn_cpu_before_products(backend);
  Conv c = conv_of(backend, v);
  run(backend, forward_part, &c, c.n_parts, is_small(&c));
}

/* This sample's share of dweight = dy · patchesᵀ. */
static void add_weight_gradient(const Conv *c, const Part *part, size_t n, bool add)
{
  const NnConv *v = c->v;
  const nn_real *xp = padded_sample(c, part, n), *dy = v->dy + n * v->K * c->P;
  size_t K = v->K / v->groups;
  for (Tile tile = {0}; next_tile(v, &tile); add = true) {
    Matrix patches = patches_of(c, part, xp, &tile);
    patches.turned = true;
    for (size_t g = 0; g < v->groups; g++, patches.values += c->patch * patches.row)
      product(K, c->patch, tile.count,
              (Matrix){dy + g * K * c->P + tile.from * v->out[1], c->P, false}, patches, add,
              part->dweight + g * K * c->patch, c->patch);
  }
}

static void add_bias_gradient(const Conv *c, const Part *part, size_t n, bool add)
{
  for (size_t k = 0; k < c->v->K; k++) {
    double sum = c->kernels->sum(c->P, c->v->dy + (n * c->v->K + k) * c->P);
    part->dbias[k] = (nn_real)((add ? (double)part->dbias[k] : 0) + sum);
  }
}

/* The patches' gradient Wᵀ·dy, added where the patches came from. */
static void input_gradient(const Conv *c, const Part *part, size_t n)
{
  const NnConv *v = c->v;
  nn_real *dx = v->dx + n * v->C * v->in[0] * v->in[1], *dxp = c->pads ? part->padded : dx;
  const nn_real *dy = v->dy + n * v->K * c->P;
  size_t K = v->K / v->groups;
  if (!c->plain)
    memset(dxp, 0, nn_conv_padded(v) * sizeof *dxp);
  for (Tile tile = {0}; next_tile(v, &tile);) {
    size_t row = c->plain ? c->P : tile.count;
    nn_real *to = c->plain ? dxp + tile.from * v->out[1] : part->columns;
    for (size_t g = 0; g < v->groups; g++)
      product(c->patch, tile.count, K, (Matrix){v->weight + g * K * c->patch, c->patch, true},
              (Matrix){dy + g * K * c->P + tile.from * v->out[1], c->P, false}, false,
              to + g * c->patch * row, row);
    if (!c->plain)
      c->kernels->scatter(v, tile.from, tile.to, part->columns, dxp);
  }
  if (c->pads)
    c->kernels->unpad(v, dxp, dx);
}

static void backward_part(void *job, size_t index)
{
  const Conv *c = job;
  Part part = part_of(c, index);
  size_t start = index * c->per_part, end = nn_chunk_end(start, c->per_part, c->N);
  for (size_t n = start; n < end; n++) {
    if (c->v->dweight)
      add_weight_gradient(c, &part, n, n > start);
    if (c->v->dbias)
      add_bias_gradient(c, &part, n, n > start);
    if (c->v->dx)
      input_gradient(c, &part, n);
  }
}

/* Adds the parts' shares of some elements of dweight (chunk > 0) or of dbias (chunk 0). */
static void reduce(void *job, size_t chunk)
{
  const Conv *c = job;
  const NnConv *v = c->v;
  nn_real *to = chunk == 0 ? v->dbias : v->dweight;
  size_t size = chunk == 0 ? v->K : v->K * c->patch;
  size_t from = chunk == 0 ? 0 : (chunk - 1) * REDUCE;
  size_t end = chunk == 0 ? size : nn_chunk_end(from, REDUCE, size);
  if (!to)
    return;
  if (chunk == 0 ? !v->add_dbias : !v->add_dweight)
    memset(to + from, 0, (end - from) * sizeof *to);
  for (size_t p = 0; p < c->n_parts; p++) {
    Part part = part_of(c, p);
    const nn_real *share = chunk == 0 ? part.dbias : part.dweight;
    for (size_t i = from; i < end; i++)
      to[i] += share[i];
  }
}

void nn_cpu_conv_backward(const NnBackend *backend, const NnConv *v)
{
  nn_cpu_before_products(backend);
  Conv c = conv_of(backend, v);
  size_t size = v->K * c.patch;
  run(backend, backward_part, &c, c.n_parts, is_small(&c));
  run(backend, reduce, &c, 1 + nn_chunks(size, REDUCE), size * c.n_parts < SMALL_POOL);
}

/* ---- pooling ---- */

typedef struct {
  const NnPooling *pooling;
  void (*kernel)(const NnPooling *, size_t from, size_t to);
  size_t size; /* planes of one chunk */
} Pool;

static void pool_chunk(void *job, size_t chunk)
{
  const Pool *p = job;
  size_t from = chunk * p->size;
  p->kernel(p->pooling, from, nn_chunk_end(from, p->size, p->pooling->planes));
}

static void run_pool(const NnBackend *backend, const NnPooling *p,
                     void (*kernel)(const NnPooling *, size_t from, size_t to))
{
  size_t plane = p->in[0] * p->in[1];
  Pool job = {.pooling = p, .kernel = kernel, .size = 1 + SMALL_POOL / plane};
  run(backend, pool_chunk, &job, nn_chunks(p->planes, job.size), p->planes * plane < SMALL_POOL);
}

void nn_cpu_max_pool_forward(const NnBackend *backend, const NnPooling *p)
{
  run_pool(backend, p, nn_cpu_of(backend)->kernels->picture->max_forward);
}

void nn_cpu_max_pool_backward(const NnBackend *backend, const NnPooling *p)
{
  run_pool(backend, p, nn_cpu_of(backend)->kernels->picture->max_backward);
}

void nn_cpu_mean_pool_forward(const NnBackend *backend, const NnPooling *p)
{
  run_pool(backend, p, nn_cpu_of(backend)->kernels->picture->mean_forward);
}

void nn_cpu_mean_pool_backward(const NnBackend *backend, const NnPooling *p)
{
  run_pool(backend, p, nn_cpu_of(backend)->kernels->picture->mean_backward);
}
