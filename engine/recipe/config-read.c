/* config-read.c: from JSON to configs, by the kinds' tables. Every sentence names the dotted key,
 * says what was found and what is allowed. */
#include "json.h"
#include "engine/mem.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int smaller(int a, int b)
{
  return a < b ? a : b;
}

static int lower(char c)
{
  return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Edit distance of two short words, whatever their case (Wagner and Fischer 1974). */
static int distance(const char *a, const char *b)
{
  enum { MAX = 48 };
  int row[MAX + 1], n = (int)strlen(a), m = (int)strlen(b);
  if (n > MAX || m > MAX)
    return MAX;
  for (int j = 0; j <= m; j++)
    row[j] = j;
  for (int i = 1; i <= n; i++) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int swap = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
      diagonal = row[j];
      row[j] = smaller(swap, smaller(row[j - 1], row[j]) + 1);
    }
  }
  return row[m];
}

/* Remembers in *best the candidate that is nearest to `word`, if it is near enough for a slip. */
static void consider(const char *word, const char *candidate, const char **best, int *least)
{
  int d = distance(word, candidate);
  if (d < *least && d <= 1 + (int)strlen(candidate) / 4) {
    *best = candidate;
    *least = d;
  }
}

enum { MANY = 1 << 20 };

bool nn_fail_key(NnError *err, const NnKind *kind, const char *path, const char *key)
{
  char where[NN_PATH], names[NN_RANGE_TEXT] = "";
  const char *best = NULL;
  int least = MANY;
  for (const NnParamSpec *spec = kind->params; spec && spec->key; spec++) {
    nn_param_list(names, spec->key, !*names);
    consider(key, spec->key, &best, &least);
  }
  char owner[NN_PATH + 64];
  if (kind->klass == NN_CLASS_SECTION)
    nn_elide(*path ? path : nn_text(N_("the recipe")), owner, sizeof owner);
  else
    snprintf(owner, sizeof owner, "%s (%s)", path, kind->name);
  nn_path_key(where, path, key);
  const char *taken = *names ? names : nn_text(N_("none"));
  if (best)
    return nn_fail(err, NN_ERR_ARG, where,
                   "%s has no parameter \"%.64s\"; did you mean \"%s\"? It takes %s.", owner, key,
                   best, taken);
  return nn_fail(err, NN_ERR_ARG, where, "%s has no parameter \"%.64s\". It takes %s.", owner, key,
                 taken);
}

const NnKind *nn_find_kind(const NnParamSpec *spec, const char *name, const char *path,
                           NnError *err)
{
  const NnKind *kind = nn_kind_find(spec->klass, name);
  if (kind)
    return kind;
  const char *best = NULL;
  int least = MANY;
  char names[NN_RANGE_TEXT] = "";
  for (const NnKind *const *k = nn_kinds(spec->klass); *k; k++) {
    nn_param_list(names, (*k)->name, !*names);
    consider(name, (*k)->name, &best, &least);
  }
  const char *allowed = *names ? names : nn_text(N_("none, as there are none here"));
  const char *unknown = nn_text(nn_class(spec->klass)->unknown);
  if (best)
    nn_fail(err, NN_ERR_ARG, path, "%s is \"%.64s\"; %s. Did you mean \"%s\"? Allowed: %s.", path,
            name, unknown, best, allowed);
  else
    nn_fail(err, NN_ERR_ARG, path, "%s is \"%.64s\"; %s. Allowed: %s.", path, name, unknown,
            allowed);
  return NULL;
}

static bool fail_type(NnError *err, const NnParamSpec *spec, const json_t *json, const char *path)
{
  char found[NN_FOUND_TEXT], range[NN_RANGE_TEXT];
  return nn_fail(err, NN_ERR_ARG, path, "%s is %s; allowed is %s.", path,
                 nn_json_found(json, found), nn_param_range_text(spec, range));
}

/* ---- one value ---- */

static bool read_number(double *number, const NnParamSpec *spec, const json_t *json,
                        const char *path, NnError *err)
{
  unsigned nullable = NN_PARAM_NULLABLE | NN_PARAM_DERIVED;
  double read = NAN;
  if (!json_is_number(json) && !(json_is_null(json) && spec->flags & nullable))
    return fail_type(err, spec, json, path);
  if (json_is_number(json)) {
    read = json_number_value(json);
    if (!nn_param_check(spec, read, path, err))
      return false;
  }
  *number = read;
  return true;
}

static bool read_choice(double *number, const NnParamSpec *spec, const json_t *json,
                        const char *path, NnError *err)
{
  if (json_is_null(json) && spec->flags & NN_PARAM_NULLABLE) {
    *number = NAN;
    return true;
  }
  for (int i = 0; json_is_string(json) && spec->choices[i]; i++)
    if (strcmp(spec->choices[i], json_string_value(json)) == 0) {
      *number = i;
      return true;
    }
  return fail_type(err, spec, json, path);
}

/* null, or the one word that stands for an empty list */
static bool is_empty_word(const NnParamSpec *spec, const json_t *json)
{
  if (json_is_null(json))
    return spec->flags & NN_PARAM_NULLABLE;
  return json_is_string(json) && spec->choices &&
         strcmp(spec->choices[0], json_string_value(json)) == 0;
}

static bool read_numbers(NnValue *value, const NnParamSpec *spec, const json_t *json,
                         const char *path, NnError *err)
{
  bool list = json_is_array(json), single = spec->flags & NN_PARAM_SINGLE && json_is_number(json);
  size_t n = single ? 1 : json_array_size(json); /* 0 for what is no list */
  list = list && !(n == 1 && spec->flags & NN_PARAM_NO_LIST_OF_ONE);
  if (!(list || single || is_empty_word(spec, json)) || n > INT_MAX ||
      !nn_param_check_len(spec, (int)n))
    return fail_type(err, spec, json, path);
  NnParamSpec one = *spec; /* an entry of the list */
  one.type = spec->flags & NN_PARAM_WHOLE ? NN_PARAM_INT : NN_PARAM_FLOAT;
  one.flags &= ~(unsigned)NN_PARAM_NULLABLE;
  if (spec->flags & NN_PARAM_NULL_ENTRIES)
    one.flags |= NN_PARAM_NULLABLE;
  double *numbers = nn_alloc_array(n, sizeof *numbers);
  if (!numbers)
    return nn_fail_nomem(err, "the recipe");
  for (size_t i = 0; i < n; i++) {
    char where[NN_PATH];
    nn_path_index(where, path, (int)i);
    const json_t *entry = single ? json : json_array_get(json, i);
    if (read_number(&numbers[i], &one, entry, single ? path : where, err))
      continue;
    nn_free(numbers);
    return false;
  }
  nn_free(value->numbers);
  value->numbers = numbers;
  value->n = (int)n;
  return true;
}

/* −1 − the index of a word, NAN if it is none of them. */
static double read_word(const NnParamSpec *spec, const json_t *json)
{
  for (int i = 0; spec->choices && spec->choices[i]; i++)
    if (strcmp(spec->choices[i], json_string_value(json)) == 0)
      return -1 - i;
  return NAN;
}

/* 3, [3, 5], "same" or null; of some also [3] or [null, 5]. */
static bool read_pair(NnValue *value, const NnParamSpec *spec, const json_t *json, const char *path,
                      NnError *err)
{
  double pair[2] = {NAN, NAN};
  bool list = json_is_array(json);
  size_t n = json_array_size(json);
  NnParamSpec one = *spec; /* a number by itself: words stand alone */
  one.choices = NULL;
  if (list)
    one.flags &= ~(unsigned)NN_PARAM_NULLABLE;
  if (list && spec->flags & NN_PARAM_NULL_ENTRIES)
    one.flags |= NN_PARAM_NULLABLE;
  if (json_is_string(json))
    pair[0] = pair[1] = read_word(spec, json);
  bool wrong = n != 2 && !(n == 1 && spec->flags & NN_PARAM_SINGLE);
  if ((json_is_string(json) && isnan(pair[0])) || (list && wrong))
    return fail_type(err, spec, json, path);
  for (size_t i = 0; i < 2 && !json_is_string(json); i++)
    if (!read_number(&pair[i], &one, list ? json_array_get(json, i % n) : json, path, err))
      return false;
  if (!value->numbers && !(value->numbers = nn_alloc_array(2, sizeof *pair)))
    return nn_fail_nomem(err, "the recipe");
  memcpy(value->numbers, pair, sizeof pair);
  value->n = 2;
  return true;
}

/* Which kind the value names. A bare string is one with its defaults; an object without "kind" is
 * the parameter's default kind, as every key left out is its default. */
static const NnKind *read_kind(const NnParamSpec *spec, const json_t *json, const char *path,
                               NnError *err)
{
  if (json_is_string(json))
    return nn_find_kind(spec, json_string_value(json), path, err);
  const json_t *name = json_object_get(json, "kind");
  char range[NN_RANGE_TEXT], where[NN_PATH];
  nn_path_key(where, path, "kind");
  if (!name && spec->def_kind)
    return nn_find_kind(spec, spec->def_kind, path, err);
  if (name && json_is_string(name))
    return nn_find_kind(spec, json_string_value(name), where, err);
  NnParamSpec one = *spec; /* an entry of a list, not the list */
  one.type = NN_PARAM_KIND;
  if (name)
    fail_type(err, &one, name, where);
  else
    nn_fail(err, NN_ERR_ARG, path, "%s has no \"kind\"; allowed is %s.", path,
            nn_param_range_text(&one, range));
  return NULL;
}

static void free_children(NnConfig **configs, int n)
{
  for (int i = 0; i < n; i++)
    nn_config_free(configs[i]);
  nn_free(configs);
}

/* Replaces what the value held. */
static void take_children(NnValue *value, NnConfig **configs, int n)
{
  free_children(value->configs, value->n);
  value->configs = configs;
  value->n = n;
}

/* What stands in a list by default is for who chooses the kind in the window: a text names what is
 * to be in it, as a call of PyTorch's constructor does. */
static NnConfig *named_config(const NnKind *kind, NnError *err)
{
  NnConfig *config = nn_config_new(kind, err);
  for (int i = 0; config && i < nn_param_count(kind->params); i++)
    if (kind->params[i].type == NN_PARAM_KINDS)
      take_children(&config->values[i], NULL, 0);
  return config;
}

NnConfig *nn_config_read_child(const NnParamSpec *spec, const NnConfig *current, const json_t *json,
                               const char *path, NnError *err)
{
  bool section = spec->flags & NN_PARAM_SECTION;
  NnConfig *child = NULL;
  if (!json_is_object(json) && (section || !json_is_string(json))) {
    NnParamSpec one = *spec;
    one.type = NN_PARAM_KIND;
    fail_type(err, &one, json, path);
  } else if (section && current) {
    child = nn_config_copy(current, err);
  } else {
    const NnKind *kind = read_kind(spec, json, path, err);
    child = kind ? named_config(kind, err) : NULL;
  }
  if (child && json_is_object(json) && !nn_config_read(child, json, path, err)) {
    nn_config_free(child);
    return NULL;
  }
  return child;
}

static bool read_child(NnValue *value, const NnParamSpec *spec, const json_t *json,
                       const char *path, NnError *err)
{
  NnConfig **configs = nn_alloc_array(1, sizeof *configs);
  if (!configs)
    return nn_fail_nomem(err, "the recipe");
  configs[0] = nn_config_read_child(spec, value->n ? value->configs[0] : NULL, json, path, err);
  if (!configs[0]) {
    nn_free(configs);
    return false;
  }
  take_children(value, configs, 1);
  return true;
}

static bool read_children(NnValue *value, const NnParamSpec *spec, const json_t *json,
                          const char *path, NnError *err)
{
  size_t n = json_array_size(json); /* 0 for null */
  bool none = json_is_null(json) && spec->flags & NN_PARAM_NULLABLE;
  bool list = json_is_array(json) && n >= (size_t)spec->min_len && n <= (size_t)spec->max_len;
  if (!none && !list)
    return fail_type(err, spec, json, path);
  NnConfig **configs = nn_alloc_array(n, sizeof *configs);
  if (!configs)
    return nn_fail_nomem(err, "the recipe");
  for (size_t i = 0; i < n; i++) {
    char where[NN_PATH];
    nn_path_index(where, path, (int)i);
    configs[i] = nn_config_read_child(spec, NULL, json_array_get(json, i), where, err);
    if (!configs[i]) {
      free_children(configs, (int)i);
      return false;
    }
  }
  take_children(value, configs, (int)n);
  return true;
}

/* Digits in quotes, which Python's int() takes, too, or a number that a double holds exactly;
 * larger ones come in quotes from nn_json_keep_digits(). */
static bool read_seed(NnValue *value, const NnParamSpec *spec, const json_t *json, const char *path,
                      NnError *err)
{
  double number = json_number_value(json);
  char text[NN_NUMBER_TEXT];
  if (json_is_string(json))
    return nn_seed_parse(json_string_value(json), path, value, err);
  if (!json_is_number(json) || number != floor(number) || fabs(number) > 9007199254740992.0)
    return fail_type(err, spec, json, path);
  snprintf(text, sizeof text, "%.0f", number);
  return nn_seed_parse(text, path, value, err);
}

bool nn_config_read_value(NnValue *value, const NnParamSpec *spec, const json_t *json,
                          const char *path, NnError *err)
{
  switch (spec->type) {
  case NN_PARAM_FLOAT:
  case NN_PARAM_INT:
    return read_number(&value->number, spec, json, path, err);
  case NN_PARAM_BOOL:
    if (!json_is_boolean(json))
      return fail_type(err, spec, json, path);
    value->number = json_is_true(json);
    return true;
  case NN_PARAM_CHOICE:
    return read_choice(&value->number, spec, json, path, err);
  case NN_PARAM_FLOATS:
    return read_numbers(value, spec, json, path, err);
  case NN_PARAM_PAIR:
    return read_pair(value, spec, json, path, err);
  case NN_PARAM_KIND:
    return read_child(value, spec, json, path, err);
  case NN_PARAM_KINDS:
    return read_children(value, spec, json, path, err);
  default:
    return read_seed(value, spec, json, path, err);
  }
}

/* Every key of a recipe can be named in full. */
static bool check_depth(const char *path, const char *key, NnError *err)
{
  enum { INDEX = 8 };
  return strlen(path) + strlen(key) + INDEX < NN_PATH ||
         nn_fail(err, NN_ERR_ARG, path,
                 "%s is nested too deeply; allowed are keys of %d bytes in all.", path,
                 NN_PATH - INDEX);
}

bool nn_config_read(NnConfig *config, const json_t *object, const char *path, NnError *err)
{
  bool section = config->kind->klass == NN_CLASS_SECTION;
  const char *key;
  json_t *json; /* jansson's iterator wants it so */
  json_object_foreach((json_t *)object, key, json)
  {
    if (!section && strcmp(key, "kind") == 0)
      continue;
    int i = nn_param_index(config->kind->params, key);
    if (i < 0)
      return nn_fail_key(err, config->kind, path, key);
    char where[NN_PATH];
    nn_path_key(where, path, key);
    if (!check_depth(path, key, err) ||
        !nn_config_read_value(&config->values[i], &config->kind->params[i], json, where, err))
      return false;
  }
  return true;
}
