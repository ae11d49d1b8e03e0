/* test-backend.c: every operation of a backend against ref, on odd sizes, small (one thread, one
 * block) and large (cut into chunks). Outputs start as NaN, so that a missed element shows, and lie
 * between guard words, so that a step too far does. */
#include "engine/backend/backend.h"
#include "engine/elem/list.h"
#include "engine/mem.h"
#include "engine/optimizers/optimizer.h"
#include "guarded.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- products ---- */

static void gemm_case(bool ta, bool tb, size_t M, size_t N, size_t K, double alpha, double beta)
{
  nn_real *A = buffer(M * K, true), *B = buffer(K * N, true);
  nn_real *wanted = buffer(M * N, beta != 0), *found = copy_of(wanted, M * N);
  RUN(ref, gemm, ta, tb, M, N, K, alpha, A, B, beta, wanted);
  RUN(tested, gemm, ta, tb, M, N, K, alpha, A, B, beta, found);
  agree(found, wanted, M * N, 1e-5 * sqrt((double)K), 1e-5);
  release(A, M * K);
  release(B, K * N);
}

static void test_gemm(void)
{
  static const size_t sizes[][3] = {{1, 1, 1},       {8, 64, 784},   {64, 784, 8},
                                    {7, 13, 5},      {3, 10, 64},    {129, 67, 33},
                                    {257, 131, 100}, {65, 1030, 71}, {1030, 65, 71},
                                    {1030, 1000, 5}, {70, 4100, 5},  {70, 2050, 128}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int t = 0; t < 4; t++) {
      gemm_case(t & 1, t & 2, sizes[i][0], sizes[i][1], sizes[i][2], 1, 0);
      gemm_case(t & 1, t & 2, sizes[i][0], sizes[i][1], sizes[i][2], 0.5, 1);
    }
}

/* ---- flat operations ---- */

static const size_t flat_sizes[] = {1, 7, 64, 1000, 30011, 70001, 300007};
/* The emulator runs thread after thread: its largest list has eight blocks of a sum. */
#define EACH_SIZE(n)                                      \
  for (size_t size_index = 0, n = flat_sizes[0];          \
       size_index < (is_small() ? (size_t)5 : (size_t)7); \
       size_index++, n = size_index < 7 ? flat_sizes[size_index] : 0)

static void test_flat(void)
{
  EACH_SIZE(n)
  {
    nn_real *a = buffer(n, true), *b = buffer(n, true);
    nn_real *wanted = buffer(n, false), *found = buffer(n, false);
    RUN(ref, multiply, a, b, wanted, n);
    RUN(tested, multiply, a, b, found, n);
    agree(found, wanted, n, 0, 1e-6);
    wanted = copy_of(b, n);
    found = copy_of(b, n);
    RUN(ref, add, a, wanted, n);
    RUN(tested, add, a, found, n);
    agree(found, wanted, n, 1e-6, 1e-6);
    wanted = copy_of(b, n);
    found = copy_of(b, n);
    a[0] = 0; /* the sign of zero is zero */
    RUN(ref, add_penalty, a, 0.3, 0.07, n, wanted);
    RUN(tested, add_penalty, a, 0.3, 0.07, n, found);
    nn_check_near((double)found[0], (double)b[0], 1e-7, 1e-6);
    agree(found, wanted, n, 1e-6, 1e-6);
    double abs_ref, squares_ref, abs_found, squares_found;
    ref->ops->norms(ref, a, n, &abs_ref, &squares_ref);
    tested->ops->norms(tested, a, n, &abs_found, &squares_found);
    nn_check_near(abs_found, abs_ref, 0, 1e-12);
    nn_check_near(squares_found, squares_ref, 0, 1e-12);
    nn_check_near(tested->ops->sum(tested, a, n), ref->ops->sum(ref, a, n), 1e-9, 1e-12);
    release(a, n);
    release(b, n);
  }
}

static void test_activations(void)
{
  const nn_real numbers[8] = {(nn_real)0.1};
  EACH_SIZE(n)
  for (int elem = 0; elem < NN_N_ACTIVATIONS; elem++) {
    nn_real *x = buffer(n, true), *dy = buffer(n, true);
    nn_real *wanted = buffer(n, false), *found = buffer(n, false);
    nn_real *dx_wanted = buffer(n, false), *dx_found = buffer(n, false);
    x[n / 2] = 0; /* the kink */
    RUN(ref, activation_forward, elem, numbers, n, x, wanted);
    RUN(tested, activation_forward, elem, numbers, n, x, found);
    RUN(ref, activation_backward, elem, numbers, n, x, wanted, dy, dx_wanted);
    RUN(tested, activation_backward, elem, numbers, n, x, wanted, dy, dx_found);
    agree(found, wanted, n, 1e-6, 1e-6);
    agree(dx_found, dx_wanted, n, 1e-6, 1e-6);
    release(x, n);
    release(dy, n);
  }
}

/* Five updates from zero states and workspace through nn_optimizer_step(), of a matrix, filters
 * and a vector on one backend. The loss stands still for LBFGS, which then goes where it would. */
typedef struct {
  NnOptimizer optimizer;
  NnOptimizerTarget target;
  NnParamView views[3];
} OptimizerCase;

static double same_loss(void *user)
{
  (void)user;
  return 1;
}

static void optimizer_start(OptimizerCase *o, const NnConfig *config, const NnBackend *backend,
                            size_t rows, const nn_real *w)
{
  NnError err;
  size_t n = 0;
  const NnShape shapes[] = {nn_shape_2d(rows, 7), {4, {rows, 1, 2, 3}}, nn_shape_1d(rows)};
  for (int i = 0; i < 3; i++) {
    o->views[i] = (NnParamView){n, nn_shape_size(shapes[i]), shapes[i]};
    n += o->views[i].n;
  }
  nn_check(nn_optimizer_init(&o->optimizer, config, &err));
  o->target = (NnOptimizerTarget){.backend = backend, .n = n, .n_tensors = 3, .loss = 1};
  o->target.tensors = o->views;
  o->target.closure = same_loss;
  o->target.w = copy_of(w, n);
  for (int s = 0; s < o->optimizer.n_state; s++) {
    o->target.state[s] = buffer(n, false);
    RUN(ref, zero, o->target.state[s], n);
  }
  size_t size = nn_optimizer_workspace(&o->optimizer, &o->target);
  o->target.workspace = buffer(size, false);
  RUN(ref, zero, o->target.workspace, size);
}

static void optimizer_free(OptimizerCase *o)
{
  release(o->target.workspace, nn_optimizer_workspace(&o->optimizer, &o->target));
}

static void optimizer_case(const NnConfig *config, size_t rows)
{
  OptimizerCase a, b;
  size_t n = rows * (7 + 6 + 1);
  nn_real *w = buffer(n, true);
  optimizer_start(&a, config, ref, rows, w);
  optimizer_start(&b, config, tested, rows, w);
  for (int t = 0; t < 5; t++) {
    nn_real *dw = buffer(n, true);
    a.target.dw = b.target.dw = dw;
    nn_optimizer_step(&a.optimizer, &a.target);
    nn_optimizer_step(&b.optimizer, &b.target);
    wait_for_backend(tested);
    release(dw, n);
  }
  bool rounds = strcmp(config->kind->name, "Muon") == 0; /* bfloat16 may round the other way */
  double tol = rounds ? 2e-4 : 1e-5;
  for (int s = 0; s < a.optimizer.n_state; s++)
    agree(b.target.state[s], a.target.state[s], n, 2 * tol, 2 * tol);
  agree(b.target.w, a.target.w, n, tol, tol);
  optimizer_free(&a);
  optimizer_free(&b);
  release(w, n);
}

/* Each optimizer as it comes, and with each switch on and each momentum set, so that all its state
 * tensors are used. */
static void test_optimizers(void)
{
  NnError err;
  const size_t sizes[] = {1, 5, is_small() ? 503 : 5003};
  for (const NnKind *const *k = nn_kinds(NN_CLASS_OPTIMIZER); *k; k++)
    for (int p = -1; p < nn_param_count((*k)->params); p++) {
      const NnParamSpec *spec = p < 0 ? NULL : &(*k)->params[p];
      bool momentum = spec && strcmp(spec->key, "momentum") == 0;
      if (spec && spec->type != NN_PARAM_BOOL && !momentum)
        continue;
      NnConfig *config = nn_config_new(*k, &err);
      if (spec && !momentum)
        nn_check(nn_config_set_number(config, spec->key, 1, &err));
      if (momentum || (spec && strcmp(spec->key, "nesterov") == 0))
        nn_check(nn_config_set_number(config, "momentum", 0.9, &err));
      for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        optimizer_case(config, sizes[i]);
      nn_config_free(config);
    }
}

/* ---- what optimizers of whole tensors and clipping are made of ---- */

static void test_vectors(void)
{
  EACH_SIZE(n)
  {
    nn_real *x = buffer(n, true), *y = buffer(n, true), *y2 = copy_of(y, n);
    double size = 1e-6 * (double)n;
    nn_check_near(tested->ops->dot(tested, x, y, n), ref->ops->dot(ref, x, y, n), 1e-9 * size,
                  1e-9);
    nn_check_near(tested->ops->max_abs(tested, x, n), ref->ops->max_abs(ref, x, n), 0, 0);
    RUN(ref, axpy, 0.37, x, y, n);
    RUN(tested, axpy, 0.37, x, y2, n);
    nn_check_close(y2, y, n, 1e-6, 1e-6);
    RUN(ref, scale, -1.7, y, n);
    RUN(tested, scale, -1.7, y2, n);
    nn_check_close(y2, y, n, 1e-6, 1e-6);
    memcpy(y2, y, n * sizeof *y);
    RUN(ref, round_bf16, y, n);
    RUN(tested, round_bf16, y2, n);
    nn_check_close(y2, y, n, 0, 0);
    RUN(ref, clamp, 0.8, y, n);
    RUN(tested, clamp, 0.8, y2, n);
    nn_check_near(ref->ops->max_abs(ref, y, n), n > 60 ? 0.8 : 0.4, n > 60 ? 1e-7 : 0.41, 0);
    agree(y2, y, n, 0, 0);
    release(x, n);
  }
}

/* Ties of bfloat16 go to the even neighbor; what is no number stays none. */
static void test_special_values(void)
{
  static const nn_real from[] = {1, 1.00390625f, 1.01171875f, -1.00390625f, 1.004f, 3.4e38f, 0};
  static const nn_real to[] = {1, 1, 1.015625f, -1, 1.0078125f, (nn_real)INFINITY, 0};
  const NnBackend *backends[] = {ref, tested};
  for (int b = 0; b < 2; b++) {
    nn_real *x = buffer(7, false), *odd = buffer(3, false);
    memcpy(x, from, sizeof from);
    odd[1] = (nn_real)INFINITY;
    odd[2] = -3;
    RUN(backends[b], round_bf16, x, 7);
    nn_check(memcmp(x, to, sizeof to) == 0);
    RUN(backends[b], round_bf16, odd, 3);
    nn_check(isnan(odd[0]) && isinf(odd[1]) && odd[2] == -3);
    nn_check(isnan(backends[b]->ops->max_abs(backends[b], odd, 3)));
    RUN(backends[b], clamp, 2, odd, 3);
    nn_check(isnan(odd[0]) && odd[1] == 2 && odd[2] == -2);
    release(x, 7);
    release(odd, 3);
  }
}

/* ---- rows and columns ---- */

static const size_t row_sizes[][2] = {{1, 1}, {8, 64}, {3, 10}, {257, 300}, {513, 1}, {65, 1031}};

static void test_bias(void)
{
  for (size_t i = 0; i < 6; i++)
    for (int accumulate = 0; accumulate < 2; accumulate++) {
      size_t N = row_sizes[i][0], F = row_sizes[i][1];
      nn_real *b = buffer(F, true), *y = buffer(N * F, true), *y2 = copy_of(y, N * F);
      nn_real *db = buffer(F, accumulate), *db2 = copy_of(db, F);
      RUN(ref, add_bias, N, F, b, y);
      RUN(tested, add_bias, N, F, b, y2);
      nn_check_close(y2, y, N * F, 1e-6, 1e-6);
      RUN(ref, sum_rows, N, F, y, accumulate, db);
      RUN(tested, sum_rows, N, F, y, accumulate, db2);
      agree(db2, db, F, 1e-6 * (double)N, 1e-5);
      agree(y2, y, N * F, 1e-6, 1e-6);
      release(b, F);
    }
}

/* The buffers of one normalization on one backend. */
typedef struct {
  NnNorm norm;
  size_t n, n_statistics;
  nn_real *y_eval;
} NormCase;

static NormCase norm_case(const NnNorm *inputs, size_t n_statistics, const nn_real *start)
{
  NormCase k = {.norm = *inputs, .n = inputs->N * inputs->C * inputs->S};
  size_t C = inputs->C;
  k.n_statistics = n_statistics;
  k.norm.running_mean = copy_of(start, C);
  k.norm.running_var = copy_of(start, C);
  k.norm.mean = buffer(n_statistics, false);
  k.norm.rstd = buffer(n_statistics, false);
  k.norm.y = buffer(k.n, false);
  k.norm.dx = buffer(k.n, false);
  k.norm.dweight = copy_of(start, C);
  k.norm.dbias = copy_of(start, C);
  return k;
}

static void norms_agree(NormCase *a, NormCase *b)
{
  size_t C = a->norm.C;
  agree(a->norm.running_mean, b->norm.running_mean, C, 1e-5, 1e-5);
  agree(a->norm.running_var, b->norm.running_var, C, 1e-4, 1e-4);
  agree(a->norm.mean, b->norm.mean, a->n_statistics, 1e-5, 1e-5);
  agree(a->norm.rstd, b->norm.rstd, a->n_statistics, 1e-5, 1e-5);
  agree(a->norm.y, b->norm.y, a->n, 2e-5, 2e-5);
  agree(a->norm.dx, b->norm.dx, a->n, 1e-4, 1e-4);
  agree(a->norm.dweight, b->norm.dweight, C, 1e-4, 1e-4);
  agree(a->norm.dbias, b->norm.dbias, C, 1e-4, 1e-4);
}

static void batchnorm_ops(const NnBackend *backend, NormCase *k)
{
  NnNorm eval = k->norm;
  nn_real *y = buffer(k->n, false);
  RUN(backend, batchnorm_train, &k->norm);
  eval.y = y;
  RUN(backend, batchnorm_eval, &eval);
  RUN(backend, batchnorm_backward, &k->norm);
  k->y_eval = y;
}

static void groupnorm_ops(const NnBackend *backend, NormCase *k)
{
  RUN(backend, groupnorm_forward, &k->norm);
  RUN(backend, groupnorm_backward, &k->norm);
  if (k->norm.groups == k->norm.C && k->norm.S > 1)
    RUN(backend, instancenorm_running, &k->norm);
}

/* groups = 0: batch normalization; variant: bit 0 affine, bit 1 accumulate, bit 2 no centering. */
static void normalization_case(size_t N, size_t C, size_t S, size_t groups, int variant)
{
  size_t n = N * C * S, n_statistics = groups ? N * groups : C;
  nn_real *x = buffer(n, true), *dy = buffer(n, true), *w = buffer(C, true), *b = buffer(C, true);
  nn_real *start = buffer(C, false);
  for (size_t c = 0; c < C; c++)
    start[c] = 1 + (nn_real)c / 10;
  NnNorm inputs = {.N = N, .C = C, .S = S, .groups = groups, .x = x, .dy = dy, .eps = 1e-5};
  inputs.momentum = 0.3;
  inputs.weight = variant & 1 ? w : NULL;
  inputs.bias = variant & 1 ? b : NULL;
  inputs.accumulate = variant & 2;
  inputs.center = !(variant & 4);
  NormCase wanted = norm_case(&inputs, n_statistics, start);
  NormCase found = norm_case(&inputs, n_statistics, start);
  if (groups == 0) {
    batchnorm_ops(ref, &wanted);
    batchnorm_ops(tested, &found);
    agree(found.y_eval, wanted.y_eval, n, 2e-5, 2e-5);
  } else {
    groupnorm_ops(ref, &wanted);
    groupnorm_ops(tested, &found);
  }
  norms_agree(&found, &wanted);
  release(x, n);
  release(dy, n);
  release(w, C);
  release(b, C);
  release(start, C);
}

static void test_batchnorm(void)
{
  static const size_t sizes[][3] = {{2, 1, 1}, {8, 64, 1}, {5, 130, 1}, {3, 7, 35}, {64, 130, 9}};
  for (size_t i = 0; i < 5; i++)
    for (int variant = 0; variant < 4; variant++)
      normalization_case(sizes[i][0], sizes[i][1], sizes[i][2], 0, variant);
}

static void test_groupnorm(void)
{
  static const size_t sizes[][4] = {{2, 6, 1, 1}, {9, 77, 1, 1},     {3, 8, 35, 4},
                                    {5, 6, 9, 6}, {33, 130, 17, 10}, {4, 130, 3, 130}};
  for (size_t i = 0; i < 6; i++)
    for (int variant = 0; variant < 8; variant++)
      normalization_case(sizes[i][0], sizes[i][1], sizes[i][2], sizes[i][3], variant);
}

/* Rows scaled, their lengths, weight normalization backwards, PReLU. */
static void test_rows(void)
{
  static const size_t sizes[][3] = {{1, 1, 1}, {64, 784, 1}, {7, 13, 5}, {130, 33, 17}};
  for (size_t i = 0; i < 4; i++)
    for (int accumulate = 0; accumulate < 2; accumulate++) {
      size_t rows = sizes[i][0], K = sizes[i][1] * sizes[i][2], n = rows * K;
      nn_real *x = buffer(n, true), *dw = buffer(n, true), *g = buffer(rows, true);
      nn_real *y = buffer(n, false), *y2 = buffer(n, false);
      RUN(ref, scale_rows, rows, K, x, g, y);
      RUN(tested, scale_rows, rows, K, x, g, y2);
      agree(y2, y, n, 0, 1e-6);
      nn_real *norms = buffer(rows, false), *norms2 = buffer(rows, false);
      RUN(ref, row_norms, rows, K, x, norms);
      RUN(tested, row_norms, rows, K, x, norms2);
      nn_real *q = buffer(rows, false), *q2 = buffer(rows, false);
      RUN(ref, divide, g, norms, q, rows);
      RUN(tested, divide, g, norms, q2, rows);
      agree(q2, q, rows, 0, 1e-6);
      NnWeightNorm w = {.rows = rows, .K = K, .dw = dw, .v = x, .g = g, .norms = norms};
      w.accumulate = accumulate;
      w.dv = buffer(n, true);
      w.dg = buffer(rows, true);
      NnWeightNorm w2 = w;
      w2.dv = copy_of(w.dv, n);
      w2.dg = copy_of(w.dg, rows);
      RUN(ref, weight_norm_backward, &w);
      RUN(tested, weight_norm_backward, &w2);
      agree(w2.dv, w.dv, n, 1e-5, 1e-5);
      agree(w2.dg, w.dg, rows, 1e-5, 1e-5);
      agree(norms2, norms, rows, 0, 1e-6);
      release(x, n);
      release(dw, n);
      release(g, rows);
    }
}

static void prelu_case(size_t N, size_t C, size_t S, bool per_channel, bool accumulate)
{
  size_t n = N * C * S, n_a = per_channel ? C : 1;
  nn_real *x = buffer(n, true), *dy = buffer(n, true), *a = buffer(n_a, true);
  NnPrelu p = {.N = N, .C = C, .S = S, .per_channel = per_channel, .x = x, .a = a, .dy = dy};
  p.accumulate = accumulate;
  x[n / 2] = 0;
  p.y = buffer(n, false);
  p.dx = buffer(n, false);
  p.da = buffer(n_a, true);
  NnPrelu p2 = p;
  p2.y = buffer(n, false);
  p2.dx = buffer(n, false);
  p2.da = copy_of(p.da, n_a);
  RUN(ref, prelu_forward, &p);
  RUN(tested, prelu_forward, &p2);
  RUN(ref, prelu_backward, &p);
  RUN(tested, prelu_backward, &p2);
  agree(p2.y, p.y, n, 0, 1e-6);
  agree(p2.dx, p.dx, n, 1e-6, 1e-6);
  agree(p2.da, p.da, n_a, 1e-4, 1e-5);
  release(x, n);
  release(dy, n);
  release(a, n_a);
}

static void test_prelu(void)
{
  static const size_t sizes[][3] = {{1, 1, 1}, {8, 64, 1}, {5, 7, 35}, {40, 31, 64}};
  for (size_t i = 0; i < 4; i++)
    for (int variant = 0; variant < 4; variant++)
      prelu_case(sizes[i][0], sizes[i][1], sizes[i][2], variant & 1, variant & 2);
}

static void cross_entropy_case(size_t N, size_t C, double smoothing, bool weighted)
{
  nn_real *z = buffer(N * C, true), *w = buffer(C, true);
  nn_real *loss = buffer(N, false), *loss2 = buffer(N, false);
  nn_real *dz = buffer(N * C, false), *dz2 = buffer(N * C, false);
  int32_t *labels = labels_of(N, C);
  for (size_t c = 0; c < C; c++)
    w[c] = NN_M(fabs)(w[c]);
  z[0] = 500; /* must not overflow */
  RUN(ref, cross_entropy, N, C, z, labels, smoothing, weighted ? w : NULL, 0.25, loss, dz);
  RUN(tested, cross_entropy, N, C, z, labels, smoothing, weighted ? w : NULL, 0.25, loss2, dz2);
  agree(loss2, loss, N, 2e-6, 2e-5);
  agree(dz2, dz, N * C, 1e-6, 1e-5);
  nn_check_int(tested->ops->count_correct(tested, N, C, z, labels),
               ref->ops->count_correct(ref, N, C, z, labels));
  loss = buffer(N * C, false);
  loss2 = buffer(N * C, false);
  RUN(ref, softmax, N, C, z, loss);
  RUN(tested, softmax, N, C, z, loss2);
  dz = buffer(N * C, false);
  dz2 = buffer(N * C, false);
  RUN(ref, softmax_backward, N, C, loss, z, dz);
  RUN(tested, softmax_backward, N, C, loss, z, dz2);
  agree(dz2, dz, N * C, 1e-5, 1e-5);
  agree(loss2, loss, N * C, 1e-6, 1e-5);
  release(z, N * C);
  release(w, C);
  release_labels(labels);
}

static void test_cross_entropy(void)
{
  static const size_t sizes[][2] = {{1, 2}, {8, 10}, {77, 10}, {1000, 13}, {5, 1000}};
  for (size_t i = 0; i < 5; i++)
    for (int t = 0; t < 4; t++)
      cross_entropy_case(sizes[i][0], sizes[i][1], t & 1 ? 0.1 : 0, t & 2);
}

static void test_dropout_mask(void)
{
  uint32_t ids[300];
  for (uint32_t i = 0; i < 300; i++)
    ids[i] = i * 7 % 301;
  size_t n = 300 * 131, dropped = 0;
  nn_real *wanted = buffer(n, false), *found = buffer(n, false);
  RUN(ref, dropout_mask, 300, 131, 0.3, 5, 1, 2, ids, wanted);
  RUN(tested, dropout_mask, 300, 131, 0.3, 5, 1, 2, ids, found);
  for (size_t i = 0; i < n; i++)
    dropped += found[i] == 0;
  nn_check_near((double)dropped / (double)n, 0.3, 0.01, 0);
  nn_check_near((double)tested->ops->sum(tested, found, n) / (double)n, 1, 0.02, 0);
  /* One row depends on its sample's number alone, not on its place in the batch. */
  nn_real *row = buffer(131, false);
  RUN(tested, dropout_mask, 1, 131, 0.3, 5, 1, 2, ids + 40, row);
  nn_check_close(row, found + 40 * 131, 131, 0, 0);
  release(row, 131);
  agree(found, wanted, n, 0, 0);
}

int main(int argc, char **argv)
{
  nn_keyed_init(&rng, 1, 1000, 0, 0);
  if (!open_backends(argc, argv))
    return 0;
  nn_test("gemm", test_gemm);
  nn_test("add, multiply, penalty, norms", test_flat);
  nn_test("activations", test_activations);
  nn_test("optimizers", test_optimizers);
  nn_test("flat lists", test_vectors);
  nn_test("infinities, NaN and ties of bfloat16", test_special_values);
  nn_test("bias and its gradient", test_bias);
  nn_test("batch normalization", test_batchnorm);
  nn_test("group, instance, layer and root mean square normalization", test_groupnorm);
  nn_test("rows and weight normalization", test_rows);
  nn_test("PReLU", test_prelu);
  nn_test("cross entropy and softmax", test_cross_entropy);
  nn_test("dropout mask", test_dropout_mask);
  close_backends();
  return nn_test_done();
}
