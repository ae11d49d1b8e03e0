/* kinds.c: backprop-cli kinds: what there is. */
#include "json-output.h"
#include "options.h"
#include "cli.h"
#include "data/data.h"
#include "ui/i18n.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- kinds as JSON ---- */

static const char *type_name(NnParamType type)
{
  static const char *const names[] = {"float", "int",  "bool",  "choice", "floats",
                                      "pair",  "kind", "kinds", "seed"};
  return names[type];
}

static json_t *number_or_null(double number)
{
  if (!isfinite(number))
    return json_null();
  return number == floor(number) && fabs(number) < 9e15 ? json_integer((json_int_t)number)
                                                        : json_real(number);
}

static json_t *default_list(const NnParamSpec *spec)
{
  int n = nn_param_def_len(spec);
  if (n == 0 && spec->flags & NN_PARAM_NULLABLE)
    return json_null();
  if (n == 1 && spec->flags & NN_PARAM_SINGLE)
    return number_or_null(spec->defs[0]);
  json_t *list = json_array();
  for (int i = 0; i < n; i++)
    json_array_append_new(list, number_or_null(spec->defs[i]));
  return list;
}

static json_t *default_of(const NnParamSpec *spec)
{
  switch (spec->type) {
  case NN_PARAM_BOOL:
    return json_boolean(spec->def != 0);
  case NN_PARAM_CHOICE:
    return isnan(spec->def) ? json_null() : json_string(spec->choices[(int)spec->def]);
  case NN_PARAM_KIND:
    return json_string(spec->def_kind);
  case NN_PARAM_KINDS: {
    if (spec->flags & NN_PARAM_NULLABLE)
      return json_null();
    json_t *list = json_array();
    if (spec->def_kind)
      json_array_append_new(list, json_string(spec->def_kind));
    return list;
  }
  case NN_PARAM_FLOATS:
    return default_list(spec);
  default:
    return number_or_null(spec->def);
  }
}

static void add_range(json_t *object, const NnParamSpec *spec)
{
  bool numeric = spec->type == NN_PARAM_FLOAT || spec->type == NN_PARAM_INT ||
                 spec->type == NN_PARAM_FLOATS || spec->type == NN_PARAM_PAIR;
  if (numeric) {
    json_object_set_new(object, "min", number_or_null(spec->min));
    json_object_set_new(object, "max", number_or_null(spec->max));
    json_object_set_new(object, "scale",
                        json_string(spec->scale == NN_SCALE_LOG ? "log" : "linear"));
  }
  if (spec->flags & NN_PARAM_NONZERO)
    json_object_set_new(object, "nonzero", json_true());
  if (spec->flags & NN_PARAM_EXCL_MIN)
    json_object_set_new(object, "exclusive_min", json_true());
  if (spec->flags & NN_PARAM_EXCL_MAX)
    json_object_set_new(object, "exclusive_max", json_true());
  if (spec->choices) {
    json_t *choices = json_array();
    for (int i = 0; spec->choices[i]; i++)
      json_array_append_new(choices, json_string(spec->choices[i]));
    json_object_set_new(object, "choices", choices);
  }
  if (spec->type == NN_PARAM_KIND || spec->type == NN_PARAM_KINDS)
    json_object_set_new(object, "class", json_string(nn_class(spec->klass)->name));
}

static json_t *param_json(const NnParamSpec *spec)
{
  json_t *object = json_object();
  json_object_set_new(object, "key", json_string(spec->key));
  json_object_set_new(object, "label", json_string(spec->label));
  json_object_set_new(object, "type", json_string(type_name(spec->type)));
  json_object_set_new(object, "default", default_of(spec));
  add_range(object, spec);
  if (spec->unit)
    json_object_set_new(object, "unit", json_string(spec->unit));
  if (spec->visible_if)
    json_object_set_new(object, "visible_if", json_string(spec->visible_if));
  if (spec->flags & NN_PARAM_NULLABLE)
    json_object_set_new(object, "nullable", json_true());
  if (spec->flags & NN_PARAM_DERIVED)
    json_object_set_new(object, "derived", json_true());
  json_object_set_new(object, "doc", json_string(spec->doc));
  return object;
}

static json_t *kind_json(const NnKind *kind)
{
  json_t *object = json_object(), *params = json_array();
  json_object_set_new(object, "name", json_string(kind->name));
  json_object_set_new(object, "label", json_string(kind->label ? kind->label : kind->name));
  if (kind->group)
    json_object_set_new(object, "group", json_string(kind->group));
  json_object_set_new(object, "doc", json_string(kind->doc));
  if (kind->source)
    json_object_set_new(object, "source", json_string(kind->source));
  for (int i = 0; i < nn_param_count(kind->params); i++)
    json_array_append_new(params, param_json(&kind->params[i]));
  json_object_set_new(object, "params", params);
  return object;
}

static int print_json(void)
{
  json_t *root = json_object();
  for (int c = 0; c < nn_class_count(); c++) {
    const NnClass *klass = nn_class((NnKindClass)c);
    json_t *list = json_array();
    for (const NnKind *const *k = klass->kinds; *k; k++)
      json_array_append_new(list, kind_json(*k));
    json_object_set_new(root, klass->name, list);
  }
  NnError err;
  bool ok = cli_json_print(root, &err);
  json_decref(root);
  return ok ? CLI_OK : cli_failed(&err);
}

/* ---- kinds as text ---- */

static void print_param(const NnParamSpec *spec)
{
  char range[NN_RANGE_TEXT];
  char *def = json_dumps(default_of(spec), JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
  printf(_("    %-22s %s (default %s)\n"), spec->key, nn_param_range_text(spec, range),
         def ? def : "?");
  printf("    %-22s %s\n", "", nn_text(spec->doc));
  free(def);
}

static int print_text(void)
{
  for (int c = 0; c < nn_class_count(); c++) {
    const NnKind *const *k = nn_kinds((NnKindClass)c);
    if (*k)
      printf("%s\n", nn_class((NnKindClass)c)->name);
    for (; *k; k++) {
      printf("  %s: %s\n", (*k)->name, nn_text((*k)->doc));
      for (int i = 0; i < nn_param_count((*k)->params); i++)
        print_param(&(*k)->params[i]);
    }
  }
  return CLI_OK;
}

int cli_kinds(int argc, char **argv)
{
  if (argc == 1)
    return print_text();
  if (argc == 2 && strcmp(argv[1], "--json") == 0)
    return print_json();
  return cli_usage("kinds accepts only --json, not \"%s\"", argv[argc - 1]);
}
