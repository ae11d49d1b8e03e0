/* test-edges.c: which numbers are taken and which refused, for every numeric parameter of every
 * kind, as PyTorch judged them in edges/edges.json (edges/edges.py). A value is taken if a run with
 * it can be built, takes four steps on twelve pictures and is evaluated, and its losses are
 * PyTorch's; a loss that is not finite is no refusal. With $BACKPROP_TEST_HALF
 * every second value, with $BACKPROP_TEST_SHORT, under sanitizers, every ninth. */
#include "data/kinds.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include "golden.h"
#include "tests/trainer-observer.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 12, SIDE = 28, SIZE = SIDE * SIDE, STEPS = 4 };

static NnBackend *backend;

/* The pictures of traces/pictures.py. */
static uint8_t pixels[N][SIZE];
static int32_t labels[N];

/* One stream of noise runs through all of them. */
static void draw_all(void)
{
  uint32_t state = 1;
  for (uint32_t i = 0; i < N; i++) {
    uint32_t label = (7 * i + i / 10) % 10;
    labels[i] = (int32_t)label;
    for (uint32_t p = 0; p < SIZE; p++) {
      uint32_t r = p / SIDE, c = p % SIDE;
      uint32_t stripe = (r * (label / 2 + 1) + c * (label % 4 + 1) + i % 3) / 7 % 3;
      bool edge = r < 3 || c < 3 || r > 24 || c > 24;
      state = (1103515245u * state + 12345u) & 0x7fffffff;
      pixels[i][p] = (uint8_t)(edge ? 0 : stripe * 70 + (state >> 16) % 116);
    }
  }
}

static void gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                   nn_real *x, int32_t *classes)
{
  (void)source, (void)epoch;
  for (size_t i = 0; i < n; i++) {
    classes[i] = labels[indices[i]];
    for (size_t p = 0; p < SIZE; p++)
      x[i * SIZE + p] = (nn_real)pixels[indices[i]][p] / 255;
  }
}

/* ---- a run ---- */

typedef struct {
  NnError err;
  NnProgress steps[STEPS];
  size_t n_steps;
} Run;

static bool train(const NnConfig *recipe, Run *run)
{
  NnSource source = {
      .n_samples = N, .shape = nn_shape_3d(1, SIDE, SIDE), .n_classes = 10, .gather = gather};
  NnTrainerOptions options = {
      .recipe = recipe, .train = &source, .test = &source, .backend = backend, .max_steps = STEPS};
  NnTrainer *trainer = NULL;
  NnObserver *observer = NULL;
  NnResult result;
  bool ok = nn_trainer_new(&options, &trainer, &run->err) &&
            observe(trainer, true, &observer, &run->err) &&
            nn_trainer_run(trainer, observer, NULL, &result, &run->err);
  if (observer)
    run->n_steps = nn_observer_drain(observer, run->steps, STEPS);
  if (observer)
    nn_observer_free(observer);
  nn_trainer_free(trainer);
  return ok || run->err.status == NN_ERR_NONFINITE;
}

static bool try_value(const NnConfig *recipe, const char *path, const char *value, Run *run)
{
  *run = (Run){0};
  NnConfig *copy = nn_config_copy(recipe, &run->err);
  bool ok = copy && nn_config_set_path(copy, path, value, &run->err) &&
            nn_recipe_check(copy, &run->err) && train(copy, run);
  nn_config_free(copy);
  return ok;
}

/* As many as stand there. Losses that are not finite end a run here; PyTorch goes on. */
static bool close_losses(const Run *run, const json_t *losses)
{
  for (size_t i = 0; i < json_array_size(losses); i++) {
    const json_t *loss = json_array_get(losses, i);
    double wanted = json_is_null(loss) ? NAN : json_number_value(loss);
    double found = i < run->n_steps ? (double)run->steps[i].loss : NAN;
    if (isnan(wanted) || !isfinite(found))
      return isnan(wanted) && !isfinite(found);
    if (!(fabs(found - wanted) <= 1e-3 * (1 + fabs(wanted))))
      return false;
  }
  return true;
}

static void print_losses(const Run *run)
{
  printf("#   found");
  for (size_t i = 0; i < run->n_steps; i++)
    printf(" %.7g", (double)run->steps[i].loss);
  printf("\n");
}

/* entry: the value, and its losses or PyTorch's words. */
static void check_entry(const NnConfig *recipe, const char *path, const json_t *entry)
{
  static Run run;
  const json_t *wanted = json_array_get(entry, 1);
  char *value = json_dumps(json_array_get(entry, 0), JSON_ENCODE_ANY);
  char *words = json_dumps(wanted, JSON_ENCODE_ANY);
  bool ok = try_value(recipe, path, value, &run);
  if (!nn_check(ok == json_is_array(wanted)) || (ok && !nn_check(close_losses(&run, wanted)))) {
    printf("#   %s = %s: PyTorch: %s; here: %s\n", path, value, words, run.err.text);
    print_losses(&run);
  }
  free(value);
  free(words);
}

static void check_param(const NnConfig *recipe, const char *place, const char *key,
                        const json_t *param)
{
  char path[256];
  size_t i;
  const json_t *entry;
  snprintf(path, sizeof path, "%s.%s", place, key);
  size_t every = getenv("BACKPROP_TEST_SHORT") ? 9 : getenv("BACKPROP_TEST_HALF") ? 2 : 1;
  json_array_foreach(golden_get(param, "takes"), i, entry) if (i % every == 0)
      check_entry(recipe, path, entry);
  json_array_foreach(golden_get(param, "refuses"), i, entry) if (i % every == 0)
      check_entry(recipe, path, entry);
}

static const json_t *file;
static size_t next;

static void run_kind(void)
{
  const json_t *kind = json_array_get(golden_get(file, "kinds"), next++), *param;
  char *text = json_dumps(golden_get(kind, "recipe"), 0);
  const char *key;
  NnConfig *recipe = NULL;
  NnError err = {0};
  if (!nn_check(nn_recipe_parse(text, golden_string(kind, "kind"), &recipe, &err)))
    printf("#   %s\n", err.text);
  /* Room for all pictures is enough: each run gets fresh memory, which would be most of its time.
   */
  nn_check(recipe && nn_config_set_path(recipe, "data.test_batch_size", "12", &err));
  json_object_foreach((json_t *)golden_get(kind, "params"), key, param) if (recipe)
      check_param(recipe, golden_string(kind, "place"), key, param);
  nn_config_free(recipe);
  free(text);
}

int main(void)
{
  NnError err = {0};
  nn_data_register_kinds();
  draw_all();
  if (!nn_backend_open("cpu", 1, &backend, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  file = golden_load("edges/edges.json");
  for (size_t i = 0; i < json_array_size(golden_get(file, "kinds")); i++)
    nn_test(golden_string(json_array_get(golden_get(file, "kinds"), i), "kind"), run_kind);
  int status = nn_test_done();
  nn_backend_close(backend);
  return status;
}
