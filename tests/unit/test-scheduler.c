/* test-scheduler.c: schedules at their own defaults and at their limits. That their values are
 * PyTorch's is shown in tests/ref. */
#include "engine/recipe/recipe.h"
#include "engine/schedulers/scheduler.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const NnSchedulerContext context = {
    .steps_per_epoch = 2000, .n_epochs = 5000, .optimizer = "SGD", .has_momentum = true};

static NnConfig *config_of(const char *name)
{
  return nn_config_new(nn_kind_find(NN_CLASS_SCHEDULER, name), NULL);
}

/* The caller clears it, where the kind holds memory. */
static NnScheduler scheduler_of(const char *name, const char *key, double value)
{
  NnScheduler scheduler = {0};
  if (!nn_check(nn_kind_find(NN_CLASS_SCHEDULER, name)))
    return scheduler;
  NnConfig *config = config_of(name);
  nn_check(!key || nn_config_set_number(config, key, value, NULL));
  nn_check(nn_scheduler_init(&scheduler, config, 0.1, &context, NULL));
  nn_config_free(config);
  return scheduler;
}

static double after(const char *name, int n_steps)
{
  NnScheduler scheduler = scheduler_of(name, NULL, 0);
  for (int i = 0; i < n_steps; i++)
    nn_scheduler_step(&scheduler, 1);
  nn_check_int(scheduler.last_epoch, n_steps);
  return scheduler.lr;
}

/* Closed forms of the specification, at the defaults that this program chose. */
static void test_closed_forms(void)
{
  for (int k = 0; k < 12; k++) {
    nn_check_near(after("none", k), 0.1, 0, 0);
    nn_check_near(after("StepLR", k), 0.1 * pow(0.1, k), 0, 1e-12);
    nn_check_near(after("ExponentialLR", k), 0.1 * pow(0.1, k), 0, 1e-12);
    nn_check_near(after("LinearLR", k), 0.1 * (1.0 / 3 + 2.0 / 3 * fmin(k, 5) / 5), 0, 1e-12);
    nn_check_near(after("CosineAnnealingLR", k), 0.05 * (1 + cos(M_PI * k / 3)), 1e-15, 1e-12);
    nn_check_near(after("ReduceLROnPlateau", k), 0.1, 0, 1e-12);
  }
  nn_check_near(after("ReduceLROnPlateau", 12), 0.01, 0, 1e-12); /* 1 best and patience + 1 bad */
}

/* Every kind, over a long run: never negative, never undefined. */
static void test_finite(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_SCHEDULER); *kind; kind++) {
    NnScheduler scheduler = scheduler_of((*kind)->name, NULL, 0);
    bool fine = true;
    for (int i = 0; i < 5000; i++) {
      fine = fine && isfinite(scheduler.lr) && scheduler.lr >= 0 && scheduler.lr < 0.11;
      nn_scheduler_step(&scheduler, 1.0 / (1 + i % 9));
    }
    if (!nn_check(fine))
      printf("#   %s\n", (*kind)->name);
    nn_scheduler_clear(&scheduler);
  }
}

static void test_interval(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_SCHEDULER); *kind; kind++) {
    int n = nn_param_count((*kind)->params);
    nn_check(n >= 1);
    nn_check_str((*kind)->params[n - 1].key, "interval");
    bool batch = strcmp((*kind)->name, "CyclicLR") == 0 || strcmp((*kind)->name, "OneCycleLR") == 0;
    NnScheduler plain = scheduler_of((*kind)->name, NULL, 0);
    NnScheduler per_batch = scheduler_of((*kind)->name, "interval", NN_INTERVAL_BATCH);
    NnScheduler per_epoch = scheduler_of((*kind)->name, "interval", NN_INTERVAL_EPOCH);
    nn_check_int(plain.interval, batch ? NN_INTERVAL_BATCH : NN_INTERVAL_EPOCH);
    nn_check_int(per_batch.interval, NN_INTERVAL_BATCH);
    nn_check_int(per_epoch.interval, NN_INTERVAL_EPOCH);
    nn_scheduler_clear(&plain);
    nn_scheduler_clear(&per_batch);
    nn_scheduler_clear(&per_epoch);
  }
}

static void test_ranges(void)
{
  static const struct {
    const char *name, *key;
    double value;
  } bad[] = {{"StepLR", "step_size", 0},
             {"StepLR", "step_size", 1.5},
             {"LinearLR", "start_factor", 0},
             {"LinearLR", "start_factor", 1.1},
             {"LinearLR", "end_factor", -0.1},
             {"LinearLR", "total_iters", -1},
             {"CosineAnnealingLR", "T_max", 0},
             {"ReduceLROnPlateau", "factor", 1},
             {"ReduceLROnPlateau", "patience", -1},
             {"ReduceLROnPlateau", "metric", 5},
             {"ConstantLR", "factor", -0.1},
             {"ConstantLR", "factor", 1.1},
             {"PolynomialLR", "total_iters", -1},
             {"CosineAnnealingWarmRestarts", "T_0", 0},
             {"CosineAnnealingWarmRestarts", "T_mult", 1.5},
             {"CyclicLR", "step_size_up", 0},
             {"OneCycleLR", "pct_start", 1.1},
             {"OneCycleLR", "div_factor", 0}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    NnConfig *config = nn_config_new(nn_kind_find(NN_CLASS_SCHEDULER, bad[i].name), NULL);
    NnError err = {0};
    nn_check(!nn_config_set_number(config, bad[i].key, bad[i].value, &err));
    nn_check_int(err.status, NN_ERR_ARG);
    nn_check_has(err.text, bad[i].key);
    nn_config_free(config);
  }
}

static void test_shortest_cosine(void)
{
  NnScheduler scheduler = scheduler_of("CosineAnnealingLR", "T_max", 1);
  for (int k = 1; k < 9; k++) {
    nn_scheduler_step(&scheduler, NAN);
    nn_check_near(scheduler.lr, k % 2 ? 0 : 0.1, 1e-15, 1e-12);
  }
}

/* ---- what the engine refuses as PyTorch does ---- */

typedef struct {
  const char *recipe; /* the value of "scheduler" */
  const char *words;  /* in the error; NULL: it is taken */
  NnSchedulerContext context;
} Case;

static const Case cases[] = {
    {"{\"kind\": \"CyclicLR\"}", "Rprop", {.optimizer = "Rprop"}},
    {"{\"kind\": \"OneCycleLR\", \"total_steps\": 9}", "Rprop", {.optimizer = "Rprop"}},
    {"{\"kind\": \"CyclicLR\", \"cycle_momentum\": false}", NULL, {.optimizer = "Rprop"}},
    {"{\"kind\": \"OneCycleLR\"}", "total_steps", {.has_momentum = true}},
    {"{\"kind\": \"OneCycleLR\"}", NULL, {5, 2, "SGD", true}},
    {"{\"kind\": \"OneCycleLR\", \"total_steps\": 9}", "takes 10 steps", {5, 2, "SGD", true}},
    {"{\"kind\": \"OneCycleLR\", \"total_steps\": 3}", NULL, {5, 2, "SGD", true, 3}},
    {"{\"kind\": \"OneCycleLR\", \"total_steps\": 3}", "takes 4 steps", {5, 2, "SGD", true, 4}},
    {"{\"kind\": \"ReduceLROnPlateau\", \"interval\": \"batch\"}", NULL, {5, 2, "SGD", true}},
    {"{\"kind\": \"ReduceLROnPlateau\", \"interval\": \"batch\", \"metric\": \"test_loss\"}",
     "scheduler.metric is test_loss, which is measured once per epoch",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"ReduceLROnPlateau\", \"interval\": \"batch\", \"metric\": "
     "\"validation_accuracy\"}",
     "validation_accuracy, which",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"OneCycleLR\", \"pct_start\": 0.1}", "pct_start", {5, 2, "SGD", true}},
    {"{\"kind\": \"OneCycleLR\", \"pct_start\": 1}", "pct_start", {5, 2, "SGD", true}},
    {"{\"kind\": \"OneCycleLR\", \"pct_start\": 0}", NULL, {5, 2, "SGD", true}},
    {"{\"kind\": \"ChainedScheduler\", \"schedulers\": []}", "at least one", {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": []}", "at least one", {5, 2, "SGD", true}},
    {"{\"kind\": \"ChainedScheduler\"}", "at least one", {5, 2, "SGD", true}},
    {"SequentialLR", "at least one", {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"StepLR\", \"StepLR\"]}",
     "one fewer",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"StepLR\", \"StepLR\"], \"milestones\": "
     "[1.5]}",
     "whole",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"StepLR\", \"StepLR\", \"none\"], "
     "\"milestones\": "
     "[3, 2]}",
     "smaller",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"StepLR\", \"StepLR\"], \"milestones\": [2], "
     "\"warmup_steps\": 3}",
     "warmup_steps",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"ReduceLROnPlateau\"]}",
     "metric",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"ChainedScheduler\", \"schedulers\": [\"StepLR\", \"ReduceLROnPlateau\"]}",
     "schedulers.1",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"ChainedScheduler\", \"schedulers\": [{\"kind\": \"StepLR\", \"interval\": "
     "\"batch\"}]}",
     "interval",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"StepLR\", {\"kind\": \"ChainedScheduler\", "
     "\"schedulers\": [\"none\"]}], \"milestones\": [2]}",
     "schedulers.1",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"StepLR\", {\"kind\": \"OneCycleLR\", "
     "\"total_steps\": 6}], \"milestones\": [3], \"interval\": \"batch\"}",
     "takes 7 steps",
     {5, 2, "SGD", true}},
    {"{\"kind\": \"SequentialLR\", \"schedulers\": [\"StepLR\", {\"kind\": \"OneCycleLR\", "
     "\"total_steps\": 7}], \"milestones\": [3], \"interval\": \"batch\"}",
     NULL,
     {5, 2, "SGD", true}},
    {"{\"kind\": \"MultiStepLR\", \"milestones\": [2.5]}", "whole", {5, 2, "SGD", true}}};

static void check_case(const Case *c)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  NnScheduler scheduler;
  NnError err = {0};
  nn_check(nn_config_set_path(recipe, "scheduler", c->recipe, &err));
  bool ok =
      nn_scheduler_init(&scheduler, nn_config_child(recipe, "scheduler"), 0.1, &c->context, &err);
  if (!nn_check(ok == !c->words))
    printf("#   %s: %s\n", c->recipe, err.text);
  if (!ok && c->words) {
    nn_check_int(err.status, NN_ERR_ARG);
    nn_check_has(err.text, c->words);
    nn_check(strncmp(err.where, "scheduler", strlen("scheduler")) == 0);
  }
  if (ok)
    nn_scheduler_clear(&scheduler);
  nn_config_free(recipe);
}

static void test_refused(void)
{
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    check_case(&cases[i]);
}

int main(void)
{
  nn_test("defaults follow their closed forms", test_closed_forms);
  nn_test("rates stay finite and not negative", test_finite);
  nn_test("every table ends with the interval", test_interval);
  nn_test("numbers out of range are refused", test_ranges);
  nn_test("the shortest cosine", test_shortest_cosine);
  nn_test("what PyTorch raises is refused in words", test_refused);
  return nn_test_done();
}
