/* adafactor.cu: the moments of Adafactor. Its means and quotients are kept in double, as in the
 * reference backend. */
#include "reduce.h"

struct AdafactorNode {
  size_t batch, rows, cols;
  double eps;
  const nn_real *dw;
  nn_real *row_var, *col_var, *variance, *u;
};

/* torch.lerp, in the form that keeps more digits */
__device__ static inline nn_real toward(nn_real old, double value, double weight)
{
  double a = (double)old;
  return (nn_real)(weight < 0.5 ? a + weight * (value - a) : value - (1 - weight) * (value - a));
}

__device__ static inline nn_real update(const AdafactorNode &f, nn_real g, double v)
{
  double least = (double)(float)(f.eps * f.eps);
  return (nn_real)((double)g / sqrt(v > least ? v : least));
}

/* A warp for each row of each matrix. */
static __global__ void rows_kernel(AdafactorNode f, NnLive live)
{
  size_t row = nn_warp_row(), n = f.batch * f.rows;
  double sum = 0;
  for (size_t c = threadIdx.x; row < n && c < f.cols; c += NN_WARP) {
    double g = (double)f.dw[row * f.cols + c];
    sum += g * g;
  }
  sum = nn_warp_sum(sum);
  if (row < n && threadIdx.x == 0)
    f.row_var[row] = toward(f.row_var[row], sum / (double)f.cols, *nn_live<double>(live));
}

/* Columns of all matrices, counted from the first one on: a warp takes NN_WARP of them. */
static __global__ void columns_kernel(AdafactorNode f, NnLive live)
{
  __shared__ double cells[NN_WARP * NN_TILE_ROWS];
  size_t column = nn_tile_column(), n = f.batch * f.cols;
  const nn_real *g = f.dw + column / f.cols * f.rows * f.cols + column % f.cols;
  double sum = 0;
  for (size_t r = threadIdx.y; column < n && r < f.rows; r += NN_TILE_ROWS)
    sum += (double)g[r * f.cols] * (double)g[r * f.cols];
  sum = nn_column_sum(sum, cells);
  if (column < n && threadIdx.y == 0)
    f.col_var[column] = toward(f.col_var[column], sum / (double)f.rows, *nn_live<double>(live));
}

/* max(mean of row_var, eps) of matrices first, first + 1, …, a warp for each. */
static __global__ void means_kernel(AdafactorNode f, size_t first, size_t n, double *means)
{
  size_t m = nn_warp_row();
  double sum = 0;
  for (size_t r = threadIdx.x; m < n && r < f.rows; r += NN_WARP)
    sum += (double)f.row_var[(first + m) * f.rows + r] / (double)f.rows;
  sum = nn_warp_sum(sum);
  if (m < n && threadIdx.x == 0)
    means[m] = sum > f.eps ? sum : f.eps;
}

static __global__ void factored_kernel(AdafactorNode f, size_t first, size_t n, const double *means)
{
  size_t i = nn_index(), size = f.rows * f.cols;
  if (i >= n * size)
    return;
  size_t m = i / size, row = i % size / f.cols, column = i % f.cols;
  double v = (double)f.row_var[(first + m) * f.rows + row] *
             (double)f.col_var[(first + m) * f.cols + column] / means[m];
  i += first * size;
  f.u[i] = update(f, f.dw[i], v);
}

static __global__ void unfactored_kernel(AdafactorNode f, NnLive live)
{
  size_t i = nn_index();
  if (i >= f.batch * f.rows * f.cols)
    return;
  double g = (double)f.dw[i];
  nn_real v = toward(f.variance[i], g * g, *nn_live<double>(live));
  f.variance[i] = v;
  f.u[i] = update(f, f.dw[i], (double)v);
}

static void run_factored(NnContext *context, const AdafactorNode *f, const NnLive &live)
{
  dim3 columns((unsigned)((f->batch * f->cols + NN_WARP - 1) / NN_WARP));
  nn_run(context, nn_warps(context, f->batch * f->rows), rows_kernel, *f, live);
  nn_run(context, nn_grid(context, columns, dim3(NN_WARP, NN_TILE_ROWS)), columns_kernel, *f, live);
  for (size_t first = 0; first < f->batch; first += NN_CELLS) {
    size_t left = f->batch - first, n = left < NN_CELLS ? left : (size_t)NN_CELLS;
    nn_run(context, nn_warps(context, n), means_kernel, *f, first, n, context->cells);
    nn_run(context, nn_each(context, n * f->rows * f->cols), factored_kernel, *f, first, n,
           context->cells);
  }
}

static void run_adafactor(NnContext *context, const void *values, const NnLive &live)
{
  const AdafactorNode *f = (const AdafactorNode *)values;
  if (f->row_var)
    run_factored(context, f, live);
  else
    nn_run(context, nn_each(context, f->batch * f->rows * f->cols), unfactored_kernel, *f, live);
}

static void adafactor(const NnBackend *backend, const NnAdafactor *from)
{
  AdafactorNode f = nn_zeroed<AdafactorNode>();
  f.batch = from->batch;
  f.rows = from->rows;
  f.cols = from->cols;
  f.eps = from->eps;
  f.dw = from->dw;
  f.row_var = from->row_var;
  f.col_var = from->col_var;
  f.variance = from->variance;
  f.u = from->u;
  nn_submit(backend, run_adafactor, f, &from->weight, sizeof from->weight);
}

void nn_cuda_add_adafactor(NnBackendOps *ops)
{
  ops->adafactor = adafactor;
}
