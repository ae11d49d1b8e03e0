/* test-grad.c: every layer that the registry lists, at its defaults and at the ends of its
 * parameters' ranges, against central finite differences: signed, element by element, in float64
 * with the naive backend.
 *
 * The loss is Σ r·y with fixed random r, so dy = r. Dropout draws the same mask again, since it is
 * a function of sample and seed. Inputs keep away from kinks. */
#include "engine/mem.h"
#include "engine/model.h"
#include "engine/recipe.h"
#include "engine/rng.h"
#include "tests/check.h"
#include "tests/unit/data-kinds.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 3, F = 5 };
static const double STEP = 1e-5, ATOL = 1e-7, RTOL = 1e-6;

static NnBackend *backend;
static uint32_t sample_ids[N] = {4, 9, 2};

/* A model of [Linear, layer under test, Linear]: the layer's dx is seen through the first Linear's
 * gradient, its own gradients directly. */
static NnModel *make_model(const NnConfig *config, NnError *err)
{
  NnConfig *recipe = nn_recipe_new(err);
  NnConfig *linear = nn_config_new(nn_kind_find(NN_CLASS_LAYER, "Linear"), err);
  NnModel *model = NULL;
  while (nn_config_count(recipe, "network") > 0)
    nn_config_remove(recipe, "network", 0, err);
  nn_config_set_number(linear, "out_features", F, err);
  nn_config_insert(recipe, "network", 0, nn_config_copy(linear, err), err);
  nn_config_insert(recipe, "network", 1, nn_config_copy(config, err), err);
  nn_config_insert(recipe, "network", 2, linear, err);
  nn_config_set_number(nn_config_at(recipe, "network", 2), "out_features", 4, err);
  NnModelOptions options = {.recipe = recipe,
                            .input = nn_shape_1d(F),
                            .n_classes = 4,
                            .batch_size = N,
                            .backend = backend};
  NnMt19937 mt;
  nn_mt_seed(&mt, 3);
  if (!nn_model_new(&options, &model, err) || !nn_model_init(model, &mt, err))
    model = NULL;
  nn_config_free(recipe);
  return model;
}

static double loss_of(NnModel *model, const NnPass *pass, const nn_real *x, const nn_real *r)
{
  const nn_real *y = nn_model_forward(model, pass, x);
  double loss = 0;
  for (size_t i = 0; i < N * 4; i++)
    loss += (double)y[i] * (double)r[i];
  return loss;
}

/* The smallest distance of the tested layer's inputs from 0, where activations have their kinks. */
static double distance_from_kink(const NnModel *model)
{
  const NnLayer *layer = nn_model_layer(model, 1);
  double least = INFINITY;
  for (size_t i = 0; i < N * F; i++)
    least = fmin(least, fabs((double)layer->x[i]));
  return least;
}

/* Batch statistics move with every training forward, but do not enter a training loss. */
static void check_gradient(const char *name, NnModel *model, bool training, NnMt19937 *mt)
{
  nn_real x[N * F], r[N * 4];
  NnPass pass = {.backend = backend, .N = N, .training = training, .seed = 7, .epoch = 1};
  pass.sample_ids = sample_ids;
  do {
    nn_mt_uniform(mt, x, N * F, -2, 2);
    nn_model_forward(model, &pass, x);
  } while (distance_from_kink(model) < 1e-3);
  nn_mt_uniform(mt, r, N * 4, -1, 1);
  loss_of(model, &pass, x, r);
  nn_model_backward(model, &pass, r);
  size_t n = nn_model_n_params(model);
  nn_real *params = nn_model_params(model), *found = nn_alloc_array(n, sizeof *found);
  memcpy(found, nn_model_grads(model), n * sizeof *found);
  for (size_t i = 0; i < n; i++) {
    nn_real old = params[i];
    params[i] = old + (nn_real)STEP;
    double more = loss_of(model, &pass, x, r);
    params[i] = old - (nn_real)STEP;
    double less = loss_of(model, &pass, x, r);
    params[i] = old;
    if (!nn_check_near((double)found[i], (more - less) / (2 * STEP), ATOL, RTOL))
      printf("# %s, parameter %zu of %zu, %s\n", name, i, n, training ? "training" : "evaluation");
  }
  nn_free(found);
}

static void check_layer(const NnConfig *config)
{
  const NnLayerKind *kind = (const NnLayerKind *)config->kind;
  NnError err = {0};
  NnModel *model = make_model(config, &err);
  if (!model) {
    printf("# %s: %s\n", kind->kind.name, err.text);
    nn_check(model != NULL);
    return;
  }
  NnMt19937 mt;
  nn_mt_seed(&mt, 11);
  for (int i = 0; i < 5; i++)
    check_gradient(kind->kind.name, model, true, &mt);
  nn_model_free(model);
}

/* With each number of the layer at its ends (moderate ones for open ranges), one at a time. */
static void check_at_ends(const NnKind *kind)
{
  NnError err;
  for (int p = 0; p < nn_param_count(kind->params); p++) {
    const NnParamSpec *spec = &kind->params[p];
    bool size = strcmp(spec->key, "out_features") == 0;
    if (spec->type > NN_PARAM_CHOICE || (spec->flags & NN_PARAM_DERIVED) || size)
      continue;
    double last = 0;
    while (spec->type == NN_PARAM_CHOICE && spec->choices[(int)last + 1])
      last++;
    double ends[] = {spec->min, fmin(spec->max, 1)};
    if (spec->type == NN_PARAM_BOOL || spec->type == NN_PARAM_CHOICE) {
      ends[0] = 0;
      ends[1] = spec->type == NN_PARAM_BOOL ? 1 : last;
    }
    for (int e = 0; e < 2; e++) {
      NnConfig *config = nn_config_new(kind, &err);
      if (nn_config_set_number(config, spec->key, ends[e], NULL))
        check_layer(config);
      nn_config_free(config);
    }
  }
}

static const NnKind *tested;

static void test_layer(void)
{
  NnError err;
  NnConfig *config = nn_config_new(tested, &err);
  if (nn_param_index(tested->params, "out_features") >= 0)
    nn_config_set_number(config, "out_features", 6, &err);
  check_layer(config);
  nn_config_free(config);
  check_at_ends(tested);
}

/* accumulate = true adds to what is there: twice the gradient after two backward passes. */
static void test_accumulate(void)
{
  NnError err;
  NnConfig *config = nn_config_new(nn_kind_find(NN_CLASS_LAYER, "BatchNorm1d"), &err);
  NnModel *model = make_model(config, &err);
  nn_real x[N * F], r[N * 4];
  NnMt19937 mt;
  nn_mt_seed(&mt, 5);
  nn_mt_uniform(&mt, x, N * F, -1, 1);
  nn_mt_uniform(&mt, r, N * 4, -1, 1);
  NnPass pass = {.backend = backend, .N = N, .training = true, .sample_ids = sample_ids};
  nn_model_forward(model, &pass, x);
  nn_model_backward(model, &pass, r);
  size_t n = nn_model_n_params(model);
  nn_real *twice = nn_alloc_array(n, sizeof *twice);
  for (size_t i = 0; i < n; i++)
    twice[i] = 2 * nn_model_grads(model)[i];
  pass.accumulate = true;
  nn_model_backward(model, &pass, r);
  nn_check_close(nn_model_grads(model), twice, n, 1e-12, 1e-12);
  nn_free(twice);
  nn_model_free(model);
  nn_config_free(config);
}

int main(void)
{
  NnError err;
  add_data_kinds();
  if (!nn_backend_open("ref", 1, &backend, &err))
    return 1;
  for (const NnKind *const *k = nn_kinds(NN_CLASS_LAYER); *k; k++) {
    tested = *k;
    nn_test((*k)->name, test_layer);
  }
  nn_test("gradients accumulate when asked to", test_accumulate);
  nn_backend_close(backend);
  return nn_test_done();
}
