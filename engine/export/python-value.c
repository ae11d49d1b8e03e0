/* python-value.c: the values of parameters as Python writes them. */
#include "python-value.h"
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void nn_python_add(NnPython *python, const char *text)
{
  const char *last = strrchr(text, '\n');
  nn_json_add(&python->text, text);
  if (last)
    python->text.line = python->text.length - strlen(last + 1);
}

void nn_python_addf(NnPython *python, const char *format, ...)
{
  char text[512];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  nn_python_add(python, text);
}

void nn_python_take_back(NnPython *python, NnPythonMark mark)
{
  if (python->text.failed)
    return;
  python->notes.n = mark.n_notes;
  python->text.length = mark.length;
  python->text.line = mark.line;
  python->text.data[mark.length] = '\0';
}

NnPythonMark nn_python_mark(const NnPython *python)
{
  return (NnPythonMark){python->text.length, python->text.line, python->notes.n};
}

void nn_python_about(NnPython *python, NnPythonMark since, const NnConfig *config, ...)
{
  va_list keys;
  va_start(keys, config);
  for (const char *key; (key = va_arg(keys, const char *));) {
    int note = nn_note_begin(&python->notes, config, nn_param_index(config->kind->params, key),
                             since.length);
    nn_note_end(&python->notes, note, python->text.length);
  }
  va_end(keys);
}

size_t nn_python_column(const NnPython *python)
{
  return python->text.length - python->text.line;
}

void nn_python_line(NnPython *python, int indent)
{
  nn_json_end_line(&python->text, indent * NN_PYTHON_INDENT);
}

void nn_python_number(NnPython *python, double number, bool whole)
{
  char digits[NN_NUMBER_TEXT];
  if (isnan(number))
    nn_python_add(python, "None");
  else if (isinf(number))
    nn_python_addf(python, "float(\"%sinf\")", number < 0 ? "-" : "");
  else {
    nn_number_text(number, digits);
    nn_python_addf(python, "%s%s", digits, whole || strpbrk(digits, ".eE") ? "" : ".0");
  }
}

static void add_word(NnPython *python, const NnParamSpec *spec, int index)
{
  const char *word = spec->choices[index];
  if (!spec->torch_enum) {
    nn_python_addf(python, "\"%s\"", word);
    return;
  }
  nn_python_addf(python, "%s.", spec->torch_enum);
  for (; *word; word++)
    nn_python_addf(python, "%c", toupper((unsigned char)*word));
}

/* (a, b), and a list where the number of entries is free. */
static void add_entries(NnPython *python, const NnParamSpec *spec, const double *numbers, int n)
{
  bool list = spec->max_len > 8,
       whole = spec->flags & NN_PARAM_WHOLE || spec->type == NN_PARAM_PAIR;
  bool all_whole = list; /* milestones */
  for (int i = 0; i < n; i++)
    all_whole = all_whole && numbers[i] == floor(numbers[i]) && strcmp(spec->key, "weight") != 0;
  nn_python_add(python, list ? "[" : "(");
  for (int i = 0; i < n; i++) {
    nn_python_add(python, i ? ", " : "");
    nn_python_number(python, numbers[i], whole || all_whole);
  }
  nn_python_add(python, list ? "]" : n == 1 ? ",)" : ")");
}

static void add_numbers(NnPython *python, const NnParamSpec *spec, const NnValue *value)
{
  if (value->n == 0 && spec->choices)
    add_word(python, spec, 0);
  else if (value->n == 0 && spec->flags & NN_PARAM_NULLABLE)
    nn_python_add(python, "None");
  else if (value->n == 1 && spec->flags & NN_PARAM_SINGLE)
    nn_python_number(python, value->numbers[0], spec->flags & NN_PARAM_WHOLE);
  else
    add_entries(python, spec, value->numbers, value->n);
}

static void add_pair(NnPython *python, const NnParamSpec *spec, const double *pair)
{
  if (pair[0] < 0)
    add_word(python, spec, -1 - (int)pair[0]);
  else if (pair[0] == pair[1] || (isnan(pair[0]) && isnan(pair[1])))
    nn_python_number(python, pair[0], true);
  else
    add_entries(python, spec, pair, 2);
}

void nn_python_value(NnPython *python, const NnParamSpec *spec, const NnValue *value)
{
  char digits[NN_NUMBER_TEXT];
  switch (spec->type) {
  case NN_PARAM_FLOAT:
    nn_python_number(python, value->number, spec->step >= 1); /* a gray level, say */
    break;
  case NN_PARAM_INT:
    nn_python_number(python, value->number, true);
    break;
  case NN_PARAM_BOOL:
    nn_python_add(python, value->number != 0 ? "True" : "False");
    break;
  case NN_PARAM_CHOICE:
    if (isnan(value->number))
      nn_python_add(python, "None");
    else
      add_word(python, spec, (int)value->number);
    break;
  case NN_PARAM_FLOATS:
    add_numbers(python, spec, value);
    break;
  case NN_PARAM_PAIR:
    add_pair(python, spec, value->numbers);
    break;
  case NN_PARAM_KIND:
  case NN_PARAM_KINDS: /* calls, not values */
    break;
  case NN_PARAM_SEED:
    nn_python_add(python, nn_seed_text(value, digits));
    break;
  }
}

void nn_python_sequence(NnPython *python, const NnParamSpec *spec, const NnValue *value)
{
  add_entries(python, spec, value->numbers, value->n);
}
