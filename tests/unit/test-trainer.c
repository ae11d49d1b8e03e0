/* test-trainer.c: runs on a small made-up data set: that they learn, give the same bits with and
 * without an observer, on one and on several threads, can be paused, stepped and stopped from
 * another thread, and say clearly when they diverge. */
#include "blobs.h"
#include "tests/check.h"
#include "tests/trainer-observer.h"
#include "counting.h"
#include "data-kinds.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static NnSource train, test;

static NnConfig *recipe_of(const char *json)
{
  NnConfig *recipe = NULL;
  NnError err = {0};
  if (!nn_check(nn_recipe_parse(json, "test", &recipe, &err)))
    nn_check_str(err.text, "");
  return recipe;
}

static const char small[] =
    "{\"version\": 1, \"data\": {\"batch_size\": 16, \"transforms\": []}, \"network\": ["
    "{\"kind\": \"Linear\", \"out_features\": 24}, {\"kind\": \"BatchNorm1d\"}, {\"kind\": "
    "\"ReLU\"},"
    "{\"kind\": \"Dropout\", \"p\": 0.1}, {\"kind\": \"Linear\", \"out_features\": 3}],"
    "\"regularization\": {\"l1\": 1e-5, \"l2\": 1e-4},"
    "\"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.1, \"momentum\": 0.9},"
    "\"scheduler\": {\"kind\": \"StepLR\", \"step_size\": 1, \"gamma\": 0.5},"
    "\"loop\": {\"epochs\": 4}}";

typedef struct {
  NnBackend *backend;
  NnTrainer *trainer;
  NnObserver *observer;
  NnEpoch epochs[64];
  NnResult result;
  NnError err;
  bool ok;
  double seconds; /* of the last record */
  _Atomic bool done;
} Setup;

static bool set_up(Setup *s, const char *json, const char *device, int threads, bool observed)
{
  *s = (Setup){0};
  NnConfig *recipe = recipe_of(json);
  NnTrainerOptions options = {.recipe = recipe, .train = &train, .test = &test};
  bool ok = nn_check(nn_backend_open(device, threads, &s->backend, &s->err));
  options.backend = s->backend;
  ok = ok && nn_check(nn_trainer_new(&options, &s->trainer, &s->err)) &&
       (!observed || nn_check(observe(s->trainer, false, &s->observer, &s->err)));
  nn_config_free(recipe);
  return ok;
}

static void tear_down(Setup *s)
{
  nn_observer_free(s->observer);
  nn_trainer_free(s->trainer);
  nn_backend_close(s->backend);
}

static void run(Setup *s)
{
  s->ok = nn_trainer_run(s->trainer, s->observer, s->epochs, &s->result, &s->err);
}

static void test_learns(void)
{
  Setup s;
  if (!set_up(&s, small, "cpu", 1, false))
    return;
  run(&s);
  nn_check(s.ok);
  nn_check_int(s.result.epochs, 4);
  nn_check_int(s.result.steps, 4 * 38); /* 600 samples by 16: 37 whole batches and one of 8 */
  nn_check(s.result.test.accuracy > 0.95);
  nn_check(s.epochs[3].loss < s.epochs[0].loss);
  nn_check_near(s.epochs[0].lr, 0.1, 0, 1e-15);
  nn_check_near(s.epochs[3].lr, 0.0125, 0, 1e-15);
  nn_check_near(s.epochs[3].test_accuracy, s.result.test.accuracy, 0, 0);
  tear_down(&s);
}

static void same_bits(Setup *a, Setup *b)
{
  NnModel *x = nn_trainer_model(a->trainer), *y = nn_trainer_model(b->trainer);
  nn_check(memcmp(nn_model_params(x), nn_model_params(y), nn_model_n_params(x) * sizeof(nn_real)) ==
           0);
  nn_check(memcmp(nn_model_buffers(x), nn_model_buffers(y),
                  nn_model_n_buffers(x) * sizeof(nn_real)) == 0);
  for (int i = 0; i < 4; i++)
    nn_check(a->epochs[i].loss == b->epochs[i].loss && isfinite(a->epochs[i].loss));
}

static void test_same_bits(void)
{
  Setup a, b, c;
  if (set_up(&a, small, "cpu", 1, false) && set_up(&b, small, "cpu", 1, true) &&
      set_up(&c, small, "cpu", 4, true)) {
    run(&a);
    run(&b);
    run(&c);
    same_bits(&a, &b);
    same_bits(&a, &c);
    tear_down(&a);
    tear_down(&b);
    tear_down(&c);
  }
}

/* With every optimizer at its usual numbers (LBFGS with its line search: without it diverges on
 * small batches, in PyTorch too): the loss sinks, the same on 1 and 4 threads. With
 * $BACKPROP_TEST_SHORT, under sanitizers, on 4 alone (one thread races with nobody), and LBFGS,
 * which takes as long as all others, with fewer iterations. */
static void test_every_optimizer(void)
{
  bool both = !getenv("BACKPROP_TEST_SHORT");
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    Setup a, b;
    char json[1024];
    bool search = nn_param_index((*kind)->params, "line_search_fn") >= 0;
    snprintf(json, sizeof json, "%s", small);
    snprintf(strstr(json, "\"optimizer\""), 512,
             "\"optimizer\": {\"kind\": \"%s\"%s}, \"loop\": {\"epochs\": 4}}", (*kind)->name,
             !search ? ""
             : both  ? ", \"line_search_fn\": \"strong_wolfe\""
                     : ", \"line_search_fn\": \"strong_wolfe\", \"max_iter\": 4");
    if (!set_up(&b, json, "cpu", 4, false))
      return;
    run(&b);
    if (!nn_check(b.ok) || !nn_check(b.epochs[3].loss < b.epochs[0].loss))
      printf("#   %s: %g to %g; %s\n", (*kind)->name, b.epochs[0].loss, b.epochs[3].loss,
             b.ok ? "" : b.err.text);
    if (both && set_up(&a, json, "cpu", 1, false)) {
      run(&a);
      same_bits(&a, &b);
      tear_down(&a);
    }
    tear_down(&b);
  }
}

/* The naive backend agrees up to rounding. */
static void test_against_ref(void)
{
  Setup a, b;
  if (set_up(&a, small, "cpu", 2, false) && set_up(&b, small, "ref", 1, false)) {
    run(&a);
    run(&b);
    nn_check_near(a.epochs[0].loss, b.epochs[0].loss, 0, 1e-4);
    nn_check_near(a.epochs[3].loss, b.epochs[3].loss, 0, 2e-2);
    tear_down(&a);
    tear_down(&b);
  }
}

static void *thread_run(void *data)
{
  Setup *s = data;
  run(s);
  atomic_store(&s->done, true);
  return NULL;
}

static void pause_ms(long ms)
{
  nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static size_t drain(Setup *s, uint64_t *next, bool *in_order)
{
  NnProgress records[256];
  size_t n = nn_observer_drain(s->observer, records, 256);
  for (size_t i = 0; i < n; i++) {
    *in_order = *in_order && records[i].step == (*next)++ && isfinite(records[i].loss) &&
                records[i].accuracy >= 0 && records[i].accuracy <= 1 &&
                records[i].seconds >= s->seconds;
    s->seconds = records[i].seconds;
  }
  return n;
}

/* Waits until `wanted` records came; false after five seconds. */
static bool wait_for_records(Setup *s, uint64_t *next, uint64_t wanted, bool *in_order)
{
  for (int i = 0; i < 5000 && *next < wanted; i++)
    if (drain(s, next, in_order) == 0)
      pause_ms(1);
  return *next >= wanted;
}

static void test_pause_step_stop(void)
{
  Setup s;
  pthread_t thread;
  uint64_t next = 0;
  bool in_order = true;
  char json[1024];
  snprintf(json, sizeof json, "%s", small);
  *strstr(json, "\"epochs\": 4") = '\0';
  strcat(json, "\"epochs\": 1000}}");
  if (!set_up(&s, json, "cpu", 2, true))
    return;
  double begin = now();
  nn_observer_pause(s.observer); /* before it starts: no batch gets through */
  pthread_create(&thread, NULL, thread_run, &s);
  pause_ms(30);
  nn_check_int(drain(&s, &next, &in_order), 0);
  for (uint64_t k = 1; k <= 3; k++) {
    nn_observer_step(s.observer);
    nn_check(wait_for_records(&s, &next, k, &in_order));
    pause_ms(10);
    drain(&s, &next, &in_order);
    nn_check_int(next, k);
  }
  nn_observer_request_snapshot(s.observer); /* served while paused */
  const NnSnapshot *snapshot = NULL;
  for (int i = 0; i < 5000 && !(snapshot = nn_observer_take_snapshot(s.observer)); i++)
    pause_ms(1);
  if (nn_check(snapshot != NULL))
    nn_check_int(snapshot->step, 3);
  nn_check(nn_observer_take_snapshot(s.observer) == NULL);
  nn_observer_resume(s.observer);
  nn_check(wait_for_records(&s, &next, 50, &in_order));
  nn_observer_stop(s.observer);
  pthread_join(thread, NULL);
  while (drain(&s, &next, &in_order) > 0) {
  }
  nn_check(s.ok && s.result.stopped && in_order);
  nn_check_int(s.result.steps, next);
  /* Sixty milliseconds at least went by in pauses, which are no training. */
  nn_check(s.seconds > 0 && s.seconds <= s.result.seconds &&
           s.result.seconds < now() - begin - 0.05);
  nn_check(isfinite(s.result.train.accuracy));
  snapshot = nn_observer_take_snapshot(s.observer); /* the last state */
  if (nn_check(snapshot != NULL)) {
    NnModel *model = nn_trainer_model(s.trainer);
    nn_check_int(snapshot->step, next);
    nn_check(memcmp(snapshot->params, nn_model_params(model),
                    nn_model_n_params(model) * sizeof(nn_real)) == 0);
  }
  tear_down(&s);
}

static void test_abort(void)
{
  Setup s;
  pthread_t thread;
  if (!set_up(&s, small, "cpu", 1, true))
    return;
  nn_observer_pause(s.observer);
  pthread_create(&thread, NULL, thread_run, &s);
  pause_ms(5);
  nn_observer_abort(s.observer); /* ends the pause, too */
  pthread_join(thread, NULL);
  nn_check(s.ok && s.result.stopped);
  nn_check(isnan(s.result.train.accuracy)); /* not evaluated */
  tear_down(&s);
}

static void test_diverges(void)
{
  Setup s;
  static const char wild[] =
      "{\"version\": 1, \"data\": {\"batch_size\": 16, \"transforms\": []}, \"network\": ["
      "{\"kind\": \"Linear\", \"out_features\": 24}, {\"kind\": \"ReLU\"},"
      "{\"kind\": \"Linear\", \"out_features\": 3}], \"optimizer\": {\"kind\": \"SGD\", \"lr\": "
      "10},"
      "\"regularization\": {\"l2\": 1}, \"loop\": {\"epochs\": 50}}";
  if (!set_up(&s, wild, "cpu", 1, true))
    return;
  run(&s);
  nn_check(!s.ok);
  nn_check_int(s.err.status, NN_ERR_NONFINITE);
  char place[64];
  snprintf(place, sizeof place, "at step %llu ", (unsigned long long)s.result.steps);
  nn_check_has(s.err.text, place);
  nn_check_has(s.err.text, "A smaller learning rate usually helps.");
  NnProgress records[4096];
  size_t n = nn_observer_drain(s.observer, records, 4096);
  nn_check_int(n, s.result.steps + 1); /* the curve is kept, up to the step that failed */
  nn_check(n > 1 && isfinite(records[0].loss) && !isfinite(records[n - 1].loss));
  tear_down(&s);
}

/* Flushed while it trains, but not where samples are made, nor behind it. */
static volatile float smallest = 1.17549435e-38f;
static int n_gathered, n_flushed;

static void spy_gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                       nn_real *x, int32_t *labels)
{
  n_gathered++;
  n_flushed += smallest / 8 == 0;
  blobs_gather(source, indices, n, epoch, x, labels);
}

static void test_denormals(void)
{
  Setup s;
  NnSource before = train;
  train.gather = spy_gather;
  if (set_up(&s, small, "cpu", 2, false)) {
    run(&s);
    nn_check(s.ok && n_gathered > 0);
    nn_check_int(n_flushed, 0);
    nn_check(smallest / 8 > 0);
  }
  tear_down(&s);
  train = before;
}

static void test_refusals(void)
{
  static const struct {
    const char *json, *part;
  } cases[] = {
      {"{\"version\": 1, \"data\": {\"batch_size\": 599, \"transforms\": []}, \"network\": ["
       "{\"kind\": \"BatchNorm1d\"}, {\"kind\": \"Linear\", \"out_features\": 3}]}",
       "BatchNorm1d needs at least 2"},
      {"{\"version\": 1, \"network\": [{\"kind\": \"Linear\", \"out_features\": 4}]}",
       "there are 3 classes"},
      {"{\"version\": 1, \"network\": []}", "has 0 layers"},
      {"{\"version\": 1, \"network\": [{\"kind\": \"Linear\", \"in_features\": 5, "
       "\"out_features\": "
       "3}]}",
       "in_features is 5, but the input has 12 values"},
      {"{\"version\": 1, \"network\": [{\"kind\": \"Linear\", \"out_features\": 3, \"bias_init\": "
       "{\"kind\": \"xavier_uniform_\"}}]}",
       "network.0.bias_init"},
      {"{\"version\": 1, \"network\": [{\"kind\": \"Linear\", \"out_features\": 3}], \"loss\": "
       "{\"kind\": \"CrossEntropyLoss\", \"weight\": [1, 2]}}",
       "The length of loss.weight is 2, but there are 3 classes"},
      {"{\"version\": 1, \"data\": {\"test_batch_size\": 599}, \"network\": [{\"kind\": "
       "\"BatchNorm1d\", \"track_running_stats\": false}, {\"kind\": \"Linear\", \"out_features\": "
       "3}]}",
       "data.test_batch_size is 599, which leaves a batch of 1 of the 600 samples"},
      {"{\"version\": 1, \"data\": {\"test_batch_size\": 199}, \"network\": [{\"kind\": "
       "\"BatchNorm1d\", \"track_running_stats\": false}, {\"kind\": \"Linear\", \"out_features\": "
       "3}]}",
       "leaves a batch of 1 of the 200 samples to be evaluated, but network.0 (BatchNorm1d)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnError err = {0};
    NnBackend *backend = NULL;
    NnTrainer *trainer = NULL;
    NnConfig *recipe = recipe_of(cases[i].json);
    nn_backend_open("cpu", 1, &backend, &err);
    NnTrainerOptions options = {
        .recipe = recipe, .train = &train, .test = &test, .backend = backend};
    nn_check(!nn_trainer_new(&options, &trainer, &err));
    nn_check_has(err.text, cases[i].part);
    nn_check(trainer == NULL);
    nn_backend_close(backend);
    nn_config_free(recipe);
  }
}

/* The k-th allocation fails, for every k, through building, observing and running. */
static void test_out_of_memory(void)
{
  NnError err;
  for (size_t k = 1;; k++) {
    NnConfig *recipe = NULL;
    NnBackend *backend = NULL;
    NnTrainer *trainer = NULL;
    NnObserver *observer = NULL;
    NnResult result;
    counting_start(k);
    err = (NnError){0};
    bool ok =
        nn_recipe_parse(small, "test", &recipe, &err) && nn_backend_open("cpu", 2, &backend, &err);
    NnTrainerOptions options = {.recipe = recipe, .train = &train, .test = &test};
    options.backend = backend;
    options.max_steps = 3;
    ok = ok && nn_trainer_new(&options, &trainer, &err) &&
         observe(trainer, false, &observer, &err) &&
         nn_trainer_run(trainer, observer, NULL, &result, &err);
    nn_observer_free(observer);
    nn_trainer_free(trainer);
    nn_backend_close(backend);
    nn_config_free(recipe);
    nn_check_int(counting_stop(), 0);
    if (ok) {
      nn_check(k > 50);
      return;
    }
    nn_check_int(err.status, NN_ERR_NOMEM);
    nn_check(err.text[0] != '\0');
  }
}

int main(void)
{
  add_data_kinds();
  train = blobs_source(600);
  test = blobs_source(200);
  nn_test("a run learns", test_learns);
  nn_test("observer and threads change no bit", test_same_bits);
  nn_test("every optimizer learns, with the same bits on any threads", test_every_optimizer);
  nn_test("agrees with the naive backend", test_against_ref);
  nn_test("pause, step, snapshot, stop", test_pause_step_stop);
  nn_test("abort", test_abort);
  nn_test("a diverging run says so", test_diverges);
  nn_test("denormal numbers count outside", test_denormals);
  nn_test("what cannot be is refused in words", test_refusals);
  nn_test("running out of memory anywhere", test_out_of_memory);
  return nn_test_done();
}
