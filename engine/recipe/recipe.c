/* recipe.c: the recipe as a whole: the default one, and reading one from JSON text. */
#include "recipe.h"
#include "json.h"
#include "recipe-schema.h"
#include <string.h>

/* What the tutorial builds, as far as it is not the default of a table. */
#define LINEAR "{\"kind\": \"Linear\", \"out_features\": "
#define INITS                                                        \
  ", \"weight_init\": {\"kind\": \"xavier_uniform_\", \"gain\": 1}," \
  " \"bias_init\": {\"kind\": \"zeros_\"}}"
static const char tutorial[] =
    "{\"network\": [{\"kind\": \"Flatten\"},"
    " " LINEAR "64" INITS ", {\"kind\": \"ReLU\"},"
    " " LINEAR "64" INITS ", {\"kind\": \"ReLU\"},"
    " " LINEAR "10" INITS "],"
    " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.001},"
    " \"scheduler\": {\"kind\": \"ExponentialLR\", \"gamma\": 0.1, \"interval\": \"epoch\"}}";
static const char tutorial_transforms[] = "[{\"kind\": \"ToTensor\"}]";

static bool apply(NnConfig *recipe, const char *text, NnError *err)
{
  json_t *json = nn_json_parse(text, NULL, err);
  bool ok = json && nn_config_read(recipe, json, "", err);
  json_decref(json);
  return ok;
}

NnConfig *nn_recipe_new(NnError *err)
{
  NnConfig *recipe = nn_config_new(&nn_recipe_section, err);
  bool ok = recipe && apply(recipe, tutorial, err);
  /* Transforms are kinds of the data room, which a program may lack. */
  if (ok && nn_kind_find(NN_CLASS_TRANSFORM, "ToTensor"))
    ok = nn_config_set_path(recipe, "data.transforms", tutorial_transforms, err);
  if (ok)
    return recipe;
  nn_config_free(recipe);
  return NULL;
}

/* A version to come has other rules: say so before the first unknown key does. */
static bool check_version(const json_t *root, NnError *err)
{
  const json_t *version = json_object_get(root, "version");
  char number[NN_NUMBER_TEXT];
  if (!json_is_number(version) || json_number_value(version) <= NN_RECIPE_VERSION)
    return true;
  return nn_fail(err, NN_ERR_UNSUPPORTED, "version",
                 "this recipe is version %s; this program reads version %d.",
                 nn_number_text(json_number_value(version), number), NN_RECIPE_VERSION);
}

static bool read_recipe(NnConfig *recipe, const json_t *root, NnError *err)
{
  char found[NN_FOUND_TEXT];
  if (!json_is_object(root))
    return nn_fail(err, NN_ERR_FORMAT, "", "a recipe must be an object, {…}; this is %s.",
                   nn_json_found(root, found));
  return check_version(root, err) && nn_config_read(recipe, root, "", err) &&
         nn_recipe_check(recipe, err);
}

bool nn_recipe_parse(const char *text, const char *name, NnConfig **recipe, NnError *err)
{
  NnError inner = {0};
  if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte-order mark */
    text += 3;
  json_t *root = nn_json_parse(text, name, err);
  if (!root)
    return false;
  NnConfig *made = nn_recipe_new(&inner);
  bool ok =
      made && nn_json_keep_digits(root, "seed", text, &inner) && read_recipe(made, root, &inner);
  json_decref(root);
  if (ok) {
    *recipe = made;
    return true;
  }
  nn_config_free(made);
  if (inner.status == NN_ERR_NOMEM)
    return nn_fail(err, inner.status, inner.where, "%s", inner.text);
  return nn_fail(err, inner.status, inner.where, "%s, line %d: %s", name,
                 nn_json_line(text, inner.where), inner.text);
}

bool nn_recipe_check(const NnConfig *recipe, NnError *err)
{
  return nn_config_check(recipe, "", err);
}
