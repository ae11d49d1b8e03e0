/* test-choose.c: the choice between processor and GPU, with a made-up module (fake-cuda.c) that is
 * faster or slower than the processor, or cannot train at all. Argument: the module. */
#include "app/run/choose-device.h"
#include "blobs.h"
#include "data-kinds.h"
#include "engine/recipe/recipe.h"
#include "tests/check.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *module;
static NnSource train;

#define RECIPE(epochs, units)                                                           \
  "{\"version\": 1, \"data\": {\"batch_size\": 30, \"transforms\": []}, \"network\": [" \
  "{\"kind\": \"Linear\", \"out_features\": " units "}, {\"kind\": \"ReLU\"},"          \
  "{\"kind\": \"Linear\", \"out_features\": 3}], \"loop\": {\"epochs\": " epochs "}}"
static const char tiny[] = RECIPE("1", "8"), large[] = RECIPE("1000", "4096");

static BpChoice choose(const char *json, const char *fake, const char *slow,
                       const _Atomic bool *stop)
{
  NnConfig *recipe = NULL;
  BpChoice choice;
  setenv("FAKE_CUDA", fake, 1);
  setenv("FAKE_CUDA_SLOW", slow, 1);
  setenv("BACKPROP_CUDA_MODULE", module, 1);
  nn_check(nn_recipe_parse(json, "test", &recipe, NULL));
  BpTrial trial = {.recipe = recipe, .train = &train, .n_threads = 1, .stop = stop};
  bp_choose_device(&trial, &choice);
  nn_config_free(recipe);
  printf("# %s\n", choice.why);
  return choice;
}

static void test_faster(void)
{
  BpChoice choice = choose(large, "fast", "0", NULL);
  nn_check_str(choice.device, "cuda");
  nn_check(choice.tried);
  nn_check_has(choice.why, "CUDA · Made-up 9000 · 8 GiB is faster for this recipe: about");
}

static void test_slower(void)
{
  BpChoice choice = choose(large, "", "200000", NULL);
  nn_check_str(choice.device, "cpu");
  nn_check(choice.tried);
  nn_check_has(choice.why,
               "The CPU is faster for this recipe: a run on CUDA · Made-up 9000 · 8 GiB");
}

static void test_short_run(void)
{
  BpChoice choice = choose(tiny, "fast", "0", NULL);
  nn_check_str(choice.device, "cpu");
  nn_check_has(choice.why, "so CUDA · Made-up 9000 · 8 GiB would not help.");
}

static void test_absent(void)
{
  BpChoice choice = choose(large, "fails", "0", NULL);
  nn_check_str(choice.device, "cpu");
  nn_check(!choice.tried);
  nn_check_str(choice.why, "CUDA is not available: this made-up machine has no NVIDIA driver.");
}

static void test_broken(void)
{
  setenv("FAKE_CUDA_DIES", "2", 1);
  BpChoice choice = choose(large, "", "0", NULL);
  unsetenv("FAKE_CUDA_DIES");
  nn_check_str(choice.device, "cpu");
  nn_check_has(choice.why, "This recipe runs on the CPU: The GPU Made-up 9000 stopped working");
}

static void test_stopped(void)
{
  static const _Atomic bool stop = true;
  BpChoice choice = choose(large, "fast", "0", &stop);
  nn_check_str(choice.device, "cpu");
}

/* What is measured is what was asked for. */
static void test_measure(void)
{
  NnConfig *recipe = NULL;
  NnBackend *backend = NULL;
  NnTrainer *trainer = NULL;
  NnError err = {0};
  NnSpeed speed;
  NnSpeedRequest request = {.seconds = 60, .most_steps = 45}; /* more than two epochs of 20 */
  nn_check(nn_recipe_parse(large, "test", &recipe, &err));
  nn_check(nn_backend_open("ref", 1, &backend, &err));
  NnTrainerOptions options = {.recipe = recipe, .train = &train, .backend = backend};
  if (nn_check(nn_trainer_new(&options, &trainer, &err)) &&
      nn_check(nn_trainer_measure(trainer, &request, &speed, &err))) {
    nn_check_int(speed.steps, 45);
    nn_check(speed.seconds > 0 && speed.seconds < 60);
  }
  nn_trainer_free(trainer);
  request = (NnSpeedRequest){.warm_up = 0.01, .seconds = 0.05};
  if (nn_check(nn_trainer_new(&options, &trainer, &err)) &&
      nn_check(nn_trainer_measure(trainer, &request, &speed, &err)))
    nn_check(speed.steps > 0 && speed.seconds >= 0.05);
  nn_trainer_free(trainer);
  nn_config_free(recipe);
  nn_backend_close(backend);
}

int main(int argc, char **argv)
{
  module = argc > 1 ? argv[1] : "";
  add_data_kinds();
  train = blobs_source(600);
  nn_test("a speed is measured", test_measure);
  nn_test("a GPU that is faster", test_faster);
  nn_test("a GPU that is slower", test_slower);
  nn_test("a run that is too short", test_short_run);
  nn_test("no GPU", test_absent);
  nn_test("a GPU that stops working", test_broken);
  nn_test("stopped on the way", test_stopped);
  return nn_test_done();
}
