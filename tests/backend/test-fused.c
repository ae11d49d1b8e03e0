/* test-fused.c: whole training steps as the cpu backend does them (engine/backend/fused), against
 * the same steps operation by operation, for every pattern that it claims. Losses of 500 steps
 * agree within 1e-4, weights after 100 within 1e-5; any number of threads gives the same bits. */
#include "engine/backend/fused/fused-pace.h"
#include "engine/elem/list.h"
#include "engine/optimizers/optimizer.h"
#include "engine/recipe/recipe.h"
#include "engine/rng.h"
#include "engine/train/trainer.h"
#include "tests/check.h"
#include "tests/resume-run.h"
#include "tests/trainer-observer.h"
#include "tests/unit/data-kinds.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- data: bytes that are mostly 0, as handwriting is ---- */

enum { SIDE = 13, SIZE = SIDE * SIDE, N_SAMPLES = 640, N_CLASSES = 5, MOST_STEPS = 512 };

static uint8_t pixels[N_SAMPLES][SIZE];
static int32_t classes[N_SAMPLES];
static nn_real table[256];
static bool hidden; /* the data do not tell that they are bytes */

static void gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                   nn_real *x, int32_t *labels)
{
  (void)source, (void)epoch;
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < SIZE; k++)
      x[i * SIZE + k] = table[pixels[indices[i]][k]];
    labels[i] = classes[indices[i]];
  }
}

static bool bytes(const NnSource *source, NnBytes *out)
{
  *out = (NnBytes){.n_samples = source->n_samples,
                   .C = 1,
                   .S = SIZE,
                   .pixels = pixels[0],
                   .classes = classes,
                   .table = table};
  return !hidden;
}

static const NnSource source = {.n_samples = N_SAMPLES,
                                .shape = {.n_dims = 3, .dims = {1, SIDE, SIDE}},
                                .n_classes = N_CLASSES,
                                .gather = gather,
                                .bytes = bytes};

/* A spot for each class, at a place of its own; pixel 0 is in one sample of 100, pixel 1 in none.
 * zero: the value of byte 0. */
static void make_data(double zero)
{
  NnKeyedRng rng;
  nn_keyed_init(&rng, 7, 1000, 0, 0);
  memset(pixels, 0, sizeof pixels);
  for (int i = 0; i < 256; i++)
    table[i] = (nn_real)(zero + i / 255.0);
  for (size_t i = 0; i < N_SAMPLES; i++) {
    classes[i] = (int32_t)(nn_keyed_uniform(&rng) * N_CLASSES);
    size_t middle = (size_t)(20 + 27 * classes[i]);
    for (int k = 0; k < 24; k++) {
      size_t at = middle + (size_t)(nn_keyed_uniform(&rng) * 34);
      pixels[i][at < SIZE ? at : 2] = (uint8_t)(30 + 200 * nn_keyed_uniform(&rng));
    }
    pixels[i][0] = (uint8_t)(i % 100 == 37 ? 200 : 0);
    pixels[i][1] = 0;
  }
}

/* ---- runs ---- */

typedef struct {
  NnBackend *backend;
  NnTrainer *trainer;
  NnObserver *observer;
  NnProgress records[MOST_STEPS];
  NnEpoch epochs[128];
  size_t n_records;
  NnResult result;
  NnError err;
  bool ok;
} Run;

static Run *run_on(const char *json, const char *device, int threads, uint64_t steps)
{
  Run *r = calloc(1, sizeof *r);
  NnConfig *recipe = NULL;
  NnTrainerOptions options = {.train = &source, .max_steps = steps};
  if (!nn_check(nn_recipe_parse(json, "test", &recipe, &r->err)))
    printf("#   %s\n", r->err.text);
  options.recipe = recipe;
  nn_check(nn_backend_open(device, threads, &r->backend, &r->err));
  options.backend = r->backend;
  if (nn_check(nn_trainer_new(&options, &r->trainer, &r->err)) &&
      nn_check(observe(r->trainer, true, &r->observer, &r->err))) {
    r->ok = nn_trainer_run(r->trainer, r->observer, r->epochs, &r->result, &r->err);
    r->n_records = nn_observer_drain(r->observer, r->records, MOST_STEPS);
  }
  nn_config_free(recipe);
  return r;
}

static void end(Run *r)
{
  nn_observer_free(r->observer);
  nn_trainer_free(r->trainer);
  nn_backend_close(r->backend);
  free(r);
}

static bool losses_agree(const Run *a, const Run *b, size_t n, double rtol)
{
  bool ok = nn_check_int(a->n_records, n) && nn_check_int(b->n_records, n);
  for (size_t i = 0; ok && i < n; i++)
    ok = nn_check_near(a->records[i].loss, b->records[i].loss, 1e-6, rtol) &&
         nn_check(a->records[i].step == b->records[i].step && a->records[i].lr == b->records[i].lr);
  return ok;
}

static bool weights_agree(const Run *a, const Run *b, double atol)
{
  NnModel *x = nn_trainer_model(a->trainer), *y = nn_trainer_model(b->trainer);
  return nn_check_close(nn_model_params(x), nn_model_params(y), nn_model_n_params(x), atol, atol) &&
         nn_check_close(nn_model_buffers(x), nn_model_buffers(y), nn_model_n_buffers(x), atol,
                        atol);
}

static bool same_bits(const Run *a, const Run *b)
{
  NnModel *x = nn_trainer_model(a->trainer), *y = nn_trainer_model(b->trainer);
  bool ok = nn_check_int(a->n_records, b->n_records) &&
            nn_check(memcmp(nn_model_params(x), nn_model_params(y),
                            nn_model_n_params(x) * sizeof(nn_real)) == 0);
  for (size_t i = 0; ok && i < a->n_records; i++)
    ok = nn_check(a->records[i].loss == b->records[i].loss ||
                  (isnan(a->records[i].loss) && isnan(b->records[i].loss)));
  return ok;
}

/* ---- whether a step is claimed ---- */

static NnBackendOps spied;
static const NnBackendOps *real_ops;
static size_t n_whole, n_updates;

static void spy_run(const NnBackend *backend, void *step, const NnStepRun *run)
{
  n_whole += run->n_steps;
  real_ops->run_steps(backend, step, run);
}

static void spy_update(const NnBackend *backend, int elem, int n_state, const double *scalars,
                       size_t n, const nn_real *dw, nn_real *const *state, nn_real *w)
{
  n_updates++;
  real_ops->optimizer_step(backend, elem, n_state, scalars, n, dw, state, w);
}

/* Looks at the weights after every call. */
static void peep_run(const NnBackend *backend, void *step, const NnStepRun *run)
{
  real_ops->run_steps(backend, step, run);
  real_ops->sync_step(backend, step);
}

/* How many of the first 50 steps are whole, counted on the backend's own table. */
static bool is_claimed(const char *json)
{
  NnBackend *backend = NULL;
  NnTrainer *trainer = NULL;
  NnConfig *recipe = NULL;
  NnResult result;
  NnError err;
  n_whole = n_updates = 0;
  if (!nn_check(nn_recipe_parse(json, "test", &recipe, &err)) ||
      !nn_check(nn_backend_open("cpu", 1, &backend, &err)))
    return false;
  real_ops = backend->ops;
  spied = *real_ops;
  spied.run_steps = spy_run;
  spied.optimizer_step = spy_update;
  backend->ops = &spied;
  NnTrainerOptions options = {
      .recipe = recipe, .train = &source, .backend = backend, .max_steps = 50};
  if (nn_check(nn_trainer_new(&options, &trainer, &err)))
    nn_check(nn_trainer_run(trainer, NULL, NULL, &result, &err));
  nn_trainer_free(trainer);
  backend->ops = real_ops;
  nn_backend_close(backend);
  nn_config_free(recipe);
  return n_whole > 40 && n_whole + n_updates == 50;
}

/* ---- comparisons ---- */

/* By operations and whole, the data as bytes and as the host prepares them, on several threads. */
static bool compare(const char *json, double rtol)
{
  Run *oracle = run_on(json, "cpu:operations", 1, 500);
  Run *short_oracle = run_on(json, "cpu:operations", 1, 100);
  bool ok = nn_check(is_claimed(json));
  for (int way = 0; way < 2; way++) {
    hidden = way == 1;
    Run *whole = run_on(json, "cpu", 1, 500), *one = run_on(json, "cpu", 1, 100);
    ok = losses_agree(whole, oracle, 500, rtol) && ok;
    ok = weights_agree(one, short_oracle, rtol / 10) && ok;
    for (int threads = 2; threads <= 4; threads += 2) {
      Run *other = run_on(json, "cpu", threads, 100);
      ok = same_bits(other, one) && ok;
      end(other);
    }
    end(whole);
    end(one);
  }
  hidden = false;
  end(short_oracle);
  end(oracle);
  if (!ok)
    printf("#   with %s\n", json);
  return ok;
}

#define LINEAR(n) "{\"kind\": \"Linear\", \"out_features\": " #n "}"
#define RECIPE(batch, layers, rest)                                               \
  "{\"version\": 1, \"data\": {\"batch_size\": " #batch ", \"transforms\": []}, " \
  "\"network\": [{\"kind\": \"Flatten\"}, " layers "], \"loop\": {\"epochs\": 128}" rest "}"
#define TUTORIAL \
  LINEAR(24) ", {\"kind\": \"ReLU\"}, " LINEAR(20) ", {\"kind\": \"ReLU\"}, " LINEAR(5)

static void test_optimizers(void)
{
  make_data(0);
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    char json[1024];
    if (((const NnOptimizerKind *)*kind)->step)
      continue;
    snprintf(json, sizeof json, "%s", RECIPE(8, TUTORIAL, ", \"optimizer\": {\"kind\": \"@\"}"));
    snprintf(strchr(json, '@'), 100, "%s\", \"lr\": 0.002}}", (*kind)->name);
    compare(json, 1e-4);
  }
}

static void test_optimizers_with_everything(void)
{
  make_data(0);
  compare(RECIPE(8, TUTORIAL,
                 ", \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.02, \"momentum\": 0.9, "
                 "\"weight_decay\": 0.01, \"nesterov\": true}"),
          1e-4);
  compare(RECIPE(8, TUTORIAL,
                 ", \"optimizer\": {\"kind\": \"Adam\", \"lr\": 0.002, \"amsgrad\": true, "
                 "\"weight_decay\": 0.01}, \"scheduler\": {\"kind\": \"OneCycleLR\", "
                 "\"max_lr\": 0.01, \"total_steps\": 600}"),
          1e-4);
}

/* Gradients no larger than eps, as of rare pixels: what a row has missed depends on how eps weighs
 * in each of the steps. */
static void test_eps(void)
{
  make_data(0);
  compare(RECIPE(8, TUTORIAL, ", \"optimizer\": {\"kind\": \"Adam\", \"eps\": 0.01}"), 1e-4);
  compare(RECIPE(8, TUTORIAL, ", \"optimizer\": {\"kind\": \"AdamW\", \"eps\": 1e-4}"), 1e-4);
  compare(RECIPE(8, TUTORIAL, ", \"optimizer\": {\"kind\": \"AdamW\", \"eps\": 1e-6}"), 1e-4);
}

/* Those of each element by itself. */
static void test_activations(void)
{
  make_data(0);
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_LAYER); *kind; kind++) {
    char json[1024];
    const char *needs = ((const NnLayerKind *)*kind)->needs;
    if (!needs || strcmp(needs, "activation_forward activation_backward") != 0)
      continue;
    snprintf(json, sizeof json,
             RECIPE(8, LINEAR(24) ", {\"kind\": \"%s\"}, " LINEAR(5),
                    ", \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.05}"),
             (*kind)->name);
    compare(json, 1e-4);
  }
}

static void test_shapes(void)
{
  make_data(0);
  compare(RECIPE(8, LINEAR(5), ""), 1e-4);
  compare(RECIPE(1, LINEAR(5), ""), 1e-4);
  compare(RECIPE(7, LINEAR(131) ", {\"kind\": \"Tanh\"}, " LINEAR(33) ", " LINEAR(5), ""), 1e-4);
  compare(RECIPE(64,
                 LINEAR(16) ", {\"kind\": \"Linear\", \"out_features\": 17, \"bias\": false}, "
                            "{\"kind\": \"Sigmoid\"}, " LINEAR(5) ", {\"kind\": \"Tanh\"}",
                 ""),
          1e-4);
  compare(RECIPE(8, LINEAR(8) ", " LINEAR(8) ", " LINEAR(8) ", " LINEAR(8) ", " LINEAR(5), ""),
          1e-4);
}

static void test_dropout(void)
{
  make_data(0);
  compare(
      RECIPE(
          8,
          LINEAR(70) ", {\"kind\": \"ReLU\"}, {\"kind\": \"Dropout\", \"p\": 0.3}, " LINEAR(
              21) ", {\"kind\": \"Dropout\", \"p\": 0.1}, {\"kind\": \"ReLU\"}, " LINEAR(5) ", "
                                                                                            "{\"kin"
                                                                                            "d\": "
                                                                                            "\"Drop"
                                                                                            "out\","
                                                                                            " \"p\""
                                                                                            ": "
                                                                                            "0.05}",
          ""),
      1e-4);
}

/* l1 pulls by the sign of a weight, and on which side of 0 it is rounding decides. */
static void test_regularization(void)
{
  make_data(0);
  compare(RECIPE(8, TUTORIAL, ", \"regularization\": {\"l1\": 1e-4, \"l2\": 1e-3}"), 2e-3);
  compare(RECIPE(8, TUTORIAL,
                 ", \"regularization\": {\"l1\": 1e-4, \"l2\": 1e-3, \"penalty_on\": \"weights\"}"),
          2e-3);
  compare(RECIPE(8, TUTORIAL, ", \"regularization\": {\"clip_value\": 0.002}"), 1e-4);
  compare(RECIPE(8, TUTORIAL,
                 ", \"regularization\": {\"l1\": 1e-3, \"clip_value\": 0.002}, "
                 "\"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.5, \"momentum\": 0.9}"),
          2e-3);
}

/* Half of the batches are over the limit, then none. */
static void test_clip_norm(void)
{
  make_data(0);
  compare(RECIPE(8, TUTORIAL, ", \"regularization\": {\"clip_norm\": 0.3}"), 1e-4);
  compare(RECIPE(8, TUTORIAL, ", \"regularization\": {\"clip_norm\": 100}"), 1e-4);
  compare(RECIPE(8, TUTORIAL,
                 ", \"regularization\": {\"l2\": 1e-3, \"clip_norm\": 0.5, \"clip_value\": 0.05}, "
                 "\"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.5, \"momentum\": 0.9}"),
          1e-4);
  make_data(-0.4);
  compare(RECIPE(8, TUTORIAL, ", \"regularization\": {\"clip_norm\": 0.3}"), 1e-4);
}

/* A bias before BatchNorm has no gradient but what rounding leaves, which Adam makes steps of. */
#define UNBIASED(n) "{\"kind\": \"Linear\", \"bias\": false, \"out_features\": " #n "}"
#define NORMED(norm)                                                     \
  UNBIASED(24)                                                           \
  ", {\"kind\": \"" norm                                                 \
  "}, {\"kind\": \"ReLU\"}, " LINEAR(37) ", {\"kind\": "                 \
                                         "\"Tanh\"}, {\"kind\": \"" norm \
                                         "}, {\"kind\": \"Dropout\", \"p\": 0.2}, " LINEAR(5)

static void test_norms(void)
{
  make_data(0);
  compare(RECIPE(8, NORMED("BatchNorm1d\""), ""), 1e-4);
  compare(RECIPE(7, NORMED("BatchNorm1d\", \"affine\": false, \"momentum\": null"), ""), 1e-4);
  compare(RECIPE(8, NORMED("BatchNorm1d\", \"track_running_stats\": false"), ""), 1e-4);
  compare(RECIPE(8, NORMED("LayerNorm\""), ""), 1e-4);
  compare(RECIPE(8, NORMED("LayerNorm\", \"bias\": false"), ""), 1e-4);
  compare(RECIPE(8, NORMED("LayerNorm\", \"elementwise_affine\": false"), ""), 1e-4);
  compare(RECIPE(5, NORMED("RMSNorm\""), ""), 1e-4);
  compare(RECIPE(8, NORMED("BatchNorm1d\""), ", \"regularization\": {\"clip_norm\": 0.5}"), 1e-4);
  compare(RECIPE(8, NORMED("LayerNorm\""),
                 ", \"regularization\": {\"l2\": 1e-3, \"clip_norm\": 0.5, \"clip_value\": 0.05}"),
          1e-4);
  compare(RECIPE(8, NORMED("LayerNorm\""),
                 ", \"regularization\": {\"l2\": 1e-3, \"penalty_on\": \"weights\"}"),
          1e-4);
  /* What a thread has of the columns ends in the middle of a kernel's. */
  compare(RECIPE(8, UNBIASED(150) ", {\"kind\": \"BatchNorm1d\"}, " LINEAR(5), ""), 1e-4);
}

/* More samples than the first layer's gradient is made of at a time. */
static void test_large_batches(void)
{
  make_data(0);
  compare(RECIPE(160, TUTORIAL, ""), 1e-4);
  compare(RECIPE(80, LINEAR(5), ""), 1e-4);
  compare(RECIPE(128, LINEAR(150) ", {\"kind\": \"Tanh\"}, " LINEAR(5),
                 ", \"regularization\": {\"l2\": 1e-3, \"clip_value\": 0.002}"),
          1e-4);
  compare(RECIPE(160, TUTORIAL,
                 ", \"regularization\": {\"l2\": 1e-3, \"penalty_on\": \"weights\", "
                 "\"clip_norm\": 0.3}, \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.5}"),
          1e-4);
}

static void test_loss(void)
{
  make_data(0);
  compare(RECIPE(8, TUTORIAL,
                 ", \"loss\": {\"kind\": \"CrossEntropyLoss\", \"label_smoothing\": 0.1, "
                 "\"weight\": [1, 0.5, 3, 0, 1]}"),
          1e-4);
  compare(
      RECIPE(8, TUTORIAL, ", \"loss\": {\"kind\": \"CrossEntropyLoss\", \"reduction\": \"sum\"}"),
      1e-4);
}

/* No byte is 0, as after Normalize: nothing can be left out. */
static void test_dense(void)
{
  make_data(-0.4);
  compare(RECIPE(8, TUTORIAL, ""), 1e-4);
  compare(RECIPE(9, LINEAR(5), ""), 1e-4);
}

/* It stops at the same step, in the same words, and leaves the same weights. */
static void test_diverges(void)
{
  static const char json[] =
      RECIPE(8, TUTORIAL,
             ", \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.01, \"weight_decay\": 1.4}, "
             "\"scheduler\": {\"kind\": \"ExponentialLR\", \"gamma\": 1.05, \"interval\": "
             "\"batch\"}");
  make_data(0);
  Run *oracle = run_on(json, "cpu:operations", 1, 0), *whole = run_on(json, "cpu", 2, 0);
  nn_check(!oracle->ok && !whole->ok && oracle->result.steps > 64);
  nn_check_int(whole->err.status, NN_ERR_NONFINITE);
  nn_check_str(whole->err.text, oracle->err.text);
  nn_check_int(whole->result.steps, oracle->result.steps);
  nn_check_int(whole->n_records, oracle->n_records);
  end(oracle);
  end(whole);
}

/* ---- in the middle of a run ---- */

static bool peeps;

static bool open_whole(NnBackend **backend, NnError *err)
{
  bool ok = nn_backend_open("cpu", 2, backend, err);
  if (ok && peeps) {
    real_ops = (*backend)->ops;
    spied = *real_ops;
    spied.run_steps = peep_run;
    (*backend)->ops = &spied;
  }
  return ok;
}

/* Saved, gone on with elsewhere, and looked at after every few steps: the same bits. */
static void resume(const char *json)
{
  static const uint64_t stops[] = {13, 64, 77, 80, 145};
  NnConfig *recipe = NULL;
  const char *what = "";
  nn_check(nn_recipe_parse(json, "test", &recipe, NULL));
  ResumeCase c = {.recipe = recipe, .train = &source, .test = &source, .open = open_whole};
  ResumeRun *whole = resume_run(&c, NULL, 200);
  for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
    ResumeRun *first = resume_run(&c, NULL, stops[i]);
    ResumeRun *second = resume_run(&c, &first->checkpoint, 200);
    if (!nn_check(whole->ok && first->ok) || !nn_check(resume_same(whole, second, stops[i], &what)))
      printf("#   stopped at %d: %s; %s\n", (int)stops[i], what, json);
    resume_free(second);
    resume_free(first);
  }
  peeps = true;
  ResumeRun *seen = resume_run(&c, NULL, 200);
  peeps = false;
  if (!nn_check(resume_same(whole, seen, 0, &what)))
    printf("#   looked at: %s; %s\n", what, json);
  resume_free(seen);
  resume_free(whole);
  nn_config_free(recipe);
}

static void test_resumes(void)
{
  make_data(0);
  resume(RECIPE(8, TUTORIAL, ""));
  resume(
      RECIPE(8, TUTORIAL, ", \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.05, \"momentum\": 0.9}"));
  resume(RECIPE(9, TUTORIAL, ", \"optimizer\": {\"kind\": \"Adam\", \"amsgrad\": true}"));
  resume(RECIPE(8, NORMED("BatchNorm1d\""), ", \"regularization\": {\"clip_norm\": 0.5}"));
  resume(RECIPE(8, NORMED("LayerNorm\""), ""));
  hidden = true;
  resume(RECIPE(8, TUTORIAL, ""));
  hidden = false;
}

/* ---- how many threads ---- */

/* Seconds in which so many steps are done, if one takes that long alone and together; *share: of
 * the steps, what went together. */
static double pace(NnFusedPace *p, size_t n_steps, double alone, double together, double *share)
{
  static double now = 100;
  double began = now;
  size_t n_together = 0;
  for (size_t done = 0; done < n_steps;) {
    bool all;
    size_t left = n_steps - done, n = nn_fused_pace_next(p, left < 64 ? left : 64, now, &all);
    double seconds = (double)n * (all ? together : alone);
    now += seconds;
    nn_fused_pace_note(p, n, seconds, now);
    n_together += all ? n : 0;
    done += n;
  }
  *share = (double)n_together / (double)n_steps;
  return now - began;
}

/* Threads that help are used, those that do not are not, and either is noticed when it changes. */
static void test_pace(void)
{
  NnFusedPace p = {0};
  double share, seconds = pace(&p, 100000, 30e-6, 18e-6, &share);
  nn_check(share > 0.99);
  nn_check_near(seconds, 1.8, 0, 0.01);
  seconds = pace(&p, 100000, 30e-6, 1600e-6, &share); /* a neighbor comes */
  nn_check(share < 0.01);
  nn_check(seconds < 3.3);
  pace(&p, 200000, 30e-6, 18e-6, &share); /* and goes */
  nn_check(share > 0.6);
  p = (NnFusedPace){0};
  seconds = pace(&p, 100000, 2e-6, 3e-6, &share); /* too little to share */
  nn_check(seconds < 0.23 && share < 0.2);
}

int main(void)
{
  add_data_kinds();
  nn_test("optimizers", test_optimizers);
  nn_test("optimizers with all they have", test_optimizers_with_everything);
  nn_test("eps", test_eps);
  nn_test("activations", test_activations);
  nn_test("widths and depths", test_shapes);
  nn_test("dropout", test_dropout);
  nn_test("penalties", test_regularization);
  nn_test("norms", test_norms);
  nn_test("large batches", test_large_batches);
  nn_test("clipping by the norm", test_clip_norm);
  nn_test("losses", test_loss);
  nn_test("values that are not 0", test_dense);
  nn_test("a diverging run", test_diverges);
  nn_test("as many threads as help", test_pace);
  nn_test("saved, restored and looked at", test_resumes);
  return nn_test_done();
}
