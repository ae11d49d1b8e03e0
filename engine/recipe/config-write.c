/* config-write.c: from configs to JSON text. An object or list that fits in a line is written on
 * one, so that a recipe stays short enough to read. */
#include "engine/mem.h"
#include "recipe.h"
#include <math.h>
#include <string.h>

enum { LINE = 96, FIRST_SIZE = 1024 };

typedef struct {
  char *data; /* NUL-terminated; NULL: nothing yet, or out of memory */
  size_t length, size;
  size_t line; /* where the current line starts */
  bool failed;
} Text;

static bool reserve(Text *text, size_t more)
{
  if (text->failed || text->length + more < text->size)
    return !text->failed;
  size_t size = text->size ? text->size : FIRST_SIZE;
  while (size <= text->length + more)
    size *= 2;
  char *data = nn_alloc(size);
  if (data && text->data)
    memcpy(data, text->data, text->length + 1);
  nn_free(text->data);
  text->data = data;
  text->size = data ? size : 0;
  text->failed = !data;
  return data;
}

static void add(Text *text, const char *string)
{
  size_t n = strlen(string);
  if (!reserve(text, n))
    return;
  memcpy(text->data + text->length, string, n + 1);
  text->length += n;
}

/* Kinds, keys and choices are names in our own source: nothing in them needs escaping. */
static void add_name(Text *text, const char *name)
{
  add(text, "\"");
  add(text, name);
  add(text, "\"");
}

static void add_number(Text *text, double number)
{
  char digits[NN_NUMBER_TEXT];
  add(text, isnan(number) ? "null" : nn_number_text(number, digits));
}

/* indent < 0: all on one line */
static void new_line(Text *text, int indent)
{
  if (indent < 0)
    return;
  add(text, "\n");
  text->line = text->length;
  for (int i = 0; i < indent; i++)
    add(text, "  ");
}

static void separate(Text *text, bool first, int indent)
{
  if (!first)
    add(text, indent < 0 ? ", " : ",");
  new_line(text, indent);
}

static void add_config(Text *text, const NnConfig *config, bool section, int indent);

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

static void add_kind(Text *text, const NnConfig *config, unsigned flags, int indent)
{
  if (flags & NN_PARAM_BARE && n_written(config) == 0)
    add_name(text, config->kind->name);
  else
    add_config(text, config, flags & NN_PARAM_SECTION, indent);
}

static void add_numbers(Text *text, const NnValue *value)
{
  add(text, "[");
  for (int i = 0; i < value->n; i++) {
    add(text, i ? ", " : "");
    add_number(text, value->numbers[i]);
  }
  add(text, "]");
}

/* A list of none may have a word, a list of one may be a number. */
static void add_floats(Text *text, const NnParamSpec *spec, const NnValue *value)
{
  if (value->n == 0 && spec->choices)
    add_name(text, spec->choices[0]);
  else if (value->n == 0 && spec->flags & NN_PARAM_NULLABLE)
    add(text, "null");
  else if (value->n == 1 && spec->flags & NN_PARAM_SINGLE)
    add_number(text, value->numbers[0]);
  else
    add_numbers(text, value);
}

static void add_pair(Text *text, const NnParamSpec *spec, const NnValue *value)
{
  double a = value->numbers[0], b = value->numbers[1];
  if (a < 0)
    add_name(text, spec->choices[-1 - (int)a]);
  else if (a == b || (isnan(a) && isnan(b) && spec->flags & NN_PARAM_NULLABLE))
    add_number(text, a);
  else
    add_numbers(text, value);
}

static void add_entries(Text *text, const NnValue *value, int indent)
{
  int inner = indent < 0 ? indent : indent + 1;
  add(text, "[");
  for (int i = 0; i < value->n; i++) {
    separate(text, i == 0, inner);
    add_config(text, value->configs[i], false, inner);
  }
  if (value->n)
    new_line(text, indent);
  add(text, "]");
}

/* Takes back what was written since `mark`, unless it may stay: it was to be on one line anyway, or
 * it has stayed short. */
static bool stays(Text *text, size_t mark, int indent)
{
  if (text->failed || indent < 0 || text->length - text->line < LINE)
    return true;
  text->length = mark;
  text->data[mark] = '\0';
  return false;
}

static void add_list(Text *text, const NnValue *value, int indent)
{
  size_t mark = text->length;
  add_entries(text, value, -1);
  if (!stays(text, mark, indent))
    add_entries(text, value, indent);
}

static void add_value(Text *text, const NnParamSpec *spec, const NnValue *value, int indent)
{
  char digits[NN_NUMBER_TEXT];
  switch (spec->type) {
  case NN_PARAM_FLOAT:
  case NN_PARAM_INT:
    add_number(text, value->number);
    break;
  case NN_PARAM_BOOL:
    add(text, value->number != 0 ? "true" : "false");
    break;
  case NN_PARAM_CHOICE:
    if (isnan(value->number))
      add(text, "null");
    else
      add_name(text, spec->choices[(int)value->number]);
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
      add(text, "null");
    else
      add_list(text, value, indent);
    break;
  case NN_PARAM_SEED:
    add(text, nn_seed_text(value, digits));
    break;
  }
}

static void add_members(Text *text, const NnConfig *config, bool section, int indent)
{
  int inner = indent < 0 ? indent : indent + 1;
  bool first = true;
  add(text, "{");
  if (!section) {
    separate(text, first, inner);
    add(text, "\"kind\": ");
    add_name(text, config->kind->name);
    first = false;
  }
  for (int i = 0; i < nn_param_count(config->kind->params); i++) {
    const NnParamSpec *spec = &config->kind->params[i];
    if (!is_written(spec, &config->values[i]))
      continue;
    separate(text, first, inner);
    add_name(text, spec->key);
    add(text, ": ");
    add_value(text, spec, &config->values[i], inner);
    first = false;
  }
  if (!first)
    new_line(text, indent);
  add(text, "}");
}

/* First on one line, then, if that is too long, on several. */
static void add_config(Text *text, const NnConfig *config, bool section, int indent)
{
  size_t mark = text->length;
  add_members(text, config, section, -1);
  if (!stays(text, mark, indent))
    add_members(text, config, section, indent);
}

char *nn_recipe_text(const NnConfig *recipe, NnError *err)
{
  Text text = {0};
  reserve(&text, 1);
  add_members(&text, recipe, true, 0);
  add(&text, "\n");
  if (text.failed)
    nn_fail_nomem(err, "the recipe's text");
  return text.data;
}
