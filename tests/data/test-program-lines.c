/* test-program-lines.c: which lines of a PyTorch program come from which parameter of the recipe:
 * every one that is not left out as a default has its lines, and these have its value. The recipes
 * are those that suite ref trains beside PyTorch, in folder RECIPES, and some with what they lack.
 */
#include "app/run/program.h"
#include "data/loaders.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "tests/check.h"
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  char *text;
  NnPythonMap map;
  const char *name;
} Program;

static const char *line_at(const char *text, int line)
{
  for (; line > 1 && text; line--)
    text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
  return text;
}

/* Do some lines of that path have the word? NULL: any. */
static bool has_lines(const Program *program, const char *path, const char *word)
{
  for (int i = 0; i < program->map.n; i++) {
    const NnPythonLines *lines = &program->map.list[i];
    const char *from = line_at(program->text, lines->first);
    const char *to = line_at(program->text, lines->last + 1);
    if (strcmp(lines->path, path) != 0 || !nn_check(from && lines->last >= lines->first))
      continue;
    const char *found = word ? strstr(from, word) : from;
    if (found && (!to || found < to))
      return true;
  }
  return false;
}

/* PyTorch's text of a whole number, as far as it can be told without the exporter. */
static const char *word_of(const NnParamSpec *spec, double number, char word[64])
{
  bool plain = (spec->type == NN_PARAM_FLOAT || spec->type == NN_PARAM_INT) && isfinite(number) &&
               number == floor(number);
  if (plain)
    snprintf(word, 64, "%.0f", number);
  return plain ? word : NULL;
}

static int n_checked;

static void check_config(const Program *program, const NnConfig *config, const char *path)
{
  NnConfig *defaults = nn_config_new(config->kind, NULL);
  for (int i = 0; i < nn_param_count(config->kind->params); i++) {
    const NnParamSpec *spec = &config->kind->params[i];
    const NnValue *value = &config->values[i];
    char place[NN_PATH], entry[NN_PATH], word[64];
    nn_path_key(place, path, spec->key);
    bool kinds = spec->type == NN_PARAM_KIND || spec->type == NN_PARAM_KINDS;
    bool section = spec->flags & NN_PARAM_SECTION;
    const char *torch = spec->type == NN_PARAM_KIND ? value->configs[0]->kind->torch : NULL;
    bool unnamed = torch && !torch[0];
    if (!section && !unnamed && !nn_value_equal(value, &defaults->values[i])) {
      const char *wanted = kinds ? NULL : word_of(spec, value->number, word);
      n_checked++;
      if (!nn_check(has_lines(program, place, wanted)))
        printf("#   %s: %s has no lines%s%s\n", program->name, place, wanted ? " with " : "",
               wanted ? wanted : "");
    }
    for (int k = 0; kinds && k < (spec->type == NN_PARAM_KIND ? 1 : value->n); k++) {
      snprintf(entry, sizeof entry, "%s", place);
      if (spec->type == NN_PARAM_KINDS)
        nn_path_index(entry, place, k);
      check_config(program, value->configs[k], entry);
    }
  }
  nn_config_free(defaults);
}

static void check_recipe(const NnConfig *recipe, const char *name)
{
  NnError err = {0};
  Program program = {.name = name};
  if (nn_check(bp_program_write(recipe, nn_shape_3d(1, 28, 28), false, &program.text, &program.map,
                                &err)))
    check_config(&program, recipe, "");
  else
    printf("#   %s: %s\n", name, err.text);
  nn_free(program.text);
  nn_python_map_clear(&program.map);
}

static void test_traces(void)
{
  DIR *folder = opendir(RECIPES);
  int n = 0;
  if (!nn_check(folder != NULL))
    return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    char path[4096];
    NnConfig *recipe = NULL;
    if (entry->d_name[0] == '.')
      continue;
    snprintf(path, sizeof path, "%s/%s", RECIPES, entry->d_name);
    if (nn_check(nn_recipe_load(path, &recipe, NULL)))
      check_recipe(recipe, entry->d_name);
    nn_config_free(recipe);
    n++;
  }
  closedir(folder);
  nn_check(n > 25 && n_checked > 10 * n);
}

static void check_text(const char *json)
{
  NnError err = {0};
  NnConfig *recipe = NULL;
  if (nn_check(nn_recipe_parse(json, "test", &recipe, &err)))
    check_recipe(recipe, json);
  else
    printf("#   %s\n", err.text);
  nn_config_free(recipe);
}

static void test_others(void)
{
  check_text("{\"data\": {\"dataset\": {\"kind\": \"folder\", \"image_size\": [16, 20]}, "
             "\"shuffle\": false,"
             " \"drop_last\": true, \"test_batch_size\": 77}, \"seed\": 5}");
  check_text(
      "{\"data\": {\"transforms\": [{\"kind\": \"RandomApply\", \"p\": 1, \"transforms\": ["
      "{\"kind\": \"GaussianBlur\", \"sigma\": 3}]}, {\"kind\": \"RandomRotation\", \"degrees\": "
      "7},"
      " \"ToTensor\"], \"test_transforms\": [{\"kind\": \"Pad\", \"padding\": 2}, {\"kind\": "
      "\"CenterCrop\", \"size\": 28}, \"ToTensor\"],"
      " \"validation_fraction\": 0.25}, \"loop\": {\"epochs\": 11}}");
  check_text(
      "{\"network\": [{\"kind\": \"Conv2d\", \"out_channels\": 5, \"weight_init\": {\"kind\": "
      "\"normal_\", \"std\": 2}}, \"Flatten\", {\"kind\": \"Residual\", \"layers\": [{\"kind\": "
      "\"Dropout\", \"p\": 0}]}, {\"kind\": \"Linear\", \"out_features\": 10, \"weight_norm\": "
      "true}]}");
  check_text(
      "{\"regularization\": {\"l1\": 1, \"l2\": 1, \"penalty_on\": \"weights\", \"clip_norm\": 6, "
      "\"clip_value\": 7}, \"scheduler\": {\"kind\": \"ReduceLROnPlateau\", \"metric\": "
      "\"test_loss\", "
      "\"patience\": 0}}");
  check_text(
      "{\"scheduler\": {\"kind\": \"SequentialLR\", \"warmup_steps\": 30, \"interval\": \"batch\", "
      "\"schedulers\": [{\"kind\": \"StepLR\", \"step_size\": 40}]}}");
}

/* A line of the network is the layer's, a line of all first weights that of each. */
static void test_whose(void)
{
  Program program = {.name = "tutorial"};
  NnConfig *recipe = NULL;
  nn_check(nn_recipe_parse("{}", "test", &recipe, NULL));
  nn_check(
      bp_program_write(recipe, nn_shape_3d(1, 28, 28), false, &program.text, &program.map, NULL));
  nn_check(has_lines(&program, "network.1", "    nn.Linear(784, 64),\n"));
  nn_check(has_lines(&program, "network.1.out_features", "64"));
  nn_check(!has_lines(&program, "network.1.out_features", "nn.ReLU"));
  nn_check(!has_lines(&program, "network.2", "nn.Linear"));
  nn_check(has_lines(&program, "network", "nn.Flatten()"));
  nn_check(has_lines(&program, "network.1.weight_init", "xavier_uniform_"));
  nn_check(has_lines(&program, "network.5.weight_init", "xavier_uniform_"));
  nn_check(has_lines(&program, "optimizer.lr", "optim.AdamW"));
  nn_check(!has_lines(&program, "optimizer", "lr_scheduler"));
  nn_check(has_lines(&program, "seed", "torch.manual_seed("));
  nn_check(has_lines(&program, "loop.epochs", "for epoch in range(3)"));
  nn_free(program.text);
  nn_python_map_clear(&program.map);
  nn_config_free(recipe);
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("every parameter of trained recipes has its lines", test_traces);
  nn_test("and of others", test_others);
  nn_test("and no other's", test_whose);
  return nn_test_done();
}
