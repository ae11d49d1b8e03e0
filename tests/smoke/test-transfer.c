/* test-transfer.c: the tutorial's network learns on practice digits alone and then reads real
 * MNIST's test set, where that lies beside the source tree: what it learned is handwriting. */
#include "data/data.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "tests/check.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  NnConfig *recipe;
  NnDataset *practice, *mnist;
  NnLoader train, test;
  NnBackend *backend;
  NnTrainer *trainer;
  NnResult result;
  NnError err;
} Transfer;

static bool load(Transfer *t, const char *mnist, uint64_t seed)
{
  return nn_dataset_open("practice", seed, &t->practice, &t->err) &&
         nn_dataset_open(mnist, seed, &t->mnist, &t->err) &&
         nn_loader_open(&t->train, t->practice, NN_VIEW_TRAIN, t->recipe, &t->err) &&
         nn_loader_open(&t->test, t->mnist, NN_VIEW_TEST, t->recipe, &t->err);
}

static bool run(Transfer *t, const char *mnist, uint64_t seed)
{
  char digits[24];
  snprintf(digits, sizeof digits, "%llu", (unsigned long long)seed);
  if (!(t->recipe = nn_recipe_new(&t->err)) ||
      !nn_config_set_seed(t->recipe, "seed", digits, &t->err) || !load(t, mnist, seed) ||
      !nn_backend_open("cpu", 1, &t->backend, &t->err))
    return false;
  NnTrainerOptions options = {.recipe = t->recipe,
                              .train = &t->train.source,
                              .test = &t->test.source,
                              .backend = t->backend};
  return nn_trainer_new(&options, &t->trainer, &t->err) &&
         nn_trainer_run(t->trainer, NULL, NULL, &t->result, &t->err);
}

static void clear(Transfer *t)
{
  nn_trainer_free(t->trainer);
  nn_backend_close(t->backend);
  nn_dataset_free(t->mnist);
  nn_dataset_free(t->practice);
  nn_config_free(t->recipe);
}

static void test_transfer(void)
{
  const char *mnist = getenv("BACKPROP_TEST_MNIST");
  NnDataset *there = NULL;
  if (!mnist || !nn_dataset_open(mnist, 0, &there, NULL)) {
    nn_skip("no MNIST beside the source tree");
    return;
  }
  nn_dataset_free(there);
  for (uint64_t seed = 0; seed < 3; seed++) {
    Transfer t = {0};
    if (!nn_check(run(&t, mnist, seed)))
      printf("# %s\n", t.err.text);
    printf("# seed %d: %.2f %% of MNIST's test set, %.2f %% of the practice digits it learned on\n",
           (int)seed, 100 * t.result.test.accuracy, 100 * t.result.train.accuracy);
    nn_check(t.result.test.accuracy > 0.9);
    clear(&t);
  }
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("practice digits teach real handwriting", test_transfer);
  return nn_test_done();
}
