/* test-state-dict.c: the names and shapes of what a network learns are those of PyTorch's
 * state_dict(), in its order: state_dict.json (make_state_dict.py). */
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include "golden.h"
#include "tests/unit/data-kinds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const json_t *test_case;

static NnShape shape_of(const json_t *sizes)
{
  NnShape shape = {.n_dims = (int)json_array_size(sizes)};
  for (int i = 0; i < shape.n_dims; i++)
    shape.dims[i] = (size_t)json_integer_value(json_array_get(sizes, (size_t)i));
  return shape;
}

static NnModel *draft(void)
{
  NnError err = {0};
  NnModel *model = NULL;
  NnConfig *recipe = nn_recipe_new(&err);
  char *text = json_dumps(golden_get(test_case, "network"), 0);
  NnModelOptions options = {
      .recipe = recipe, .input = shape_of(golden_get(test_case, "input")), .batch_size = 2};
  if (!nn_check(nn_config_set_path(recipe, "network", text, &err)) ||
      !nn_check(nn_model_draft(&options, &model, &err)))
    printf("#   %s\n", err.text);
  free(text);
  nn_config_free(recipe);
  return model;
}

static void check_tensor(const NnNamedTensor *found, const json_t *wanted, size_t places[2])
{
  nn_check_str(found->name, json_string_value(json_array_get(wanted, 0)));
  NnShape shape = shape_of(json_array_get(wanted, 1));
  nn_check(nn_shape_equal(found->shape, shape));
  nn_check_int((long long)found->n, (long long)nn_shape_size(shape));
  if (found->role != NN_TENSOR_COUNTER)
    places[found->role] += found->n;
}

/* All of it stands there once: the flat lists have as many values. */
static void check_names(void)
{
  NnModel *model = draft();
  if (!model)
    return;
  const NnStateDict *dict = nn_model_state_dict(model);
  const json_t *tensors = golden_get(test_case, "tensors");
  size_t places[2] = {0};
  if (nn_check_int(dict->n, (long long)json_array_size(tensors)))
    for (int i = 0; i < dict->n; i++)
      check_tensor(&dict->tensors[i], json_array_get(tensors, (size_t)i), places);
  nn_check_int((long long)places[NN_TENSOR_PARAM], (long long)nn_model_n_params(model));
  nn_check_int((long long)places[NN_TENSOR_BUFFER], (long long)nn_model_n_buffers(model));
  nn_model_free(model);
}

/* A name belongs to the values at its place: what is there has the layer's own slot. */
static void check_places(void)
{
  NnModel *model = draft();
  if (!model)
    return;
  const NnStateDict *dict = nn_model_state_dict(model);
  const NnParamView *views;
  int n = nn_model_tensors(model, &views);
  for (int i = 0; i < dict->n; i++) {
    const NnNamedTensor *t = &dict->tensors[i];
    const NnLayerPlan *plan = &nn_model_layer(model, t->layer)->plan;
    bool found = t->role != NN_TENSOR_PARAM;
    for (int k = 0; k < n && !found; k++)
      found = views[k].offset == t->offset && nn_shape_equal(views[k].shape, t->shape);
    nn_check(found);
    found = t->role == NN_TENSOR_COUNTER;
    for (int k = 0; k < plan->n_params + plan->n_buffers; k++) {
      const NnSlot *slot =
          k < plan->n_params ? &plan->params[k] : &plan->buffers[k - plan->n_params];
      size_t length = strlen(t->name), own = strlen(slot->name);
      found = found || (length > own && strcmp(t->name + length - own, slot->name) == 0);
    }
    nn_check(found);
  }
  nn_model_free(model);
}

int main(void)
{
  const json_t *cases = golden_get(golden_load("state_dict.json"), "cases");
  add_data_kinds();
  for (size_t i = 0; i < json_array_size(cases); i++) {
    test_case = json_array_get(cases, i);
    nn_test(golden_string(test_case, "name"), check_names);
  }
  nn_test("places in the flat lists", check_places); /* of the last case, blocks in blocks */
  return nn_test_done();
}
