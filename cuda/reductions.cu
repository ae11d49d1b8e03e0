/* reductions.cu: sums and largest values of flat lists, whose results the host asks for. Each block
 * leaves its share in context->cells, and the host puts the shares together in their order. */
#include "reduce.h"

struct ReduceNode {
  size_t n;
  const nn_real *x, *y;
};

static ReduceNode reduce(const nn_real *x, const nn_real *y, size_t n)
{
  ReduceNode r = nn_zeroed<ReduceNode>();
  r.n = n;
  r.x = x;
  r.y = y;
  return r;
}

template <void (*kernel)(size_t, const nn_real *, const nn_real *, double *)>
static void run_reduce(NnContext *context, const void *values, const NnLive &)
{
  const ReduceNode *r = (const ReduceNode *)values;
  nn_run(context, nn_grid(context, dim3(nn_sum_blocks(r->n)), dim3(NN_BLOCK)), kernel, r->n, r->x,
         r->y, context->cells);
}

/* Runs a reduction with `each` numbers from every block and brings them to the host. */
template <void (*kernel)(size_t, const nn_real *, const nn_real *, double *)>
static const double *shares(const NnBackend *backend, const nn_real *x, const nn_real *y, size_t n,
                            size_t each)
{
  NnContext *context = nn_context(backend);
  nn_submit(backend, run_reduce<kernel>, reduce(x, y, n));
  nn_read_cells(context, nn_sum_blocks(n) * each);
  return context->host_cells;
}

static double total(const double *numbers, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += numbers[i];
  return sum;
}

static __global__ void sum_kernel(size_t n, const nn_real *x, const nn_real *, double *cells)
{
  double share = nn_share_of_sum(n, [=](size_t i) { return (double)x[i]; });
  if (threadIdx.x == 0)
    cells[blockIdx.x] = share;
}

static double sum(const NnBackend *backend, const nn_real *x, size_t n)
{
  return total(shares<sum_kernel>(backend, x, NULL, n, 1), nn_sum_blocks(n));
}

static __global__ void dot_kernel(size_t n, const nn_real *x, const nn_real *y, double *cells)
{
  double share = nn_share_of_sum(n, [=](size_t i) { return (double)x[i] * (double)y[i]; });
  if (threadIdx.x == 0)
    cells[blockIdx.x] = share;
}

static double dot(const NnBackend *backend, const nn_real *x, const nn_real *y, size_t n)
{
  return total(shares<dot_kernel>(backend, x, y, n, 1), nn_sum_blocks(n));
}

/* Shares of Σ |w| and then those of Σ w². */
static __global__ void norms_kernel(size_t n, const nn_real *w, const nn_real *, double *cells)
{
  double size = nn_share_of_sum(n, [=](size_t i) { return fabs((double)w[i]); });
  double square = nn_share_of_sum(n, [=](size_t i) { return (double)w[i] * (double)w[i]; });
  if (threadIdx.x == 0) {
    cells[blockIdx.x] = size;
    cells[gridDim.x + blockIdx.x] = square;
  }
}

static void norms(const NnBackend *backend, const nn_real *w, size_t n, double *sum_abs,
                  double *sum_squares)
{
  const double *found = shares<norms_kernel>(backend, w, NULL, n, 2);
  *sum_abs = total(found, nn_sum_blocks(n));
  *sum_squares = total(found + nn_sum_blocks(n), nn_sum_blocks(n));
}

/* A NaN is larger than everything. */
__device__ static inline nn_real larger(nn_real a, nn_real b)
{
  return a != a || a > b ? a : b;
}

static __global__ void max_abs_kernel(size_t n, const nn_real *x, const nn_real *, double *cells)
{
  __shared__ nn_real of_warps[NN_WARP];
  nn_real most = 0;
  size_t step = (size_t)gridDim.x * blockDim.x;
  for (size_t i = nn_index(); i < n; i += step)
    most = larger(most, x[i] < 0 ? -x[i] : x[i]);
  for (int distance = NN_WARP / 2; distance > 0; distance /= 2)
    most = larger(most, __shfl_xor_sync(0xffffffffu, most, distance));
  if (threadIdx.x % NN_WARP == 0)
    of_warps[threadIdx.x / NN_WARP] = most;
  __syncthreads();
  for (unsigned w = 0; threadIdx.x == 0 && w < blockDim.x / NN_WARP; w++)
    most = larger(most, of_warps[w]);
  if (threadIdx.x == 0)
    cells[blockIdx.x] = (double)most;
}

static double max_abs(const NnBackend *backend, const nn_real *x, size_t n)
{
  const double *found = shares<max_abs_kernel>(backend, x, NULL, n, 1);
  double most = 0;
  for (size_t i = 0; i < nn_sum_blocks(n); i++)
    most = found[i] != found[i] || found[i] > most ? found[i] : most;
  return most;
}

/* ---- how many rows have their largest value at their label ---- */

struct CountNode {
  size_t N, C;
  const nn_real *logits;
  const int32_t *labels;
};

static __global__ void count_kernel(CountNode k, double *cells)
{
  __shared__ double of_warps[NN_WARP];
  double share = nn_correct_share(k.N, k.C, k.logits, k.labels);
  share = nn_block_sum(share, of_warps);
  if (threadIdx.x == 0)
    cells[blockIdx.x] = share;
}

static void run_count(NnContext *context, const void *values, const NnLive &)
{
  const CountNode *k = (const CountNode *)values;
  nn_run(context, nn_grid(context, dim3(nn_row_blocks(k->N, k->C)), dim3(NN_BLOCK)), count_kernel,
         *k, context->cells);
}

static size_t count_correct(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                            const int32_t *labels)
{
  NnContext *context = nn_context(backend);
  CountNode k = nn_zeroed<CountNode>();
  k.N = N;
  k.C = C;
  k.logits = logits;
  k.labels = labels;
  nn_submit(backend, run_count, k);
  if (!nn_read_cells(context, nn_row_blocks(N, C)))
    return 0;
  return (size_t)total(context->host_cells, nn_row_blocks(N, C));
}

void nn_cuda_add_reductions(NnBackendOps *ops)
{
  ops->sum = sum;
  ops->dot = dot;
  ops->norms = norms;
  ops->max_abs = max_abs;
  ops->count_correct = count_correct;
}
