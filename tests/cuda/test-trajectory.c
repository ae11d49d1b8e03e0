/* test-trajectory.c: whole runs on the device "cuda" beside the same runs on the CPU: for every
 * layer, optimizer, norm, loss and schedule that computes on the device the losses follow each
 * other. A GPU, or the emulator. */
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "tests/check.h"
#include "tests/resume-run.h"
#include "tests/trainer-observer.h"
#include "tests/unit/byte-source.h"
#include "tests/unit/data-kinds.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 32 }; /* an epoch has 27 */
static size_t steps = STEPS;

typedef struct {
  NnBackend *backend;
  NnTrainer *trainer;
  NnObserver *observer;
  NnEpoch epochs[8];
  NnProgress records[4 * STEPS];
  size_t n_records;
  NnResult result;
  NnError err;
  bool ok;
} Run;

static bool set_up(Run *r, const char *json, const char *device)
{
  NnConfig *recipe = NULL;
  *r = (Run){0};
  if (!nn_check(nn_recipe_parse(json, "test", &recipe, &r->err)))
    return nn_check_str(r->err.text, "");
  NnTrainerOptions options = {
      .recipe = recipe, .train = &train.source, .test = &test.source, .max_steps = steps};
  bool ok = nn_check(nn_backend_open(device, 1, &r->backend, &r->err));
  options.backend = r->backend;
  ok = ok && nn_check(nn_trainer_new(&options, &r->trainer, &r->err)) &&
       nn_check(observe(r->trainer, false, &r->observer, &r->err));
  if (!ok)
    nn_check_str(r->err.text, "");
  nn_config_free(recipe);
  return ok;
}

static void run(Run *r)
{
  r->ok = nn_trainer_run(r->trainer, r->observer, r->epochs, &r->result, &r->err);
  r->n_records = nn_observer_drain(r->observer, r->records, 4 * STEPS);
}

static void tear_down(Run *r)
{
  nn_observer_free(r->observer);
  nn_trainer_free(r->trainer);
  nn_backend_close(r->backend);
}

/* Losses within `tolerance`, relative; the same schedule and the same count of steps. */
static bool same_path(const Run *cuda, const Run *cpu, double tolerance)
{
  bool ok = nn_check(cuda->ok) && nn_check(cpu->ok) &&
            nn_check_int((long long)cuda->n_records, (long long)cpu->n_records) &&
            nn_check_int((long long)cuda->n_records, (long long)steps);
  for (size_t i = 0; ok && i < cpu->n_records; i++) {
    ok = nn_check_near((double)cuda->records[i].loss, (double)cpu->records[i].loss, 1e-6,
                       tolerance) &&
         nn_check(cuda->records[i].lr == cpu->records[i].lr) &&
         nn_check(cuda->records[i].step == i);
  }
  ok = ok && nn_check_near(cuda->result.test.loss, cpu->result.test.loss, 1e-5, 2 * tolerance);
  return ok && nn_check_near(cuda->result.test.accuracy, cpu->result.test.accuracy, 0.03, 0);
}

static void compare(const char *json, double tolerance)
{
  Run a, b;
  bool ok = set_up(&a, json, "cuda") && set_up(&b, json, "cpu");
  if (ok) {
    run(&a);
    run(&b);
    ok = same_path(&a, &b, tolerance);
    if (!a.ok)
      printf("#   %s\n", a.err.text);
    tear_down(&a);
    tear_down(&b);
  }
  if (!ok)
    printf("#   with %s\n", json);
}

#define LINEAR(n) "{\"kind\": \"Linear\", \"out_features\": " #n "}"
#define PLAIN     "{\"kind\": \"Flatten\"}, " LINEAR(12) ", {\"kind\": \"ReLU\"}, " LINEAR(3)

/* A recipe with that network and perhaps more sections, which begin with a comma. */
static void compare_network(const char *network, const char *rest, double tolerance)
{
  char json[2048];
  snprintf(json, sizeof json,
           "{\"version\": 1, \"data\": {\"batch_size\": 8, \"transforms\": []}, \"loop\": "
           "{\"epochs\": 2}, \"network\": [%s]%s}",
           network, rest);
  compare(json, tolerance);
}

/* Clipping is nothing that the fused path knows: this goes operation by operation. */
#define GRAPH ", \"regularization\": {\"clip_norm\": 50}"

/* With $BACKPROP_TEST_HALF for fewer steps. */
static void test_optimizers(void)
{
  steps = getenv("BACKPROP_TEST_HALF") ? STEPS / 2 : STEPS;
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_OPTIMIZER); *kind; kind++) {
    char rest[256];
    const char *name = (*kind)->name;
    bool rounds = strcmp(name, "Muon") == 0; /* bfloat16 may round the other way */
    bool search = strcmp(name, "LBFGS") == 0;
    for (int fused = 0; fused < 2; fused++) {
      snprintf(rest, sizeof rest, ", \"optimizer\": {\"kind\": \"%s\"%s}%s", name,
               search ? ", \"line_search_fn\": \"strong_wolfe\", \"max_iter\": 3" : "",
               fused ? "" : GRAPH);
      compare_network(PLAIN, rest, rounds ? 0.02 : 1e-3);
    }
  }
  steps = STEPS;
}

static void test_layers(void)
{
  static const char *const networks[] = {
      "{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 9, \"weight_norm\": true},"
      "{\"kind\": \"PReLU\"}, " LINEAR(3),
      "{\"kind\": \"Flatten\"}, " LINEAR(12) ", {\"kind\": \"BatchNorm1d\"}, {\"kind\": \"GELU\"},"
                                             "{\"kind\": \"Dropout\", \"p\": 0.3}, " LINEAR(3),
      "{\"kind\": \"Flatten\"}, " LINEAR(12) ", {\"kind\": \"LayerNorm\"}, {\"kind\": \"Tanh\"}, "
                                             "{\"kind\": \"Residual\", \"layers\": [" LINEAR(
                                                 12) ", {\"kind\": \"SiLU\"}]},"
                                                     "{\"kind\": \"RMSNorm\"}, " LINEAR(3),
      "{\"kind\": \"Conv2d\", \"out_channels\": 6, \"kernel_size\": [3, 3], \"padding\": [1, 1]},"
      "{\"kind\": \"BatchNorm2d\"}, {\"kind\": \"ReLU\"},"
      "{\"kind\": \"MaxPool2d\", \"kernel_size\": [2, 2]}, {\"kind\": \"Flatten\"}, " LINEAR(3),
      "{\"kind\": \"Conv2d\", \"out_channels\": 4, \"kernel_size\": [2, 3], \"groups\": 2, "
      "\"padding\": [1, 1], \"padding_mode\": \"circular\"},"
      "{\"kind\": \"GroupNorm\", \"num_groups\": 2}, {\"kind\": \"PReLU\", \"num_parameters\": 4},"
      "{\"kind\": \"AvgPool2d\", \"kernel_size\": [2, 2]},"
      "{\"kind\": \"AdaptiveAvgPool2d\", \"output_size\": [2, 2]}, {\"kind\": "
      "\"Flatten\"}, " LINEAR(3),
      "{\"kind\": \"InstanceNorm2d\", \"affine\": true, \"track_running_stats\": true},"
      "{\"kind\": \"Dropout2d\", \"p\": 0.2}, {\"kind\": \"Flatten\"},"
      "{\"kind\": \"InstanceNorm1d\"}, " LINEAR(3),
  };
  for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
    compare_network(networks[i], "", 1e-3);
}

static void test_loss_and_regularization(void)
{
  for (int fused = 0; fused < 2; fused++) {
    const char *end = fused ? "" : GRAPH;
    char rest[512];
    snprintf(rest, sizeof rest,
             ", \"loss\": {\"kind\": \"CrossEntropyLoss\", \"label_smoothing\": 0.1, \"weight\": "
             "[1, 0.5, 3]}%s",
             end);
    compare_network(PLAIN, rest, 1e-3);
    snprintf(rest, sizeof rest,
             ", \"loss\": {\"kind\": \"CrossEntropyLoss\", \"reduction\": \"sum\"}%s", end);
    compare_network(PLAIN, rest, 1e-3);
  }
  compare_network(PLAIN,
                  ", \"regularization\": {\"l1\": 1e-4, \"l2\": 1e-3, \"penalty_on\": \"weights\", "
                  "\"clip_norm\": 0.3, \"clip_value\": 0.1}",
                  1e-3);
}

static void test_schedules(void)
{
  compare_network(PLAIN, ", \"scheduler\": {\"kind\": \"OneCycleLR\", \"max_lr\": 0.01}", 1e-3);
  compare_network(PLAIN,
                  ", \"scheduler\": {\"kind\": \"ReduceLROnPlateau\", \"interval\": \"batch\", "
                  "\"patience\": 3, \"factor\": 0.5}",
                  1e-3);
}

/* A schedule that takes the momentum to zero every fourth step. */
static void test_momentum_zero(void)
{
  static const char *const optimizers[] = {
      "{\"kind\": \"SGD\", \"lr\": 0.05, \"momentum\": 0.9, \"nesterov\": true}",
      "{\"kind\": \"RMSprop\", \"lr\": 0.05, \"momentum\": 0.9}"};
  for (int fused = 0; fused < 2; fused++)
    for (int i = 0; i < 2; i++) {
      char rest[512];
      snprintf(rest, sizeof rest,
               ", \"optimizer\": %s, \"scheduler\": {\"kind\": \"CyclicLR\", \"max_lr\": 0.01, "
               "\"base_momentum\": 0, \"step_size_up\": 2}%s",
               optimizers[i], fused ? "" : GRAPH);
      compare_network(PLAIN, rest, 1e-3);
    }
}

/* Data that are made on the host, batch by batch; a part that is kept aside. */
static void test_data(void)
{
  train.hidden = test.hidden = true;
  compare_network(PLAIN, "", 1e-3);
  train.hidden = test.hidden = false;
  compare("{\"version\": 1, \"data\": {\"batch_size\": 7, \"transforms\": [], "
          "\"validation_fraction\": 0.2}, \"loop\": {\"epochs\": 3}, \"network\": [" PLAIN "]}",
          1e-3);
}

/* The same seed gives the same bits, twice on one device. */
static void test_same_twice(void)
{
  static const char *const ends[] = {"", GRAPH};
  for (int i = 0; i < 2; i++) {
    char json[1024];
    Run a, b;
    snprintf(json, sizeof json,
             "{\"version\": 1, \"data\": {\"batch_size\": 8, \"transforms\": []}, \"loop\": "
             "{\"epochs\": 2}, \"network\": [{\"kind\": \"Flatten\"}, " LINEAR(
                 12) ", {\"kind\": \"Dropout\", \"p\": 0.2}, " LINEAR(3) "]%s}",
             ends[i]);
    if (!set_up(&a, json, "cuda") || !set_up(&b, json, "cuda"))
      return;
    run(&a);
    run(&b);
    for (size_t k = 0; k < STEPS; k++)
      nn_check(isfinite(a.records[k].loss) && a.records[k].loss == b.records[k].loss);
    tear_down(&a);
    tear_down(&b);
  }
}

static bool open_cuda(NnBackend **backend, NnError *err)
{
  return nn_backend_open("cuda", 0, backend, err);
}

/* Stopped in the middle of an epoch and at its end, and gone on with: the same bits. */
static void test_resumes(void)
{
  static const char *const ends[] = {"", GRAPH};
  static const uint64_t stops[] = {13, 27};
  for (int i = 0; i < 2; i++) {
    char json[1024];
    NnConfig *recipe = NULL;
    const char *what = "";
    snprintf(json, sizeof json,
             "{\"version\": 1, \"data\": {\"batch_size\": 8, \"transforms\": []}, \"loop\": "
             "{\"epochs\": 2}, \"network\": [" PLAIN "], \"optimizer\": {\"kind\": \"Adam\"}%s}",
             ends[i]);
    if (!nn_check(nn_recipe_parse(json, "test", &recipe, NULL)))
      return;
    ResumeCase c = {
        .recipe = recipe, .train = &train.source, .test = &test.source, .open = open_cuda};
    ResumeRun *whole = resume_run(&c, NULL, 0);
    for (int k = 0; k < 2; k++) {
      ResumeRun *first = resume_run(&c, NULL, stops[k]);
      ResumeRun *second = resume_run(&c, &first->checkpoint, 0);
      if (!nn_check(whole->ok && first->ok) ||
          !nn_check(resume_same(whole, second, stops[k], &what)))
        printf("#   %s\n", what);
      resume_free(second);
      resume_free(first);
    }
    resume_free(whole);
    nn_config_free(recipe);
  }
}

/* It stops where the CPU stops, with the weights from before. */
static void test_diverges(void)
{
  static const char *const ends[] = {"", GRAPH};
  for (int i = 0; i < 2; i++) {
    char json[1024];
    Run a, b;
    snprintf(json, sizeof json,
             "{\"version\": 1, \"data\": {\"batch_size\": 8, \"transforms\": []}, \"loop\": "
             "{\"epochs\": 2}, \"network\": [" PLAIN
             "], \"optimizer\": {\"kind\": \"SGD\", \"lr\": 10, \"weight_decay\": 10}%s}",
             ends[i]);
    if (!set_up(&a, json, "cuda") || !set_up(&b, json, "cpu"))
      return;
    run(&a);
    run(&b);
    nn_check(!a.ok && !b.ok);
    nn_check_str(a.err.text, b.err.text);
    nn_check_int((long long)a.result.steps, (long long)b.result.steps);
    nn_real w;
    a.backend->ops->download(a.backend, &w, nn_model_params(nn_trainer_model(a.trainer)), sizeof w);
    nn_check(isfinite(w));
    tear_down(&a);
    tear_down(&b);
  }
}

int main(void)
{
  NnBackend *backend;
  NnError err;
  make_data();
  if (!nn_backend_open("cuda", 0, &backend, &err)) {
    nn_test_skip("runs on CUDA", err.text);
    return nn_test_done();
  }
  nn_backend_close(backend);
  nn_test("every optimizer", test_optimizers);
  nn_test("layers of every kind", test_layers);
  nn_test("loss and regularization", test_loss_and_regularization);
  nn_test("schedules", test_schedules);
  nn_test("momentum that a schedule takes to zero", test_momentum_zero);
  nn_test("data from the host, and a validation set", test_data);
  nn_test("the same seed twice", test_same_twice);
  nn_test("a run that goes on", test_resumes);
  nn_test("divergence", test_diverges);
  return nn_test_done();
}
