/* config-write.c: from configs to JSON text. An object or list that fits in a line is written on
 * one, so that a recipe stays short enough to read. */
#include "json-text.h"
#include "recipe.h"
#include <math.h>
#include <string.h>

enum { LINE = 96 };

static void add_config(NnJsonText *text, const NnConfig *config, bool section, int indent);

/* Left out: what the shapes tell, and a kind of a class that nobody has filled. */
static bool is_written(const NnParamSpec *spec, const NnValue *value)
{
  if (spec->flags & NN_PARAM_DERIVED)
    return !isnan(value->number);
  return spec->type != NN_PARAM_KIND || value->n == 1;
}

static int n_written(const NnConfig *config)
{
  int n = 0;
  for (int i = 0; i < nn_param_count(config->kind->params); i++)
    n += is_written(&config->kind->params[i], &config->values[i]);
  return n;
}

static void add_kind(NnJsonText *text, const NnConfig *config, unsigned flags, int indent)
{
  if (flags & NN_PARAM_BARE && n_written(config) == 0)
    nn_json_add_name(text, config->kind->name);
  else
    add_config(text, config, flags & NN_PARAM_SECTION, indent);
}

static void add_numbers(NnJsonText *text, const NnValue *value)
{
  nn_json_add(text, "[");
  for (int i = 0; i < value->n; i++) {
    nn_json_add(text, i ? ", " : "");
    nn_json_add_number(text, value->numbers[i]);
  }
  nn_json_add(text, "]");
}

/* A list of none may have a word, a list of one may be a number. */
static void add_floats(NnJsonText *text, const NnParamSpec *spec, const NnValue *value)
{
  if (value->n == 0 && spec->choices)
    nn_json_add_name(text, spec->choices[0]);
  else if (value->n == 0 && spec->flags & NN_PARAM_NULLABLE)
    nn_json_add(text, "null");
  else if (value->n == 1 && spec->flags & NN_PARAM_SINGLE)
    nn_json_add_number(text, value->numbers[0]);
  else
    add_numbers(text, value);
}

static void add_pair(NnJsonText *text, const NnParamSpec *spec, const NnValue *value)
{
  double a = value->numbers[0], b = value->numbers[1];
  if (a < 0)
    nn_json_add_name(text, spec->choices[-1 - (int)a]);
  else if (a == b || (isnan(a) && isnan(b) && spec->flags & NN_PARAM_NULLABLE))
    nn_json_add_number(text, a);
  else
    add_numbers(text, value);
}

static void add_entries(NnJsonText *text, const NnValue *value, int indent)
{
  int inner = indent < 0 ? indent : indent + 1;
  nn_json_add(text, "[");
  for (int i = 0; i < value->n; i++) {
    nn_json_separate(text, i == 0, inner);
    add_config(text, value->configs[i], false, inner);
  }
  if (value->n)
    nn_json_end_line(text, indent);
  nn_json_add(text, "]");
}

/* Takes back what was written since `mark`, unless it may stay: it was to be on one line anyway, or
 * it has stayed short. */
static bool stays(NnJsonText *text, size_t mark, int indent)
{
  if (text->failed || indent < 0 || text->length - text->line < LINE)
    return true;
  text->length = mark;
  text->data[mark] = '\0';
  return false;
}

static void add_list(NnJsonText *text, const NnValue *value, int indent)
{
  size_t mark = text->length;
  add_entries(text, value, -1);
  if (!stays(text, mark, indent))
    add_entries(text, value, indent);
}

static void add_value(NnJsonText *text, const NnParamSpec *spec, const NnValue *value, int indent)
{
  char digits[NN_NUMBER_TEXT];
  switch (spec->type) {
  case NN_PARAM_FLOAT:
  case NN_PARAM_INT:
    nn_json_add_number(text, value->number);
    break;
  case NN_PARAM_BOOL:
    nn_json_add(text, value->number != 0 ? "true" : "false");
    break;
  case NN_PARAM_CHOICE:
    if (isnan(value->number))
      nn_json_add(text, "null");
    else
      nn_json_add_name(text, spec->choices[(int)value->number]);
    break;
  case NN_PARAM_FLOATS:
    add_floats(text, spec, value);
    break;
  case NN_PARAM_PAIR:
    add_pair(text, spec, value);
    break;
  case NN_PARAM_KIND:
    add_kind(text, value->configs[0], spec->flags, indent);
    break;
  case NN_PARAM_KINDS:
    if (value->n == 0 && spec->flags & NN_PARAM_NULLABLE)
      nn_json_add(text, "null");
    else
      add_list(text, value, indent);
    break;
  case NN_PARAM_SEED:
    nn_json_add(text, nn_seed_text(value, digits));
    break;
  }
}

static void add_members(NnJsonText *text, const NnConfig *config, bool section, int indent)
{
  int inner = indent < 0 ? indent : indent + 1;
  bool first = true;
  nn_json_add(text, "{");
  if (!section) {
    nn_json_separate(text, first, inner);
    nn_json_add(text, "\"kind\": ");
    nn_json_add_name(text, config->kind->name);
    first = false;
  }
  for (int i = 0; i < nn_param_count(config->kind->params); i++) {
    const NnParamSpec *spec = &config->kind->params[i];
    if (!is_written(spec, &config->values[i]))
      continue;
    nn_json_separate(text, first, inner);
    nn_json_add_name(text, spec->key);
    nn_json_add(text, ": ");
    add_value(text, spec, &config->values[i], inner);
    first = false;
  }
  if (!first)
    nn_json_end_line(text, indent);
  nn_json_add(text, "}");
}

/* First on one line, then, if that is too long, on several. */
static void add_config(NnJsonText *text, const NnConfig *config, bool section, int indent)
{
  size_t mark = text->length;
  add_members(text, config, section, -1);
  if (!stays(text, mark, indent))
    add_members(text, config, section, indent);
}

char *nn_recipe_text(const NnConfig *recipe, NnError *err)
{
  NnJsonText text = {0};
  nn_json_reserve(&text, 1);
  add_members(&text, recipe, true, 0);
  nn_json_add(&text, "\n");
  if (text.failed)
    nn_fail_nomem(err, "the recipe's text");
  return text.data;
}
