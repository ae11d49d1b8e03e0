/* gemm.cu: products of matrices. Which tile a product is cut into, and whether its k are cut too,
 * follows from M, N and K; gemm.h holds the tile. */
#include "gemm.h"

/* Large: most arithmetic for each number that is read. Medium: where there are fewer sums. Small:
 * batches and layers of a few dozen, where the steps of k are shared out to keep latencies short.
 */
typedef NnTile<128, 64, 16, 8, 8> Large;
typedef NnTile<64, 64, 16, 8, 4> Medium;
typedef NnTile<32, 32, 32, 4, 4, 4> Small;

enum Size { LARGE, MEDIUM, SMALL };

struct Product {
  int M, N, K, slice; /* slice: steps of k of each block */
  bool quads_a, quads_b, quads_c;
  float alpha, beta;
  const float *A, *B;
  float *C; /* slice < K: (slices, M, N) */
};

struct ProductNode {
  Product product;
  NnSliceSum sum; /* n_slices > 1: what is done with the slices */
  int size, n_slices;
  bool trans_a, trans_b;
};

template <class T, bool trans_a, bool trans_b>
static __global__ void __launch_bounds__(T::THREADS, (T::TM * T::TN < 64 ? 512 : 384) / T::THREADS)
    product_kernel(const Product p)
{
  __shared__ __align__(16) typename T::Shared shared;
  int across = (p.N + T::BN - 1) / T::BN;
  NnPart part;
  part.m0 = (int)blockIdx.x / across * T::BM;
  part.n0 = (int)blockIdx.x % across * T::BN;
  part.k0 = (int)blockIdx.z * p.slice;
  part.end = p.K - part.k0 > p.slice ? part.k0 + p.slice : p.K;
  NnMatrix<!trans_a> a = {p.A, (size_t)(trans_a ? p.M : p.K), p.M, p.quads_a};
  NnMatrix<trans_b> b = {p.B, (size_t)(trans_b ? p.K : p.N), p.N, p.quads_b};
  NnProductResult result = {
      p.C + (size_t)blockIdx.z * p.M * p.N, p.M, p.N, p.alpha, p.beta, p.quads_c};
  float sums[T::TM][T::TN] = {};
  nn_tile_product<T>(a, b, part, shared, sums);
  nn_tile_put<T>(result, part, sums);
}

static size_t n_tiles(size_t M, size_t N, size_t bm, size_t bn)
{
  return (M + bm - 1) / bm * ((N + bn - 1) / bn);
}

template <class T, bool trans_a, bool trans_b>
static void launch(NnContext *context, const ProductNode *node)
{
  const Product &p = node->product;
  size_t tiles = n_tiles((size_t)p.M, (size_t)p.N, T::BM, T::BN);
  dim3 grid((unsigned)tiles, 1, (unsigned)node->n_slices);
  nn_run(context, nn_grid(context, grid, dim3(T::THREADS)), product_kernel<T, trans_a, trans_b>, p);
}

template <bool trans_a, bool trans_b>
static void launch_size(NnContext *context, const ProductNode *node)
{
  if (node->size == LARGE)
    launch<Large, trans_a, trans_b>(context, node);
  else if (node->size == MEDIUM)
    launch<Medium, trans_a, trans_b>(context, node);
  else
    launch<Small, trans_a, trans_b>(context, node);
}

static void run_product(NnContext *context, const void *values, const NnLive &)
{
  const ProductNode *node = (const ProductNode *)values;
  if (node->trans_a)
    node->trans_b ? launch_size<true, true>(context, node)
                  : launch_size<true, false>(context, node);
  else
    node->trans_b ? launch_size<false, true>(context, node)
                  : launch_size<false, false>(context, node);
  if (node->n_slices > 1)
    nn_add_slices(context, node->sum);
}

/* ---- slices ---- */

enum { LANES = 8 }; /* threads that share the slices of one sum */

/* Thread (i, lane) adds slices lane, lane + 8, …; then the lanes are added in their order. */
static __global__ void __launch_bounds__(NN_WARP *LANES) slice_kernel(NnSliceSum s)
{
  __shared__ float cells[LANES][NN_WARP];
  int lane = (int)threadIdx.x / NN_WARP, column = (int)threadIdx.x % NN_WARP;
  size_t i = (size_t)blockIdx.x * NN_WARP + (size_t)column;
  float sum = 0;
  if (i < s.n)
    for (int slice = lane; slice < s.n_slices; slice += LANES)
      sum += s.parts[(size_t)slice * s.n + i];
  cells[lane][column] = sum;
  __syncthreads();
  if (lane > 0 || i >= s.n)
    return;
  NN_UNROLL
  for (int other = 1; other < LANES; other++)
    sum += cells[other][column];
  s.to[i] = s.alpha * sum + (s.beta == 0 ? 0 : s.beta * s.to[i]);
}

void nn_add_slices(NnContext *context, const NnSliceSum &sum)
{
  dim3 grid((unsigned)((sum.n + NN_WARP - 1) / NN_WARP));
  nn_run(context, nn_grid(context, grid, dim3(NN_WARP * LANES)), slice_kernel, sum);
}

NnSlices nn_slices(size_t n_tiles, size_t K, int bk)
{
  size_t wanted = n_tiles < NN_WANTED_BLOCKS ? (NN_WANTED_BLOCKS + n_tiles - 1) / n_tiles : 1;
  size_t most = K / NN_LEAST_SLICE, step = (size_t)bk;
  wanted = wanted < most ? wanted : most;
  wanted = wanted < 1 ? 1 : wanted;
  size_t size = ((K + wanted - 1) / wanted + step - 1) / step * step;
  NnSlices slices = {(int)(size < K ? (K + size - 1) / size : 1), (int)(size < K ? size : K)};
  return slices;
}

/* ---- the operation ---- */

/* Large tiles where they alone fill a chip, medium ones where they do with their k cut. */
static Size choose_size(size_t M, size_t N, size_t K)
{
  enum { NARROW = 32 };
  size_t most_slices = K / NN_LEAST_SLICE > 0 ? K / NN_LEAST_SLICE : 1;
  if (M <= NARROW || N <= NARROW)
    return SMALL;
  if (n_tiles(M, N, Large::BM, Large::BN) >= NN_FILLED)
    return LARGE;
  return n_tiles(M, N, Medium::BM, Medium::BN) * most_slices >= NN_FILLED ? MEDIUM : SMALL;
}

static NnSlices choose_slices(Size size, size_t M, size_t N, size_t K)
{
  NnSlices whole = {1, (int)K};
  return size == LARGE    ? whole
         : size == MEDIUM ? nn_slices(n_tiles(M, N, Medium::BM, Medium::BN), K, Medium::BK)
                          : nn_slices(n_tiles(M, N, Small::BM, Small::BN), K, Small::BK);
}

/* The sums of the slices go to context->parts, and from there to C. */
static void cut(NnContext *context, ProductNode *node)
{
  Product *p = &node->product;
  node->sum.parts = context->parts;
  node->sum.to = p->C;
  node->sum.n = (size_t)p->M * (size_t)p->N;
  node->sum.n_slices = node->n_slices;
  node->sum.alpha = p->alpha;
  node->sum.beta = p->beta;
  p->C = context->parts;
  p->alpha = 1;
  p->beta = 0;
}

static void gemm(const NnBackend *backend, bool trans_a, bool trans_b, size_t M, size_t N, size_t K,
                 double alpha, const nn_real *A, const nn_real *B, double beta, nn_real *C)
{
  ProductNode node = nn_zeroed<ProductNode>();
  Product *p = &node.product;
  Size size = choose_size(M, N, K);
  NnSlices slices = choose_slices(size, M, N, K);
  if (M == 0 || N == 0)
    return;
  p->M = (int)M;
  p->N = (int)N;
  p->K = (int)K;
  p->slice = slices.size;
  p->A = A;
  p->B = B;
  p->C = C;
  p->alpha = (float)alpha;
  p->beta = (float)beta;
  node.size = size;
  node.n_slices = slices.n;
  node.trans_a = trans_a;
  node.trans_b = trans_b;
  if (slices.n > 1)
    cut(nn_context(backend), &node);
  p->quads_a = nn_quads(A, trans_a ? M : K);
  p->quads_b = nn_quads(B, trans_b ? K : N);
  p->quads_c = nn_quads(p->C, N);
  nn_submit(backend, run_product, node);
}

void nn_cuda_add_gemm(NnBackendOps *ops)
{
  ops->gemm = gemm;
}
