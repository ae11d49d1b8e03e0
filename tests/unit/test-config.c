/* test-config.c: the tree of values: reading, changing, copying, setting by path. */
#include "tests/check.h"
#include "counting.h"
#include "data-kinds.h"
#include "engine/recipe/recipe.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A kind of the test's own, with one parameter of every plain type. */
static const char *const modes[] = {"fan_in", "fan_out", NULL};
static const char *const words[] = {"valid", "same", NULL};
static const double pair[] = {0.25, 0.5};
static const NnParamSpec plain_params[] = {
    {.key = "lr", .type = NN_PARAM_FLOAT, .def = 0.5, .min = 0, .max = 1},
    {.key = "betas", .type = NN_PARAM_FLOATS, .defs = pair, .min_len = 2, .max_len = 2, .max = 1},
    {.key = "n", .type = NN_PARAM_INT, .def = 3, .min = 1, .max = 9, .flags = NN_PARAM_DERIVED},
    {.key = "on", .type = NN_PARAM_BOOL, .def = 1},
    {.key = "mode", .type = NN_PARAM_CHOICE, .choices = modes, .def = 1, .visible_if = "on"},
    {.key = "a", .type = NN_PARAM_FLOAT, .max = 1, .visible_if = "mode=fan_in"},
    {.key = "m", .type = NN_PARAM_FLOAT, .def = NAN, .max = 1, .flags = NN_PARAM_NULLABLE},
    {.key = "b", .type = NN_PARAM_FLOAT, .max = 1, .visible_if = "m"},
    {.key = "init", .type = NN_PARAM_KIND, .klass = NN_CLASS_INIT, .def_kind = "zeros_"},
    {.key = "c", .type = NN_PARAM_FLOAT, .max = 1, .visible_if = "init=ones_"},
    {.key = "size", .type = NN_PARAM_PAIR, .def = 2, .min = 1, .max = 9, .choices = words},
    {.key = "step",
     .type = NN_PARAM_PAIR,
     .def = NAN,
     .max = 9,
     .flags = NN_PARAM_NULLABLE | NN_PARAM_SINGLE},
    {.key = "out", .type = NN_PARAM_PAIR, .def = 1, .max = 9, .flags = NN_PARAM_NULL_ENTRIES},
    {0}};
static bool check_plain(const NnConfig *config, const char *where, NnError *err)
{
  if (nn_config_number(config, "lr") != 1)
    return true;
  return nn_fail(err, NN_ERR_ARG, where, "lr of 1 breaks the rule at \"%s\".", where);
}
static const NnKind plain = {
    .klass = NN_CLASS_LOSS, .name = "Plain", .params = plain_params, .check = check_plain};

static bool is_shown(const NnConfig *config, const char *key)
{
  return nn_config_visible(config, &plain_params[nn_param_index(plain_params, key)]);
}

static void test_defaults(void)
{
  NnConfig *config = nn_config_new(&plain, NULL);
  nn_check_near(nn_config_number(config, "lr"), 0.5, 0, 0);
  nn_check_int(nn_config_count(config, "betas"), 2);
  nn_check_near(nn_config_value(config, "betas")->numbers[1], 0.5, 0, 0);
  nn_check(isnan(nn_config_number(config, "n"))); /* derived: whatever its table says */
  nn_check(nn_config_bool(config, "on"));
  nn_check_int(nn_config_int(config, "mode"), 1);
  nn_check(isnan(nn_config_number(config, "m")));
  nn_check_str(nn_config_child(config, "init")->kind->name, "zeros_");
  nn_config_free(config);
  nn_config_free(NULL);
}

static void test_numbers(void)
{
  NnConfig *config = nn_config_new(&plain, NULL);
  NnError err = {0};
  nn_check(nn_config_set_number(config, "lr", 0.75, &err));
  nn_check_near(nn_config_number(config, "lr"), 0.75, 0, 0);
  nn_check(!nn_config_set_number(config, "lr", 2, &err));
  nn_check_str(err.where, "lr");
  nn_check_near(nn_config_number(config, "lr"), 0.75, 0, 0);
  nn_check(nn_config_set_number(config, "m", 0.5, &err));
  nn_check(nn_config_set_number(config, "m", NAN, &err));
  nn_check(!nn_config_set_number(config, "lr", NAN, &err));
  nn_check(nn_config_set_numbers(config, "betas", (double[]){0.1, 0.2}, 2, &err));
  nn_check(!nn_config_set_numbers(config, "betas", (double[]){0.3, 2}, 2, &err));
  nn_check_str(err.where, "betas.1");
  nn_check(!nn_config_set_numbers(config, "betas", (double[]){0.3}, 1, &err));
  nn_check_has(err.text, "a list of 2 numbers");
  nn_check_near(nn_config_value(config, "betas")->numbers[0], 0.1, 0, 0);
  nn_config_free(config);
}

static void test_visible(void)
{
  NnConfig *config = nn_config_new(&plain, NULL);
  nn_check(is_shown(config, "lr") && is_shown(config, "mode"));
  nn_check(!is_shown(config, "a") && !is_shown(config, "b") && !is_shown(config, "c"));
  nn_config_set_number(config, "on", 0, NULL);
  nn_config_set_number(config, "mode", 0, NULL);
  nn_config_set_number(config, "m", 0.5, NULL);
  nn_config_set_kind(config, "init", nn_kind_find(NN_CLASS_INIT, "ones_"), NULL);
  nn_check(!is_shown(config, "mode"));
  nn_check(is_shown(config, "a") && is_shown(config, "b") && is_shown(config, "c"));
  nn_config_set_number(config, "m", 0, NULL);
  nn_check(!is_shown(config, "b"));
  nn_config_free(config);
}

static void test_flatten(void)
{
  NnConfig *config = nn_config_new(&plain, NULL);
  nn_config_set_number(config, "n", 4, NULL);
  nn_config_set_number(config, "m", 0.125, NULL);
  nn_config_set_numbers(config, "step", (double[]){1, 3}, 2, NULL);
  double numbers[16];
  static const double wanted[] = {0.5, 0.25, 0.5, 4, 1, 1, 0, 0.125, 0, 0, 2, 2, 1, 3, 1, 1};
  nn_check_int(nn_config_flatten(config, numbers, 16), 16);
  for (int i = 0; i < 16; i++)
    nn_check_near(numbers[i], wanted[i], 0, 0);
  nn_config_free(config);
}

static void check_pair(const NnConfig *config, const char *key, double a, double b)
{
  const NnValue *value = nn_config_value(config, key);
  nn_check_int(value->n, 2);
  nn_check(value->numbers[0] == a || (isnan(a) && isnan(value->numbers[0])));
  nn_check(value->numbers[1] == b || (isnan(b) && isnan(value->numbers[1])));
}

static void test_pair(void)
{
  NnConfig *config = nn_config_new(&plain, NULL), *copy;
  NnError err = {0};
  check_pair(config, "size", 2, 2);
  check_pair(config, "step", NAN, NAN);
  nn_check(nn_config_set_path(config, "size", "[3, 5]", &err));
  check_pair(config, "size", 3, 5);
  copy = nn_config_copy(config, &err);
  nn_check(nn_config_equal(config, copy));
  nn_check(nn_config_set_path(config, "size", "same", &err));
  check_pair(config, "size", -2, -2);
  nn_check(!nn_config_equal(config, copy));
  nn_check(nn_config_set_path(config, "size", "4", &err));
  check_pair(config, "size", 4, 4);
  nn_check(nn_config_set_path(config, "step", "[3]", &err));
  check_pair(config, "step", 3, 3);
  nn_check(nn_config_set_path(config, "step", "null", &err));
  check_pair(config, "step", NAN, NAN);
  nn_check(!nn_config_set_path(config, "step", "[null, 0]", &err)); /* None is no entry */
  nn_check(!nn_config_set_path(config, "size", "[3]", &err));
  nn_check(!nn_config_set_path(config, "out", "null", &err)); /* here it is nothing else */
  nn_check_has(err.text, "out is null; allowed is a whole number from 0 to 9, or two of them, "
                         "[height, width], each of which may be null.");
  nn_check(nn_config_set_path(config, "out", "[null, 0]", &err));
  check_pair(config, "out", NAN, 0);
  nn_check(nn_config_set_path(config, "out", "[null, null]", &err));
  check_pair(config, "out", NAN, NAN);
  nn_check(!nn_config_set_numbers(config, "step", (double[]){NAN, 2}, 2, &err));
  nn_check(nn_config_set_numbers(config, "out", (double[]){NAN, 2}, 2, &err));
  nn_check(nn_config_set_numbers(config, "step", (double[]){NAN}, 1, &err));
  check_pair(config, "step", NAN, NAN);
  nn_check(nn_config_set_numbers(config, "size", (double[]){-1}, 1, &err)); /* "valid" */
  check_pair(config, "size", -1, -1);
  nn_config_free(copy);
  nn_config_free(config);
}

static void test_pair_refused(void)
{
  static const char *const wrong[] = {"0",    "10",   "1.5",      "[3]", "[3, 4, 5]",     "[3, 0]",
                                      "full", "null", "[-1, -1]", "-1",  "[3, \"same\"]", "true",
                                      "[]",   "{}"};
  NnConfig *config = nn_config_new(&plain, NULL);
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    NnError err = {0};
    if (!nn_check(!nn_config_set_path(config, "size", wrong[i], &err)))
      printf("# %s\n", wrong[i]);
    nn_check_str(err.where, "size");
    nn_check_has(err.text, "a whole number from 1 to 9");
    check_pair(config, "size", 2, 2);
  }
  NnError err = {0};
  nn_check(!nn_config_set_path(config, "size", "full", &err));
  nn_check_str(err.text, "size is \"full\"; allowed is a whole number from 1 to 9, or two of them, "
                         "[height, width], or \"valid\", or \"same\".");
  nn_check(!nn_config_set_path(config, "size.0", "3", &err));
  nn_check(!nn_config_set_numbers(config, "size", (double[]){-1, 3}, 2, &err));
  nn_check(!nn_config_set_numbers(config, "size", (double[]){-3, -3}, 2, &err));
  nn_check(!nn_config_set_numbers(config, "size", NULL, 0, &err));
  nn_check(!nn_config_set_numbers(config, "size", (double[]){1, 2, 3}, 3, &err));
  check_pair(config, "size", 2, 2);
  nn_config_free(config);
}

static void test_children(void)
{
  NnConfig *config = nn_config_new(&plain, NULL);
  NnError err = {0};
  const NnKind *normal = nn_kind_find(NN_CLASS_INIT, "normal_");
  nn_check(nn_config_set_kind(config, "init", normal, &err));
  nn_check(nn_config_child(config, "init")->kind == normal);
  nn_check(!nn_config_set_kind(config, "init", nn_kind_find(NN_CLASS_LAYER, "ReLU"), &err));
  nn_check_has(err.text, "init is \"ReLU\"; allowed is one init: ");
  nn_check(nn_config_child(config, "init")->kind == normal);
  nn_config_free(config);
  NnConfig *recipe = nn_recipe_new(NULL);
  const NnKind *loop = nn_config_child(recipe, "loop")->kind;
  nn_check(!nn_config_set_kind(recipe, "data", loop, &err));
  nn_check_str(err.where, "data");
  nn_config_free(recipe);
}

/* The first letters of the network's kinds, as a word. */
static const char *letters(const NnConfig *recipe)
{
  static char word[32];
  int n = nn_config_count(recipe, "network");
  for (int i = 0; i < n; i++)
    word[i] = nn_config_at(recipe, "network", i)->kind->name[0];
  word[n] = '\0';
  return word;
}

static NnConfig *layer(const char *name)
{
  return nn_config_new(nn_kind_find(NN_CLASS_LAYER, name), NULL);
}

static void test_list(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  NnError err = {0};
  nn_check_str(letters(recipe), "FLRLRL");
  nn_check(nn_config_move(recipe, "network", 0, 5, &err));
  nn_check_str(letters(recipe), "LRLRLF");
  nn_check(nn_config_move(recipe, "network", 4, 1, &err));
  nn_check_str(letters(recipe), "LLRLRF");
  nn_check(nn_config_move(recipe, "network", 2, 2, &err));
  nn_check(nn_config_insert(recipe, "network", 0, layer("Tanh"), &err));
  nn_check(nn_config_insert(recipe, "network", 7, layer("Sigmoid"), &err));
  nn_check_str(letters(recipe), "TLLRLRFS");
  nn_check(nn_config_remove(recipe, "network", 3, &err));
  nn_check(nn_config_remove(recipe, "network", 6, &err));
  nn_check_str(letters(recipe), "TLLLRF");
  nn_check(!nn_config_remove(recipe, "network", 6, &err));
  nn_check_str(err.text, "network has no entry 6; it has 6, counted from 0.");
  nn_check(!nn_config_move(recipe, "network", 0, 6, &err));
  nn_check(!nn_config_move(recipe, "network", -1, 0, &err));
  nn_check(!nn_config_insert(recipe, "network", 7, layer("Tanh"), &err));
  nn_check(!nn_config_insert(recipe, "network", 0, nn_config_copy(recipe, NULL), &err));
  nn_check_str(letters(recipe), "TLLLRF");
  while (nn_config_count(recipe, "network"))
    nn_check(nn_config_remove(recipe, "network", 0, &err));
  nn_check(!nn_config_remove(recipe, "network", 0, &err));
  nn_check_has(err.text, "it is empty");
  for (int i = 0; i < 256; i++)
    nn_check(nn_config_insert(recipe, "network", i, layer("ReLU"), &err));
  nn_check(!nn_config_insert(recipe, "network", 0, layer("ReLU"), &err));
  nn_check_has(err.text, "has 256 entries already");
  nn_config_free(recipe);
}

/* A change at every depth is seen, and the copy keeps the old value. */
static void test_copy(void)
{
  static const char *const changes[][2] = {{"seed", "1"},
                                           {"optimizer.lr", "0.5"},
                                           {"optimizer.betas.1", "0.5"},
                                           {"optimizer", "Adam"},
                                           {"network.1.weight_init.gain", "2"},
                                           {"network.2", "Tanh"},
                                           {"network", "[]"},
                                           {"network.1.in_features", "784"},
                                           {"data.dataset", "practice"},
                                           {"scheduler.interval", "batch"}};
  NnConfig *recipe = nn_recipe_new(NULL);
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    NnConfig *copy = nn_config_copy(recipe, NULL), *again = nn_config_copy(copy, NULL);
    NnError err = {0};
    nn_check(nn_config_equal(recipe, copy));
    nn_check(nn_config_set_path(copy, changes[i][0], changes[i][1], &err));
    nn_check_str(err.text, "");
    if (!nn_check(!nn_config_equal(recipe, copy)))
      nn_check_str(changes[i][0], "seen");
    nn_check(!nn_config_equal(copy, recipe));
    nn_check(nn_config_equal(recipe, again));
    nn_config_free(copy);
    nn_config_free(again);
  }
  nn_config_free(recipe);
}

static void test_check(void)
{
  NnConfig *config = nn_config_new(&plain, NULL), *recipe = nn_recipe_new(NULL);
  NnError err = {0};
  nn_check(nn_config_check(config, "loss", &err));
  nn_check(nn_config_take_child(recipe, "loss", config, &err));
  nn_check(nn_recipe_check(recipe, &err));
  nn_config_set_number(config, "lr", 1, NULL);
  nn_check(!nn_recipe_check(recipe, &err));
  nn_check_str(err.text, "lr of 1 breaks the rule at \"loss\".");
  nn_config_free(recipe);
}

/* ---- setting by path ---- */

static void test_path(void)
{
  static const struct {
    const char *path, *text, *shown; /* a part of the recipe's text afterwards */
  } cases[] = {
      {"optimizer.kind", "SGD", "\"optimizer\": {\n    \"kind\": \"SGD\",\n"},
      {"optimizer", "SGD", "\"optimizer\": {\n    \"kind\": \"SGD\",\n"},
      {"optimizer.lr", "0.1", "\"lr\": 0.1,"},
      {"optimizer.lr", " 1e-4 ", "\"lr\": 0.0001,"},
      {"optimizer.betas", "[0.9, 0.99]", "\"betas\": [0.9, 0.99]"},
      {"optimizer.betas.0", "0.5", "\"betas\": [0.5, 0.999]"},
      {"optimizer.amsgrad", "true", "\"amsgrad\": true"},
      {"optimizer", "{\"kind\": \"Adam\", \"lr\": 2}", "\"kind\": \"Adam\",\n    \"lr\": 2,"},
      {"scheduler.kind", "none", "\"scheduler\": {\"kind\": \"none\""},
      {"scheduler.interval", "batch", "\"interval\": \"batch\""},
      {"scheduler.gamma", "0.5", "\"gamma\": 0.5"},
      {"loop.epochs", "1", "\"loop\": {\"epochs\": 1}"},
      {"loop", "{\"epochs\": 2}", "\"loop\": {\"epochs\": 2}"},
      {"data", "{\"batch_size\": 64}", "\"batch_size\": 64,\n    \"shuffle\": true"},
      {"data.shuffle", "false", "\"shuffle\": false"},
      {"data.dataset", "practice", "\"dataset\": \"practice\""},
      {"data.dataset.distortion", "2", "{\"kind\": \"practice\", \"distortion\": 2},"},
      {"network.1.out_features", "128", "\"out_features\": 128"},
      {"network.1.weight_init.kind", "normal_", "\"weight_init\": {\"kind\": \"normal_\""},
      {"network.1.weight_init", "zeros_", "\"weight_init\": {\"kind\": \"zeros_\"}"},
      {"network.1.weight_init.gain", "2", "\"gain\": 2"},
      {"network.2", "Tanh", "{\"kind\": \"Tanh\"}"},
      {"network.2.kind", "Tanh", "{\"kind\": \"Tanh\"}"},
      {"network", "[\"Flatten\"]", "\"network\": [{\"kind\": \"Flatten\"}],\n"},
      {"network", "[]", "\"network\": []"},
      {"seed", "2147483647", "\"seed\": 2147483647"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnConfig *recipe = nn_recipe_new(NULL);
    NnError err = {0};
    if (strstr(cases[i].path, "distortion"))
      nn_config_set_path(recipe, "data.dataset", "practice", NULL);
    nn_check(nn_config_set_path(recipe, cases[i].path, cases[i].text, &err));
    nn_check_str(err.text, "");
    char *text = nn_recipe_text(recipe, NULL);
    nn_check_has(text, cases[i].shown);
    nn_free(text);
    nn_config_free(recipe);
  }
}

/* Setting a section keeps what it does not name; setting a kind starts from that kind's defaults.
 */
static void test_path_keeps(void)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  nn_config_set_path(recipe, "data.shuffle", "false", NULL);
  nn_config_set_path(recipe, "data", "{\"batch_size\": 64}", NULL);
  nn_check(!nn_config_bool(nn_config_child(recipe, "data"), "shuffle"));
  nn_config_set_path(recipe, "optimizer.lr", "0.5", NULL);
  nn_config_set_path(recipe, "optimizer.kind", "AdamW", NULL);
  nn_check_near(nn_config_number(nn_config_child(recipe, "optimizer"), "lr"), 0.001, 0, 0);
  nn_config_free(recipe);
}

static void test_path_refused(void)
{
  static const struct {
    const char *path, *text, *where, *says;
  } cases[] = {
      {"", "1", "", "is not a key"},
      {".", "1", ".", "is not a key"},
      {"loop.", "1", "loop.", "is not a key"},
      {"loop..epochs", "1", "loop..epochs", "is not a key"},
      {"optimiser.lr", "1", "optimiser", "did you mean \"optimizer\"?"},
      {"optimizer.lrr", "1", "optimizer.lrr", "optimizer (AdamW) has no parameter \"lrr\"; did"},
      {"optimizer.lr", "abc", "optimizer.lr", "optimizer.lr is \"abc\"; allowed is a number"},
      {"optimizer.lr", "", "optimizer.lr", "optimizer.lr is \"\"; allowed is a number"},
      {"optimizer.lr", "-1", "optimizer.lr", "optimizer.lr is -1; allowed is a number"},
      {"optimizer.lr", "1e999", "optimizer.lr", "optimizer.lr is \"1e999\"; allowed"},
      {"optimizer.lr", "NaN", "optimizer.lr", "optimizer.lr is \"NaN\"; allowed"},
      {"optimizer.lr", "null", "optimizer.lr", "optimizer.lr is null; allowed"},
      {"optimizer.lr", "[1]", "optimizer.lr", "optimizer.lr is a list of length 1; allowed"},
      {"optimizer.lr.x", "1", "optimizer.lr", "has no entries, so \"x\" does not exist"},
      {"optimizer.betas.2", "0", "optimizer.betas", "has no entry 2; it has 2, counted from 0."},
      {"optimizer.betas.0", "1", "optimizer.betas.0",
       "is 1; allowed is a number from 0 to below 1"},
      {"optimizer.betas.0.x", "1", "optimizer.betas.0", "does not exist"},
      {"optimizer.kind", "Sgd", "optimizer", "Did you mean \"SGD\"?"},
      {"optimizer.kind", "3", "optimizer", "optimizer.kind is 3; allowed is the name of a"},
      {"loop.kind", "loop", "loop.kind", "loop has no parameter \"kind\""},
      {"loop.epochs", "1.5", "loop.epochs", "loop.epochs is 1.5; allowed is a whole number from 1"},
      {"loop", "{\"epochs\": 9, \"x\": 1}", "loop.x", "has no parameter \"x\""},
      {"loop", "{\"epochs\": 9", "loop", "loop: This is not valid JSON"},
      {"loop", "3", "loop", "loop is 3; allowed is an object"},
      {"network.6", "ReLU", "network", "network has no entry 6; it has 6, counted from 0."},
      {"network.99999999999999999999", "ReLU", "network", "has no entry 99999999999999999999;"},
      {"network.-1", "ReLU", "network", "network is a list; an index from 0 must follow"},
      {"network.1x", "ReLU", "network", "network is a list; an index from 0 must follow"},
      {"network.2", "Linearr", "network.2", "Did you mean \"Linear\"?"},
      {"network.2.x", "1", "network.2.x", "network.2 (ReLU) has no parameter \"x\""},
      {"data.transforms.1", "ToTensor", "data.transforms", "has no entry 1"},
      {"data.shuffle", "no", "data.shuffle", "is \"no\"; allowed is true or false"},
      {"data.shuffle", "1", "data.shuffle", "is 1; allowed is true or false"},
      {"scheduler.interval", "week", "scheduler.interval", "allowed is one of epoch, batch"},
      {"seed", "\xff", "seed", "not valid UTF-8"},
      {"version", "2", "version", "version is 2; allowed is 1."}};
  counting_start(0);
  NnConfig *recipe = nn_recipe_new(NULL), *before = nn_recipe_new(NULL);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnError err = {0};
    nn_check(!nn_config_set_path(recipe, cases[i].path, cases[i].text, &err));
    nn_check_has(err.text, cases[i].says);
    nn_check_str(err.where, cases[i].where);
    nn_check(err.status == NN_ERR_ARG || err.status == NN_ERR_FORMAT);
    nn_check(!nn_config_set_path(recipe, cases[i].path, cases[i].text, NULL));
    nn_check(nn_config_equal(recipe, before));
  }
  nn_config_free(recipe);
  nn_config_free(before);
  nn_check_int(counting_stop(), 0);
}

static void test_path_long(void)
{
  char path[600];
  NnConfig *recipe = nn_recipe_new(NULL), *before = nn_recipe_new(NULL);
  for (size_t n = 1; n < sizeof path; n += 7) {
    memset(path, 'a', n);
    path[n] = '\0';
    nn_check(!nn_config_set_path(recipe, path, "1", NULL));
    memcpy(path, n > 20 ? "network.0." : "a", n > 20 ? 10 : 1);
    nn_check(!nn_config_set_path(recipe, path, path, NULL));
  }
  nn_check(nn_config_equal(recipe, before));
  nn_config_free(recipe);
  nn_config_free(before);
}

/* One change of each sort under an allocation that fails: done, or nothing has changed. */
static bool change(NnConfig *recipe, int which, NnError *err)
{
  static const char *const sets[][2] = {{"network", "[\"Flatten\", \"Linear\"]"},
                                        {"optimizer", "{\"kind\": \"Adam\", \"lr\": 0.5}"},
                                        {"loop", "{\"epochs\": 7}"},
                                        {"network.1", "BatchNorm1d"},
                                        {"optimizer.betas", "[0.1, 0.2]"}};
  if (which < 5)
    return nn_config_set_path(recipe, sets[which][0], sets[which][1], err);
  NnConfig *child = nn_config_new(nn_kind_find(NN_CLASS_LAYER, "Linear"), err);
  return child && nn_config_insert(recipe, "network", 2, child, err);
}

static void test_memory(void)
{
  NnConfig *before = nn_recipe_new(NULL);
  for (int which = 0; which < 6; which++)
    for (size_t k = 1;; k++) {
      NnError err = {0};
      counting_start(k);
      NnConfig *recipe = nn_config_copy(before, &err);
      bool ok = recipe && change(recipe, which, &err);
      nn_check_int(ok, counting_calls < k); /* no failure was passed over */
      nn_check(!recipe || ok != nn_config_equal(recipe, before));
      nn_config_free(recipe);
      nn_check_int(counting_stop(), 0);
      nn_check_int(err.status, ok ? NN_OK : NN_ERR_NOMEM);
      if (ok && nn_check(k > 50)) /* the copy alone takes more */
        break;
      if (k > 10000 && !nn_check(!"an end"))
        break;
    }
  nn_config_free(before);
}

int main(void)
{
  add_data_kinds();
  nn_test("defaults are filled in", test_defaults);
  nn_test("numbers are checked when they are set", test_numbers);
  nn_test("rows show when their condition holds", test_visible);
  nn_test("flattening gives numbers in the table's order", test_flatten);
  nn_test("a pair is one number, two, or a word", test_pair);
  nn_test("what is no pair is refused", test_pair_refused);
  nn_test("children must be of the right class", test_children);
  nn_test("lists: insert, remove, move, and their limits", test_list);
  nn_test("copies are deep and comparison sees every depth", test_copy);
  nn_test("rules between parameters are checked through the tree", test_check);
  nn_test("values are set by path", test_path);
  nn_test("what a path does not name is kept, or a kind's default", test_path_keeps);
  nn_test("bad paths and values are refused and change nothing", test_path_refused);
  nn_test("paths of any length are survived", test_path_long);
  nn_test("every allocation may fail", test_memory);
  return nn_test_done();
}
