/* param.c: see param.h. One parameter's table entry: checking a number, and saying in words what is
 * allowed. */
#include "param.h"
#include "kind.h"
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int nn_param_count(const NnParamSpec *specs)
{
  int n = 0;
  while (specs && specs[n].key)
    n++;
  return n;
}

int nn_param_index(const NnParamSpec *specs, const char *key)
{
  for (int i = 0; specs && specs[i].key; i++)
    if (strcmp(specs[i].key, key) == 0)
      return i;
  return -1;
}

int nn_param_def_len(const NnParamSpec *spec)
{
  if (!spec->defs)
    return 0;
  return spec->def_len ? spec->def_len : spec->min_len;
}

bool nn_param_check_len(const NnParamSpec *spec, int n)
{
  if (n == 0 && (spec->flags & NN_PARAM_NULLABLE || spec->choices))
    return true;
  return n >= spec->min_len && n <= spec->max_len;
}

static int n_choices(const NnParamSpec *spec)
{
  int n = 0;
  while (spec->choices && spec->choices[n])
    n++;
  return n;
}

static bool in_range(const NnParamSpec *spec, double x)
{
  bool above = spec->flags & NN_PARAM_EXCL_MIN ? x > spec->min : x >= spec->min;
  bool below = spec->flags & NN_PARAM_EXCL_MAX ? x < spec->max : x <= spec->max;
  return above && below && (x != 0 || !(spec->flags & NN_PARAM_NONZERO));
}

/* What is computed with has 32 bits; PyTorch raises an error for most larger numbers, too. */
static bool fits_float(double x)
{
  return isnan(x) || fabs(x) <= FLT_MAX;
}

static bool is_allowed(const NnParamSpec *spec, double x)
{
  if (isnan(x) && spec->type == NN_PARAM_FLOATS)
    return spec->flags & NN_PARAM_NULL_ENTRIES;
  if (isnan(x) && spec->type == NN_PARAM_PAIR)
    return spec->flags & (NN_PARAM_NULLABLE | NN_PARAM_NULL_ENTRIES);
  if (isnan(x))
    return spec->flags & (NN_PARAM_NULLABLE | NN_PARAM_DERIVED);
  switch (spec->type) {
  case NN_PARAM_FLOAT:
    return fits_float(x) && in_range(spec, x);
  case NN_PARAM_FLOATS:
    return fits_float(x) && (!(spec->flags & NN_PARAM_WHOLE) || x == floor(x)) && in_range(spec, x);
  case NN_PARAM_INT:
    return isfinite(x) && x == floor(x) && in_range(spec, x);
  case NN_PARAM_PAIR:
    return isfinite(x) && x == floor(x) && (in_range(spec, x) || (x < 0 && x >= -n_choices(spec)));
  case NN_PARAM_BOOL:
    return x == 0 || x == 1;
  case NN_PARAM_CHOICE:
    return x == floor(x) && x >= 0 && x < n_choices(spec);
  default:
    return false;
  }
}

void nn_param_reach(const NnParamSpec *spec, double *low, double *high)
{
  bool soft = spec->soft_min < spec->soft_max;
  *low = soft ? spec->soft_min : spec->min;
  *high = soft ? spec->soft_max : spec->max;
}

bool nn_param_check(const NnParamSpec *spec, double number, const char *where, NnError *err)
{
  if (is_allowed(spec, number))
    return true;
  char found[NN_NUMBER_TEXT], range[NN_RANGE_TEXT];
  if (!fits_float(number))
    return nn_fail(err, NN_ERR_ARG, where,
                   "%s is %s; allowed is what a 32-bit floating-point number holds, at most %s.",
                   where, nn_number_shown(number, found), NN_SHOWN(3.4028234e38));
  NnParamSpec one = *spec; /* of a list, what is allowed for one entry */
  if (one.type == NN_PARAM_FLOATS)
    one.type = one.flags & NN_PARAM_WHOLE ? NN_PARAM_INT : NN_PARAM_FLOAT;
  return nn_fail(err, NN_ERR_ARG, where, "%s is %s; allowed is %s.", where,
                 isnan(number) ? nn_text(N_("not a number")) : nn_number_shown(number, found),
                 nn_param_range_text(&one, range));
}

/* Appends to a text of NN_RANGE_TEXT bytes. */
static void append(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(char *text, const char *format, ...)
{
  size_t used = strlen(text);
  va_list args;
  va_start(args, format);
  vsnprintf(text + used, NN_RANGE_TEXT - used, format, args);
  va_end(args);
}

/* "a number from 0 to below 1", "a whole number of at least 1": the same forms with each noun. */
enum { A_NUMBER, A_WHOLE_NUMBER, EACH, N_NOUNS };
enum { ANY, FROM_TO, FROM_BELOW, ABOVE_TO, ABOVE_BELOW, LEAST, ABOVE, MOST, BELOW, N_FORMS };

static const char *const number_forms[N_NOUNS][N_FORMS] = {
    {N_("a number"), N_("a number from %s to %s"), N_("a number from %s to below %s"),
     N_("a number above %s and at most %s"), N_("a number above %s and below %s"),
     N_("a number of at least %s"), N_("a number above %s"), N_("a number of at most %s"),
     N_("a number below %s")},
    {N_("a whole number"), N_("a whole number from %s to %s"),
     N_("a whole number from %s to below %s"), N_("a whole number above %s and at most %s"),
     N_("a whole number above %s and below %s"), N_("a whole number of at least %s"),
     N_("a whole number above %s"), N_("a whole number of at most %s"),
     N_("a whole number below %s")},
    {N_("each"), N_("each from %s to %s"), N_("each from %s to below %s"),
     N_("each above %s and at most %s"), N_("each above %s and below %s"),
     N_("each of at least %s"), N_("each above %s"), N_("each of at most %s"),
     N_("each below %s")}};

static void append_numbers(char *text, const NnParamSpec *spec, int noun)
{
  char low[NN_NUMBER_TEXT], high[NN_NUMBER_TEXT];
  bool has_min = isfinite(spec->min), has_max = isfinite(spec->max);
  bool open_min = spec->flags & NN_PARAM_EXCL_MIN, open_max = spec->flags & NN_PARAM_EXCL_MAX;
  nn_number_shown(spec->min, low);
  nn_number_shown(spec->max, high);
  if (has_min && has_max && spec->min == spec->max) {
    append(text, "%s", low);
    return;
  }
  int form = has_min && has_max ? FROM_TO + 2 * open_min + open_max
             : has_min          ? LEAST + open_min
             : has_max          ? MOST + open_max
                                : ANY;
  append(text, nn_text(number_forms[noun][form]), has_min ? low : high, high);
  if (spec->flags & NN_PARAM_NONZERO)
    append(text, "%s", nn_text(N_(", but not 0")));
}

/* "a list of 2 numbers, each from 0 to below 1" */
static void append_list(char *text, const NnParamSpec *spec)
{
  static const char *const to_forms[2][2] = {
      {N_("a list of %d to %d numbers, "), N_("a number or a list of %d to %d numbers, ")},
      {N_("a list of %d to %d whole numbers, "),
       N_("a whole number or a list of %d to %d whole numbers, ")}};
  bool whole = spec->flags & NN_PARAM_WHOLE, single = spec->flags & NN_PARAM_SINGLE;
  int n = spec->flags & NN_PARAM_NO_LIST_OF_ONE ? 2 : spec->min_len;
  if (n < spec->max_len)
    append(text, nn_text(to_forms[whole][single]), n, spec->max_len);
  else if (whole)
    append(text,
           single ? nn_text_n("a whole number or a list of %d whole number, ",
                              "a whole number or a list of %d whole numbers, ", (unsigned)n)
                  : nn_text_n("a list of %d whole number, ", "a list of %d whole numbers, ",
                              (unsigned)n),
           n);
  else
    append(text,
           single ? nn_text_n("a number or a list of %d number, ",
                              "a number or a list of %d numbers, ", (unsigned)n)
                  : nn_text_n("a list of %d number, ", "a list of %d numbers, ", (unsigned)n),
           n);
  append_numbers(text, spec, EACH);
  if (spec->choices)
    append(text, nn_text(N_(", or \"%s\"")), spec->choices[0]);
}

static void append_pair(char *text, const NnParamSpec *spec)
{
  append_numbers(text, spec, A_WHOLE_NUMBER);
  append(text, "%s", nn_text(N_(", or two of them, [height, width]")));
  if (spec->flags & NN_PARAM_NULL_ENTRIES)
    append(text, "%s", nn_text(N_(", each of which may be null")));
  for (int i = 0; i < n_choices(spec); i++)
    append(text, nn_text(N_(", or \"%s\"")), spec->choices[i]);
}

void nn_param_list(char text[NN_RANGE_TEXT], const char *name, bool first)
{
  static const char more[] = ", …";
  enum { BEHIND = 64 }; /* for ", or null", in any language */
  size_t used = strlen(text), n = strlen(name) + 2;
  if (used + n + sizeof more + BEHIND < NN_RANGE_TEXT)
    append(text, "%s%s", first ? "" : ", ", name);
  else if (used < sizeof more || strcmp(text + used + 1 - sizeof more, more) != 0)
    append(text, "%s", more);
}

static void append_names(char *text, const NnParamSpec *spec)
{
  for (int i = 0; spec->choices[i]; i++)
    nn_param_list(text, spec->choices[i], i == 0);
}

static void append_kinds(char *text, NnKindClass klass)
{
  const NnKind *const *kinds = nn_kinds(klass);
  if (!*kinds)
    append(text, "%s", nn_text(N_("none, as there are none here")));
  for (int i = 0; kinds[i]; i++)
    nn_param_list(text, kinds[i]->name, i == 0);
}

const char *nn_param_range_text(const NnParamSpec *spec, char text[NN_RANGE_TEXT])
{
  text[0] = '\0';
  switch (spec->type) {
  case NN_PARAM_FLOAT:
    append_numbers(text, spec, A_NUMBER);
    break;
  case NN_PARAM_INT:
    append_numbers(text, spec, A_WHOLE_NUMBER);
    break;
  case NN_PARAM_BOOL:
    append(text, "%s", nn_text(N_("true or false")));
    break;
  case NN_PARAM_CHOICE:
    /* Translators: words that are allowed follow. */
    append(text, "%s", nn_text(N_("one of ")));
    append_names(text, spec);
    break;
  case NN_PARAM_FLOATS:
    append_list(text, spec);
    break;
  case NN_PARAM_PAIR:
    append_pair(text, spec);
    break;
  case NN_PARAM_KIND:
    if (spec->flags & NN_PARAM_SECTION) {
      append(text, "%s", nn_text(N_("an object")));
      break;
    }
    append(text, "%s", nn_text(nn_class(spec->klass)->one_of));
    append_kinds(text, spec->klass);
    break;
  case NN_PARAM_KINDS:
    append(text, nn_text(N_("a list of %d to %d of: ")), spec->min_len, spec->max_len);
    append_kinds(text, spec->klass);
    break;
  case NN_PARAM_SEED:
    append(text, nn_text(number_forms[A_WHOLE_NUMBER][FROM_TO]), "-9223372036854775808",
           "18446744073709551615");
    break;
  }
  if (spec->flags & NN_PARAM_NULLABLE)
    append(text, "%s", nn_text(N_(", or null")));
  return text;
}

/* ---- seeds ---- */

/* The digits at `text` and nothing but blanks behind them; false also beyond 2⁶⁴ − 1. */
static bool read_digits(const char *text, uint64_t *number)
{
  *number = 0;
  size_t n = strspn(text, "0123456789");
  for (size_t i = 0; i < n; i++) {
    uint64_t digit = (uint64_t)(text[i] - '0');
    if (*number > (UINT64_MAX - digit) / 10)
      return false;
    *number = *number * 10 + digit;
  }
  return n > 0 && text[n + strspn(text + n, " \t\r\n")] == '\0';
}

bool nn_seed_parse(const char *text, const char *where, NnValue *value, NnError *err)
{
  static const NnParamSpec spec = {.type = NN_PARAM_SEED};
  const char *start = text + strspn(text, " \t\r\n");
  bool negative = *start == '-';
  uint64_t size;
  char range[NN_RANGE_TEXT];
  if (!read_digits(start + negative, &size) || (negative && size > (uint64_t)1 << 63)) {
    const char *quote = *start && !start[strspn(start, "-0123456789")] ? "" : "\"";
    return nn_fail(err, NN_ERR_ARG, where, "%s is %s%.64s%s; allowed is %s.", where, quote, start,
                   quote, nn_param_range_text(&spec, range));
  }
  value->seed = negative ? 0 - size : size;
  value->number = negative ? -(double)size : (double)size;
  return true;
}

const char *nn_seed_text(const NnValue *value, char text[NN_NUMBER_TEXT])
{
  bool negative = value->number < 0;
  snprintf(text, NN_NUMBER_TEXT, "%s%" PRIu64, negative ? "-" : "",
           negative ? 0 - value->seed : value->seed);
  return text;
}
