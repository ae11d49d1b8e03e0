/* rows.cu: operations that treat rows or columns of a matrix alike. */
#include "reduce.h"

/* ---- bias ---- */

struct BiasNode {
  size_t N, F;
  const nn_real *from;
  nn_real *to;
  bool accumulate;
};

static __global__ void add_bias_kernel(size_t N, size_t F, const nn_real *b, nn_real *y)
{
  size_t f = nn_tile_column();
  if (f >= F)
    return;
  nn_real bias = b[f];
  for (size_t n = nn_tile_row(); n < N; n += nn_tile_step())
    y[n * F + f] += bias;
}

static void run_add_bias(NnContext *context, const void *values, const NnLive &)
{
  const BiasNode *k = (const BiasNode *)values;
  nn_run(context, nn_tiles(context, k->N, k->F), add_bias_kernel, k->N, k->F, k->from, k->to);
}

static void add_bias(const NnBackend *backend, size_t N, size_t F, const nn_real *b, nn_real *y)
{
  BiasNode k = nn_zeroed<BiasNode>();
  k.N = N;
  k.F = F;
  k.from = b;
  k.to = y;
  nn_submit(backend, run_add_bias, k);
}

/* A block for NN_WARP columns, its rows taken in turns. */
static __global__ void sum_rows_kernel(size_t N, size_t F, const nn_real *dy, bool accumulate,
                                       nn_real *db)
{
  __shared__ double cells[NN_WARP * NN_WARP];
  size_t f = nn_tile_column();
  double sum = 0;
  for (size_t n = threadIdx.y; f < F && n < N; n += blockDim.y)
    sum += (double)dy[n * F + f];
  sum = nn_column_sum(sum, cells);
  if (f < F && threadIdx.y == 0)
    db[f] = (nn_real)((accumulate ? (double)db[f] : 0) + sum);
}

static void run_sum_rows(NnContext *context, const void *values, const NnLive &)
{
  const BiasNode *k = (const BiasNode *)values;
  dim3 grid((unsigned)((k->F + NN_WARP - 1) / NN_WARP));
  dim3 block(NN_WARP, k->N <= 128 ? NN_TILE_ROWS : 4 * NN_TILE_ROWS);
  nn_run(context, nn_grid(context, grid, block), sum_rows_kernel, k->N, k->F, k->from,
         k->accumulate, k->to);
}

static void sum_rows(const NnBackend *backend, size_t N, size_t F, const nn_real *dy,
                     bool accumulate, nn_real *db)
{
  BiasNode k = nn_zeroed<BiasNode>();
  k.N = N;
  k.F = F;
  k.from = dy;
  k.to = db;
  k.accumulate = accumulate;
  nn_submit(backend, run_sum_rows, k);
}

/* ---- one factor or one norm for each row ---- */

struct RowsNode {
  size_t rows, K;
  const nn_real *x, *factors;
  nn_real *y;
};

static RowsNode rows_of(size_t rows, size_t K, const nn_real *x, nn_real *y)
{
  RowsNode k = nn_zeroed<RowsNode>();
  k.rows = rows;
  k.K = K;
  k.x = x;
  k.y = y;
  return k;
}

static __global__ void scale_rows_kernel(RowsNode k)
{
  size_t s = nn_tile_column();
  for (size_t row = nn_tile_row(); s < k.K && row < k.rows; row += nn_tile_step())
    k.y[row * k.K + s] = k.x[row * k.K + s] * k.factors[row];
}

static void run_scale_rows(NnContext *context, const void *values, const NnLive &)
{
  const RowsNode *k = (const RowsNode *)values;
  nn_run(context, nn_tiles(context, k->rows, k->K), scale_rows_kernel, *k);
}

static void scale_rows(const NnBackend *backend, size_t rows, size_t S, const nn_real *x,
                       const nn_real *factors, nn_real *y)
{
  RowsNode k = rows_of(rows, S, x, y);
  k.factors = factors;
  nn_submit(backend, run_scale_rows, k);
}

static __global__ void row_norms_kernel(RowsNode k)
{
  size_t row = nn_warp_row();
  double sum = 0;
  for (size_t i = threadIdx.x; row < k.rows && i < k.K; i += NN_WARP) {
    double v = (double)k.x[row * k.K + i];
    sum += v * v;
  }
  sum = nn_warp_sum(sum);
  if (row < k.rows && threadIdx.x == 0)
    k.y[row] = (nn_real)sqrt(sum);
}

static void run_row_norms(NnContext *context, const void *values, const NnLive &)
{
  const RowsNode *k = (const RowsNode *)values;
  nn_run(context, nn_warps(context, k->rows), row_norms_kernel, *k);
}

static void row_norms(const NnBackend *backend, size_t rows, size_t K, const nn_real *v,
                      nn_real *norms)
{
  nn_submit(backend, run_row_norms, rows_of(rows, K, v, norms));
}

/* ---- weight normalization ---- */

/* dg = ⟨dw, v⟩/‖v‖ and dv = g/‖v‖·(dw − v·⟨dw, v⟩/‖v‖²), a warp for each row. */
static __global__ void weight_norm_kernel(NnWeightNorm w)
{
  size_t row = nn_warp_row(), start = row * w.K;
  double dot = 0;
  for (size_t k = threadIdx.x; row < w.rows && k < w.K; k += NN_WARP)
    dot += (double)w.dw[start + k] * (double)w.v[start + k];
  dot = nn_warp_sum(dot);
  if (row >= w.rows)
    return;
  double norm = (double)w.norms[row];
  nn_real factor = (nn_real)((double)w.g[row] / norm), share = (nn_real)(dot / (norm * norm));
  if (threadIdx.x == 0)
    w.dg[row] = (nn_real)((w.accumulate ? (double)w.dg[row] : 0) + dot / norm);
  for (size_t k = threadIdx.x; k < w.K; k += NN_WARP) {
    nn_real old = w.accumulate ? w.dv[start + k] : (nn_real)0;
    w.dv[start + k] = old + factor * (w.dw[start + k] - w.v[start + k] * share);
  }
}

static void run_weight_norm(NnContext *context, const void *values, const NnLive &)
{
  const NnWeightNorm *w = (const NnWeightNorm *)values;
  nn_run(context, nn_warps(context, w->rows), weight_norm_kernel, *w);
}

static void weight_norm_backward(const NnBackend *backend, const NnWeightNorm *from)
{
  NnWeightNorm w = nn_zeroed<NnWeightNorm>();
  w.rows = from->rows;
  w.K = from->K;
  w.dw = from->dw;
  w.v = from->v;
  w.g = from->g;
  w.norms = from->norms;
  w.accumulate = from->accumulate;
  w.dv = from->dv;
  w.dg = from->dg;
  nn_submit(backend, run_weight_norm, w);
}

void nn_cuda_add_rows(NnBackendOps *ops)
{
  ops->add_bias = add_bias;
  ops->sum_rows = sum_rows;
  ops->scale_rows = scale_rows;
  ops->row_norms = row_norms;
  ops->weight_norm_backward = weight_norm_backward;
}
