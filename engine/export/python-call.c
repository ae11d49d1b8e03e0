/* python-call.c: see python-call.h. */
#include "python-value.h"
#include "engine/mem.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where a call's arguments stand: behind its name, all on the next line, each on its own. */
typedef enum { BEHIND, BELOW, EACH } Layout;

/* A call on its way. */
typedef struct {
  const NnConfig *config, *defaults;
  Layout layout;
  int indent; /* of the line that it begins in */
  int n;      /* arguments so far */
} Call;

const char *nn_python_name(const NnKind *kind, char name[NN_PATH])
{
  static const char *const modules[NN_N_CLASSES] = {[NN_CLASS_DATASET] = "datasets.",
                                                    [NN_CLASS_TRANSFORM] = "transforms.",
                                                    [NN_CLASS_LAYER] = "nn.",
                                                    [NN_CLASS_INIT] = "nn.init.",
                                                    [NN_CLASS_LOSS] = "nn.",
                                                    [NN_CLASS_OPTIMIZER] = "optim.",
                                                    [NN_CLASS_SCHEDULER] = "lr_scheduler."};
  snprintf(name, NN_PATH, "%s%.*s", kind->torch_code ? "" : modules[kind->klass],
           (int)strcspn(kind->torch, "("), kind->torch);
  return name;
}

/* ---- arguments ---- */

static void begin_argument(NnPython *python, Call *call)
{
  bool first = call->n++ == 0, breaks = call->layout == EACH || (call->layout == BELOW && first);
  int indent = breaks ? (call->indent + 1) * NN_PYTHON_INDENT : -1;
  nn_json_separate(&python->text, first, indent);
}

/* The indentation of what an argument holds. */
static int inside(const Call *call)
{
  return call->layout == EACH ? call->indent + 1 : -1;
}

static int find(const NnConfig *config, const char *key, size_t n)
{
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)n, key);
  return nn_param_index(config->kind->params, name);
}

static bool is_default(const Call *call, int i)
{
  return nn_value_equal(&call->config->values[i], &call->defaults->values[i]);
}

static void add_list(NnPython *python, const NnValue *list, int indent);

static void add_value(NnPython *python, const Call *call, int i)
{
  const NnParamSpec *spec = &call->config->kind->params[i];
  const NnValue *value = &call->config->values[i];
  if (spec->type == NN_PARAM_KINDS)
    add_list(python, value, inside(call));
  else
    nn_python_value(python, spec, value);
}

/* What stands in place of a parameter that is not given. */
static void add_instead(NnPython *python, const char *word)
{
  const NnShape *in = &python->in;
  if (strcmp(word, "steps") == 0)
    nn_python_add(python, python->steps);
  else if (strcmp(word, "size") == 0 || in->n_dims == 1)
    nn_python_addf(python, "%zu", in->dims[0]);
  else
    nn_python_addf(python, "(%zu, %zu, %zu)", in->dims[0], in->dims[1], in->dims[2]);
}

static bool is_given(const NnConfig *config, int i)
{
  const NnValue *value = &config->values[i];
  bool list = config->kind->params[i].type == NN_PARAM_FLOATS;
  return list ? value->n > 0 : !isnan(value->number);
}

/* Text with {key} in it. */
static void add_text(NnPython *python, const Call *call, const char *text)
{
  for (const char *key; (key = strchr(text, '{')); text = strchr(key, '}') + 1) {
    nn_python_addf(python, "%.*s", (int)(key - text), text);
    int i = find(call->config, key + 1, strcspn(key + 1, "}"));
    int note = nn_note_begin(&python->notes, call->config, i, python->text.length);
    add_value(python, call, i);
    nn_note_end(&python->notes, note, python->text.length);
  }
  nn_python_add(python, text);
}

/* Parameter i, of which the pattern says `rest` behind its key. */
static void add_parameter(NnPython *python, Call *call, int i, const char *rest)
{
  const NnParamSpec *spec = &call->config->kind->params[i];
  const char *instead = strchr(rest, '|');
  bool named = rest[0] == '=', text = named && rest[1] && rest[1] != '|';
  if (text && is_default(call, i))
    return;
  begin_argument(python, call);
  int note = nn_note_begin(&python->notes, call->config, i, python->text.length);
  if (named)
    nn_python_addf(python, "%s=", spec->key);
  if (text)
    add_text(python, call, rest + 1);
  else if (instead && !is_given(call->config, i))
    add_instead(python, instead + 1);
  else if (strcmp(rest, "[]") == 0)
    nn_python_sequence(python, spec, &call->config->values[i]);
  else
    add_value(python, call, i);
  nn_note_end(&python->notes, note, python->text.length);
}

/* Does the pattern name it by itself? */
static bool is_named(const char *pattern, const char *key)
{
  size_t n = strlen(key);
  for (const char *at = pattern; (at = strstr(at, key)); at += n)
    if (strchr("( *{", at[-1]) && strchr("=,)[|}", at[n]))
      return true;
  return false;
}

static void add_others(NnPython *python, Call *call)
{
  const NnKind *kind = call->config->kind;
  for (int i = 0; i < nn_param_count(kind->params); i++)
    if (!(kind->params[i].flags & NN_PARAM_NOT_TORCH) &&
        !is_named(kind->torch, kind->params[i].key) && !is_default(call, i))
      add_parameter(python, call, i, "=");
}

static void add_each(NnPython *python, Call *call, const char *key)
{
  const NnValue *list = nn_config_value(call->config, key);
  NnPythonMark mark = nn_python_mark(python);
  for (int i = 0; i < list->n; i++) {
    begin_argument(python, call);
    nn_python_call(python, list->configs[i], inside(call));
  }
  nn_python_about(python, mark, call->config, key, NULL);
}

static void add_argument(NnPython *python, Call *call, const char *item)
{
  size_t n = strcspn(item, "=|[");
  int i = find(call->config, item, n);
  if (strcmp(item, "*") == 0)
    add_others(python, call);
  else if (strncmp(item, "**", 2) == 0)
    add_each(python, call, item + 2);
  else if (i >= 0)
    add_parameter(python, call, i, item + n);
  else {
    begin_argument(python, call);
    add_text(python, call, strcmp(item, "tensor") == 0 ? python->tensor : item);
  }
}

/* The next argument of a pattern; returns where the one after it begins. */
static const char *next_item(const char *at, char item[NN_PATH])
{
  const char *start = at;
  int depth = 0;
  for (; *at && (depth > 0 || (*at != ',' && *at != ')')); at++)
    depth += (*at == '(' || *at == '[') - (*at == ')' || *at == ']');
  snprintf(item, NN_PATH, "%.*s", (int)(at - start), start);
  return *at == ',' ? at + 2 : at + 1;
}

/* ---- calls ---- */

/* The call from its name to its last bracket. Does every line fit that it has begun? */
static bool add_all(NnPython *python, Call *call)
{
  char name[NN_PATH], item[NN_PATH];
  const char *at = strchr(call->config->kind->torch, '(');
  nn_python_addf(python, "%s(", nn_python_name(call->config->kind, name));
  for (at++; *at && *at != ')' && at[-1] != ')';) {
    at = next_item(at, item);
    add_argument(python, call, item);
  }
  bool fits = nn_python_column(python) <= NN_PYTHON_LINE;
  if (call->layout == EACH && call->n > 0)
    nn_python_add(python, ",");
  if (call->layout != BEHIND && call->n > 0)
    nn_python_line(python, call->indent);
  nn_python_add(python, ")");
  return fits;
}

/* Is the line, which began before `mark`, short enough for what may still follow? Otherwise what
 * was written since is taken back. */
static bool stays(NnPython *python, NnPythonMark mark, int indent)
{
  size_t more = indent > 0;
  if (python->text.failed || indent < 0 || nn_python_column(python) + more <= NN_PYTHON_LINE)
    return true;
  nn_python_take_back(python, mark);
  return false;
}

static bool holds_others(const NnKind *kind)
{
  bool holds = false;
  for (const NnParamSpec *spec = kind->params; spec && spec->key; spec++)
    holds = holds || spec->type == NN_PARAM_KINDS;
  return holds;
}

/* A layer's input follows from its place in the network. */
static void find_input(NnPython *python, const NnConfig *config)
{
  for (int i = 0; i < python->n_flows; i++)
    if (python->flows[i].layer == config)
      python->in = python->flows[i].in;
}

static void write_call(NnPython *python, const NnConfig *config, int indent)
{
  int note = nn_note_begin(&python->notes, config, -1, python->text.length);
  NnPythonMark mark = nn_python_mark(python);
  NnConfig *defaults = nn_config_new(config->kind, NULL);
  find_input(python, config);
  if (!defaults)
    python->text.failed = true;
  for (Layout layout = BEHIND; defaults && layout <= EACH; layout++) {
    if (layout == BELOW && holds_others(config->kind))
      continue;
    bool fits = add_all(python, &(Call){config, defaults, layout, indent, 0});
    if (layout == BEHIND ? stays(python, mark, indent) : fits || layout == EACH)
      break;
    nn_python_take_back(python, mark);
  }
  nn_note_end(&python->notes, note, python->text.length);
  nn_config_free(defaults);
}

/* How many values the last of several schedules has to give; the others say it in numbers. */
static const char *steps_of_last(const NnPython *python, const NnConfig *config, char text[NN_PATH])
{
  int i = nn_param_index(config->kind->params, "milestones");
  const NnValue *stones = i >= 0 ? &config->values[i] : NULL;
  if (!stones || stones->n == 0)
    return python->steps;
  snprintf(text, NN_PATH, "%s - %.0f", python->steps, stones->numbers[stones->n - 1]);
  return text;
}

void nn_python_call(NnPython *python, const NnConfig *config, int indent)
{
  if (!config->kind->torch_form) {
    write_call(python, config, indent);
    return;
  }
  NnConfig *form = config->kind->torch_form(config, NULL);
  const char *steps = python->steps;
  char rest[NN_PATH];
  if (form) { /* whose notes are about kinds that are none of the recipe */
    NnPythonMark mark = nn_python_mark(python);
    python->steps = steps_of_last(python, form, rest);
    write_call(python, form, indent);
    python->notes.n = mark.n_notes;
    nn_note_all(&python->notes, config, mark.length, python->text.length);
  } else
    python->text.failed = true;
  python->steps = steps;
  nn_config_free(form);
}

static void add_entries(NnPython *python, const NnValue *list, int indent)
{
  nn_python_add(python, "[");
  for (int i = 0; i < list->n; i++) {
    nn_json_separate(&python->text, i == 0, indent < 0 ? -1 : indent * NN_PYTHON_INDENT);
    nn_python_call(python, list->configs[i], indent);
  }
  if (indent >= 0 && list->n > 0) {
    nn_python_add(python, ",");
    nn_python_line(python, indent - 1);
  }
  nn_python_add(python, "]");
}

/* [a, b]: calls of all kinds of a list. */
static void add_list(NnPython *python, const NnValue *list, int indent)
{
  NnPythonMark mark = nn_python_mark(python);
  add_entries(python, list, -1);
  if (!stays(python, mark, indent))
    add_entries(python, list, indent + 1);
}
