/* objective.cu: what is special to a training step: its batch out of resident bytes, its loss,
 * penalties, and the clipping of its gradients. Nothing here waits for the host. */
#include "reduce.h"

/* ---- the batch ---- */

struct GatherNode {
  const uint8_t *pixels;
  const int32_t *classes;
  const nn_real *table;
  size_t C, S, N;
  nn_real *x;
  int32_t *labels;
};

/* A row of blocks for each sample. */
static __global__ void gather_kernel(GatherNode g, NnLive live)
{
  const uint32_t *ids = nn_live<uint32_t>(live);
  size_t size = g.C * g.S, i = (size_t)blockIdx.y * blockDim.x + threadIdx.x, n = blockIdx.x;
  size_t id = ids[n];
  if (g.labels && i == 0)
    g.labels[n] = g.classes[id];
  for (; i < size; i += (size_t)gridDim.y * blockDim.x) {
    size_t c = g.C == 1 ? 0 : i / g.S;
    g.x[n * size + i] = g.table[c * 256 + g.pixels[id * size + i]];
  }
}

static void run_gather(NnContext *context, const void *values, const NnLive &live)
{
  const GatherNode *g = (const GatherNode *)values;
  size_t y = (g->C * g->S + NN_BLOCK - 1) / NN_BLOCK;
  dim3 grid((unsigned)g->N, (unsigned)(y < NN_MOST_GRID_Y ? y : NN_MOST_GRID_Y));
  nn_run(context, nn_grid(context, grid, dim3(NN_BLOCK)), gather_kernel, *g, live);
}

static void gather(const NnBackend *backend, const NnGather *from)
{
  GatherNode g = nn_zeroed<GatherNode>();
  g.pixels = from->pixels;
  g.classes = from->classes;
  g.table = from->table;
  g.C = from->C;
  g.S = from->S;
  g.N = from->N;
  g.x = from->x;
  g.labels = from->labels;
  nn_submit(backend, run_gather, g, from->ids, from->N * sizeof from->ids[0]);
}

/* ---- the loss ---- */

/* Rows of few classes that one block looks at by itself. */
constexpr size_t ROWS_OF_A_BLOCK = 4 * NN_BLOCK;

struct StepLossNode {
  size_t N, C;
  const nn_real *row_loss, *logits;
  const int32_t *labels;
};

/* A loss that is no number or too large stops the training. */
__device__ static inline void look_at(double loss, int *halted)
{
  if (!isfinite((float)loss))
    *halted = 1;
}

/* This block's share of Σ row_loss and of the rows that are right. One block alone: the result. */
static __global__ void step_loss_kernel(StepLossNode k, double *shares, NnLive divisor,
                                        NnStepPlace place, int *halted)
{
  __shared__ double of_warps[NN_WARP];
  double loss = nn_share_of_sum(k.N, [=](size_t n) { return (double)k.row_loss[n]; });
  double correct = nn_block_sum(nn_correct_share(k.N, k.C, k.logits, k.labels), of_warps);
  if (threadIdx.x > 0)
    return;
  if (gridDim.x > 1) {
    shares[blockIdx.x] = loss;
    shares[gridDim.x + blockIdx.x] = correct;
    return;
  }
  NnStepCell *cell = place.cells + (*place.step & place.mask);
  cell->loss = loss / *nn_live<double>(divisor);
  cell->correct = correct;
  look_at(cell->loss, halted);
}

/* The shares of n blocks put together, by one block. */
static __global__ void step_loss_end_kernel(const double *shares, size_t n, NnLive divisor,
                                            NnStepPlace place, int *halted)
{
  double loss = nn_block_total(shares, n), correct = nn_block_total(shares + n, n);
  if (threadIdx.x > 0)
    return;
  NnStepCell *cell = place.cells + (*place.step & place.mask);
  cell->loss = loss / *nn_live<double>(divisor);
  cell->correct = correct;
  look_at(cell->loss, halted);
}

static void run_step_loss(NnContext *context, const void *values, const NnLive &live)
{
  const StepLossNode *k = (const StepLossNode *)values;
  NnStepPlace place = nn_steps_place(context);
  unsigned n = nn_row_blocks(k->N, k->C);
  if (k->C <= NN_CLASSES_OF_A_THREAD && k->N <= ROWS_OF_A_BLOCK)
    n = 1;
  nn_run(context, nn_grid(context, dim3(n), dim3(NN_BLOCK)), step_loss_kernel, *k, context->cells,
         live, place, context->halted);
  if (n > 1)
    nn_run(context, nn_grid(context, dim3(1), dim3(NN_BLOCK)), step_loss_end_kernel, context->cells,
           n, live, place, context->halted);
}

static void step_loss(const NnBackend *backend, const NnStepLoss *from)
{
  StepLossNode k = nn_zeroed<StepLossNode>();
  k.N = from->N;
  k.C = from->C;
  k.row_loss = from->row_loss;
  k.logits = from->logits;
  k.labels = from->labels;
  nn_steps_new_loss(nn_context(backend));
  nn_submit(backend, run_step_loss, k, &from->divisor, sizeof from->divisor);
}

/* ---- penalties ---- */

struct PenaltyNode {
  size_t n;
  double l1, l2;
  const nn_real *w;
};

static __global__ void penalty_kernel(PenaltyNode k, double *shares)
{
  double size = nn_share_of_sum(k.n, [=](size_t i) { return fabs((double)k.w[i]); });
  double square = nn_share_of_sum(k.n, [=](size_t i) { return (double)k.w[i] * (double)k.w[i]; });
  if (threadIdx.x == 0) {
    shares[blockIdx.x] = size;
    shares[gridDim.x + blockIdx.x] = square;
  }
}

static __global__ void penalty_end_kernel(PenaltyNode k, const double *shares, size_t n,
                                          NnStepPlace place, int *halted)
{
  double size = nn_block_total(shares, n), square = nn_block_total(shares + n, n);
  if (threadIdx.x > 0)
    return;
  NnStepCell *cell = place.cells + (*place.step & place.mask);
  cell->loss += k.l1 * size + k.l2 * square;
  look_at(cell->loss, halted);
}

static void run_penalty(NnContext *context, const void *values, const NnLive &)
{
  const PenaltyNode *k = (const PenaltyNode *)values;
  unsigned n = nn_sum_blocks(k->n);
  nn_run(context, nn_grid(context, dim3(n), dim3(NN_BLOCK)), penalty_kernel, *k, context->cells);
  nn_run(context, nn_grid(context, dim3(1), dim3(NN_BLOCK)), penalty_end_kernel, *k, context->cells,
         n, nn_steps_place(context), context->halted);
}

static void step_penalty(const NnBackend *backend, const nn_real *w, size_t n, double l1, double l2)
{
  PenaltyNode k = nn_zeroed<PenaltyNode>();
  k.n = n;
  k.l1 = l1;
  k.l2 = l2;
  k.w = w;
  nn_submit(backend, run_penalty, k);
}

/* ---- clipping ---- */

struct ClipNode {
  size_t n;
  double limit;
  nn_real *dw;
};

static __global__ void squares_kernel(ClipNode k, double *shares)
{
  double share = nn_share_of_sum(k.n, [=](size_t i) { return (double)k.dw[i] * (double)k.dw[i]; });
  if (threadIdx.x == 0)
    shares[blockIdx.x] = share;
}

/* Every block adds up the shares of all n by itself, in the same order. A factor that is no number
 * goes on into the gradients, as in PyTorch. */
static __global__ void clip_kernel(ClipNode k, const double *shares, size_t n)
{
  __shared__ double factor;
  double squares = nn_block_total(shares, n);
  if (threadIdx.x == 0)
    factor = k.limit / (sqrt(squares) + 1e-6);
  __syncthreads();
  size_t i = nn_index();
  if (i < k.n && !(factor >= 1))
    k.dw[i] *= (nn_real)factor;
}

static void run_clip(NnContext *context, const void *values, const NnLive &)
{
  const ClipNode *k = (const ClipNode *)values;
  unsigned n = nn_sum_blocks(k->n);
  nn_run(context, nn_grid(context, dim3(n), dim3(NN_BLOCK)), squares_kernel, *k, context->cells);
  nn_run(context, nn_each(context, k->n), clip_kernel, *k, context->cells, n);
}

static void clip_norm(const NnBackend *backend, nn_real *dw, const NnParamView *views, int n_views,
                      double limit)
{
  ClipNode k = nn_zeroed<ClipNode>();
  for (int i = 0; i < n_views; i++)
    k.n += views[i].n;
  k.limit = limit;
  k.dw = dw;
  nn_submit(backend, run_clip, k);
}

void nn_cuda_add_objective(NnBackendOps *ops)
{
  ops->gather = gather;
  ops->step_loss = step_loss;
  ops->step_penalty = step_penalty;
  ops->clip_norm = clip_norm;
}
