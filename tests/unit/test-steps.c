/* test-steps.c: the trainer on a device that does everything late (deferred-device.h): up to 64
 * steps under way, data resident or uploaded, whole steps claimed or not. Every number has to be
 * the same bits as on ref, and orders, divergence and a lost device must act as if steps came one
 * by one. */
#include "byte-source.h"
#include "data-kinds.h"
#include "engine/recipe/recipe.h"
#include "engine/optimizers/optimizer.h"
#include "engine/train/trainer.h"
#include "deferred-device.h"
#include "tests/check.h"
#include "tests/resume-run.h"
#include "tests/trainer-observer.h"
#include "counting.h"
#include "engine/rng.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_STEPS = 4096 };

/* ---- runs ---- */

typedef struct {
  LateDevice device;
  NnBackend *backend;
  NnTrainer *trainer;
  NnObserver *observer;
  NnEpoch epochs[64];
  NnProgress records[MOST_STEPS];
  size_t n_records;
  NnResult result;
  NnError err;
  bool ok;
} Run;

/* How a run is done: on ref, or on the late device in one of five ways: step by step or compiled,
 * its data there as bytes, prepared by the host, or in memory that is the host's. */
typedef enum { REF, UPLOADED, RESIDENT, WHOLE, WHOLE_PREPARED, WHOLE_ON_HOST, N_WAYS } Way;

static bool is_whole(Way way)
{
  return way >= WHOLE;
}

/* The data do not tell that they are bytes. */
static bool is_hidden(Way way)
{
  return way == UPLOADED || way == WHOLE_PREPARED;
}

static bool set_up(Run *r, const char *json, Way way, uint64_t max_steps)
{
  NnConfig *recipe = NULL;
  r->err = (NnError){0};
  train.hidden = test.hidden = is_hidden(way);
  r->device.whole_steps = is_whole(way);
  r->device.in_host_memory = way == WHOLE_ON_HOST;
  if (!nn_check(nn_recipe_parse(json, "test", &recipe, &r->err)))
    nn_check_str(r->err.text, "");
  NnTrainerOptions options = {
      .recipe = recipe, .train = &train.source, .test = &test.source, .max_steps = max_steps};
  bool ok = nn_check(way == REF ? nn_backend_open("ref", 1, &r->backend, &r->err)
                                : late_open(&r->device, &r->backend, &r->err));
  options.backend = r->backend;
  ok = ok && nn_check(nn_trainer_new(&options, &r->trainer, &r->err)) &&
       nn_check(observe(r->trainer, false, &r->observer, &r->err));
  nn_config_free(recipe);
  return ok;
}

static void drain(Run *r)
{
  size_t n;
  while ((n = nn_observer_drain(r->observer, r->records + r->n_records,
                                MOST_STEPS - r->n_records)) > 0)
    r->n_records += n;
}

static void *run(void *data)
{
  Run *r = data;
  r->ok = nn_trainer_run(r->trainer, r->observer, r->epochs, &r->result, &r->err);
  return NULL;
}

static void tear_down(Run *r, Way way)
{
  nn_observer_free(r->observer);
  nn_trainer_free(r->trainer);
  nn_backend_close(r->backend);
  if (way != REF) {
    nn_check_int(r->device.n_blocks, 0);
    nn_check_int(r->device.n_broken, 0);
    nn_check_int(r->device.n_refused, 0);
  }
  free(r);
}

/* The weights and buffers that the run left, in host memory; freed by the caller. */
static nn_real *state_of(const Run *r, size_t *n)
{
  NnModel *model = nn_trainer_model(r->trainer);
  size_t n_params = nn_model_n_params(model), n_buffers = nn_model_n_buffers(model);
  nn_real *state = calloc(n_params + n_buffers + 1, sizeof *state);
  const NnBackendOps *ops = r->backend->ops;
  ops->download(r->backend, state, nn_model_params(model), n_params * sizeof *state);
  ops->download(r->backend, state + n_params, nn_model_buffers(model), n_buffers * sizeof *state);
  *n = n_params + n_buffers;
  return state;
}

static bool same(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

/* Everything that a run tells is the same bits. */
static bool same_run(Run *a, Run *b)
{
  size_t n_a, n_b;
  nn_real *x = state_of(a, &n_a), *y = state_of(b, &n_b);
  bool ok = nn_check_int(n_a, n_b) && nn_check(memcmp(x, y, n_a * sizeof *x) == 0) &&
            nn_check_int(a->n_records, b->n_records);
  for (size_t i = 0; ok && i < a->n_records; i++) {
    const NnProgress *p = &a->records[i], *q = &b->records[i];
    ok = nn_check(p->step == q->step && p->epoch == q->epoch && same(p->loss, q->loss) &&
                  p->accuracy == q->accuracy && p->lr == q->lr);
  }
  for (uint32_t i = 0; ok && i < a->result.epochs; i++) {
    const NnEpoch *p = &a->epochs[i], *q = &b->epochs[i];
    ok = nn_check(p->loss == q->loss && p->lr == q->lr && p->last_step == q->last_step &&
                  same(p->test_loss, q->test_loss) && same(p->test_accuracy, q->test_accuracy) &&
                  same(p->validation_loss, q->validation_loss) &&
                  same(p->validation_accuracy, q->validation_accuracy));
  }
  ok = nn_check_int(a->ok, b->ok) && ok;
  ok = nn_check_int(a->result.steps, b->result.steps) && ok;
  ok = nn_check_int(a->result.epochs, b->result.epochs) && ok;
  ok = nn_check_str(a->err.text, b->err.text) && ok;
  ok = nn_check(same(a->result.train.loss, b->result.train.loss)) && ok;
  ok = nn_check(same(a->result.test.accuracy, b->result.test.accuracy)) && ok;
  free(x);
  free(y);
  return ok;
}

/* Which way the steps went; only what a plan knows is claimed. */
static void check_way(const Run *r, Way way, bool claimed)
{
  const LateDevice *d = &r->device;
  if (is_hidden(way))
    nn_check_int(d->n_gathered, 0);
  if (way == RESIDENT && claimed)
    nn_check(d->n_gathered > 0 && d->n_batches_up < 12); /* weights and three arrays a set */
  nn_check((d->n_whole > 0) == (is_whole(way) && claimed));
  nn_check((d->n_synced > 0) == (d->n_whole > 0));
}

static bool run_and_compare(const char *json, uint64_t max_steps, bool claimed)
{
  bool ok = true;
  for (Way way = UPLOADED; way < N_WAYS; way++) {
    Run *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    if (set_up(a, json, REF, max_steps) && set_up(b, json, way, max_steps)) {
      run(a);
      train.hidden = test.hidden = is_hidden(way);
      run(b);
      drain(a);
      drain(b);
      ok = same_run(a, b) && ok;
      check_way(b, way, claimed);
    }
    tear_down(a, REF);
    tear_down(b, way);
  }
  return ok;
}

/* ---- the tests ---- */

#define NETWORK                                                                             \
  "\"network\": [{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 16},"    \
  "{\"kind\": \"ReLU\"}, {\"kind\": \"Linear\", \"out_features\": 9}, {\"kind\": \"ELU\", " \
  "\"alpha\": 0.7},"                                                                        \
  "{\"kind\": \"Linear\", \"out_features\": 3, \"bias\": false}]"
#define RECIPE(data, rest)                                                               \
  "{\"version\": 1, \"data\": {\"batch_size\": 6, \"transforms\": []" data "}, " NETWORK \
  ", \"loop\": {\"epochs\": 4}" rest "}"

static void test_optimizers(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    char json[1024];
    const NnOptimizerKind *optimizer = (const NnOptimizerKind *)*kind;
    if (optimizer->step && strcmp((*kind)->name, "LBFGS") != 0)
      continue; /* their operations are not this device's */
    snprintf(json, sizeof json, "%s%s\"}}", RECIPE("", ", \"optimizer\": {\"kind\": \"X\"}"), "");
    snprintf(strstr(json, "\"X\""), 64, "\"%s\"}}", (*kind)->name);
    if (!run_and_compare(json, 0, !optimizer->step))
      printf("#   with %s\n", (*kind)->name);
  }
}

static void test_loss_and_regularization(void)
{
  run_and_compare(RECIPE("",
                         ", \"loss\": {\"kind\": \"CrossEntropyLoss\", \"label_smoothing\": 0.1,"
                         "\"weight\": [1, 0.5, 3]}"),
                  0, true);
  run_and_compare(
      RECIPE("", ", \"loss\": {\"kind\": \"CrossEntropyLoss\", \"reduction\": \"sum\"}"), 0, true);
  run_and_compare(RECIPE("", ", \"regularization\": {\"l1\": 1e-4, \"l2\": 1e-3, \"penalty_on\": "
                             "\"weights\", \"clip_norm\": 0.3, \"clip_value\": 0.1}"),
                  0, false);
}

static void test_data(void)
{
  run_and_compare(RECIPE(", \"validation_fraction\": 0.23", ""), 0, true);
  run_and_compare(RECIPE(", \"drop_last\": true, \"shuffle\": false", ""), 0, true);
  run_and_compare(RECIPE("", ""), 77, true); /* in the middle of an epoch */
  run_and_compare(RECIPE("", ""), 1, true);
}

static void test_schedules(void)
{
  run_and_compare(RECIPE("", ", \"scheduler\": {\"kind\": \"OneCycleLR\", \"total_steps\": 144}"),
                  0, true);
  run_and_compare(RECIPE("", ", \"scheduler\": {\"kind\": \"ReduceLROnPlateau\", \"interval\": "
                             "\"batch\", \"patience\": 2, \"factor\": 0.5}"),
                  0, false);
  run_and_compare(RECIPE(", \"validation_fraction\": 0.2",
                         ", \"scheduler\": {\"kind\": \"ReduceLROnPlateau\", \"metric\": "
                         "\"validation_loss\", \"patience\": 0}"),
                  0, true);
}

#define WITH_CHANCE(data, momentum, last)                                             \
  "{\"version\": 1, \"data\": {\"batch_size\": 8, \"transforms\": []" data            \
  "}, \"loop\": {\"epochs\": 3},"                                                     \
  "\"network\": [{\"kind\": \"Dropout2d\", \"p\": 0.2}, {\"kind\": \"Flatten\"},"     \
  "{\"kind\": \"Linear\", \"out_features\": 12}, {\"kind\": \"BatchNorm1d\"" momentum \
  "}, {\"kind\": \"Tanh\"}, {\"kind\": \"Dropout\", \"p\": 0.3}, " last               \
  "{\"kind\": \"Linear\", \"out_features\": 3}]}"

/* Masks are drawn for the samples of the part that is trained on, statistics move, and an average
 * of all batches counts them. */
static void test_chance_and_statistics(void)
{
  run_and_compare(WITH_CHANCE("", "", ""), 0, true);
  run_and_compare(WITH_CHANCE(", \"validation_fraction\": 0.23", "", ""), 0, true);
  run_and_compare(WITH_CHANCE(", \"validation_fraction\": 0.23", ", \"momentum\": null", ""), 0,
                  true);
  run_and_compare(WITH_CHANCE("", ", \"affine\": false", ""), 50, true);
}

/* What a backend refuses to compile goes operation by operation. */
static void test_other_layers(void)
{
  run_and_compare(
      WITH_CHANCE("", "", "{\"kind\": \"Residual\", \"layers\": [{\"kind\": \"Tanh\"}]}, "), 0,
      false);
}

static LateDevice resumed;

static bool open_resumed(NnBackend **backend, NnError *err)
{
  return late_open(&resumed, backend, err);
}

/* Saved while steps were in flight and weights lay elsewhere, and gone on with: the same bits. */
static void test_resumes(void)
{
  static const uint64_t stops[] = {13, 27, 30};
  for (Way way = UPLOADED; way < N_WAYS; way++)
    for (int i = 0; i < 3; i++) {
      NnConfig *recipe = NULL;
      const char *what = "";
      train.hidden = test.hidden = is_hidden(way);
      resumed = (LateDevice){.whole_steps = is_whole(way), .in_host_memory = way == WHOLE_ON_HOST};
      nn_check(nn_recipe_parse(WITH_CHANCE("", ", \"momentum\": null", ""), "test", &recipe, NULL));
      ResumeCase c = {
          .recipe = recipe, .train = &train.source, .test = &test.source, .open = open_resumed};
      ResumeRun *whole = resume_run(&c, NULL, 0), *first = resume_run(&c, NULL, stops[i]);
      ResumeRun *second = resume_run(&c, &first->checkpoint, 0);
      if (!nn_check(whole->ok && first->ok) ||
          !nn_check(resume_same(whole, second, stops[i], &what)))
        printf("#   way %d, stopped at %d: %s\n", (int)way, (int)stops[i], what);
      nn_check((resumed.n_whole > 0) == is_whole(way));
      nn_check(resumed.n_blocks == 0 && resumed.n_broken == 0 && resumed.n_refused == 0);
      resume_free(second);
      resume_free(first);
      resume_free(whole);
      nn_config_free(recipe);
    }
}

/* It stops at the same step, with the weights and statistics from before, although dozens of steps
 * were under way. */
static void test_diverges(void)
{
  static const char *const networks[] = {
      "{\"kind\": \"ReLU\"}, {\"kind\": \"Linear\", \"out_features\": 3}",
      "{\"kind\": \"BatchNorm1d\"}, {\"kind\": \"Linear\", \"out_features\": 3}"};
  for (int i = 0; i < 2; i++)
    for (Way way = UPLOADED; way < N_WAYS; way++) {
      char json[1024];
      Run *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
      snprintf(
          json, sizeof json,
          "{\"version\": 1, \"data\": {\"batch_size\": 2, \"transforms\": [], \"drop_last\": "
          "true}, "
          "\"network\": [{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 8}, "
          "%s], \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.01, \"weight_decay\": 1.4}, "
          "\"scheduler\": "
          "{\"kind\": \"ExponentialLR\", \"gamma\": 1.05, \"interval\": \"batch\"}, "
          "\"loop\": {\"epochs\": 50}}",
          networks[i]);
      if (set_up(a, json, REF, 0) && set_up(b, json, way, 0)) {
        run(a);
        train.hidden = test.hidden = is_hidden(way);
        run(b);
        drain(a);
        drain(b);
        nn_check(!a->ok && a->result.steps > 64);
        nn_check_int(b->err.status, NN_ERR_NONFINITE);
        nn_check_str(b->err.text, a->err.text); /* the same tensor and cause */
        nn_check(b->n_records > 1 && !isfinite(b->records[b->n_records - 1].loss));
        same_run(a, b);
        if (way != WHOLE_ON_HOST) {
          nn_check(b->device.n_collected < a->result.steps / 4);
          nn_check(b->device.most_under_way > 8);
        }
      }
      tear_down(a, REF);
      tear_down(b, way);
    }
}

static void pause_ms(long ms)
{
  nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static bool wait_for(Run *r, size_t wanted)
{
  for (int i = 0; i < 10000 && r->n_records < wanted; i++) {
    drain(r);
    pause_ms(1);
  }
  return r->n_records >= wanted;
}

/* Orders act after all that was begun, and one step is one step. The run that was steered is the
 * same bits as the one that was not. */
static void steer(Way way)
{
  Run *r = calloc(1, sizeof *r), *plain = calloc(1, sizeof *plain);
  pthread_t thread;
  if (!set_up(r, RECIPE("", ""), way, 0))
    return;
  nn_observer_pause(r->observer);
  pthread_create(&thread, NULL, run, r);
  pause_ms(20);
  drain(r);
  nn_check_int(r->n_records, 0);
  for (size_t k = 1; k <= 3; k++) {
    nn_observer_step(r->observer);
    nn_check(wait_for(r, k));
    pause_ms(10);
    drain(r);
    nn_check_int(r->n_records, k);
  }
  nn_observer_request_snapshot(r->observer);
  const NnSnapshot *snapshot = NULL;
  for (int i = 0; i < 5000 && !(snapshot = nn_observer_take_snapshot(r->observer)); i++)
    pause_ms(1);
  if (nn_check(snapshot != NULL))
    nn_check_int(snapshot->step, 3);
  nn_observer_resume(r->observer);
  nn_check(wait_for(r, 20));
  nn_observer_stop(r->observer);
  pthread_join(thread, NULL);
  drain(r);
  nn_check(r->ok && r->result.steps == r->n_records);
  if (set_up(plain, RECIPE("", ""), REF, r->result.steps)) {
    run(plain);
    size_t n, m;
    nn_real *x = state_of(r, &n), *y = state_of(plain, &m);
    nn_check(n == m && memcmp(x, y, n * sizeof *x) == 0);
    snapshot = nn_observer_take_snapshot(r->observer);
    if (nn_check(snapshot != NULL))
      nn_check(memcmp(snapshot->params, y, n * sizeof *y) == 0);
    free(x);
    free(y);
  }
  tear_down(r, way);
  tear_down(plain, REF);
}

static void test_orders(void)
{
  steer(RESIDENT);
  steer(WHOLE);
  steer(WHOLE_PREPARED);
}

/* The run ends with the device's sentence; what was known by then stays. */
static void test_lost_device(void)
{
  Run *r = calloc(1, sizeof *r);
  r->device.fail_at_step = 100;
  if (set_up(r, RECIPE("", ""), RESIDENT, 0)) {
    run(r);
    drain(r);
    nn_check(!r->ok);
    nn_check_int(r->err.status, NN_ERR_DEVICE);
    nn_check_str(r->err.text, "The made-up device is lost.");
    nn_check(r->n_records > 30 && r->n_records < 100);
    nn_check_int(r->result.steps, r->n_records);
    nn_check_int(nn_observer_n_epochs(r->observer), r->n_records / 36);
    nn_check(nn_observer_take_snapshot(r->observer) == NULL); /* none of a dead device */
  }
  tear_down(r, RESIDENT);
}

/* Data that do not fit on the device come batch by batch, with the same numbers. */
static void test_small_device(void)
{
  Run *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
  if (set_up(a, RECIPE("", ""), REF, 0) && set_up(b, RECIPE("", ""), WHOLE, 0)) {
    b->device.most_bytes = b->device.bytes + C * S * 150; /* fewer than the pictures */
    run(a);
    run(b);
    nn_check_int(b->err.status, NN_ERR_NOMEM); /* the evaluation does not fit either */
    nn_check(b->device.n_whole > 0 && b->device.n_gathered == 0); /* compiled all the same */
    drain(a);
    drain(b);
    nn_check(b->n_records == 36);
    for (size_t i = 0; i < b->n_records; i++)
      nn_check(a->records[i].loss == b->records[i].loss);
  }
  tear_down(a, REF);
  tear_down(b, WHOLE);
}

/* A host allocation fails somewhere while the data settle on the device: the run goes the long way
 * round, or fails with a sentence; nothing is lost. */
static void test_out_of_memory(void)
{
  for (size_t k = 1; k < 1000; k++) {
    Run *r = calloc(1, sizeof *r);
    counting_start(0);
    bool ok = set_up(r, RECIPE("", ""), WHOLE, 2);
    counting_fail_at = counting_calls + k;
    run(r);
    bool all = counting_calls < counting_fail_at;
    nn_check(ok && (r->ok || r->err.status == NN_ERR_NOMEM));
    nn_check(!all || (r->ok && r->device.n_whole == 2));
    tear_down(r, WHOLE);
    nn_check_int(counting_stop(), 0);
    if (all) {
      nn_check(k > 5);
      return;
    }
  }
}

int main(void)
{
  add_data_kinds();
  make_data();
  nn_test("optimizers", test_optimizers);
  nn_test("loss and regularization", test_loss_and_regularization);
  nn_test("validation set, last batch, max_steps", test_data);
  nn_test("schedules", test_schedules);
  nn_test("dropout, running statistics", test_chance_and_statistics);
  nn_test("layers that no plan knows", test_other_layers);
  nn_test("a run that goes on", test_resumes);
  nn_test("a diverging run stops with the weights from before", test_diverges);
  nn_test("pause, step, snapshot, stop", test_orders);
  nn_test("a lost device", test_lost_device);
  nn_test("a device that is too small for the data", test_small_device);
  nn_test("out of memory", test_out_of_memory);
  return nn_test_done();
}
