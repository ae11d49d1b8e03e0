/* cpu.c: OpenBLAS for products, kernels.c for the rest, and our own pool of threads.
 *
 * OpenBLAS is held at one thread: the pool cuts the work instead, so that nobody fights over cores
 * and small products, which its pool makes slower, stay on one core. Every operation is cut into
 * chunks by its sizes alone, and a sum is never cut across chunks (or its chunks are added in index
 * order), so that any number of threads gives the same bits. Read cpu_gemm() first. */
#include "cpu.h"
#include "fused/fused-run.h"
#include "host.h"
#include "ref.h"
#include "engine/mem.h"
#include "engine/rng.h"
#include <stdio.h>
#include <string.h>

/* Work below this many multiply-adds or elements stays on the calling thread: waking another core
 * costs about as much. */
enum { SMALL_GEMM = 1 << 21, SMALL_WORK = 1 << 16, CHUNK = 1 << 14, GEMM_ROWS = 64 };

/* ---- products ---- */

typedef struct {
  bool trans_a, trans_b, by_columns;
  size_t M, N, K;
  float alpha, beta;
  const float *A, *B;
  float *C;
} Gemm;

static void gemm_block(const Gemm *g, size_t m0, size_t m1, size_t n0, size_t n1)
{
  const float *A = g->A + (g->trans_a ? m0 : m0 * g->K);
  const float *B = g->B + (g->trans_b ? n0 * g->K : n0);
  nn_sgemm(CblasRowMajor, g->trans_a ? CblasTrans : CblasNoTrans,
           g->trans_b ? CblasTrans : CblasNoTrans, (int)(m1 - m0), (int)(n1 - n0), (int)g->K,
           g->alpha, A, (int)(g->trans_a ? g->M : g->K), B, (int)(g->trans_b ? g->K : g->N),
           g->beta, g->C + m0 * g->N + n0, (int)g->N);
}

static void gemm_chunk(void *job, size_t chunk)
{
  const Gemm *g = job;
  size_t from = chunk * GEMM_ROWS;
  if (g->by_columns)
    gemm_block(g, 0, g->M, from, nn_chunk_end(from, GEMM_ROWS, g->N));
  else
    gemm_block(g, from, nn_chunk_end(from, GEMM_ROWS, g->M), 0, g->N);
}

static void cpu_gemm(const NnBackend *backend, bool trans_a, bool trans_b, size_t M, size_t N,
                     size_t K, double alpha, const nn_real *A, const nn_real *B, double beta,
                     nn_real *C)
{
  Gemm g = {trans_a, trans_b, N > M, M, N, K, (float)alpha, (float)beta, A, B, C};
  nn_cpu_before_products(backend);
  if (M * N * K < SMALL_GEMM)
    gemm_block(&g, 0, M, 0, N);
  else
    nn_pool_run(nn_cpu_of(backend)->pool, gemm_chunk, &g, nn_chunks(N > M ? N : M, GEMM_ROWS));
}

/* ---- flat loops over n elements ---- */

typedef struct Flat Flat;
struct Flat {
  const NnKernels *kernels;
  void (*function)(const Flat *, size_t from, size_t count);
  size_t n, size; /* elements; elements of one chunk */
  int elem, n_state;
  const nn_real *a, *b, *c, *numbers;
  nn_real *y, *state[NN_MAX_STATE];
  nn_real l1, l2;
};

static void flat_chunk(void *job, size_t chunk)
{
  const Flat *f = job;
  size_t from = chunk * f->size;
  f->function(f, from, nn_chunk_end(from, f->size, f->n) - from);
}

static void flat_run(const NnBackend *backend, Flat *f)
{
  f->kernels = nn_cpu_of(backend)->kernels;
  f->size = CHUNK;
  if (f->n < SMALL_WORK)
    f->function(f, 0, f->n);
  else
    nn_pool_run(nn_cpu_of(backend)->pool, flat_chunk, f, nn_chunks(f->n, CHUNK));
}

static void flat_add(const Flat *f, size_t from, size_t count)
{
  f->kernels->add(count, f->a + from, f->y + from);
}

static void flat_multiply(const Flat *f, size_t from, size_t count)
{
  f->kernels->multiply(count, f->a + from, f->b + from, f->y + from);
}

static void flat_forward(const Flat *f, size_t from, size_t count)
{
  f->kernels->activation_forward(f->elem, f->numbers, count, f->a + from, f->y + from);
}

static void flat_backward(const Flat *f, size_t from, size_t count)
{
  f->kernels->activation_backward(f->elem, f->numbers, count, f->a + from, f->b + from, f->c + from,
                                  f->y + from);
}

static void flat_penalty(const Flat *f, size_t from, size_t count)
{
  f->kernels->add_penalty(count, f->a + from, f->l1, f->l2, f->y + from);
}

static void flat_update(const Flat *f, size_t from, size_t count)
{
  nn_real *state[NN_MAX_STATE] = {NULL};
  for (int i = 0; i < f->n_state; i++)
    state[i] = f->state[i] + from;
  f->kernels->update(f->elem, f->n_state, f->numbers, count, f->a + from, state, f->y + from);
}

static void cpu_add(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n)
{
  flat_run(backend, &(Flat){.function = flat_add, .n = n, .a = x, .y = y});
}

static void cpu_multiply(const NnBackend *backend, const nn_real *a, const nn_real *b, nn_real *y,
                         size_t n)
{
  flat_run(backend, &(Flat){.function = flat_multiply, .n = n, .a = a, .b = b, .y = y});
}

static void cpu_activation_forward(const NnBackend *backend, int elem, const nn_real *numbers,
                                   size_t n, const nn_real *x, nn_real *y)
{
  flat_run(
      backend,
      &(Flat){.function = flat_forward, .n = n, .elem = elem, .numbers = numbers, .a = x, .y = y});
}

static void cpu_activation_backward(const NnBackend *backend, int elem, const nn_real *numbers,
                                    size_t n, const nn_real *x, const nn_real *y, const nn_real *dy,
                                    nn_real *dx)
{
  flat_run(backend, &(Flat){.function = flat_backward,
                            .n = n,
                            .elem = elem,
                            .numbers = numbers,
                            .a = x,
                            .b = y,
                            .c = dy,
                            .y = dx});
}

static void cpu_add_penalty(const NnBackend *backend, const nn_real *w, double l1, double l2,
                            size_t n, nn_real *dw)
{
  flat_run(
      backend,
      &(Flat){
          .function = flat_penalty, .n = n, .a = w, .y = dw, .l1 = (nn_real)l1, .l2 = (nn_real)l2});
}

static void cpu_optimizer_step(const NnBackend *backend, int elem, int n_state,
                               const double *scalars, size_t n, const nn_real *dw,
                               nn_real *const *state, nn_real *w)
{
  nn_real k[NN_MAX_SCALARS];
  if (nn_host_diverged(backend))
    return;
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    k[i] = (nn_real)scalars[i];
  Flat f = {.function = flat_update, .n = n, .elem = elem, .numbers = k, .a = dw, .y = w};
  f.n_state = n_state;
  for (int i = 0; i < n_state; i++)
    f.state[i] = state[i];
  flat_run(backend, &f);
}

/* ---- sums whose chunks are added in index order ---- */

enum { NORM_CHUNKS = 256 };
typedef struct {
  const NnKernels *kernels;
  const nn_real *w;
  size_t n, size;
  double sum_abs[NORM_CHUNKS], sum_squares[NORM_CHUNKS];
} Norms;

static void norms_chunk(void *job, size_t chunk)
{
  Norms *s = job;
  size_t from = chunk * s->size, to = nn_chunk_end(from, s->size, s->n);
  s->kernels->norms(to - from, s->w + from, &s->sum_abs[chunk], &s->sum_squares[chunk]);
}

static void cpu_norms(const NnBackend *backend, const nn_real *w, size_t n, double *sum_abs,
                      double *sum_squares)
{
  Norms s = {.kernels = nn_cpu_of(backend)->kernels, .w = w, .n = n, .size = CHUNK};
  while (nn_chunks(n, s.size) > NORM_CHUNKS)
    s.size *= 2;
  nn_pool_run(nn_cpu_of(backend)->pool, norms_chunk, &s, nn_chunks(n, s.size));
  *sum_abs = *sum_squares = 0;
  for (size_t i = 0; i < nn_chunks(n, s.size); i++) {
    *sum_abs += s.sum_abs[i];
    *sum_squares += s.sum_squares[i];
  }
}

/* ---- loops over rows or columns ---- */

typedef struct Range Range;
struct Range {
  const NnKernels *kernels;
  void (*function)(const Range *, size_t from, size_t to);
  size_t count, size; /* of the rows, columns or channels; of one chunk */
  size_t N, F;
  const nn_real *a, *b;
  nn_real *y;
  bool accumulate;
  const NnWeightNorm *weight_norm;
  const NnPrelu *prelu;
  const NnNorm *norm;
  void (*norm_kernel)(const NnNorm *, size_t from, size_t to);
  const NnCrossEntropy *cross_entropy;
  double p;
  uint64_t seed;
  uint32_t purpose, epoch;
  const uint32_t *sample_ids;
};

static void range_chunk(void *job, size_t chunk)
{
  const Range *r = job;
  size_t from = chunk * r->size;
  r->function(r, from, nn_chunk_end(from, r->size, r->count));
}

/* Small work runs the same chunks, here. */
static void range_run(const NnBackend *backend, Range *r, size_t work)
{
  r->kernels = nn_cpu_of(backend)->kernels;
  size_t n = nn_chunks(r->count, r->size);
  if (work >= SMALL_WORK)
    nn_pool_run(nn_cpu_of(backend)->pool, range_chunk, r, n);
  else
    for (size_t i = 0; i < n; i++)
      range_chunk(r, i);
}

static void range_add_bias(const Range *r, size_t from, size_t to)
{
  r->kernels->add_bias(from, to, r->F, r->a, r->y);
}

static void cpu_add_bias(const NnBackend *backend, size_t N, size_t F, const nn_real *b, nn_real *y)
{
  Range r = {.function = range_add_bias, .count = N, .size = GEMM_ROWS, .F = F, .a = b, .y = y};
  range_run(backend, &r, N * F);
}

static void range_sum_rows(const Range *r, size_t from, size_t to)
{
  r->kernels->sum_rows(from, to, r->N, r->F, r->a, r->accumulate, r->y);
}

static void cpu_sum_rows(const NnBackend *backend, size_t N, size_t F, const nn_real *dy,
                         bool accumulate, nn_real *db)
{
  Range r = {.function = range_sum_rows, .count = F, .size = 256, .N = N, .F = F, .a = dy, .y = db};
  r.accumulate = accumulate;
  range_run(backend, &r, N * F);
}

static void range_dropout(const Range *r, size_t from, size_t to)
{
  nn_real scale = r->p < 1 ? (nn_real)(1 / (1 - r->p)) : 0;
  for (size_t n = from; n < to; n++) {
    NnKeyedRng rng;
    nn_keyed_init(&rng, r->seed, r->purpose, r->epoch, r->sample_ids[n]);
    for (size_t f = 0; f < r->F; f++)
      r->y[n * r->F + f] = nn_keyed_uniform(&rng) < r->p ? 0 : scale;
  }
}

static void cpu_dropout_mask(const NnBackend *backend, size_t N, size_t F, double p, uint64_t seed,
                             uint32_t purpose, uint32_t epoch, const uint32_t *sample_ids,
                             nn_real *mask)
{
  Range r = {.function = range_dropout, .count = N, .size = 16, .F = F, .p = p, .y = mask};
  r.seed = seed;
  r.purpose = purpose;
  r.epoch = epoch;
  r.sample_ids = sample_ids;
  range_run(backend, &r, N * F * 8);
}

static void range_scale_rows(const Range *r, size_t from, size_t to)
{
  nn_ref_scale_rows(NULL, to - from, r->F, r->a + from * r->F, r->b + from, r->y + from * r->F);
}

static void cpu_scale_rows(const NnBackend *backend, size_t rows, size_t S, const nn_real *x,
                           const nn_real *factors, nn_real *y)
{
  Range r = {.function = range_scale_rows, .count = rows, .size = 16, .F = S, .a = x};
  r.b = factors;
  r.y = y;
  range_run(backend, &r, rows * S);
}

static void range_row_norms(const Range *r, size_t from, size_t to)
{
  nn_ref_row_norms(NULL, to - from, r->F, r->a + from * r->F, r->y + from);
}

static void cpu_row_norms(const NnBackend *backend, size_t rows, size_t K, const nn_real *v,
                          nn_real *norms)
{
  Range r = {.function = range_row_norms, .count = rows, .size = 16, .F = K, .a = v, .y = norms};
  range_run(backend, &r, rows * K);
}

static void range_weight_norm(const Range *r, size_t from, size_t to)
{
  NnWeightNorm w = *r->weight_norm;
  w.rows = to - from;
  w.dw += from * w.K;
  w.v += from * w.K;
  w.dv += from * w.K;
  w.g += from;
  w.dg += from;
  w.norms += from;
  nn_ref_weight_norm_backward(NULL, &w);
}

static void cpu_weight_norm_backward(const NnBackend *backend, const NnWeightNorm *weight_norm)
{
  Range r = {.function = range_weight_norm, .count = weight_norm->rows, .size = 16};
  r.weight_norm = weight_norm;
  range_run(backend, &r, weight_norm->rows * weight_norm->K);
}

static void range_prelu(const Range *r, size_t from, size_t to)
{
  NnPrelu p = *r->prelu;
  p.N = to - from;
  p.x += from * p.C * p.S;
  p.y += from * p.C * p.S;
  nn_ref_prelu_forward(NULL, &p);
}

static void cpu_prelu_forward(const NnBackend *backend, const NnPrelu *prelu)
{
  Range r = {.function = range_prelu, .count = prelu->N, .size = 4, .prelu = prelu};
  range_run(backend, &r, prelu->N * prelu->C * prelu->S);
}

/* Normalization: a kernel over channels or samples. */
typedef void (*NormKernel)(const NnNorm *, size_t from, size_t to);

static void range_norm(const Range *r, size_t from, size_t to)
{
  r->norm_kernel(r->norm, from, to);
}

static void norm_run(const NnBackend *backend, const NnNorm *norm, NormKernel kernel, bool samples)
{
  Range r = {.function = range_norm, .norm_kernel = kernel, .norm = norm};
  r.count = samples ? norm->N : norm->C;
  r.size = samples ? 4 : NN_NORM_CHANNELS;
  range_run(backend, &r, norm->N * norm->C * norm->S);
}

static void cpu_batchnorm_train(const NnBackend *backend, const NnNorm *norm)
{
  NnNorm here = *norm;
  if (nn_host_diverged(backend))
    here.running_mean = here.running_var = NULL;
  norm_run(backend, &here, nn_cpu_of(backend)->kernels->norm->batch_train, false);
}

static void cpu_batchnorm_eval(const NnBackend *backend, const NnNorm *norm)
{
  norm_run(backend, norm, nn_cpu_of(backend)->kernels->norm->batch_eval, true);
}

static void cpu_batchnorm_backward(const NnBackend *backend, const NnNorm *norm)
{
  norm_run(backend, norm, nn_cpu_of(backend)->kernels->norm->batch_backward, false);
}

static void cpu_groupnorm_forward(const NnBackend *backend, const NnNorm *norm)
{
  norm_run(backend, norm, nn_cpu_of(backend)->kernels->norm->group_forward, true);
}

static void cpu_groupnorm_backward(const NnBackend *backend, const NnNorm *norm)
{
  if (norm->dweight || norm->dbias)
    norm_run(backend, norm, nn_cpu_of(backend)->kernels->norm->group_params, false);
  if (norm->dx)
    norm_run(backend, norm, nn_cpu_of(backend)->kernels->norm->group_backward, true);
}

static void range_cross_entropy(const Range *r, size_t from, size_t to)
{
  r->kernels->cross_entropy(r->cross_entropy, from, to);
}

static void cpu_cross_entropy(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                              const int32_t *labels, double smoothing, const nn_real *class_weight,
                              double scale, nn_real *row_loss, nn_real *dlogits)
{
  NnCrossEntropy e = {C, logits, class_weight, labels, smoothing, scale, row_loss, dlogits};
  Range r = {.function = range_cross_entropy, .count = N, .size = 64, .cross_entropy = &e};
  range_run(backend, &r, N * C * 8);
}

static void range_softmax(const Range *r, size_t from, size_t to)
{
  r->kernels->softmax(from, to, r->F, r->a, r->y);
}

static void range_softmax_backward(const Range *r, size_t from, size_t to)
{
  r->kernels->softmax_backward(from, to, r->F, r->a, r->b, r->y);
}

static void cpu_softmax_backward(const NnBackend *backend, size_t N, size_t C, const nn_real *y,
                                 const nn_real *dy, nn_real *dx)
{
  Range r = {
      .function = range_softmax_backward, .count = N, .size = 64, .F = C, .a = y, .b = dy, .y = dx};
  range_run(backend, &r, N * C * 4);
}

static void cpu_softmax(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                        nn_real *probs)
{
  Range r = {.function = range_softmax, .count = N, .size = 64, .F = C, .a = logits, .y = probs};
  range_run(backend, &r, N * C * 8);
}

/* ---- opening ---- */

static void free_cpu(NnCpu *cpu)
{
  nn_blas_give_room(&cpu->room);
  nn_pool_free(cpu->pool);
  nn_free(cpu);
}

static void cpu_close(NnBackend *backend)
{
  free_cpu(backend->context);
  nn_host_close(backend);
}

static const NnBackendOps cpu_ops = {
    .api = NN_BACKEND_API,
    .name = "cpu",
    .close = cpu_close,
    .alloc = nn_host_alloc,
    .free = nn_host_free,
    .upload = nn_host_copy_bytes,
    .download = nn_host_copy_bytes,
    .zero = nn_host_zero,
    .copy = nn_host_copy,
    .sync = nn_host_sync,
    .gemm = cpu_gemm,
    .add_bias = cpu_add_bias,
    .sum_rows = cpu_sum_rows,
    .add = cpu_add,
    .activation_forward = cpu_activation_forward,
    .activation_backward = cpu_activation_backward,
    .dropout_mask = cpu_dropout_mask,
    .multiply = cpu_multiply,
    .divide = nn_ref_divide,
    .scale_rows = cpu_scale_rows,
    .row_norms = cpu_row_norms,
    .weight_norm_backward = cpu_weight_norm_backward,
    .prelu_forward = cpu_prelu_forward,
    .prelu_backward = nn_ref_prelu_backward,
    .batchnorm_train = cpu_batchnorm_train,
    .batchnorm_eval = cpu_batchnorm_eval,
    .batchnorm_backward = cpu_batchnorm_backward,
    .groupnorm_forward = cpu_groupnorm_forward,
    .groupnorm_backward = cpu_groupnorm_backward,
    .instancenorm_running = nn_ref_instancenorm_running,
    .conv_forward = nn_cpu_conv_forward,
    .conv_backward = nn_cpu_conv_backward,
    .max_pool_forward = nn_cpu_max_pool_forward,
    .max_pool_backward = nn_cpu_max_pool_backward,
    .mean_pool_forward = nn_cpu_mean_pool_forward,
    .mean_pool_backward = nn_cpu_mean_pool_backward,
    .cross_entropy = cpu_cross_entropy,
    .softmax = cpu_softmax,
    .softmax_backward = cpu_softmax_backward,
    .count_correct = nn_host_count_correct,
    .norms = cpu_norms,
    .add_penalty = cpu_add_penalty,
    .optimizer_step = cpu_optimizer_step,
    .dot = nn_cpu_dot,
    .axpy = nn_cpu_axpy,
    .scale = nn_cpu_scale,
    .clamp = nn_cpu_clamp,
    .max_abs = nn_ref_max_abs,
    .round_bf16 = nn_cpu_round_bf16,
    .adafactor = nn_ref_adafactor,
    .sum = nn_host_sum,
    .step_begin = nn_host_step_mark,
    .step_end = nn_host_step_mark,
    .step_loss = nn_host_step_loss,
    .step_penalty = nn_host_step_penalty,
    .clip_norm = nn_host_clip_norm,
    .step_results = nn_host_step_results,
    .gather = nn_host_gather,
    .compile_step = nn_cpu_compile_step,
    .run_steps = nn_cpu_run_steps,
    .sync_step = nn_cpu_sync_step,
    .step_rest = nn_cpu_step_rest,
    .set_step_rest = nn_cpu_set_step_rest,
    .free_step = nn_cpu_free_step,
};

bool nn_backend_open_cpu(int n_threads, bool fuses, NnBackend **backend, NnError *err)
{
  char device[64];
  if (!nn_blas_open(err))
    return false;
  NnCpu *cpu = nn_alloc(sizeof *cpu);
  if (!cpu)
    return nn_fail_nomem(err, "the CPU backend");
  cpu->kernels = nn_kernels();
  cpu->fuses = fuses;
  snprintf(device, sizeof device, n_threads == 1 ? "CPU · 1 thread" : "CPU · %d threads",
           n_threads);
  if (nn_pool_new(n_threads, &cpu->pool, err) && nn_blas_keep_room(&cpu->room, n_threads, err) &&
      nn_host_open(&cpu_ops, n_threads, device, cpu, backend, err)) {
    (*backend)->steps_ahead = fuses ? NN_HOST_STEPS : 1;
    return true;
  }
  free_cpu(cpu);
  return false;
}
