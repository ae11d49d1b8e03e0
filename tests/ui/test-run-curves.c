/* The curves of a run: what is kept of each batch. */
#include "tests/check.h"
#include "app/session/run.h"
#include "engine/recipe/recipe.h"
#include <math.h>

static BpRun *run_of(int batch_size)
{
  NnDataset *set;
  nn_check(nn_dataset_new("mnist", "MNIST", nn_shape_3d(1, 28, 28), 10, &set, NULL));
  g_autoptr(BpData) data = bp_data_new(set);
  NnConfig *recipe = nn_recipe_new(NULL);
  nn_check(nn_config_set_number(nn_config_child(recipe, "data"), "batch_size", batch_size, NULL));
  BpRun *run = bp_run_new(1, "network", recipe, data);
  nn_config_free(recipe);
  return run;
}

/* The accuracy of batches of 8 climbs straight from 0 to 1. However short the run is, enough points
 * are kept for a curve, and each is the mean of the batches since the one before. */
static void check_points(guint64 n_steps, size_t least, size_t most)
{
  g_autoptr(BpRun) run = run_of(8);
  for (guint64 i = 0; i < n_steps; i++) {
    NnProgress record = {.step = i, .accuracy = (double)i / (double)n_steps};
    bp_run_add_record(run, &record);
  }
  const BpSeries *curve = run->curves.accuracy;
  size_t n = bp_series_length(curve);
  nn_check(n >= least && n <= most);
  double before = -1;
  for (size_t k = 0; k < n; k++) {
    double step = bp_series_x(curve, k);
    nn_check_near(bp_series_y(curve, k), (before + 1 + step) / 2 / (double)n_steps, 1e-6,
                  0); /* floats */
    before = step;
  }
}

static void test_accuracy(void)
{
  check_points(60, 20, 60);
  check_points(118, 20, 118);
  check_points(1000, 40, 200);
  check_points(22500, 450, 600); /* 50 batches of 8 are 400 images */
}

int main(void)
{
  nn_test("a short run has enough points of accuracy", test_accuracy);
  return nn_test_done();
}
