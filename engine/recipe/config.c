/* config.c: see config.h. Making, reading, changing and comparing configs; texts are the matter of
 * config-read.c, config-write.c and config-path.c. */
#include "config.h"
#include "engine/mem.h"
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- life ---- */

static void value_clear(NnValue *value)
{
  for (int i = 0; value->configs && i < value->n; i++)
    nn_config_free(value->configs[i]);
  nn_free(value->configs);
  nn_free(value->numbers);
  *value = (NnValue){0};
}

/* A class that nobody has filled (no data room in this program) leaves its parameter empty. */
static bool value_default_kind(NnValue *value, const NnParamSpec *spec, NnError *err)
{
  const NnKind *kind = nn_kind_find(spec->klass, spec->def_kind);
  if (!kind)
    return true;
  value->configs = nn_alloc_array(1, sizeof *value->configs);
  if (!value->configs)
    return nn_fail_nomem(err, "the settings");
  value->configs[0] = nn_config_new(kind, err);
  value->n = value->configs[0] ? 1 : 0;
  return value->n == 1;
}

static bool value_numbers(NnValue *value, const double *numbers, int n, NnError *err)
{
  value->numbers = nn_alloc_array((size_t)n, sizeof *numbers);
  if (!value->numbers)
    return nn_fail_nomem(err, "the settings");
  if (n > 0) /* an empty list may come as NULL, which memcpy() must not see */
    memcpy(value->numbers, numbers, (size_t)n * sizeof *numbers);
  value->n = n;
  return true;
}

static bool value_default(NnValue *value, const NnParamSpec *spec, NnError *err)
{
  if (spec->type == NN_PARAM_KIND || (spec->type == NN_PARAM_KINDS && spec->def_kind))
    return value_default_kind(value, spec, err);
  if (spec->type == NN_PARAM_FLOATS)
    return value_numbers(value, spec->defs, nn_param_def_len(spec), err);
  if (spec->type == NN_PARAM_PAIR)
    return value_numbers(value, (double[]){spec->def, spec->def}, 2, err);
  if (spec->type == NN_PARAM_SEED)
    value->seed = (uint64_t)spec->def;
  if (spec->type != NN_PARAM_KINDS)
    value->number = spec->flags & NN_PARAM_DERIVED ? NAN : spec->def;
  return true;
}

/* A config whose values are still zero. */
static NnConfig *config_alloc(const NnKind *kind, NnError *err)
{
  NnConfig *config = nn_alloc(sizeof *config);
  NnValue *values = nn_alloc_array((size_t)nn_param_count(kind->params), sizeof *values);
  if (!config || !values) {
    nn_fail_nomem(err, "the settings");
    nn_free(values);
    nn_free(config);
    return NULL;
  }
  config->kind = kind;
  config->values = values;
  return config;
}

NnConfig *nn_config_new(const NnKind *kind, NnError *err)
{
  NnConfig *config = config_alloc(kind, err);
  for (int i = 0; config && i < nn_param_count(kind->params); i++)
    if (!value_default(&config->values[i], &kind->params[i], err)) {
      nn_config_free(config);
      return NULL;
    }
  return config;
}

void nn_config_free(NnConfig *config)
{
  if (!config)
    return;
  for (int i = 0; i < nn_param_count(config->kind->params); i++)
    value_clear(&config->values[i]);
  nn_free(config->values);
  nn_free(config);
}

static bool value_copy(NnValue *to, const NnValue *from, NnError *err)
{
  to->number = from->number;
  to->seed = from->seed;
  if (from->numbers)
    return value_numbers(to, from->numbers, from->n, err);
  if (from->n == 0)
    return true;
  to->configs = nn_alloc_array((size_t)from->n, sizeof *to->configs);
  if (!to->configs)
    return nn_fail_nomem(err, "the settings");
  for (; to->n < from->n; to->n++)
    if (!(to->configs[to->n] = nn_config_copy(from->configs[to->n], err)))
      return false;
  return true;
}

NnConfig *nn_config_copy(const NnConfig *config, NnError *err)
{
  NnConfig *copy = config_alloc(config->kind, err);
  for (int i = 0; copy && i < nn_param_count(config->kind->params); i++)
    if (!value_copy(&copy->values[i], &config->values[i], err)) {
      nn_config_free(copy);
      return NULL;
    }
  return copy;
}

static bool same_number(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

bool nn_value_equal(const NnValue *a, const NnValue *b)
{
  if (a->n != b->n || !same_number(a->number, b->number) || a->seed != b->seed)
    return false;
  for (int i = 0; i < a->n; i++)
    if (a->numbers ? !same_number(a->numbers[i], b->numbers[i])
                   : !nn_config_equal(a->configs[i], b->configs[i]))
      return false;
  return true;
}

bool nn_config_equal(const NnConfig *a, const NnConfig *b)
{
  if (a->kind != b->kind)
    return false;
  for (int i = 0; i < nn_param_count(a->kind->params); i++)
    if (!nn_value_equal(&a->values[i], &b->values[i]))
      return false;
  return true;
}

/* ---- reading ---- */

static int index_of(const NnConfig *config, const char *key)
{
  int i = nn_param_index(config->kind->params, key);
  assert(i >= 0);
  return i;
}

static const NnParamSpec *spec_of(const NnConfig *config, const char *key)
{
  return &config->kind->params[index_of(config, key)];
}

static NnValue *value_of(const NnConfig *config, const char *key)
{
  return &config->values[index_of(config, key)];
}

const NnValue *nn_config_value(const NnConfig *config, const char *key)
{
  return value_of(config, key);
}

double nn_config_number(const NnConfig *config, const char *key)
{
  return value_of(config, key)->number;
}

int nn_config_int(const NnConfig *config, const char *key)
{
  double number = nn_config_number(config, key);
  assert(number >= INT32_MIN && number <= INT32_MAX); /* not null, either */
  return (int)number;
}

bool nn_config_bool(const NnConfig *config, const char *key)
{
  return nn_config_number(config, key) != 0;
}

uint64_t nn_config_seed(const NnConfig *config, const char *key)
{
  assert(spec_of(config, key)->type == NN_PARAM_SEED);
  return value_of(config, key)->seed;
}

NnConfig *nn_config_child(const NnConfig *config, const char *key)
{
  const NnValue *value = value_of(config, key);
  assert(spec_of(config, key)->type == NN_PARAM_KIND);
  return value->n ? value->configs[0] : NULL;
}

NnConfig *nn_config_at(const NnConfig *config, const char *key, int index)
{
  const NnValue *value = value_of(config, key);
  assert(value->configs && index >= 0 && index < value->n);
  return value->configs[index];
}

int nn_config_count(const NnConfig *config, const char *key)
{
  return value_of(config, key)->n;
}

/* "nesterov", or "mode=fan_in" with a choice, a number or the name of a child's kind. */
bool nn_config_visible(const NnConfig *config, const NnParamSpec *spec)
{
  if (!spec->visible_if)
    return true;
  const char *wanted = strchr(spec->visible_if, '=');
  char key[64];
  int length = wanted ? (int)(wanted - spec->visible_if) : (int)strlen(spec->visible_if);
  snprintf(key, sizeof key, "%.*s", length, spec->visible_if);
  const NnParamSpec *other = spec_of(config, key);
  const NnValue *value = value_of(config, key);
  if (!wanted)
    return !isnan(value->number) && (value->number != 0 || value->n > 0);
  char text[NN_NUMBER_TEXT];
  const char *found = other->type == NN_PARAM_CHOICE ? other->choices[(int)value->number]
                      : value->configs               ? value->configs[0]->kind->name
                                                     : nn_number_text(value->number, text);
  return strcmp(found, wanted + 1) == 0;
}

/* ---- writing ---- */

bool nn_config_set_number(NnConfig *config, const char *key, double number, NnError *err)
{
  const NnParamSpec *spec = spec_of(config, key);
  assert(spec->type <= NN_PARAM_CHOICE);
  if (!nn_param_check(spec, number, key, err))
    return false;
  value_of(config, key)->number = number;
  return true;
}

/* Two whole numbers, of which one may stand for both, or a word, which is both. */
static bool set_pair(NnValue *value, const NnParamSpec *spec, const double *numbers, int n,
                     NnError *err)
{
  double pair[2] = {n > 0 ? numbers[0] : NAN, n > 0 ? numbers[n - 1] : NAN};
  char range[NN_RANGE_TEXT];
  bool half = isnan(pair[0]) != isnan(pair[1]) && !(spec->flags & NN_PARAM_NULL_ENTRIES);
  if (n < 1 || n > 2 || half || ((pair[0] < 0 || pair[1] < 0) && pair[0] != pair[1]))
    return nn_fail(err, NN_ERR_ARG, spec->key,
                   nn_text_n("%s has %d number; allowed is %s.",
                             "%s has %d numbers; allowed is %s.", (unsigned long)n),
                   spec->key, n, nn_param_range_text(spec, range));
  for (int i = 0; i < 2; i++)
    if (!nn_param_check(spec, pair[i], spec->key, err))
      return false;
  memcpy(value->numbers, pair, sizeof pair);
  return true;
}

bool nn_config_set_numbers(NnConfig *config, const char *key, const double *numbers, int n,
                           NnError *err)
{
  const NnParamSpec *spec = spec_of(config, key);
  if (spec->type == NN_PARAM_PAIR)
    return set_pair(value_of(config, key), spec, numbers, n, err);
  assert(spec->type == NN_PARAM_FLOATS);
  char range[NN_RANGE_TEXT];
  if (!nn_param_check_len(spec, n))
    return nn_fail(err, NN_ERR_ARG, key,
                   nn_text_n("%s has %d number; allowed is %s.",
                             "%s has %d numbers; allowed is %s.", (unsigned long)n),
                   key, n, nn_param_range_text(spec, range));
  for (int i = 0; i < n; i++) {
    char where[NN_PATH];
    nn_path_index(where, key, i);
    if (!nn_param_check(spec, numbers[i], where, err))
      return false;
  }
  NnValue made = {0};
  if (!value_numbers(&made, numbers, n, err))
    return false;
  value_clear(value_of(config, key));
  *value_of(config, key) = made;
  return true;
}

bool nn_config_set_seed(NnConfig *config, const char *key, const char *text, NnError *err)
{
  assert(spec_of(config, key)->type == NN_PARAM_SEED);
  return nn_seed_parse(text, key, value_of(config, key), err);
}

/* ---- whole configs ---- */

bool nn_config_check(const NnConfig *config, const char *where, NnError *err)
{
  const NnKind *kind = config->kind;
  for (int i = 0; i < nn_param_count(kind->params); i++) {
    const NnParamSpec *spec = &kind->params[i];
    const NnValue *value = &config->values[i];
    for (int j = 0; value->configs && j < value->n; j++) {
      char path[NN_PATH];
      nn_path_key(path, where, spec->key);
      if (spec->type == NN_PARAM_KINDS)
        nn_path_index(path, path, j);
      if (!nn_config_check(value->configs[j], path, err))
        return false;
    }
  }
  return !kind->check || kind->check(config, where, err);
}

int nn_config_flatten(const NnConfig *config, double *numbers, int max)
{
  int n = 0;
  for (int i = 0; i < nn_param_count(config->kind->params); i++) {
    const NnParamSpec *spec = &config->kind->params[i];
    const NnValue *value = &config->values[i];
    bool list = spec->type == NN_PARAM_FLOATS || spec->type == NN_PARAM_PAIR;
    if (spec->type == NN_PARAM_KIND || spec->type == NN_PARAM_KINDS ||
        (spec->type == NN_PARAM_FLOATS &&
         (spec->min_len != spec->max_len || nn_param_check_len(spec, 0))))
      continue;
    int count = list ? value->n : 1;
    assert(n + count <= max);
    for (int j = 0; j < count; j++)
      numbers[n++] = list ? value->numbers[j] : value->number;
  }
  return n;
}
