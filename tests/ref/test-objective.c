/* test-objective.c: three batches of a small network in float64, step by step as a PyTorch program
 * takes them: penalties, clipping, class weights, and LBFGS, whose evaluations all move the running
 * statistics. The numbers are PyTorch's, from objective.json (golden/make_objective.py). */
#include "engine/train/objective.h"
#include "engine/optimizers/optimizer.h"
#include "engine/recipe/recipe.h"
#include "golden.h"
#include "tests/unit/data-kinds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static NnBackend *ref;
static const json_t *test_case;
static double tol;

typedef struct {
  NnModel *model;
  NnObjective objective;
  NnObjectiveBatch batch;
  NnOptimizer optimizer;
  NnOptimizerTarget target;
} Setup;

static double evaluate(void *user)
{
  Setup *s = user;
  double loss = nn_objective_loss(&s->objective, &s->batch);
  nn_objective_gradient(&s->objective, &s->batch);
  return loss;
}

/* A recipe of the case's sections; "regularization" is read key by key. */
static NnConfig *make_recipe(void)
{
  static const char *const keys[] = {"network", "loss", "optimizer", "regularization"};
  NnError err = {0};
  NnConfig *recipe = nn_recipe_new(&err);
  for (int i = 0; i < 4; i++) {
    char *text = json_dumps(golden_get(test_case, keys[i]), 0);
    if (!nn_check(nn_config_set_path(recipe, keys[i], text, &err)))
      printf("#   %s\n", err.text);
    free(text);
  }
  return recipe;
}

static bool set_up(Setup *s, const NnConfig *recipe)
{
  NnError err = {0};
  NnMt19937 mt;
  NnModelOptions options = {
      .recipe = recipe, .input = nn_shape_1d(4), .n_classes = 3, .batch_size = 6, .backend = ref};
  GoldenArray start = golden_array(golden_get(test_case, "start"));
  nn_mt_seed(&mt, 0);
  if (!nn_check(nn_model_new(&options, &s->model, &err)) ||
      !nn_check(nn_model_init(s->model, &mt, &err)) ||
      !nn_check(nn_objective_init(&s->objective, recipe, s->model, 6, &err)) ||
      !nn_check(nn_optimizer_init(&s->optimizer, nn_config_child(recipe, "optimizer"), &err)) ||
      !nn_check_int(start.n, nn_model_n_params(s->model)))
    return false;
  memcpy(nn_model_params(s->model), start.values, start.n * sizeof *start.values);
  s->target = (NnOptimizerTarget){.backend = ref,
                                  .n = start.n,
                                  .w = nn_model_params(s->model),
                                  .dw = nn_model_grads(s->model),
                                  .closure = evaluate,
                                  .user = s};
  s->target.n_tensors = nn_model_tensors(s->model, &s->target.tensors);
  nn_check_int(s->target.n_tensors, 6);
  for (int i = 0; i < s->optimizer.n_state; i++)
    s->target.state[i] = calloc(start.n, sizeof(nn_real));
  s->target.workspace =
      calloc(nn_optimizer_workspace(&s->optimizer, &s->target) + 1, sizeof(nn_real));
  return true;
}

static void run_batch(Setup *s, const json_t *batch)
{
  GoldenArray x = golden_array(golden_get(batch, "x"));
  int32_t labels[6];
  for (size_t i = 0; i < x.n / 4; i++)
    labels[i] = (int32_t)json_integer_value(json_array_get(golden_get(batch, "labels"), i));
  s->batch = (NnObjectiveBatch){
      .pass = {.backend = ref, .N = x.n / 4, .training = true}, .x = x.values, .labels = labels};
  const NnLoss *loss = &s->objective.loss;
  s->batch.divisor = loss->kind->divisor(loss, x.n / 4, labels);
  s->target.loss = evaluate(s);
  nn_check_near(s->target.loss, golden_number(batch, "loss"), tol, tol);
  nn_optimizer_step(&s->optimizer, &s->target);
  golden_close(nn_model_params(s->model), s->target.n, batch, "after", tol);
  golden_close(nn_model_buffers(s->model), nn_model_n_buffers(s->model), batch, "buffers", tol);
}

static void run_case(void)
{
  Setup s = {0};
  NnConfig *recipe = make_recipe();
  const json_t *batches = golden_get(test_case, "batches");
  if (set_up(&s, recipe))
    for (size_t i = 0; i < json_array_size(batches); i++)
      run_batch(&s, json_array_get(batches, i));
  nn_check(json_array_size(batches) >= 3);
  for (int i = 0; i < NN_MAX_STATE; i++)
    free(s.target.state[i]);
  free(s.target.workspace);
  nn_objective_clear(&s.objective);
  nn_model_free(s.model);
  nn_config_free(recipe);
}

int main(void)
{
  NnError err = {0};
  add_data_kinds();
  if (!nn_backend_open("ref", 1, &ref, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  const json_t *file = golden_load("objective.json"), *cases = golden_get(file, "cases");
  tol = golden_number(file, "tol");
  for (size_t i = 0; i < json_array_size(cases); i++) {
    test_case = json_array_get(cases, i);
    nn_test(golden_string(test_case, "name"), run_case);
  }
  nn_backend_close(ref);
  return nn_test_done();
}
