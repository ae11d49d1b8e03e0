/* test-exercises.c: every check of every exercise, with recipes and runs that are right, and with
 * ones that look right and are not. Needs no display. */
#include "app/exercises/exercise.h"
#include "app/exercises/first-weights.h"
#include "data/data.h"
#include "engine/recipe/recipe.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NETWORK, OPTIMIZERS, LOOP, ACCURACY, MOST_RUNS = 6 };

/* ---- an exercise, its recipe and its runs ---- */

static NnConfig *recipe;
static BpRun *runs[MOST_RUNS];
static guint n_runs;
static const char *blocked;
static BpData *mnist, *practice, *fashion;

static BpData *new_data(const char *name, bool drawn)
{
  NnDataset *set;
  NnError err = {0};
  nn_check(nn_dataset_new(name, name, nn_shape_3d(1, 28, 28), 10, &set, &err));
  nn_check(nn_split_alloc(&set->train, set->shape, 1, &err));
  nn_check(nn_split_alloc(&set->test, set->shape, 1, &err));
  set->practice = drawn;
  return bp_data_new(set);
}

static void set(const char *path, const char *text)
{
  NnError err = {0};
  if (!nn_check(nn_config_set_path(recipe, path, text, &err)))
    fprintf(stderr, "# %s = %s: %s\n", path, text, err.text);
}

static NnShape input; /* what the network is given */

static void begin(int exercise)
{
  nn_config_free(recipe);
  recipe = bp_exercise_recipe(exercise, NULL);
  for (guint i = 0; i < n_runs; i++)
    g_object_unref(runs[i]);
  n_runs = 0;
  blocked = NULL;
  input = nn_shape_3d(1, 28, 28);
}

/* A run of the recipe as it is now. */
static void add_run(BpRunStatus status, BpData *data, double accuracy)
{
  g_assert(n_runs < MOST_RUNS);
  memmove(runs + 1, runs, n_runs * sizeof *runs);
  runs[0] = bp_run_new(n_runs + 1, "network", recipe, data);
  runs[0]->status = status;
  runs[0]->test_accuracy = accuracy;
  n_runs++;
}

static char missing[BP_MISSING_TEXT];

/* The check that is called so; what is missing is in `missing`. */
static bool holds(int exercise, const char *text)
{
  BpLesson lesson = {
      .recipe = recipe, .input = input, .runs = runs, .n_runs = n_runs, .blocked = blocked};
  missing[0] = '\0';
  for (const BpCheck *check = bp_exercise_get(exercise)->checks; check->text; check++)
    if (g_str_equal(check->text, text))
      return check->holds(&lesson, missing);
  fprintf(stderr, "# there is no check “%s”\n", text);
  nn_check(false);
  return false;
}

/* ---- exercise 1 ---- */

/* The three Linear layers, whose values and weights come from these pieces. */
static void set_network(const char *weights, const char *biases)
{
  g_autofree char *init =
      g_strdup_printf("\"weight_init\": %s, \"bias_init\": %s", weights, biases);
  g_autofree char *json =
      g_strdup_printf("[{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 64, %s},"
                      " {\"kind\": \"ReLU\"}, {\"kind\": \"Linear\", \"out_features\": 64, %s},"
                      " {\"kind\": \"ReLU\"}, {\"kind\": \"Linear\", \"out_features\": 10, %s}]",
                      init, init, init);
  set("network", json);
}

static const char xavier[] = "{\"kind\": \"xavier_uniform_\"}", zeros[] = "{\"kind\": \"zeros_\"}";

static void test_network(void)
{
  begin(NETWORK);
  nn_check(!holds(NETWORK, "Three Linear layers"));
  nn_check(!holds(NETWORK, "784 → 64 → 64 → 10"));
  nn_check(!holds(NETWORK, "ReLU between them"));
  set_network(xavier, zeros);
  nn_check(holds(NETWORK, "Three Linear layers"));
  nn_check(holds(NETWORK, "784 → 64 → 64 → 10"));
  nn_check(holds(NETWORK, "ReLU between them"));
  nn_check(holds(NETWORK, "Xavier uniform weights"));
  nn_check(holds(NETWORK, "Biases initialized to zero"));
  input = nn_shape_3d(1, 32, 32); /* as after a Pad(2), or of other data: 1024 → 64 → 64 → 10 */
  nn_check(!holds(NETWORK, "784 → 64 → 64 → 10"));
  nn_check_has(missing, "1024");
  input = nn_shape_3d(1, 28, 28);
  set("network", "[{\"kind\": \"Linear\", \"out_features\": 64}, {\"kind\": \"Flatten\"},"
                 " {\"kind\": \"Linear\", \"out_features\": 64},"
                 " {\"kind\": \"Linear\", \"out_features\": 10}]"); /* 28 → 64, 1792 → 64 */
  nn_check(!holds(NETWORK, "784 → 64 → 64 → 10"));
}

/* What xavier_uniform_ of 784 → 64 must give: bound √(6/848), spread that by √3. */
static void test_measures(void)
{
  BpFirstWeights weights = {0};
  double bound = sqrt(6.0 / (784 + 64));
  begin(NETWORK);
  set_network(xavier, zeros);
  nn_check(bp_first_weights(recipe, nn_shape_3d(1, 28, 28), 1, &weights));
  nn_check_int(weights.in, 784);
  nn_check_int(weights.out, 64);
  nn_check_near(weights.spread, bound / sqrt(3), 0, 0.01);
  nn_check(weights.largest <= bound * (1 + 1e-6) && weights.largest > 0.99 * bound);
  nn_check(weights.has_bias && weights.largest_bias == 0);
  nn_check(!bp_first_weights(recipe, nn_shape_3d(1, 28, 28), 0, &weights)); /* Flatten has none */
}

/* The name alone is not enough, and another name with the same numbers is. */
static void test_weights_are_measured(void)
{
  static const struct {
    const char *init;
    bool right;
  } cases[] = {{"{\"kind\": \"xavier_uniform_\", \"gain\": 0}", false},
               {"{\"kind\": \"xavier_uniform_\", \"gain\": 0.5}", false},
               {"{\"kind\": \"xavier_uniform_\", \"gain\": 2}", false},
               {"{\"kind\": \"xavier_normal_\"}", false},
               {"{\"kind\": \"kaiming_uniform_\"}", false},
               {"{\"kind\": \"default\"}", false},
               {"{\"kind\": \"zeros_\"}", false},
               {"{\"kind\": \"ones_\"}", false},
               {"{\"kind\": \"xavier_uniform_\", \"gain\": 1}", true}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    begin(NETWORK);
    set_network(cases[i].init, zeros);
    if (!nn_check(holds(NETWORK, "Xavier uniform weights") == cases[i].right))
      fprintf(stderr, "# %s: %s\n", cases[i].init, missing);
    nn_check(cases[i].right || missing[0]);
  }
}

/* PyTorch draws Linear's weights from ±1/√784, which is a standard deviation of 1/√(3·784). */
static void test_weights_are_told(void)
{
  g_autofree char *wanted =
      g_strdup_printf("The initial weights of Linear layer 1 have a standard deviation of %.3g",
                      1 / sqrt(3 * 784.0));
  g_autofree char *instead =
      g_strdup_printf(" instead of %.3g: choose Xavier uniform.", sqrt(2.0 / (784 + 64)));
  begin(NETWORK);
  set_network("{\"kind\": \"default\"}", zeros);
  nn_check(!holds(NETWORK, "Xavier uniform weights"));
  nn_check_has(missing, wanted);
  nn_check_has(missing, instead);
  set_network(xavier, "{\"kind\": \"ones_\"}");
  nn_check(!holds(NETWORK, "Biases initialized to zero"));
  nn_check_str(missing, "The initial biases of Linear layer 1 are up to 1 instead of 0: choose "
                        "Zeros.");
}

static void test_biases_are_measured(void)
{
  begin(NETWORK);
  set_network(xavier, "{\"kind\": \"constant_\", \"val\": 0}");
  nn_check(holds(NETWORK, "Biases initialized to zero"));
  set_network(xavier, "{\"kind\": \"ones_\"}");
  nn_check(!holds(NETWORK, "Biases initialized to zero"));
  set_network(xavier, "{\"kind\": \"default\"}");
  nn_check(!holds(NETWORK, "Biases initialized to zero"));
  set_network(xavier, zeros);
  set("network.3.bias", "false");
  nn_check(!holds(NETWORK, "Biases initialized to zero"));
  nn_check_has(missing, "2 has no bias");
}

/* ---- exercises 2 and 3 ---- */

static const char finished[] = "A finished run with these settings";

static void set_adamw(void)
{
  set("optimizer.kind", "AdamW");
  set("optimizer.lr", "0.001");
  set("scheduler", "{\"kind\": \"ExponentialLR\", \"gamma\": 0.1, \"interval\": \"epoch\"}");
}

static void test_optimizers(void)
{
  begin(OPTIMIZERS);
  nn_check(!holds(OPTIMIZERS, "AdamW"));
  add_run(BP_RUN_FINISHED, mnist, 0.94); /* with SGD */
  nn_check(!holds(OPTIMIZERS, finished));
  set_adamw();
  nn_check(holds(OPTIMIZERS, "AdamW"));
  nn_check(!holds(OPTIMIZERS, finished));
  nn_check_has(missing, "other settings");
  add_run(BP_RUN_STOPPED, mnist, 0.95);
  nn_check(!holds(OPTIMIZERS, finished));
  nn_check_has(missing, "did not finish");
  add_run(BP_RUN_ACTIVE, mnist, NAN);
  nn_check(!holds(OPTIMIZERS, finished));
  runs[0]->status = BP_RUN_FINISHED;
  nn_check(holds(OPTIMIZERS, finished));
  /* It stays so while the student tries something else. */
  set("optimizer.kind", "SGD");
  nn_check(!holds(OPTIMIZERS, "AdamW"));
  nn_check(holds(OPTIMIZERS, finished));
}

/* Nobody is told to press what cannot be pressed. */
static void test_blocked(void)
{
  begin(OPTIMIZERS);
  set_adamw();
  nn_check(!holds(OPTIMIZERS, finished));
  nn_check_str(missing, "Press Train.");
  blocked = "The network gives 10 values, but there are 3 classes.";
  nn_check(!holds(OPTIMIZERS, finished));
  nn_check_str(missing, blocked);
}

static void test_loop(void)
{
  const BpCheck *last = bp_exercise_get(LOOP)->checks;
  while (last[1].text)
    last++;
  begin(LOOP);
  add_run(BP_RUN_FINISHED, mnist, 0.9); /* batches of 256, one epoch */
  nn_check(!holds(LOOP, last->text));
  set("data.batch_size", "8");
  set("data.shuffle", "true");
  set("loop.epochs", "3");
  nn_check(!holds(LOOP, last->text));
  add_run(BP_RUN_FINISHED, mnist, 0.97);
  nn_check(holds(LOOP, last->text));
}

/* ---- exercise 4 ---- */

static const char goal[] = "Test accuracy on MNIST above 97.24 %";

static void test_accuracy(void)
{
  begin(ACCURACY);
  nn_check(!holds(ACCURACY, goal));
  nn_check_has(missing, "No run of this exercise has finished");
  add_run(BP_RUN_FINISHED, practice, 0.999); /* another set's digits */
  nn_check(!holds(ACCURACY, goal));
  nn_check_has(missing, "practice digits");
  add_run(BP_RUN_FINISHED, fashion, 0.999);
  nn_check(!holds(ACCURACY, goal));
  nn_check_has(missing, "other data than MNIST");
  add_run(BP_RUN_STOPPED, mnist, 0.99); /* it did not finish */
  nn_check(!holds(ACCURACY, goal));
  add_run(BP_RUN_FINISHED, mnist, 0.9724); /* as good as the tutorial, no better */
  nn_check(!holds(ACCURACY, goal));
  nn_check_has(missing, "97.24");
  add_run(BP_RUN_FINISHED, mnist, 0.9801);
  nn_check(holds(ACCURACY, goal));
  nn_check(holds(ACCURACY, "Test accuracy on MNIST above 98 %"));
  nn_check(!holds(ACCURACY, "Test accuracy on MNIST above 98.5 %"));
}

int main(void)
{
  nn_data_register_kinds();
  mnist = new_data("mnist", false);
  practice = new_data("mnist", true);
  fashion = new_data("fashion-mnist", false);
  nn_test("the network", test_network);
  nn_test("first weights are measured as a run draws them", test_measures);
  nn_test("a check of weights looks at weights", test_weights_are_measured);
  nn_test("what is wrong with them is told", test_weights_are_told);
  nn_test("a check of biases looks at biases", test_biases_are_measured);
  nn_test("a finished run with these settings", test_optimizers);
  nn_test("what cannot be pressed", test_blocked);
  nn_test("the loop", test_loop);
  nn_test("a goal is about MNIST", test_accuracy);
  begin(NETWORK);
  nn_config_free(recipe);
  bp_data_unref(mnist);
  bp_data_unref(practice);
  bp_data_unref(fashion);
  return nn_test_done();
}
