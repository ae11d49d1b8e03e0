/* test-golden-layers.c: every layer against PyTorch, from the files golden/layer-NAME.json; their
 * form is described in golden/README.md.
 *
 * Each case builds a network of that one layer through the public functions of model.h, loads the
 * parameters, and runs the batches in order, so that running statistics are seen to move. Compiled
 * twice: in float64 with backend ref, at the file's tolerance, and in float32 with backend cpu. */
#include "engine/mem.h"
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include "golden.h"
#include "tests/unit/data-kinds.h"
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NN_ONLY_REF
static const char *const backend_name = "ref";
#else
static const char *const backend_name = "cpu";
#endif

static NnBackend *backend;
static const char *file_name;          /* "golden/layer-Linear.json" */
static const char *kind_name;          /* "Linear" */
static const json_t *test_case;        /* the case at hand */
static NnModel *model;                 /* and its model */
static double abs_tol, rel_tol, worst; /* worst: largest |found − wanted| / (1 + |wanted|) */
static nn_real *host;                  /* a copy of what is compared */
static const size_t MAX_COMPARED = 1 << 20;

static void complain(const char *what)
{
  const json_t *name = json_object_get(test_case, "name");
  printf("#   %s of %s, case %s, backend %s\n", what, kind_name, json_string_value(name),
         backend_name);
}

/* Compares n values in the backend's memory with a list of numbers. */
static void compare(const nn_real *found, size_t n, const json_t *numbers, const char *what)
{
  GoldenArray wanted = golden_array(numbers);
  if (!nn_check(found != NULL) || !nn_check_int(n, wanted.n) || !nn_check(n <= MAX_COMPARED)) {
    complain(what);
    return;
  }
  backend->ops->download(backend, host, found, n * sizeof *host);
  if (!nn_check_close(host, wanted.values, n, abs_tol, rel_tol))
    complain(what);
  for (size_t i = 0; i < n; i++) {
    double is = (double)host[i], should = (double)wanted.values[i];
    if (fabs(is - should) / (1 + fabs(should)) > worst)
      worst = fabs(is - should) / (1 + fabs(should));
  }
}

/* ---- parameters and buffers by name ---- */

typedef enum { PARAM, GRAD, BUFFER } What;

/* "weight" of the layer itself, "layers.0.weight" inside of a block. */
static void slot_key(const NnLayer *layer, const NnSlot *slot, char key[128])
{
  const char *inside = layer->where + strlen("network.0");
  snprintf(key, 128, "%s%s%s", *inside ? inside + 1 : "", *inside ? "." : "", slot->name);
}

/* Memory and size of a slot; NULL if no layer has one of that name. */
static nn_real *find_slot(What what, const char *wanted, size_t *n)
{
  for (int i = 0; i < nn_model_n_layers(model); i++) {
    const NnLayer *layer = nn_model_layer(model, i);
    const NnLayerPlan *plan = &layer->plan;
    for (int k = 0; k < (what == BUFFER ? plan->n_buffers : plan->n_params); k++) {
      const NnSlot *slot = what == BUFFER ? &plan->buffers[k] : &plan->params[k];
      char key[128];
      slot_key(layer, slot, key);
      if (strcmp(key, wanted) != 0)
        continue;
      *n = nn_shape_size(slot->shape);
      return what == BUFFER ? layer->buffers[k] : what == GRAD ? layer->grads[k] : layer->params[k];
    }
  }
  return NULL;
}

static size_t n_slots(What what)
{
  size_t n = 0;
  for (int i = 0; i < nn_model_n_layers(model); i++) {
    const NnLayerPlan *plan = &nn_model_layer(model, i)->plan;
    n += (size_t)(what == BUFFER ? plan->n_buffers : plan->n_params);
  }
  return n;
}

static void load_params(void)
{
  const json_t *params = golden_get(test_case, "params");
  const char *key;
  json_t *value;
  if (!nn_check_int(n_slots(PARAM), json_object_size(params)))
    complain("number of parameters");
  json_object_foreach((json_t *)params, key, value)
  {
    size_t n = 0;
    GoldenArray values = golden_array(value);
    nn_real *slot = find_slot(PARAM, key, &n);
    if (!nn_check(slot != NULL) || !nn_check_int(n, values.n))
      complain(key);
    else
      backend->ops->upload(backend, slot, values.values, n * sizeof *slot);
  }
}

/* PyTorch counts training batches in a buffer; here the count is a member of the layer. */
static bool compare_count(const char *wanted, const json_t *value)
{
  static const NnSlot count = {.name = "num_batches_tracked"};
  for (int i = 0; i < nn_model_n_layers(model); i++) {
    char key[128];
    slot_key(nn_model_layer(model, i), &count, key);
    if (strcmp(key, wanted) == 0)
      return nn_check_int(nn_model_layer(model, i)->n_batches, json_number_value(value));
  }
  return nn_check(false);
}

/* All slots of one sort must be named and agree. */
static void compare_slots(What what, const json_t *wanted)
{
  const char *key;
  json_t *value;
  size_t compared = 0;
  json_object_foreach((json_t *)wanted, key, value)
  {
    if (strstr(key, "num_batches_tracked")) {
      if (!compare_count(key, value))
        complain(key);
      continue;
    }
    size_t n = 0;
    const nn_real *slot = find_slot(what, key, &n);
    compare(slot, n, value, key);
    compared++;
  }
  if (!nn_check_int(compared, n_slots(what)))
    complain("number of gradients or buffers");
}

/* ---- one case ---- */

static NnShape read_shape(const json_t *list)
{
  NnShape shape = {.n_dims = (int)json_array_size(list)};
  for (int i = 0; i < shape.n_dims; i++)
    shape.dims[i] = (size_t)json_number_value(json_array_get(list, (size_t)i));
  return shape;
}

static size_t largest_batch(const json_t *batches, size_t sample)
{
  size_t most = 1;
  for (size_t i = 0; i < json_array_size(batches); i++) {
    size_t n = json_array_size(golden_get(json_array_get(batches, i), "x")) / sample;
    most = n > most ? n : most;
  }
  return most;
}

/* A recipe whose network is this one layer. */
static NnConfig *make_recipe(NnError *err)
{
  NnConfig *recipe = nn_recipe_new(err);
  json_t *network = json_pack("[O]", golden_get(test_case, "config"));
  char *text = json_dumps(network, 0);
  bool ok = recipe && nn_config_set_path(recipe, "network", text, err);
  free(text);
  json_decref(network);
  if (ok)
    return recipe;
  nn_config_free(recipe);
  return NULL;
}

static bool make_model(const json_t *batches, NnShape input, NnError *err)
{
  NnConfig *recipe = make_recipe(err);
  NnModelOptions options = {.recipe = recipe,
                            .input = input,
                            .batch_size = largest_batch(batches, nn_shape_size(input)),
                            .input_grad = true,
                            .backend = backend};
  NnMt19937 mt;
  nn_mt_seed(&mt, 1);
  model = NULL;
  bool ok = recipe && nn_model_new(&options, &model, err);
  nn_config_free(recipe);
  return ok && nn_model_init(model, &mt, err);
}

static nn_real *to_backend(const json_t *list, size_t *n)
{
  GoldenArray values = golden_array(list);
  nn_real *memory = backend->ops->alloc(backend, (values.n + 1) * sizeof *memory);
  backend->ops->upload(backend, memory, values.values, values.n * sizeof *memory);
  *n = values.n;
  return memory;
}

static void backward(const json_t *batch, const NnPass *pass, size_t n_y)
{
  size_t n_x = pass->N * nn_shape_size(nn_model_layer(model, 0)->in), n = 0;
  nn_real *dy = to_backend(golden_get(batch, "dy"), &n);
  if (nn_check_int(n, n_y)) {
    nn_model_backward(model, pass, dy);
    compare(nn_model_input_grad(model), n_x, golden_get(batch, "dx"), "dx");
    compare_slots(GRAD, golden_get(batch, "grads"));
  }
  backend->ops->free(backend, dy);
}

static void run_batch(const json_t *batch)
{
  static const uint32_t sample_ids[64];
  size_t n = 0;
  nn_real *x = to_backend(golden_get(batch, "x"), &n);
  const NnLayer *last = nn_model_layer(model, nn_model_n_layers(model) - 1);
  NnPass pass = {.backend = backend,
                 .N = n / nn_shape_size(nn_model_layer(model, 0)->in),
                 .training = json_is_true(golden_get(batch, "training")),
                 .sample_ids = sample_ids};
  size_t n_y = pass.N * nn_shape_size(last->out);
  compare(nn_model_forward(model, &pass, x), n_y, golden_get(batch, "y"), "y");
  if (json_object_get(batch, "dy"))
    backward(batch, &pass, n_y);
  if (json_object_get(batch, "buffers_after"))
    compare_slots(BUFFER, golden_get(batch, "buffers_after"));
  backend->ops->free(backend, x);
}

/* What PyTorch refuses is refused here, with a sentence. */
static void run_refused(NnShape input)
{
  NnError err = {0};
  if (!nn_check(!make_model(NULL, input, &err)) || !nn_check(strlen(err.text) > 20))
    complain("refusal");
}

static void run_case(void)
{
  NnError err = {0};
  NnShape input = read_shape(golden_get(test_case, "input_shape"));
  if (json_object_get(test_case, "refused")) {
    run_refused(input);
  } else {
    const json_t *batches = golden_get(test_case, "batches");
    bool ok = make_model(batches, input, &err);
    if (!nn_check(ok) || !nn_check(json_array_size(batches) > 0)) {
      printf("# %s\n", err.text);
      complain("network");
    } else {
      load_params();
      for (size_t i = 0; i < json_array_size(batches); i++)
        run_batch(json_array_get(batches, i));
    }
  }
  nn_model_free(model);
}

static void run_file(void)
{
  const json_t *file = golden_load(file_name);
  const json_t *cases = golden_get(file, "cases");
  kind_name = golden_string(file, "name");
  abs_tol = rel_tol = golden_number(file, "tol");
  if (sizeof(nn_real) == sizeof(float)) {
    abs_tol = 1e-5;
    rel_tol = 1e-4;
  }
  worst = 0;
  nn_check_str(golden_string(file, "class"), "layer");
  nn_check(json_array_size(cases) > 0);
  for (size_t i = 0; i < json_array_size(cases); i++) {
    test_case = json_array_get(cases, i);
    run_case();
  }
  printf("# agreement layer %s %.3g %g\n", kind_name, worst, rel_tol);
}

static void run_all(void)
{
  glob_t found = {0};
  size_t head = strlen(GOLDEN_DIR "/");
  if (glob(GOLDEN_DIR "/golden/layer-*.json", 0, NULL, &found) != 0)
    printf("Bail out! no file %s/golden/layer-*.json\n", GOLDEN_DIR);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    file_name = found.gl_pathv[i] + head;
    nn_test(file_name, run_file);
  }
  globfree(&found);
}

int main(void)
{
  NnError err = {0};
  add_data_kinds();
  host = nn_alloc_array(MAX_COMPARED, sizeof *host);
  if (!host || !nn_backend_open(backend_name, 0, &backend, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  run_all();
  nn_backend_close(backend);
  nn_free(host);
  return nn_test_done();
}
