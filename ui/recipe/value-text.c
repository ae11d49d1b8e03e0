/* value-text.c: see value-text.h. */
#include "value-text.h"
#include "number-text.h"
#include "ui/i18n.h"
#include <glib.h>
#include <math.h>

static bool has_null_entries(const NnParamSpec *spec)
{
  return spec->flags & NN_PARAM_NULL_ENTRIES;
}

bool bp_value_nullable(const NnParamSpec *spec)
{
  return spec->flags & NN_PARAM_NULLABLE || (spec->type == NN_PARAM_PAIR && has_null_entries(spec));
}

bool bp_value_is_list(const NnParamSpec *spec)
{
  return spec->type == NN_PARAM_FLOATS || spec->type == NN_PARAM_PAIR;
}

static bool is_whole(const NnParamSpec *spec)
{
  return spec->type == NN_PARAM_PAIR || spec->flags & NN_PARAM_WHOLE;
}

static bool same(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

/* ---- showing ---- */

char *bp_value_text(const NnConfig *config, const NnParamSpec *spec)
{
  const NnValue *value = nn_config_value(config, spec->key);
  char text[NN_NUMBER_TEXT];
  if (spec->type == NN_PARAM_SEED)
    return g_strdup(nn_seed_text(value, text));
  if (!bp_value_is_list(spec))
    return g_strdup(bp_number_text(value->number, text));
  gboolean pair = spec->type == NN_PARAM_PAIR;
  if (pair && value->numbers[0] < 0)
    return g_strdup(spec->choices[-1 - (int)value->numbers[0]]);
  if (pair && isnan(value->numbers[0]) && isnan(value->numbers[1]))
    return g_strdup("");
  if (value->n == 0 && spec->choices)
    return g_strdup(spec->choices[0]);
  const char *separator = is_whole(spec) ? ", " : bp_number_separator();
  GString *all = g_string_new(NULL);
  int n = pair && same(value->numbers[0], value->numbers[1]) ? 1 : value->n;
  for (int i = 0; i < n; i++)
    g_string_append_printf(all, "%s%s", i ? separator : "",
                           isnan(value->numbers[i]) ? "None"
                                                    : bp_number_text(value->numbers[i], text));
  return g_string_free(all, FALSE);
}

/* ---- typing ---- */

char *bp_value_set_number(NnConfig *config, const NnParamSpec *spec, double number, bool *changed)
{
  NnError err = {0};
  *changed = !same(nn_config_number(config, spec->key), number);
  return nn_config_set_number(config, spec->key, number, &err) ? NULL : g_strdup(err.text);
}

static char *set_numbers(NnConfig *config, const NnParamSpec *spec, const double *numbers, int n,
                         bool *changed)
{
  NnError err = {0};
  const NnValue *old = nn_config_value(config, spec->key);
  *changed = old->n != n;
  for (int i = 0; i < n && !*changed; i++)
    *changed = !same(old->numbers[i], numbers[i]);
  return nn_config_set_numbers(config, spec->key, numbers, n, &err) ? NULL : g_strdup(err.text);
}

static char *set_seed(NnConfig *config, const NnParamSpec *spec, const char *text, bool *changed)
{
  NnError err = {0};
  const NnValue *now = nn_config_value(config, spec->key);
  NnValue old = *now;
  bool ok = nn_config_set_seed(config, spec->key, text, &err);
  *changed = now->seed != old.seed || now->number != old.number;
  return ok ? NULL : g_strdup(err.text);
}

static char *refuse(const NnParamSpec *spec, const char *text)
{
  char range[NN_RANGE_TEXT];
  nn_param_range_text(spec, range);
  return text[0] ? g_strdup_printf(_("“%s” is not allowed: it must be %s."), text, range)
                 : g_strdup_printf(_("A value is missing: it must be %s."), range);
}

static bool is_none(const char *text)
{
  double number;
  return bp_number_parse(text, &number) && isnan(number);
}

/* The words that may stand instead of numbers: "same" for a pair, "random" for a list; −1: none. */
static int find_word(const NnParamSpec *spec, const char *text)
{
  for (int i = 0; spec->choices && spec->choices[i]; i++)
    if (bp_text_is_word(text, spec->choices[i]))
      return i;
  return -1;
}

static bool may_be_in_pair(const NnParamSpec *spec, double number)
{
  return number >= 0 || (isnan(number) && has_null_entries(spec));
}

/* "3", "(3, 5)", "same", or nothing for None. */
static char *set_pair(NnConfig *config, const NnParamSpec *spec, const char *text, bool *changed)
{
  int n = 0, word = find_word(spec, text);
  g_autofree double *numbers = bp_numbers_parse(text, is_whole(spec), &n);
  double pair[2] = {-1 - word, -1 - word};
  if (word < 0 && bp_value_nullable(spec) && is_none(text)) {
    pair[0] = pair[1] = NAN;
  } else if (word < 0) {
    if (!numbers || n < 1 || n > 2 || !may_be_in_pair(spec, numbers[0]) ||
        !may_be_in_pair(spec, numbers[n - 1]))
      return refuse(spec, text);
    pair[0] = numbers[0];
    pair[1] = numbers[n - 1];
  }
  return set_numbers(config, spec, pair, 2, changed);
}

/* "0.9, 0.999", "[3, 6]", "4", "random", "None, 1e-3", or nothing for an empty list or None. */
static char *set_list(NnConfig *config, const NnParamSpec *spec, const char *text, bool *changed)
{
  int n = 0;
  g_autofree double *numbers = bp_numbers_parse(text, is_whole(spec), &n);
  if (find_word(spec, text) >= 0 || is_none(text))
    return set_numbers(config, spec, NULL, 0, changed);
  return numbers ? set_numbers(config, spec, numbers, n, changed) : refuse(spec, text);
}

char *bp_value_set_text(NnConfig *config, const NnParamSpec *spec, const char *text, bool *changed)
{
  double number;
  *changed = false;
  if (spec->type == NN_PARAM_SEED && !is_none(text))
    return set_seed(config, spec, text, changed);
  if (spec->type == NN_PARAM_FLOATS)
    return set_list(config, spec, text, changed);
  if (spec->type == NN_PARAM_PAIR)
    return set_pair(config, spec, text, changed);
  if (!bp_number_parse(text, &number) || (isnan(number) && !bp_value_nullable(spec)))
    return refuse(spec, text);
  return bp_value_set_number(config, spec, number, changed);
}

/* ---- stepping ---- */

/* The seed `steps` further; itself where there is none. */
static NnValue step_seed(NnValue seed, int steps)
{
  NnValue next = seed;
  gboolean negative = seed.number < 0;
  next.seed += (guint64)(gint64)steps;
  next.number = negative ? (double)(gint64)next.seed : (double)next.seed;
  gboolean wraps = steps > 0  ? !negative && next.seed < seed.seed
                   : negative ? next.number > seed.number
                              : next.seed > seed.seed;
  return wraps ? seed : next;
}

char *bp_value_step(NnConfig *config, const NnParamSpec *spec, int steps, bool *changed)
{
  const NnValue *value = nn_config_value(config, spec->key);
  if (spec->type == NN_PARAM_SEED) {
    char text[NN_NUMBER_TEXT];
    NnValue next = step_seed(*value, steps);
    return set_seed(config, spec, nn_seed_text(&next, text), changed);
  }
  double number = value->number;
  for (int i = 0; i < ABS(steps); i++)
    number = bp_number_step(spec, number, steps > 0 ? 1 : -1);
  return bp_value_set_number(config, spec, number, changed);
}

bool bp_value_can_step(const NnConfig *config, const NnParamSpec *spec, int direction)
{
  const NnValue *value = nn_config_value(config, spec->key);
  if (spec->type == NN_PARAM_SEED)
    return step_seed(*value, direction).seed != value->seed;
  return !same(bp_number_step(spec, value->number, direction), value->number);
}
