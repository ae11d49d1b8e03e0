/* test-step.c: what belongs to a whole training step, on both host backends, against sums that are
 * written out: loss and penalties, clipping, batches out of bytes, and a loss that is not finite.
 */
#include "engine/backend/backend.h"
#include "engine/elem/list.h"
#include "guarded.h"
#include <stdio.h>

static NnBackend *backend;

enum { N = 7, C = 5 };

/* Largest value in column n mod C; every other label is that. */
static void fill(nn_real *logits, int32_t *labels, nn_real *row_loss)
{
  for (size_t n = 0; n < N; n++) {
    for (size_t c = 0; c < C; c++)
      logits[n * C + c] = (nn_real)(c == n % C) - (nn_real)c;
    logits[n * C + n % C] = 9;
    labels[n] = (int32_t)((n + n % 2) % C);
    row_loss[n] = (nn_real)(0.1 * (double)(n + 1));
  }
}

static void test_loss(void)
{
  nn_real logits[N * C], row_loss[N], w[3] = {-2, 0, (nn_real)0.5};
  int32_t labels[N];
  double sum = 0;
  fill(logits, labels, row_loss);
  for (size_t n = 0; n < N; n++)
    sum += (double)row_loss[n];
  NnStepResult result = {0};
  const NnBackendOps *ops = backend->ops;
  ops->step_begin(backend);
  ops->step_loss(backend, &(NnStepLoss){N, C, row_loss, logits, labels, 3});
  ops->step_penalty(backend, w, 3, 0.1, 0.01);
  ops->step_penalty(backend, w, 1, 0, 1);
  ops->step_end(backend);
  nn_check(ops->step_results(backend, &result, 1, NULL));
  nn_check_near(result.loss, sum / 3 + (0.1 * 2.5 + 0.01 * 4.25) + 4, 0, 1e-15);
  nn_check_int(result.correct, (N + 1) / 2);
  ops->step_loss(backend, &(NnStepLoss){N, C, row_loss, logits, labels, 1});
  nn_check(ops->step_results(backend, &result, 1, NULL));
  nn_check_near(result.loss, sum, 0, 0); /* the penalties were the other step's */
}

/* One update of a weight 1 by plain SGD: something else, unless nothing was done. */
static nn_real updated(void)
{
  nn_real w = 1, dw = 1;
  double scalars[NN_MAX_SCALARS];
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    scalars[i] = 0.5;
  backend->ops->optimizer_step(backend, NN_OPT_sgd, 0, scalars, 1, &dw, NULL, &w);
  return w;
}

/* From a loss that is not finite on updates do nothing, until the results are collected. */
static void test_not_finite(void)
{
  nn_real logits[N * C], row_loss[N], big = (nn_real)1e30;
  int32_t labels[N];
  NnStepResult result;
  const NnBackendOps *ops = backend->ops;
  fill(logits, labels, row_loss);
  nn_real moved = updated();
  nn_check(moved != 1);
  const nn_real bad[] = {NAN, INFINITY, -INFINITY};
  for (int i = 0; i < 3; i++) {
    row_loss[2] = bad[i];
    ops->step_loss(backend, &(NnStepLoss){N, C, row_loss, logits, labels, N});
    nn_check(updated() == 1);
    nn_check(ops->step_results(backend, &result, 1, NULL) && !isfinite(result.loss));
    nn_check(updated() == moved);
  }
  row_loss[2] = 1;
  ops->step_loss(backend, &(NnStepLoss){N, C, row_loss, logits, labels, N});
  nn_check(updated() == moved);
  ops->step_penalty(backend, &big, 1, 0, 1); /* 1e60: finite as a double, not as a float */
  nn_check(updated() == 1);
  nn_check(ops->step_results(backend, &result, 1, NULL));
}

static void test_clip(void)
{
  const NnParamView views[] = {{.offset = 0, .n = 300}, {.offset = 300, .n = 70000}};
  size_t n = 70300;
  nn_real *dw = buffer(n, true), *wanted = copy_of(dw, n);
  double squares = 0;
  for (size_t i = 0; i < n; i++)
    squares += (double)dw[i] * (double)dw[i];
  backend->ops->clip_norm(backend, dw, views, 2, sqrt(squares) * 1.01);
  nn_check_close(dw, wanted, n, 0, 0);
  backend->ops->clip_norm(backend, dw, views, 2, 0.5);
  for (size_t i = 0; i < n; i++)
    wanted[i] = (nn_real)((double)wanted[i] * 0.5 / (sqrt(squares) + 1e-6));
  nn_check_close(dw, wanted, n, 0, 1e-6);
  dw[7] = NAN;
  backend->ops->clip_norm(backend, dw, views, 2, 0.5);
  nn_check(isnan(dw[0]) && isnan(dw[n - 1]));
  release(dw, n);
  release(wanted, n);
}

static void test_gather(void)
{
  enum { SAMPLES = 20, CHANNELS = 3, S = 11, BATCH = 5, SIZE = CHANNELS * S };
  static const uint32_t ids[BATCH] = {19, 0, 7, 7, 3};
  uint8_t pixels[SAMPLES * SIZE];
  int32_t classes[SAMPLES], labels[BATCH];
  nn_real table[CHANNELS * 256], *x = buffer(BATCH * SIZE, false);
  for (size_t i = 0; i < sizeof pixels; i++)
    pixels[i] = (uint8_t)(i * 37 + i / 256);
  for (size_t i = 0; i < CHANNELS * 256; i++)
    table[i] = (nn_real)i / 7;
  for (int i = 0; i < SAMPLES; i++)
    classes[i] = 100 + i;
  NnGather gather = {pixels, classes, table, CHANNELS, S, BATCH, ids, x, labels};
  backend->ops->gather(backend, &gather);
  for (size_t n = 0; n < BATCH; n++) {
    nn_check_int(labels[n], 100 + (int)ids[n]);
    for (size_t k = 0; k < SIZE; k++)
      nn_check(x[n * SIZE + k] == (nn_real)(k / S * 256 + pixels[ids[n] * SIZE + k]) / 7);
  }
  labels[0] = -1;
  gather.labels = NULL;
  gather.N = 1;
  backend->ops->gather(backend, &gather);
  nn_check_int(labels[0], -1);
  release(x, BATCH * SIZE);
}

int main(void)
{
  static const char *const names[] = {"ref", "cpu"};
  for (int i = 0; i < 2; i++) {
    NnError err;
    if (!nn_check(nn_backend_open(names[i], 2, &backend, &err)))
      return 1;
    tested = backend;
    nn_keyed_init(&rng, 1, 1000, 0, 0);
    nn_test(i ? "cpu: loss and penalties" : "ref: loss and penalties", test_loss);
    nn_test(i ? "cpu: a loss that is not finite" : "ref: a loss that is not finite",
            test_not_finite);
    nn_test(i ? "cpu: clipping by norm" : "ref: clipping by norm", test_clip);
    nn_test(i ? "cpu: batches out of bytes" : "ref: batches out of bytes", test_gather);
    nn_backend_close(backend);
  }
  return nn_test_done();
}
