/* test-steps.c: operations that are listed between step_begin() and step_end() must give the same
 * bits as the same operations run at once, whatever changes from step to step; on the device
 * "cuda": a GPU, or the emulator. */
#include "engine/elem/list.h"
#include "tests/backend/guarded.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- the table ---- */

/* Every operation is a pointer, from close() on; none may be missing, but for the last: a compiled
 * step whose weights stay where they are needs no sync_step(). */
static void test_table(void)
{
  const unsigned char *table = (const unsigned char *)tested->ops;
  size_t first = offsetof(NnBackendOps, close),
         n = (offsetof(NnBackendOps, sync_step) - first) / sizeof(void *);
  nn_check_int(tested->ops->api, NN_BACKEND_API);
  for (size_t i = 0; i < n; i++) {
    void *entry;
    memcpy(&entry, table + first + i * sizeof entry, sizeof entry);
    if (!nn_check(entry != NULL))
      printf("# entry %zu of the table is empty\n", i);
  }
}

/* ---- a small step of many kinds of operations ---- */

enum { F = 21, C = 5, MOST_N = 19, N_PARAMS = F * C + C, N_SAMPLES = 50, MOST_STEPS = 300 };

typedef struct {
  nn_real *x, *mask, *z, *dz, *row_loss, *w, *dw, *m, *v, *table, *mean, *rstd, *run_mean, *run_var;
  int32_t *labels, *classes;
  uint8_t *pixels;
} Memory;

static Memory start(void)
{
  nn_keyed_init(&rng, 5, 1000, 0, 0);
  Memory k = {.x = buffer(MOST_N * F, false), .mask = buffer(MOST_N * F, false)};
  k.z = buffer(MOST_N * C, false);
  k.dz = buffer(MOST_N * C, false);
  k.row_loss = buffer(MOST_N, false);
  k.w = buffer(N_PARAMS, true);
  k.dw = buffer(N_PARAMS, false);
  k.m = buffer(N_PARAMS, false);
  k.v = buffer(N_PARAMS, false);
  k.table = buffer(256, true);
  k.mean = buffer(C, false);
  k.rstd = buffer(C, false);
  k.run_mean = buffer(C, true);
  k.run_var = buffer(C, true);
  k.labels = labels_of(MOST_N, C);
  k.classes = labels_of(N_SAMPLES, C);
  k.pixels = tested->ops->alloc(tested, N_SAMPLES * F);
  RUN(tested, zero, k.m, N_PARAMS);
  RUN(tested, zero, k.v, N_PARAMS);
  for (size_t i = 0; i < N_SAMPLES * F; i++)
    k.pixels[i] = (uint8_t)nn_keyed_u32(&rng);
  return k;
}

static void finish(Memory *k)
{
  release(k->x, MOST_N * F);
  release(k->mask, MOST_N * F);
  release(k->z, MOST_N * C);
  release(k->dz, MOST_N * C);
  release(k->row_loss, MOST_N);
  release(k->w, N_PARAMS);
  release(k->dw, N_PARAMS);
  release(k->m, N_PARAMS);
  release(k->v, N_PARAMS);
  release(k->table, 256);
  release(k->mean, C);
  release(k->rstd, C);
  release(k->run_mean, C);
  release(k->run_var, C);
  release_labels(k->labels);
  release_labels(k->classes);
  tested->ops->free(tested, k->pixels);
}

static void forward(Memory *k, unsigned step, size_t N, const uint32_t *ids)
{
  const NnBackendOps *ops = tested->ops;
  NnGather g = {k->pixels, k->classes, k->table, 1, F, N, ids, k->x, k->labels};
  NnNorm norm = {.N = N, .C = C, .S = 1, .eps = 1e-5, .momentum = 0.1, .x = k->z, .y = k->z};
  norm.mean = k->mean;
  norm.rstd = k->rstd;
  norm.running_mean = k->run_mean;
  norm.running_var = k->run_var;
  ops->gather(tested, &g);
  ops->dropout_mask(tested, N, F, 0.3, 7, 1, step / 10, ids, k->mask);
  ops->multiply(tested, k->x, k->mask, k->x, N * F);
  ops->gemm(tested, false, true, N, C, F, 1, k->x, k->w, 0, k->z);
  ops->add_bias(tested, N, C, k->w + F * C, k->z);
  ops->batchnorm_train(tested, &norm);
}

static void backward(Memory *k, unsigned step, size_t N)
{
  const NnBackendOps *ops = tested->ops;
  const NnParamView views[] = {{0, F * C, {2, {C, F}}}, {F * C, C, {1, {C}}}};
  double scalars[NN_MAX_SCALARS] = {0};
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    scalars[i] = 0.9 / (1 + 0.01 * (double)step + i);
  ops->gemm(tested, true, false, C, F, N, 1, k->dz, k->x, 0, k->dw);
  ops->sum_rows(tested, N, C, k->dz, false, k->dw + F * C);
  ops->axpy(tested, 1e-3 * (double)step, k->w, k->dw, N_PARAMS);
  ops->scale(tested, 1 + 1e-3 * (double)step, k->dw, N_PARAMS);
  ops->clip_norm(tested, k->dw, views, 2, 0.5);
  ops->optimizer_step(tested, NN_OPT_adam, 2, scalars, N_PARAMS, k->dw,
                      (nn_real *const[]){k->m, k->v}, k->w);
}

/* What differs between the two ways that are compared. peek: a host result is asked for in the
 * middle of every fifth step. */
typedef struct {
  bool listed, peek;
} Way;

static void one_step(Memory *k, unsigned step, Way way)
{
  const NnBackendOps *ops = tested->ops;
  size_t N = step % 9 == 8 ? 7 : MOST_N; /* a smaller last batch */
  uint32_t ids[MOST_N];
  for (uint32_t i = 0; i < N; i++)
    ids[i] = (i * 17 + step * 5) % N_SAMPLES;
  if (way.listed)
    ops->step_begin(tested);
  forward(k, step, N, ids);
  if (way.peek && step % 5 == 3)
    nn_check(isfinite(ops->sum(tested, k->w, N_PARAMS)));
  ops->cross_entropy(tested, N, C, k->z, k->labels, 0.1, NULL, 1 / (double)(N + step % 3),
                     k->row_loss, k->dz);
  NnStepLoss loss = {N, C, k->row_loss, k->z, k->labels, (double)(N + step % 3)};
  ops->step_loss(tested, &loss);
  ops->step_penalty(tested, k->w, F * C, 1e-3, 1e-2);
  ops->step_penalty(tested, k->w + F * C, C, 0, 1e-2);
  backward(k, step, N);
  if (way.listed)
    ops->step_end(tested);
}

static void run_steps(Memory *k, unsigned n, Way way, NnStepResult *results)
{
  NnError err;
  for (unsigned step = 0; step < n; step++)
    one_step(k, step, way);
  if (!nn_check(tested->ops->step_results(tested, results, n, &err)))
    printf("# %s\n", err.text);
  wait_for_backend(tested);
}

static void compare(unsigned n, Way way)
{
  static NnStepResult wanted[MOST_STEPS], found[MOST_STEPS];
  Memory a = start(), b = start();
  run_steps(&a, n, (Way){false, false}, wanted);
  run_steps(&b, n, way, found);
  for (unsigned i = 0; i < n; i++) {
    nn_check(isfinite(wanted[i].loss) && found[i].loss == wanted[i].loss);
    nn_check_int(found[i].correct, wanted[i].correct);
  }
  nn_check(n < 2 || wanted[0].loss != wanted[1].loss);
  nn_check_close(b.w, a.w, N_PARAMS, 0, 0);
  nn_check_close(b.m, a.m, N_PARAMS, 0, 0);
  nn_check_close(b.v, a.v, N_PARAMS, 0, 0);
  nn_check_close(b.run_mean, a.run_mean, C, 0, 0);
  nn_check_close(b.run_var, a.run_var, C, 0, 0);
  finish(&a);
  finish(&b);
}

static void test_listed(void)
{
  compare(1, (Way){true, false});
  compare(40, (Way){true, false});
}

static void test_peek(void)
{
  compare(40, (Way){true, true});
}

static void test_many(void)
{
  compare(MOST_STEPS, (Way){true, false});
}

/* From a loss that is no number on weights, states and running statistics stay as they are, however
 * many steps are under way; after the results have been collected they move again. */
static void test_diverged(void)
{
  static NnStepResult results[20];
  for (int listed = 0; listed < 2; listed++) {
    Memory k = start();
    run_steps(&k, 3, (Way){listed, false}, results);
    nn_real *w = copy_of(k.w, N_PARAMS), *mean = copy_of(k.run_mean, C), old = k.table[9];
    for (int i = 0; i < 256; i++)
      k.table[i] = (nn_real)INFINITY;
    one_step(&k, 3, (Way){listed, false});
    wait_for_backend(tested);
    memcpy(mean, k.run_mean, C * sizeof *mean); /* moved before the loss was known */
    nn_check_close(k.w, w, N_PARAMS, 0, 0);
    for (int i = 0; i < 256; i++)
      k.table[i] = old + (nn_real)i / 256;
    one_step(&k, 4, (Way){listed, false});
    wait_for_backend(tested);
    nn_check_close(k.w, w, N_PARAMS, 0, 0);
    for (int c = 0; c < C; c++)
      nn_check(memcmp(&k.run_mean[c], &mean[c], sizeof mean[c]) == 0);
    nn_check(tested->ops->step_results(tested, results, 2, NULL));
    nn_check(!isfinite(results[0].loss) && isfinite(results[1].loss));
    run_steps(&k, 1, (Way){listed, false}, results);
    nn_check(nn_worst(k.w, w, N_PARAMS, 0, 0) != SIZE_MAX);
    release(w, N_PARAMS);
    release(mean, C);
    finish(&k);
  }
}

int main(int argc, char **argv)
{
  if (!open_backends(argc, argv))
    return 0;
  nn_test("no operation is missing", test_table);
  nn_test("listed steps are those run at once", test_listed);
  nn_test("with a host result in the middle", test_peek);
  nn_test("more steps than wait at a time", test_many);
  nn_test("a loss that is no number", test_diverged);
  close_backends();
  return nn_test_done();
}
