#include "kind-summary.h"
#include "number-text.h"
#include "ui/i18n.h"
#include <glib.h>
#include <math.h>
#include <string.h>

enum { MAX_DETAILS = 2, MAX_LISTED = 4 };

static void append(char *text, const char *part)
{
  if (text[0])
    g_strlcat(text, " · ", BP_SUMMARY_TEXT);
  g_strlcat(text, part, BP_SUMMARY_TEXT);
}

/* A layer that chooses its size says what it makes of what, "64 → 64" as well; of the others only a
 * change is news. */
static bool chooses_size(const NnConfig *layer)
{
  for (const NnParamSpec *spec = layer->kind->params; spec && spec->key; spec++)
    if (g_str_has_prefix(spec->key, "out_"))
      return true;
  return false;
}

static void append_flow(char *text, const NnConfig *layer, const NnShape *in, const NnShape *out)
{
  char from[NN_SHAPE_TEXT], to[NN_SHAPE_TEXT], part[2 * NN_SHAPE_TEXT + 8];
  if (!out)
    return;
  nn_shape_text(*out, to);
  if (in && (chooses_size(layer) || !nn_shape_equal(*in, *out)))
    g_snprintf(part, sizeof part, "%s → %s", nn_shape_text(*in, from), to);
  else
    g_strlcpy(part, to, sizeof part);
  append(text, part);
}

static bool is_number(const NnParamSpec *spec)
{
  return (spec->type == NN_PARAM_INT || spec->type == NN_PARAM_FLOAT) &&
         !(spec->flags & NN_PARAM_DERIVED);
}

static int count_numbers(const NnConfig *layer)
{
  int n = 0;
  for (const NnParamSpec *spec = layer->kind->params; spec && spec->key; spec++)
    n += is_number(spec);
  return n;
}

/* "kernel_size 3", "padding same", "stride 2, 1" */
static bool describe_pair(const NnConfig *layer, const NnParamSpec *spec, char *part, size_t size)
{
  const double *pair = nn_config_value(layer, spec->key)->numbers;
  char a[NN_NUMBER_TEXT], b[NN_NUMBER_TEXT];
  bool even = pair[0] == pair[1];
  if (isnan(pair[0]) || isnan(pair[1]))
    return false;
  if (pair[0] < 0)
    g_snprintf(part, size, "%s %s", spec->key, spec->choices[-1 - (int)pair[0]]);
  else
    g_snprintf(part, size, "%s %s%s%s", spec->key, bp_number_text(pair[0], a), even ? "" : ", ",
               even ? "" : bp_number_text(pair[1], b));
  return !even || pair[0] != spec->def || strcmp(spec->key, "kernel_size") == 0 ||
         spec == layer->kind->params;
}

/* "degrees 45", "scale 0.1, 2"; what a transform is about is said even where it is the default. */
static bool describe_list(const NnConfig *config, const NnParamSpec *spec, char *part, size_t size)
{
  const NnValue *value = nn_config_value(config, spec->key);
  bool usual = value->n == nn_param_def_len(spec);
  char number[NN_NUMBER_TEXT];
  g_snprintf(part, size, "%s ", spec->key);
  for (int i = 0; i < value->n; i++) {
    usual = usual && i < nn_param_def_len(spec) && value->numbers[i] == spec->defs[i];
    g_strlcat(part, i ? bp_number_separator() : "", size);
    g_strlcat(part, isnan(value->numbers[i]) ? "None" : bp_number_text(value->numbers[i], number),
              size);
  }
  bool first =
      spec == config->kind->params && nn_class(config->kind->klass)->flags & NN_CLASS_FIRST_SHOWN;
  return value->n > 0 && value->n <= MAX_LISTED && (first || !usual);
}

/* "p 0.2", "bias off", "Xavier uniform"; false when the parameter is as it always is. */
static bool describe(const NnConfig *layer, const NnParamSpec *spec, char *part, size_t size)
{
  char number[NN_NUMBER_TEXT];
  if (spec->type == NN_PARAM_KIND) {
    const NnKind *kind = nn_config_child(layer, spec->key)->kind;
    g_strlcpy(part, kind->label ? nn_text(kind->label) : kind->name, size);
    return strcmp(kind->name, spec->def_kind ? spec->def_kind : "") != 0;
  }
  if (spec->type == NN_PARAM_PAIR)
    return describe_pair(layer, spec, part, size);
  if (spec->type == NN_PARAM_FLOATS)
    return describe_list(layer, spec, part, size);
  if (spec->type == NN_PARAM_KINDS)
    return false;
  double value = nn_config_number(layer, spec->key);
  bool usual = value == spec->def || (isnan(value) && isnan(spec->def));
  if (spec->type == NN_PARAM_BOOL)
    g_snprintf(part, size, "%s %s",
               spec->key, /* Translators: a switch, after its name: "bias off". */
               value != 0 ? _("on") : _("off"));
  else if (spec->type == NN_PARAM_CHOICE)
    g_strlcpy(part, isnan(value) ? _("none") : spec->choices[(int)value], size);
  else
    g_snprintf(part, size, "%s %s", spec->key,
               isnan(value) ? _("none") : bp_number_text(value, number));
  return !usual || (is_number(spec) && count_numbers(layer) == 1);
}

const char *bp_kind_summary(const NnConfig *layer, const NnShape *in, const NnShape *out,
                            char text[BP_SUMMARY_TEXT])
{
  int details = 0;
  bool init_seen = false;
  text[0] = '\0';
  append_flow(text, layer, in, out);
  for (const NnParamSpec *spec = layer->kind->params; spec && spec->key; spec++) {
    char part[96];
    bool flows = g_str_has_prefix(spec->key, "out_"); /* the shape says it already */
    bool init = spec->type == NN_PARAM_KIND;
    if ((spec->flags & NN_PARAM_DERIVED) || (flows && out) || (init && init_seen) ||
        !nn_config_visible(layer, spec) || details == MAX_DETAILS)
      continue;
    init_seen |= init;
    if (describe(layer, spec, part, sizeof part)) {
      append(text, part);
      details++;
    }
  }
  return text;
}
