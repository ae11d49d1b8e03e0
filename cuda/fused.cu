/* fused.cu: the kernel that runs many training steps of a small network, see fused.h, and
 * compile_step(), which claims such networks. */
#include "fused-parts.h"
#include <new>

/* ---- the kernel's stages; a stage ends where the block has to meet ---- */

/* How many input values this block's slice has; the last ones may have fewer, or none. */
static __device__ unsigned slice_size(const NnFused &f, unsigned first)
{
  return first >= f.F ? 0 : f.slice < f.F - first ? f.slice : f.F - first;
}

/* Calls visit(place in shared memory, place in the flat parameters) for all that the block holds.
 */
template <typename F> static __device__ void each_weight(const NnFused &f, unsigned first, F visit)
{
#pragma unroll 1
  for (int i = 0; i < f.n_layers; i++) {
    const NnFusedLayer &l = f.layers[i];
    unsigned inputs = i == 0 ? f.F : l.K, start = i == 0 ? first : 0;
    unsigned K = i == 0 ? slice_size(f, first) : l.K;
#pragma unroll 1
    for (unsigned e = threadIdx.x; e < l.N * K; e += NN_FUSED_THREADS)
      visit(l.w + e % K * l.row + e / K, l.weight + (size_t)(e / K) * inputs + start + e % K);
#pragma unroll 1
    for (unsigned n = threadIdx.x; l.has_bias && n < l.N; n += NN_FUSED_THREADS)
      visit(l.b + n, l.bias + n);
  }
}

static __device__ void load_weights(const NnFused &f, float *s, unsigned first)
{
#pragma unroll 1
  for (unsigned i = threadIdx.x; i < f.n_floats; i += NN_FUSED_THREADS)
    s[i] = 0;
  __syncthreads();
  each_weight(f, first, [&](unsigned at, size_t from) {
    s[at] = f.params[from];
#pragma unroll 1
    for (int i = 0; i < f.n_state; i++)
      s[at + (i + 1) * f.all] = f.state[i][from];
  });
#pragma unroll 1
  for (unsigned i = threadIdx.x; i < f.C * 256; i += NN_FUSED_THREADS)
    s[f.table + i] = f.global_table[i];
}

/* Slices by their owners, everything else, which is the same in each block, by the first. */
static __device__ void store_weights(const NnFused &f, const float *s, unsigned first)
{
  each_weight(f, first, [&](unsigned at, size_t to) {
    if (blockIdx.x > 0 && at >= f.layers[0].b)
      return;
    f.params[to] = s[at];
#pragma unroll 1
    for (int i = 0; i < f.n_state; i++)
      f.state[i][to] = s[at + (i + 1) * f.all];
  });
}

/* The pixels of a batch that this block's slice sees: element e is pixel e % slice of sample
 * e / slice. Fetched early, put in their place late, so that the wait for memory is hidden. */
struct Ahead {
  uint8_t pixels[NN_FUSED_AHEAD];
  int label;
};

static __device__ uint8_t pixel(const NnFused &f, unsigned first, unsigned size, unsigned step,
                                unsigned e)
{
  size_t id = f.ids[(size_t)step * f.B + e / size];
  return f.pixels[id * f.F + first + e % size];
}

static __device__ void fetch_batch(const NnFused &f, unsigned first, unsigned step, Ahead *ahead)
{
  unsigned size = slice_size(f, first), n = step < f.n_steps ? size * f.B : 0;
#pragma unroll
  for (int i = 0; i < NN_FUSED_AHEAD; i++) {
    unsigned e = threadIdx.x + i * NN_FUSED_THREADS;
    ahead->pixels[i] = e < n ? pixel(f, first, size, step, e) : 0;
  }
  ahead->label = 0;
  if (step < f.n_steps && threadIdx.x < f.B)
    ahead->label = f.classes[f.ids[(size_t)step * f.B + threadIdx.x]];
}

static __device__ void put_pixel(const NnFused &f, float *s, unsigned x, unsigned first,
                                 unsigned size, unsigned e, uint8_t byte)
{
  unsigned channel = (first + e % size) / f.S;
  s[x + e % size * f.Bp + e / size] = s[f.table + channel * 256 + byte];
}

static __device__ void put_batch(const NnFused &f, float *s, unsigned first, unsigned step,
                                 const Ahead *ahead)
{
  unsigned size = slice_size(f, first), n = step < f.n_steps ? size * f.B : 0, x = f.x[step & 1];
#pragma unroll
  for (int i = 0; i < NN_FUSED_AHEAD; i++) {
    unsigned e = threadIdx.x + i * NN_FUSED_THREADS;
    if (e < n)
      put_pixel(f, s, x, first, size, e, ahead->pixels[i]);
  }
#pragma unroll 1
  for (unsigned e = threadIdx.x + NN_FUSED_AHEAD * NN_FUSED_THREADS; e < n; e += NN_FUSED_THREADS)
    put_pixel(f, s, x, first, size, e, pixel(f, first, size, step, e));
  if (threadIdx.x < f.B)
    s[f.labels[step & 1] + threadIdx.x] = (float)ahead->label;
}

/* This block's share of the first product, where the other blocks can read it. */
static __device__ void give_share(const NnFused &f, float *s, unsigned step)
{
  const NnFusedLayer &l = f.layers[0];
  unsigned n = l.Np * f.Bp, shares = nn_fused_shares(l.Np / 4 * (f.Bp / 4));
  float *mine = s + f.exchange[step & 1];
  nn_fused_forward(s + l.w, l.row, s + f.x[step & 1], l.K, l.Np, f.Bp, s + f.scratch);
  __syncthreads();
  if (!f.cluster)
    mine = f.global_exchange + ((size_t)(step & 1) * f.n_blocks + blockIdx.x) * n;
#pragma unroll 1
  for (unsigned i = threadIdx.x; i < n; i += NN_FUSED_THREADS)
    mine[i] = nn_fused_total(s + f.scratch, shares, n, i);
}

/* All blocks meet once a step. That is enough: what a block writes into exchange[step & 1] is
 * overwritten two steps later, and to get there every block has to have been at the meeting in
 * between, after its reading. */
static __device__ void meet(const NnFused &f)
{
  if (f.cluster)
    nn_cluster_sync();
  else
    nn_grid_sync();
}

/* z + bias and what the activation makes of it. */
static __device__ void finish_value(const NnFused &f, const NnFusedLayer &l, float *s, unsigned i,
                                    float sum)
{
  float z = sum + (l.has_bias ? s[l.b + i / f.Bp] : 0);
  s[l.z + i] = z;
  if (l.a != l.z)
    s[l.a + i] = nn_fused_act(l.elem, l.numbers, z);
}

/* Four values of the first product, summed over the blocks in their order. */
static __device__ void sum_shares(const NnFused &f, float *s, unsigned step, unsigned i, float *sum)
{
  unsigned n = f.layers[0].Np * f.Bp;
  const float *all = f.global_exchange + (size_t)(step & 1) * f.n_blocks * n + i;
#pragma unroll 1
  for (unsigned r = 0; r < f.n_blocks; r++) {
    const float *from = f.cluster ? nn_cluster_peer(s + f.exchange[step & 1] + i, r) : all + r * n;
    nn_add4(sum, 1, nn_load4(from));
  }
}

static __device__ void take_shares(const NnFused &f, float *s, unsigned step)
{
  const NnFusedLayer &l = f.layers[0];
#pragma unroll 1
  for (unsigned i = 4 * threadIdx.x; i < l.Np * f.Bp; i += 4 * NN_FUSED_THREADS) {
    float sum[4] = {};
    sum_shares(f, s, step, i, sum);
#pragma unroll
    for (unsigned j = 0; j < 4; j++)
      finish_value(f, l, s, i + j, sum[j]);
  }
  __syncthreads();
}

static __device__ void later_layers(const NnFused &f, float *s)
{
#pragma unroll 1
  for (int k = 1; k < f.n_layers; k++) {
    const NnFusedLayer &l = f.layers[k];
    unsigned n = l.Np * f.Bp, shares = nn_fused_shares(l.Np / 4 * (f.Bp / 4));
    nn_fused_forward(s + l.w, l.row, s + f.layers[k - 1].a, l.K, l.Np, f.Bp, s + f.scratch);
    __syncthreads();
#pragma unroll 1
    for (unsigned i = threadIdx.x; i < n; i += NN_FUSED_THREADS)
      finish_value(f, l, s, i, nn_fused_total(s + f.scratch, shares, n, i));
    __syncthreads();
  }
}

/* One sample of the batch, by one warp: its loss, whether it is right, and its gradient; see
 * NnBackendOps.cross_entropy. */
static __device__ void sample_loss(const NnFused &f, float *s, unsigned b, unsigned step)
{
  const NnFusedLayer &l = f.layers[f.n_layers - 1];
  unsigned lane = threadIdx.x % NN_WARP, C = f.n_classes;
  unsigned y = (unsigned)s[f.labels[step & 1] + b];
  const float *z = s + l.z + b;
  float largest = -INFINITY, sum = 0, loss = 0, total = 0;
  unsigned best = C;
#pragma unroll 1
  for (unsigned c = lane; c < C; c += NN_WARP)
    if (best == C || z[c * f.Bp] > largest) {
      largest = z[c * f.Bp];
      best = c;
    }
#pragma unroll 1
  for (int distance = NN_WARP / 2; distance > 0; distance /= 2) {
    float other = __shfl_xor_sync(0xffffffffu, largest, distance);
    unsigned its = __shfl_xor_sync(0xffffffffu, best, distance);
    if (its < C && (best == C || other > largest || (other == largest && its < best))) {
      largest = other;
      best = its;
    }
  }
#pragma unroll 1
  for (unsigned c = lane; c < C; c += NN_WARP)
    sum += expf(z[c * f.Bp] - largest);
  float log_sum = logf(nn_warp_sum(sum));
#pragma unroll 1
  for (unsigned c = lane; c < C; c += NN_WARP) {
    float w = f.class_weight ? f.class_weight[c] : 1;
    float q = (f.smoothing / (float)C + (c == y ? 1 - f.smoothing : 0)) * w;
    total += q;
    loss -= q == 0 ? 0 : q * (z[c * f.Bp] - largest - log_sum);
  }
  total = nn_warp_sum(total);
  loss = nn_warp_sum(loss);
  float scale = (float)(1 / f.divisors[step]);
#pragma unroll 1
  for (unsigned c = lane; c < C; c += NN_WARP) {
    float w = f.class_weight ? f.class_weight[c] : 1;
    float q = (f.smoothing / (float)C + (c == y ? 1 - f.smoothing : 0)) * w;
    s[l.dz + c * f.Bp + b] = scale * (expf(z[c * f.Bp] - largest - log_sum) * total - q);
  }
  if (lane == 0) {
    s[f.row_loss + b] = loss;
    s[f.row_correct + b] = best == y;
  }
}

/* True when training may go on: the loss is finite. The same in every thread of every block. */
static __device__ bool judge(const NnFused &f, float *s, unsigned step)
{
#pragma unroll 1
  for (unsigned b = threadIdx.x / NN_WARP; b < f.B; b += NN_FUSED_THREADS / NN_WARP)
    sample_loss(f, s, b, step);
  __syncthreads();
  if (threadIdx.x == 0) {
    double loss = 0, correct = 0;
#pragma unroll 1
    for (unsigned b = 0; b < f.B; b++) {
      loss += (double)s[f.row_loss + b];
      correct += (double)s[f.row_correct + b];
    }
    loss /= f.divisors[step];
    s[f.verdict] = fabsf((float)loss) < INFINITY;
    if (blockIdx.x == 0) {
      NnStepCell *cell = f.place.cells + ((*f.place.step + step) & f.place.mask);
      cell->loss = loss;
      cell->correct = correct;
    }
  }
  __syncthreads();
  return s[f.verdict] != 0;
}

static __device__ void backward(const NnFused &f, float *s)
{
#pragma unroll 1
  for (int k = f.n_layers - 1; k >= 0; k--) {
    const NnFusedLayer &l = f.layers[k];
    unsigned n = l.N * f.Bp, shares = 1;
    if (k < f.n_layers - 1) {
      const NnFusedLayer &above = f.layers[k + 1];
      shares = nn_fused_shares(above.K * (f.Bp / 4));
      nn_fused_backward(s + above.w, above.row, s + above.dz, above.K, above.Np, f.Bp,
                        s + f.scratch);
      __syncthreads();
    }
    if (k < f.n_layers - 1 || l.elem >= 0)
#pragma unroll 1
      for (unsigned i = threadIdx.x; i < n; i += NN_FUSED_THREADS) {
        float d = k < f.n_layers - 1 ? nn_fused_total(s + f.scratch, shares, n, i) : s[l.dz + i];
        float slope = nn_fused_slope(l.elem, l.numbers, s[l.z + i], s[l.a + i]);
        s[l.dz + i] = i % f.Bp < f.B ? d * slope : 0; /* samples that fill up are none */
      }
    __syncthreads();
  }
}

template <typename O, bool SMALL>
static __device__ void update(const NnFused &f, float *s, unsigned step, const nn_real *scalars)
{
#pragma unroll 1
  for (int k = 0; k < f.n_layers; k++) {
    const NnFusedLayer &l = f.layers[k];
    const float *x = s + (k == 0 ? f.x[step & 1] : f.layers[k - 1].a);
    unsigned K = k == 0 ? slice_size(f, blockIdx.x * f.slice) : l.K;
    nn_fused_update_weights<O, SMALL>(f, l, K, s, x, scalars);
    nn_fused_update_bias<O>(f, l, s, scalars);
  }
}

/* Steps that were not made since the loss was not finite. */
static __device__ void give_up(const NnFused &f, unsigned from)
{
  if (blockIdx.x > 0)
    return;
#pragma unroll 1
  for (unsigned i = from + threadIdx.x; i < f.n_steps; i += NN_FUSED_THREADS) {
    NnStepCell *cell = f.place.cells + ((*f.place.step + i) & f.place.mask);
    cell->loss = (double)NAN;
    cell->correct = 0;
  }
  if (threadIdx.x == 0)
    *f.halted = 1;
}

template <typename O, bool SMALL>
static __global__ __launch_bounds__(NN_FUSED_THREADS,
                                    1) void fused_steps(const __grid_constant__ NnFused f)
{
  float *s = (float *)nn_dynamic_shared();
  unsigned first = blockIdx.x * f.slice, step = 0;
  Ahead ahead;
  bool started = *f.halted == 0, well = started;
  load_weights(f, s, first);
  fetch_batch(f, first, 0, &ahead);
  __syncthreads();
  put_batch(f, s, first, 0, &ahead);
  __syncthreads();
#pragma unroll 1
  for (; well && step < f.n_steps; step++) {
    nn_real scalars[NN_MAX_SCALARS];
#pragma unroll
    for (int i = 0; i < NN_MAX_SCALARS; i++)
      scalars[i] = f.scalars[(size_t)step * NN_MAX_SCALARS + i];
    fetch_batch(f, first, step + 1, &ahead);
    give_share(f, s, step);
    meet(f);
    take_shares(f, s, step);
    later_layers(f, s);
    well = judge(f, s, step);
    if (!well)
      break;
    backward(f, s);
    update<O, SMALL>(f, s, step, scalars);
    put_batch(f, s, first, step + 1, &ahead);
    __syncthreads();
  }
  if (!well)
    give_up(f, started ? step + 1 : 0);
  __syncthreads();
  store_weights(f, s, first);
  meet(f); /* nobody's shared memory may go while others read it; then nobody reads the counter */
  if (blockIdx.x == 0 && threadIdx.x == 0)
    *f.place.step += f.n_steps;
}

/* ---- the kernels, one for each formula ---- */

#define NN_X(name)                                                                     \
  struct Formula_##name {                                                              \
    static constexpr int most_state = NN_N_STATE_##name;                               \
    static __device__ __forceinline__ nn_real update(nn_real w, nn_real g, nn_real *s, \
                                                     const nn_real *k)                 \
    {                                                                                  \
      return nn_##name##_update(w, g, s, k);                                           \
    }                                                                                  \
  };
NN_OPTIMIZERS(NN_X)
#undef NN_X

typedef void (*FusedKernel)(const NnFused);
#define NN_X(name) {fused_steps<Formula_##name, false>, fused_steps<Formula_##name, true>},
static const FusedKernel kernels[][2] = {NN_OPTIMIZERS(NN_X)};
#undef NN_X

/* ---- claiming a step ---- */

struct FusedStep {
  NnFused f;
  FusedKernel kernel;
  uint32_t *ids; /* device: (most_steps, B), and so on */
  nn_real *scalars, *host_scalars;
  double *divisors;
  unsigned most_steps;
};

/* The kernel has to be told that it may use that much shared memory, and clusters above 8. */
static bool allow(const FusedStep *step)
{
  const NnFused *f = &step->f;
  bool ok = cudaFuncSetAttribute(step->kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 (int)(f->n_floats * sizeof(float))) == cudaSuccess;
  if (ok && f->cluster && f->n_blocks > 8)
    ok = cudaFuncSetAttribute(step->kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1) ==
         cudaSuccess;
  if (!ok)
    cudaGetLastError();
  return ok;
}

static void free_step(const NnBackend *backend, void *memory)
{
  FusedStep *step = (FusedStep *)memory;
  if (!step)
    return;
  cudaStreamSynchronize(nn_context(backend)->stream);
  cudaFree(step->f.global_exchange);
  cudaFree(step->ids);
  cudaFree(step->scalars);
  cudaFree(step->divisors);
  delete[] step->host_scalars;
  delete step;
}

/* Device memory for the numbers of `most_steps` steps. */
static bool find_memory(FusedStep *step, unsigned most_steps)
{
  NnFused *f = &step->f;
  size_t exchange = 2 * (size_t)f->n_blocks * f->layers[0].Np * f->Bp, n = most_steps;
  step->most_steps = most_steps;
  step->host_scalars = new (std::nothrow) nn_real[n * NN_MAX_SCALARS];
  bool ok =
      step->host_scalars &&
      cudaMalloc((void **)&step->ids, n * f->B * sizeof *step->ids) == cudaSuccess &&
      cudaMalloc((void **)&step->scalars, n * NN_MAX_SCALARS * sizeof(nn_real)) == cudaSuccess &&
      cudaMalloc((void **)&step->divisors, n * sizeof(double)) == cudaSuccess &&
      (f->cluster ||
       cudaMalloc((void **)&f->global_exchange, exchange * sizeof(float)) == cudaSuccess);
  if (!ok)
    cudaGetLastError();
  return ok;
}

static void *compile_step(const NnBackend *backend, const NnStepPlan *plan)
{
  NnContext *context = nn_context(backend);
  FusedStep *step = new (std::nothrow) FusedStep();
  if (!step)
    return NULL;
  bool ok = nn_fused_plan(context, plan, &step->f);
  if (ok) {
    step->kernel = kernels[plan->optimizer][step->f.Bp <= 8];
    ok = allow(step) && find_memory(step, (unsigned)backend->steps_ahead);
  }
  if (ok)
    return step;
  free_step(backend, step);
  return NULL;
}

/* ---- running ---- */

static bool upload(NnContext *context, void *to, const void *from, size_t bytes)
{
  return nn_cuda_ok(context,
                    cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, context->stream),
                    "copying to the GPU");
}

static bool send(NnContext *context, FusedStep *step, const NnStepRun *run)
{
  size_t n = run->n_steps;
  for (size_t i = 0; i < n * NN_MAX_SCALARS; i++)
    step->host_scalars[i] = (nn_real)run->scalars[i];
  return upload(context, step->ids, run->ids, n * step->f.B * sizeof *step->ids) &&
         upload(context, step->scalars, step->host_scalars, n * NN_MAX_SCALARS * sizeof(nn_real)) &&
         upload(context, step->divisors, run->divisors, n * sizeof(double));
}

static void run_steps(const NnBackend *backend, void *memory, const NnStepRun *run)
{
  NnContext *context = nn_context(backend);
  FusedStep *step = (FusedStep *)memory;
  NnFused f = step->f;
  nn_flush(context);
  nn_steps_close_loss(context);
  if (context->error != cudaSuccess || !send(context, step, run))
    return;
  f.n_steps = (unsigned)run->n_steps;
  f.ids = step->ids;
  f.scalars = step->scalars;
  f.divisors = step->divisors;
  NnLaunch launch =
      nn_grid(context, dim3(f.n_blocks), dim3(NN_FUSED_THREADS), f.n_floats * sizeof(float));
  launch.cluster = f.cluster ? (int)f.n_blocks : 1;
  launch.cooperative = !f.cluster;
  nn_run(context, launch, step->kernel, f);
  nn_steps_count(context, run->n_steps);
}

void nn_cuda_add_fused(NnBackendOps *ops)
{
  ops->compile_step = compile_step;
  ops->run_steps = run_steps;
  ops->free_step = free_step;
}
