/* test-grad.c: every layer that the registry lists, at its defaults, at the ends of its parameters'
 * ranges, and in some combinations, against central finite differences: the gradients of its
 * parameters and of its input, signed, element by element, in float64 with the naive backend.
 *
 * The network is that layer alone, and the loss is Σ r·y with fixed random r, so dy = r. Dropout
 * draws the same mask again, since it is a function of sample and seed. */
#include "engine/mem.h"
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include "engine/rng.h"
#include "tests/check.h"
#include "tests/unit/data-kinds.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 3, WIDTH = 4 };
static const double STEP = 1e-5, ATOL = 1e-7, RTOL = 1e-6;

/* A layer is tested on each of these that it takes. */
static const NnShape inputs[] = {{1, {5}}, {3, {2, 5, 4}}, {3, {4, 3, 5}}};
enum { N_INPUTS = sizeof inputs / sizeof *inputs };

static NnBackend *backend;
static const uint32_t sample_ids[N] = {4, 9, 2};
static NnPass pass;

/* One model at work. */
typedef struct {
  NnModel *model;
  nn_real *x, *r;
  size_t n_x, n_y;
} Trial;

/* ---- making one ---- */

/* A block holds something that has a gradient of its own and keeps every shape. */
static void fill_block(NnConfig *config)
{
  NnError err;
  if (((const NnLayerKind *)config->kind)->is_block && nn_config_count(config, "layers") == 0) {
    NnConfig *inner = nn_config_new(nn_kind_find(NN_CLASS_LAYER, "Sigmoid"), &err);
    nn_check(nn_config_insert(config, "layers", 0, inner, &err));
  }
}

static bool new_trial(Trial *trial, const NnConfig *config, NnShape input, NnError *err)
{
  NnConfig *recipe = nn_recipe_new(err);
  while (nn_config_count(recipe, "network") > 0)
    nn_config_remove(recipe, "network", 0, err);
  nn_config_insert(recipe, "network", 0, nn_config_copy(config, err), err);
  fill_block(nn_config_at(recipe, "network", 0));
  NnModelOptions options = {
      .recipe = recipe, .input = input, .batch_size = N, .input_grad = true, .backend = backend};
  NnMt19937 mt;
  nn_mt_seed(&mt, 3);
  *trial = (Trial){.n_x = N * nn_shape_size(input)};
  bool ok = nn_config_check(recipe, "", err) && nn_model_new(&options, &trial->model, err) &&
            nn_model_init(trial->model, &mt, err);
  nn_config_free(recipe);
  if (!ok)
    return false;
  trial->n_y =
      N * nn_shape_size(nn_model_layer(trial->model, nn_model_n_layers(trial->model) - 1)->out);
  trial->x = nn_alloc_array(trial->n_x, sizeof *trial->x);
  trial->r = nn_alloc_array(trial->n_y, sizeof *trial->r);
  return true;
}

static void free_trial(Trial *trial)
{
  nn_model_free(trial->model);
  nn_free(trial->x);
  nn_free(trial->r);
}

/* Kinks lie at round numbers, and where the two largest of a window are equal: so no input is round
 * to two decimals, and no two are nearer to each other than some steps. */
static void draw(Trial *trial, NnMt19937 *mt)
{
  nn_mt_uniform(mt, trial->x, trial->n_x, -7, 7);
  for (size_t i = 0; i < trial->n_x; i++)
    trial->x[i] = floor(trial->x[i] * 100) / 100 + 0.001 + 0.008 * (double)i / (double)trial->n_x;
  nn_mt_uniform(mt, trial->r, trial->n_y, -1, 1);
}

/* ---- checking it ---- */

/* Batch statistics move with every training forward, but do not enter a training loss. */
static double loss_of(const Trial *trial)
{
  const nn_real *y = nn_model_forward(trial->model, &pass, trial->x);
  double loss = 0;
  for (size_t i = 0; i < trial->n_y; i++)
    loss += y[i] * trial->r[i];
  return loss;
}

static bool check_values(const Trial *trial, nn_real *values, const nn_real *found, size_t n)
{
  bool ok = true;
  for (size_t i = 0; i < n; i++) {
    nn_real old = values[i];
    values[i] = old + STEP;
    double more = loss_of(trial);
    values[i] = old - STEP;
    double less = loss_of(trial);
    values[i] = old;
    ok &= nn_check_near(found[i], (more - less) / (2 * STEP), ATOL, RTOL);
  }
  return ok;
}

static bool check_gradient(Trial *trial, NnMt19937 *mt)
{
  size_t n = nn_model_n_params(trial->model);
  draw(trial, mt);
  nn_model_forward(trial->model, &pass, trial->x);
  nn_model_backward(trial->model, &pass, trial->r);
  nn_real *grads = nn_alloc_array(n + trial->n_x, sizeof *grads);
  memcpy(grads, nn_model_grads(trial->model), n * sizeof *grads);
  memcpy(grads + n, nn_model_input_grad(trial->model), trial->n_x * sizeof *grads);
  bool ok = check_values(trial, nn_model_params(trial->model), grads, n);
  ok &= check_values(trial, trial->x, grads + n, trial->n_x);
  nn_free(grads);
  return ok;
}

/* Number of inputs that the layer takes; the last refusal in *err. */
static int check_layer(const NnConfig *config, const char *what, NnError *err)
{
  int taken = 0;
  for (int i = 0; i < N_INPUTS; i++) {
    Trial trial;
    NnMt19937 mt;
    nn_mt_seed(&mt, 11);
    if (!new_trial(&trial, config, inputs[i], err)) {
      nn_model_free(trial.model);
      continue;
    }
    for (int k = 0; k < 2; k++)
      if (!check_gradient(&trial, &mt))
        printf("# %s, %s, input of %d sizes\n", config->kind->name, what, inputs[i].n_dims);
    free_trial(&trial);
    taken++;
  }
  return taken;
}

/* ---- what is checked ---- */

/* A layer at its defaults, of few outputs. */
static NnConfig *small_config(const NnKind *kind)
{
  static const char *const widths[] = {"out_features", "out_channels"};
  NnError err;
  NnConfig *config = nn_config_new(kind, &err);
  for (int i = 0; i < 2; i++)
    if (nn_param_index(kind->params, widths[i]) >= 0)
      nn_check(nn_config_set_number(config, widths[i], WIDTH, &err));
  return config;
}

/* The numbers to try for a parameter: the ends of its range (moderate ones where it is open), all
 * choices, none. Returns how many. */
static int trial_numbers(const NnParamSpec *spec, double numbers[16])
{
  int n = 0;
  if (spec->type == NN_PARAM_FLOAT || spec->type == NN_PARAM_INT) {
    numbers[n++] = spec->min;
    numbers[n++] = fmin(spec->max, spec->type == NN_PARAM_INT ? 2 : 1);
  }
  for (int i = 0; spec->type == NN_PARAM_CHOICE && spec->choices[i] && n < 15; i++)
    numbers[n++] = i;
  if (spec->type == NN_PARAM_BOOL) {
    numbers[n++] = 0;
    numbers[n++] = 1;
  }
  if (spec->flags & NN_PARAM_NULLABLE)
    numbers[n++] = NAN;
  return n;
}

static void check_number(const NnKind *kind, const NnParamSpec *spec, double number)
{
  NnConfig *config = small_config(kind);
  NnError err = {0};
  char what[80];
  snprintf(what, sizeof what, "%s %g", spec->key, number);
  if (nn_config_set_number(config, spec->key, number, &err))
    check_layer(config, what, &err);
  nn_config_free(config);
}

static void check_pair(const NnKind *kind, const NnParamSpec *spec, double a, double b)
{
  NnConfig *config = small_config(kind);
  NnError err = {0};
  char what[80];
  snprintf(what, sizeof what, "%s %g, %g", spec->key, a, b);
  if (nn_config_set_numbers(config, spec->key, (double[]){a, b}, 2, &err))
    check_layer(config, what, &err);
  nn_config_free(config);
}

/* Each parameter by itself; what the shapes do not allow is passed over. */
static void check_at_ends(const NnKind *kind)
{
  for (const NnParamSpec *spec = kind->params; spec && spec->key; spec++) {
    double numbers[16];
    if (spec->flags & NN_PARAM_DERIVED)
      continue;
    int n = trial_numbers(spec, numbers);
    for (int i = 0; spec->type <= NN_PARAM_CHOICE && i < n; i++)
      check_number(kind, spec, numbers[i]);
    if (spec->type != NN_PARAM_PAIR)
      continue;
    check_pair(kind, spec, spec->min, spec->min);
    check_pair(kind, spec, 2, 1);
    for (int i = 0; spec->choices && spec->choices[i]; i++)
      check_pair(kind, spec, -1 - i, -1 - i);
  }
}

static const NnKind *tested;

static void test_layer(void)
{
  NnError err = {0};
  NnConfig *config = small_config(tested);
  if (!nn_check(check_layer(config, "defaults", &err) > 0))
    printf("# %s: %s\n", tested->name, err.text);
  nn_config_free(config);
  check_at_ends(tested);
}

/* Parameters that only do something together. */
static const char *const together[] = {
    "{\"kind\": \"Conv2d\", \"out_channels\": 3, \"padding\": [1, 2], \"stride\": [1, 2]}",
    "{\"kind\": \"Conv2d\", \"out_channels\": 3, \"padding\": [4, 3], \"padding_mode\": "
    "\"reflect\"}",
    "{\"kind\": \"Conv2d\", \"out_channels\": 3, \"padding\": [6, 5], \"padding_mode\": "
    "\"replicate\", \"stride\": 2}",
    "{\"kind\": \"Conv2d\", \"out_channels\": 3, \"padding\": [5, 4], \"padding_mode\": "
    "\"circular\"}",
    "{\"kind\": \"Conv2d\", \"out_channels\": 4, \"kernel_size\": [2, 4], \"groups\": 2, "
    "\"padding\": "
    "\"same\", \"padding_mode\": \"circular\", \"weight_norm\": true}",
    "{\"kind\": \"Conv2d\", \"out_channels\": 4, \"kernel_size\": 2, \"groups\": 2, \"dilation\": "
    "[2, 3], \"padding\": [2, 1], \"bias\": false}",
    "{\"kind\": \"MaxPool2d\", \"kernel_size\": 3, \"stride\": 2, \"padding\": 1, \"ceil_mode\": "
    "true}",
    "{\"kind\": \"MaxPool2d\", \"kernel_size\": [3, 2], \"stride\": [1, 2], \"dilation\": [2, 3]}",
    "{\"kind\": \"AvgPool2d\", \"kernel_size\": [3, 2], \"stride\": 2, \"padding\": 1, "
    "\"ceil_mode\": true}",
    "{\"kind\": \"AvgPool2d\", \"kernel_size\": 3, \"stride\": [1, 2], \"padding\": 1, "
    "\"count_include_pad\": false, \"ceil_mode\": true}",
    "{\"kind\": \"AdaptiveAvgPool2d\", \"output_size\": [3, 7]}"};

static void test_together(void)
{
  for (size_t i = 0; i < sizeof together / sizeof *together; i++) {
    NnError err = {0};
    char text[512];
    NnConfig *recipe = nn_recipe_new(&err);
    snprintf(text, sizeof text, "[%s]", together[i]);
    bool ok = nn_config_set_path(recipe, "network", text, &err);
    ok = ok && check_layer(nn_config_at(recipe, "network", 0), together[i], &err) > 0;
    if (!nn_check(ok))
      printf("# %s: %s\n", together[i], err.text);
    nn_config_free(recipe);
  }
}

/* accumulate = true adds to what is there: twice the gradient after two backward passes. Returns
 * whether the layer has parameters and takes the input. */
static bool check_accumulate(const NnKind *kind, NnShape input)
{
  NnError err;
  Trial trial;
  NnMt19937 mt;
  NnConfig *config = small_config(kind);
  bool ok = new_trial(&trial, config, input, &err);
  size_t n = ok ? nn_model_n_params(trial.model) : 0;
  nn_config_free(config);
  nn_mt_seed(&mt, 5);
  if (n > 0) {
    nn_real *twice = nn_alloc_array(n, sizeof *twice);
    draw(&trial, &mt);
    nn_model_forward(trial.model, &pass, trial.x);
    nn_model_backward(trial.model, &pass, trial.r);
    for (size_t i = 0; i < n; i++)
      twice[i] = 2 * nn_model_grads(trial.model)[i];
    pass.accumulate = true;
    nn_model_backward(trial.model, &pass, trial.r);
    pass.accumulate = false;
    if (!nn_check_close(nn_model_grads(trial.model), twice, n, 1e-12, 1e-12))
      printf("# %s\n", kind->name);
    nn_free(twice);
  }
  free_trial(&trial);
  return n > 0;
}

static void test_accumulate(void)
{
  int n = 0;
  for (const NnKind *const *k = nn_kinds(NN_CLASS_LAYER); *k; k++)
    for (int i = 0; i < N_INPUTS; i++)
      n += check_accumulate(*k, inputs[i]);
  nn_check(n >= 5);
}

int main(void)
{
  NnError err;
  add_data_kinds();
  if (!nn_backend_open("ref", 1, &backend, &err))
    return 1;
  pass = (NnPass){.backend = backend,
                  .N = N,
                  .training = true,
                  .seed = 7,
                  .epoch = 1,
                  .sample_ids = sample_ids};
  for (const NnKind *const *k = nn_kinds(NN_CLASS_LAYER); *k; k++) {
    tested = *k;
    nn_test((*k)->name, test_layer);
  }
  nn_test("parameters that only do something together", test_together);
  nn_test("gradients accumulate when asked to", test_accumulate);
  nn_backend_close(backend);
  return nn_test_done();
}
