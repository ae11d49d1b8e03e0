/* test-scheduler.c: schedules at their own defaults and at their limits. That their values are
 * PyTorch's is shown in tests/ref. */
#include "engine/scheduler.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>

static NnScheduler scheduler_of(const char *name, const char *key, double value)
{
  NnScheduler scheduler = {0};
  const NnKind *kind = nn_kind_find(NN_CLASS_SCHEDULER, name);
  if (!nn_check(kind))
    return scheduler;
  NnConfig *config = nn_config_new(kind, NULL);
  nn_check(!key || nn_config_set_number(config, key, value, NULL));
  nn_check(nn_scheduler_init(&scheduler, config, 0.1, NULL));
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
  }
}

static void test_interval(void)
{
  for (const NnKind *const *kind = nn_kinds(NN_CLASS_SCHEDULER); *kind; kind++) {
    int n = nn_param_count((*kind)->params);
    nn_check(n >= 1);
    nn_check_str((*kind)->params[n - 1].key, "interval");
    nn_check_int(scheduler_of((*kind)->name, NULL, 0).interval, NN_INTERVAL_EPOCH);
    nn_check_int(scheduler_of((*kind)->name, "interval", NN_INTERVAL_BATCH).interval,
                 NN_INTERVAL_BATCH);
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
             {"LinearLR", "total_iters", 0},
             {"CosineAnnealingLR", "T_max", 0},
             {"ReduceLROnPlateau", "factor", 1},
             {"ReduceLROnPlateau", "patience", -1},
             {"ReduceLROnPlateau", "metric", 3}};
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

int main(void)
{
  nn_test("defaults follow their closed forms", test_closed_forms);
  nn_test("rates stay finite and not negative", test_finite);
  nn_test("every table ends with the interval", test_interval);
  nn_test("numbers out of range are refused", test_ranges);
  nn_test("the shortest cosine", test_shortest_cosine);
  return nn_test_done();
}
