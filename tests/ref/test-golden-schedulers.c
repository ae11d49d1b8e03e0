/* test-golden-schedulers.c: schedules in golden/scheduler-*.json: the learning rate, and where it
 * cycles the momentum, at every step, through nn_scheduler_init() and nn_scheduler_step(). What
 * PyTorch refuses must be refused here when it is built. */
#include "engine/recipe/recipe.h"
#include "engine/schedulers/scheduler.h"
#include "golden.h"
#include <glob.h>
#include <stdlib.h>
#include <string.h>

static const char *file_name;
static const json_t *test_case;
static double tol, worst;

static void compare(double found, const json_t *wanted, const char *what, size_t k)
{
  double want = json_number_value(wanted);
  double off = fabs(found - want) / fmax(fabs(want), 1e-300);
  if (want != 0 && off > worst)
    worst = off;
  if (!nn_check(json_is_number(wanted)) || !nn_check_near(found, want, 1e-18, tol))
    printf("#   %s, step %zu: %s\n", golden_string(test_case, "name"), k, what);
}

/* As the recipe holds it, read by the recipe's own reader. */
static NnConfig *read_recipe(NnError *err)
{
  NnConfig *recipe = nn_recipe_new(err);
  char *text = json_dumps(golden_get(test_case, "config"), JSON_REAL_PRECISION(17));
  bool ok = nn_config_set_path(recipe, "scheduler", text, err);
  free(text);
  if (ok)
    return recipe;
  nn_config_free(recipe);
  return NULL;
}

static bool make_scheduler(NnScheduler *scheduler, NnError *err)
{
  NnConfig *recipe = read_recipe(err);
  if (!recipe)
    return false;
  /* One epoch of one batch after the other: both intervals see n_steps. */
  NnSchedulerContext context = {.steps_per_epoch = 1,
                                .n_epochs = (uint64_t)golden_number(test_case, "n_steps"),
                                .optimizer = "SGD",
                                .has_momentum = true};
  bool ok = nn_scheduler_init(scheduler, nn_config_child(recipe, "scheduler"),
                              golden_number(test_case, "initial_lr"), &context, err);
  nn_config_free(recipe);
  return ok;
}

static void compare_step(const NnScheduler *scheduler, size_t k)
{
  const json_t *momenta = golden_get(test_case, "momentum");
  compare(scheduler->lr, json_array_get(golden_get(test_case, "lr"), k), "lr", k);
  if (json_is_null(momenta))
    nn_check(isnan(scheduler->momentum));
  else
    compare(scheduler->momentum, json_array_get(momenta, k), "momentum", k);
}

static void run_steps(NnScheduler *scheduler)
{
  const json_t *metrics = json_object_get(test_case, "metrics");
  const json_t *change = json_object_get(test_case, "change");
  size_t n = (size_t)golden_number(test_case, "n_steps");
  nn_check_int(json_array_size(golden_get(test_case, "lr")), n + 1);
  compare_step(scheduler, 0);
  for (size_t k = 1; k <= n; k++) {
    double metric = metrics ? json_number_value(json_array_get(metrics, k - 1)) : NAN;
    nn_scheduler_step(scheduler, metric);
    if (change && (size_t)golden_number(change, "after") == k)
      scheduler->lr *= golden_number(change, "times");
    compare_step(scheduler, k);
  }
}

static void run_case(void)
{
  NnScheduler scheduler;
  NnError err = {0};
  bool refused = json_object_get(test_case, "refused") != NULL;
  bool ok = make_scheduler(&scheduler, &err);
  if (!nn_check(ok != refused))
    printf("#   %s: %s\n", golden_string(test_case, "name"), err.text);
  if (!ok)
    nn_check(strlen(err.text) > 20);
  if (ok && !refused)
    run_steps(&scheduler);
  if (ok)
    nn_scheduler_clear(&scheduler);
}

static void run_file(void)
{
  const json_t *file = golden_load(file_name), *cases = golden_get(file, "cases");
  tol = golden_number(file, "tol");
  worst = 0;
  nn_check_str(golden_string(file, "class"), "scheduler");
  nn_check(json_array_size(cases) > 0);
  for (size_t i = 0; i < json_array_size(cases); i++) {
    test_case = json_array_get(cases, i);
    run_case();
  }
  printf("# agreement scheduler %s %.3g %g\n", golden_string(file, "name"), worst, tol);
}

int main(void)
{
  glob_t found = {0};
  size_t head = strlen(GOLDEN_DIR "/");
  if (glob(GOLDEN_DIR "/golden/scheduler-*.json", 0, NULL, &found) != 0) {
    printf("Bail out! no file %s/golden/scheduler-*.json\n", GOLDEN_DIR);
    return 1;
  }
  for (size_t i = 0; i < found.gl_pathc; i++) {
    file_name = found.gl_pathv[i] + head;
    nn_test(file_name, run_file);
  }
  globfree(&found);
  return nn_test_done();
}
