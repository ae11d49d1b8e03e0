/* golden.c: see golden.h. */
#include "golden.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything that was read, kept to the end of the program and reachable for the leak checker. */
typedef struct Kept {
  struct Kept *next;
  nn_real values[];
} Kept;
static Kept *kept;
static json_t *files; /* an array */

__attribute__((noreturn)) static void bail_out(const char *what, const char *detail)
{
  printf("Bail out! %s: %s\n", what, detail);
  exit(1);
}

const json_t *golden_load(const char *name)
{
  char path[4096];
  json_error_t error;
  snprintf(path, sizeof path, "%s/%s", GOLDEN_DIR, name);
  json_t *root = json_load_file(path, 0, &error);
  if (!root)
    bail_out(path, error.text);
  if (!files)
    files = json_array();
  if (json_array_append_new(files, root) != 0)
    bail_out("out of memory", name);
  return root;
}

const json_t *golden_get(const json_t *object, const char *key)
{
  const json_t *value = json_object_get(object, key);
  if (!value)
    bail_out("a golden file lacks the key", key);
  return value;
}

double golden_number(const json_t *object, const char *key)
{
  const json_t *value = golden_get(object, key);
  if (!json_is_number(value))
    bail_out("a golden file has no number at the key", key);
  return json_number_value(value);
}

const char *golden_string(const json_t *object, const char *key)
{
  const char *text = json_string_value(golden_get(object, key));
  if (!text)
    bail_out("a golden file has no text at the key", key);
  return text;
}

static size_t count_numbers(const json_t *value)
{
  if (!json_is_array(value))
    return 1;
  size_t n = 0;
  for (size_t i = 0; i < json_array_size(value); i++)
    n += count_numbers(json_array_get(value, i));
  return n;
}

static nn_real *copy_numbers(const json_t *value, nn_real *to)
{
  if (!json_is_array(value)) {
    if (!json_is_number(value))
      bail_out("a golden file has something else than a number", "in an array");
    *to = (nn_real)json_number_value(value);
    return to + 1;
  }
  for (size_t i = 0; i < json_array_size(value); i++)
    to = copy_numbers(json_array_get(value, i), to);
  return to;
}

GoldenArray golden_array(const json_t *value)
{
  GoldenArray array = {.n = count_numbers(value)};
  Kept *memory = calloc(1, sizeof *memory + (array.n + 1) * sizeof *array.values);
  if (!memory)
    bail_out("out of memory", "golden_array");
  memory->next = kept;
  kept = memory;
  array.values = memory->values;
  copy_numbers(value, array.values);
  return array;
}

/* Numbers, truth values and choices are all numbers in a config. */
static double plain_number(const NnConfig *config, const char *key, const json_t *value)
{
  if (!json_is_string(value))
    return json_is_boolean(value) ? json_is_true(value) : json_number_value(value);
  int index = nn_param_index(config->kind->params, key);
  const char *const *choices = index < 0 ? NULL : config->kind->params[index].choices;
  for (int i = 0; choices && choices[i]; i++) {
    if (strcmp(choices[i], json_string_value(value)) == 0)
      return i;
  }
  bail_out("not a choice", json_string_value(value));
}

static bool set_param(NnConfig *config, const char *key, const json_t *value, NnError *err)
{
  if (!json_is_array(value))
    return nn_config_set_number(config, key, plain_number(config, key, value), err);
  double numbers[8];
  size_t n = json_array_size(value);
  for (size_t i = 0; i < n && i < 8; i++)
    numbers[i] = json_number_value(json_array_get(value, i));
  return nn_config_set_numbers(config, key, numbers, (int)n, err);
}

NnConfig *golden_config(NnKindClass klass, const char *kind, const json_t *params)
{
  NnError err = {0};
  const NnKind *found = nn_kind_find(klass, kind);
  NnConfig *config = found ? nn_config_new(found, &err) : NULL;
  if (!config)
    bail_out("no such kind", kind);
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)params, key, value)
  {
    if (!set_param(config, key, value, &err))
      bail_out(key, err.text);
  }
  return config;
}

bool golden_close(const nn_real *found, size_t n, const json_t *object, const char *key, double tol)
{
  GoldenArray wanted = golden_array(golden_get(object, key));
  bool ok = nn_check_int(wanted.n, n) && nn_check_close(found, wanted.values, n, tol, tol);
  if (!ok)
    printf("#   in \"%s\"\n", key);
  return ok;
}
