/* test-kind.c: the registry, and what every descriptor in it owes a student. */
#include "tests/check.h"
#include "data-kinds.h"
#include "engine/recipe/config.h"
#include "engine/layers/layer.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static int n_kinds(NnKindClass klass)
{
  int n = 0;
  while (nn_kinds(klass)[n])
    n++;
  return n;
}

/* Says which kind and key a failed check was about. */
static bool owes(bool ok, const NnKind *kind, const char *key, const char *what)
{
  char text[NN_SENTENCE + 128];
  snprintf(text, sizeof text, "%s.%s: %s", kind->name, key, what);
  return nn_check_at(ok, text, __FILE__, __LINE__);
}

static bool is_text(const char *text)
{
  return text && *text;
}

static void test_classes(void)
{
  static const char *const engine[] = {"Linear", "Flatten", "Dropout",   "BatchNorm1d",
                                       "ReLU",   "Tanh",    "LeakyReLU", "Sigmoid"};
  for (size_t i = 0; i < sizeof engine / sizeof *engine; i++)
    nn_check(nn_kind_find(NN_CLASS_LAYER, engine[i]) != NULL);
  nn_check(nn_kind_find(NN_CLASS_OPTIMIZER, "AdamW") != NULL);
  nn_check(nn_kind_find(NN_CLASS_OPTIMIZER, "adamw") == NULL);
  nn_check(nn_kind_find(NN_CLASS_OPTIMIZER, "Linear") == NULL);
  nn_check(nn_kind_find(NN_CLASS_LAYER, "") == NULL);
  nn_check_int(n_kinds(NN_CLASS_SECTION), 4);
  for (int c = 0; c < nn_class_count(); c++) {
    const NnClass *klass = nn_class(c);
    nn_check(is_text(klass->name) && is_text(klass->plural));
    nn_check(is_text(klass->one_of) && is_text(klass->unknown) && klass->kinds);
    nn_check(!klass->add == !klass->add_tip && !klass->add == !klass->entry);
  }
}

static void test_add(void)
{
  nn_check_int(n_kinds(NN_CLASS_DATASET), 0);
  nn_check(nn_kind_find(NN_CLASS_DATASET, "mnist") == NULL);
  add_data_kinds();
  add_data_kinds();
  nn_check_int(n_kinds(NN_CLASS_DATASET), 2);
  nn_check(nn_kind_find(NN_CLASS_DATASET, "mnist") == &mnist_kind);
}

static void test_unique(void)
{
  for (int c = 0; c < nn_class_count(); c++)
    for (int i = 0; i < n_kinds(c); i++)
      for (int j = 0; j < i; j++)
        nn_check(strcmp(nn_kinds(c)[i]->name, nn_kinds(c)[j]->name) != 0);
}

static void check_range(const NnKind *kind, const NnParamSpec *spec)
{
  bool derived = spec->flags & NN_PARAM_DERIVED;
  bool pair = spec->type == NN_PARAM_PAIR;
  bool numeric = spec->type == NN_PARAM_FLOAT || spec->type == NN_PARAM_INT || pair;
  bool fixed = strcmp(spec->key, "version") == 0;
  if (numeric)
    owes(spec->min < spec->max || fixed, kind, spec->key, "min < max");
  if (pair)
    owes(spec->min >= 0, kind, spec->key, "no number that a word could be");
  if (spec->type == NN_PARAM_INT || pair)
    owes(spec->min >= INT32_MIN && spec->max <= INT32_MAX, kind, spec->key, "fits an int");
  if ((spec->type <= NN_PARAM_CHOICE || pair) && !derived) {
    NnError err = {0};
    owes(nn_param_check(spec, spec->def, spec->key, &err), kind, spec->key, err.text);
  }
  for (int i = 0; spec->type == NN_PARAM_FLOATS && i < nn_param_def_len(spec); i++)
    owes(nn_param_check(spec, spec->defs[i], spec->key, NULL), kind, spec->key, "default");
  if (spec->type == NN_PARAM_KIND || (spec->type == NN_PARAM_KINDS && spec->def_kind))
    owes(is_text(spec->def_kind) && nn_kind_find(spec->klass, spec->def_kind), kind, spec->key,
         "the default kind exists");
}

static void check_visible_if(const NnKind *kind, const NnParamSpec *spec)
{
  char key[64];
  size_t n = strcspn(spec->visible_if, "=");
  snprintf(key, sizeof key, "%.*s", (int)n, spec->visible_if);
  owes(nn_param_index(kind->params, key) >= 0, kind, spec->key, "visible_if names a parameter");
  const char *wanted = spec->visible_if + n;
  const NnParamSpec *other = &kind->params[nn_param_index(kind->params, key)];
  bool found = other->type != NN_PARAM_CHOICE || !*wanted;
  for (int i = 0; !found && other->choices[i]; i++)
    found = strcmp(other->choices[i], wanted + 1) == 0;
  owes(found, kind, spec->key, "visible_if names a choice");
}

static void test_tables(void)
{
  for (int c = 0; c < nn_class_count(); c++)
    for (const NnKind *const *k = nn_kinds(c); *k; k++) {
      owes((int)(*k)->klass == c, *k, "", "class");
      owes(is_text((*k)->doc) && is_text((*k)->source), *k, "", "explanation and source");
      owes((*k)->torch || c == NN_CLASS_SECTION || c == NN_CLASS_DATASET, *k, "torch",
           "how a PyTorch program calls it");
      for (const NnParamSpec *spec = (*k)->params; spec && spec->key; spec++) {
        owes(is_text(spec->label) && is_text(spec->doc), *k, spec->key, "label and explanation");
        owes(nn_param_index((*k)->params, spec->key) == (int)(spec - (*k)->params), *k, spec->key,
             "stands once");
        check_range(*k, spec);
        if (spec->visible_if)
          check_visible_if(*k, spec);
      }
    }
}

/* Defaults must also obey the rules between parameters, and flatten into a layer's numbers. */
static void test_defaults(void)
{
  for (int c = 0; c < nn_class_count(); c++)
    for (const NnKind *const *k = nn_kinds(c); *k; k++) {
      NnError err = {0};
      NnConfig *config = nn_config_new(*k, &err);
      owes(config != NULL, *k, "", err.text);
      owes(nn_config_check(config, "", &err), *k, "", err.text);
      double numbers[NN_MAX_NUMBERS];
      owes(nn_config_flatten(config, numbers, NN_MAX_NUMBERS) >= 0, *k, "", "flattens");
      nn_config_free(config);
    }
}

int main(void)
{
  nn_test("kinds are found by exact name in their class", test_classes);
  nn_test("a room adds its classes, twice without harm", test_add);
  nn_test("names are unique in their class", test_unique);
  nn_test("every table is complete and its defaults are allowed", test_tables);
  nn_test("every kind's defaults pass its own rules", test_defaults);
  return nn_test_done();
}
