/* test-failures.c: what a person reads when CUDA is not to be had or goes away, and what is left of
 * the run then. In the emulator alone, which can be told to fail. */
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "tests/check.h"
#include "tests/trainer-observer.h"
#include "tests/unit/byte-source.h"
#include "tests/unit/data-kinds.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void refused(const char *name, const char *value, NnStatus status, const char *sentence)
{
  NnBackend *backend = NULL;
  NnError err = {0};
  setenv(name, value, 1);
  nn_check(!nn_backend_open("cuda", 0, &backend, &err));
  nn_check_int(err.status, status);
  nn_check_has(err.text, sentence);
  nn_check(err.text[strlen(err.text) - 1] == '.');
  unsetenv(name);
}

static void test_refusals(void)
{
  refused("NN_EMULATOR_DRIVER", "0", NN_ERR_UNSUPPORTED, "no NVIDIA driver");
  refused("NN_EMULATOR_DRIVER", "12040", NN_ERR_UNSUPPORTED, "for CUDA 12.4, too old");
  refused("NN_EMULATOR_DEVICES", "0", NN_ERR_UNSUPPORTED, "finds no GPU");
  refused("NN_EMULATOR_MAJOR", "6", NN_ERR_UNSUPPORTED, "compute capability 6.0");
  refused("NN_EMULATOR_MEMORY_MB", "0", NN_ERR_DEVICE, "out of memory");
}

static const char recipe_text[] =
    "{\"version\": 1, \"data\": {\"batch_size\": 8, \"transforms\": []}, \"loop\": {\"epochs\": 4},"
    "\"network\": [{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 12},"
    "{\"kind\": \"BatchNorm1d\"}, {\"kind\": \"Linear\", \"out_features\": 3}]}";

static bool new_trainer(const NnBackend *backend, NnTrainer **trainer, NnError *err)
{
  NnConfig *recipe = NULL;
  nn_check(nn_recipe_parse(recipe_text, "test", &recipe, err));
  NnTrainerOptions options = {
      .recipe = recipe, .train = &train.source, .test = &test.source, .backend = backend};
  bool ok = nn_trainer_new(&options, trainer, err);
  nn_config_free(recipe);
  return ok;
}

/* No room for the network is no failure of the device, which can still be used. */
static void test_out_of_memory(void)
{
  NnBackend *backend;
  NnTrainer *trainer = NULL;
  NnError err = {0};
  if (!nn_check(nn_backend_open("cuda", 0, &backend, &err)))
    return;
  setenv("NN_EMULATOR_MEMORY_MB", "0", 1);
  nn_check(!new_trainer(backend, &trainer, &err));
  nn_check_int(err.status, NN_ERR_NOMEM);
  unsetenv("NN_EMULATOR_MEMORY_MB");
  if (nn_check(new_trainer(backend, &trainer, &err)))
    nn_trainer_free(trainer);
  nn_check(backend->ops->sync(backend, &err));
  nn_backend_close(backend);
}

/* Lost after the first epoch: the run ends with one sentence, that epoch and its records stay. */
static void test_lost(void)
{
  NnBackend *backend;
  NnTrainer *trainer = NULL;
  NnObserver *observer = NULL;
  NnProgress records[256];
  NnEpoch epochs[4] = {{0}};
  NnResult result;
  NnError err = {0};
  if (!nn_check(nn_backend_open("cuda", 0, &backend, &err)) ||
      !nn_check(new_trainer(backend, &trainer, &err)) ||
      !nn_check(observe(trainer, false, &observer, &err)))
    return;
  setenv("NN_EMULATOR_LOST", "30", 1); /* an epoch with its evaluation waits 22 times */
  nn_check(!nn_trainer_run(trainer, observer, epochs, &result, &err));
  unsetenv("NN_EMULATOR_LOST");
  nn_check_int(err.status, NN_ERR_DEVICE);
  nn_check_has(err.text, "Emulated GPU stopped working while");
  nn_check_has(err.text, "unspecified launch failure");
  size_t n = nn_observer_drain(observer, records, 256);
  nn_check(n >= nn_trainer_steps_per_epoch(trainer));
  for (size_t i = 0; i < n; i++)
    nn_check(isfinite(records[i].loss));
  nn_check(nn_observer_n_epochs(observer) >= 1 && isfinite(epochs[0].loss));
  nn_check(!backend->ops->sync(backend, &err)); /* it stays lost */
  nn_check(backend->ops->alloc(backend, 64) == NULL);
  nn_observer_free(observer);
  nn_trainer_free(trainer);
  nn_backend_close(backend);
}

int main(void)
{
  make_data();
  nn_test("CUDA is not available", test_refusals);
  nn_test("the GPU's memory is full", test_out_of_memory);
  nn_test("the GPU is lost", test_lost);
  return nn_test_done();
}
