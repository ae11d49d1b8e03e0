#include "number-text.h"
#include <glib.h>
#include <math.h>
#include <string.h>

const char *bp_number_separator(void)
{
  return g_str_equal(nn_decimal_mark(), ",") ? "; " : ", ";
}

/* The first `from` becomes `to`. */
static char *with_mark(const char *text, const char *from, const char *to)
{
  const char *found = strstr(text, from);
  return found ? g_strdup_printf("%.*s%s%s", (int)(found - text), text, to, found + strlen(from))
               : g_strdup(text);
}

const char *bp_number_text(double number, char text[NN_NUMBER_TEXT])
{
  text[0] = '\0';
  return isnan(number) ? text : nn_number_shown(number, text);
}

char *bp_number_keep_percents(const char *text)
{
  g_auto(GStrv) parts = g_strsplit(text, " %", -1);
  return g_strjoinv("\u202f%", parts);
}

bool bp_text_is_word(const char *text, const char *word)
{
  g_autofree char *bare = g_strstrip(g_strdelimit(g_strdup(text), "\"'", ' '));
  return g_ascii_strcasecmp(bare, word) == 0;
}

bool bp_number_parse(const char *text, double *number)
{
  g_autofree char *bare = g_strstrip(g_strdup(text));
  if (!bare[0] || bp_text_is_word(bare, "none") || bp_text_is_word(bare, "null")) {
    *number = NAN;
    return true;
  }
  char *end;
  g_autofree char *plain = with_mark(bare, nn_decimal_mark(), ".");
  double parsed = g_ascii_strtod(plain, &end);
  if (end == plain || *end || !isfinite(parsed))
    return false;
  *number = parsed;
  return true;
}

/* Spaces in place of all that may stand between numbers. */
static char *part_numbers(const char *text, bool whole)
{
  char *bare = g_strdelimit(g_strdup(text), "()[];\t\n", ' ');
  bool decimal = g_str_equal(nn_decimal_mark(), ",") && !whole && !strchr(text, '.');
  for (char *at = bare; *at; at++)
    if (*at == ',' && !(decimal && g_ascii_isdigit(at[1])))
      *at = ' ';
  return g_strstrip(bare);
}

double *bp_numbers_parse(const char *text, bool whole, int *n)
{
  g_autofree char *bare = part_numbers(text, whole);
  g_auto(GStrv) parts = g_strsplit(bare, " ", -1);
  double *numbers = g_new(double, g_strv_length(parts) + 1);
  *n = 0;
  for (int i = 0; parts[i]; i++) {
    if (!parts[i][0])
      continue;
    if (!bp_number_parse(parts[i], &numbers[*n])) {
      g_free(numbers);
      return NULL;
    }
    ++*n;
  }
  return numbers;
}

double bp_number_step_log(double number, int direction)
{
  static const double marks[] = {0.5, 1, 2, 5, 10};
  if (!(number > 0))
    return number;
  double power = pow(10, floor(log10(number) + 1e-9));
  double mantissa = number / power, next = direction > 0 ? 10 : 0.5;
  for (int i = 0; i < 5; i++) {
    int k = direction > 0 ? i : 4 - i;
    if (direction > 0 ? marks[k] > mantissa * (1 + 1e-9) : marks[k] < mantissa * (1 - 1e-9)) {
      next = marks[k];
      break;
    }
  }
  char text[NN_NUMBER_TEXT]; /* through a short text, so that 0.001 · 2 is 0.002 to the last bit */
  return g_ascii_strtod(g_ascii_formatd(text, sizeof text, "%.9g", next * power), NULL);
}

static double step_linear(const NnParamSpec *spec, double number, int direction)
{
  double step = spec->step > 0 ? spec->step : spec->type == NN_PARAM_INT ? 1 : 0.1;
  double low, high;
  nn_param_reach(spec, &low, &high);
  double base = fabs(low) < 1e9 ? low : 0;
  double moved = number + direction * step;
  if (spec->type == NN_PARAM_INT && step > 1) /* 1, 8, 16 rather than 1, 9, 17 */
    base = 0;
  moved = base + (direction > 0 ? floor((moved - base) / step + 1e-6)
                                : ceil((moved - base) / step - 1e-6)) *
                     step;
  char text[NN_NUMBER_TEXT];
  return g_ascii_strtod(g_ascii_formatd(text, sizeof text, "%.12g", moved), NULL);
}

static double step_log(const NnParamSpec *spec, double number, int direction)
{
  double first = spec->step > 0 ? spec->step : spec->type == NN_PARAM_INT ? 1 : 1e-5;
  if (number == 0)
    return direction > 0 ? first : number;
  if (direction < 0 && number <= first && nn_param_check(spec, 0, "", NULL))
    return 0;
  if (spec->type == NN_PARAM_INT)
    return direction > 0 ? number * 2 : floor(number / 2);
  return bp_number_step_log(number, direction);
}

double bp_number_step(const NnParamSpec *spec, double number, int direction)
{
  double low, high;
  nn_param_reach(spec, &low, &high);
  if (isnan(number)) {
    double start = isfinite(spec->def) ? spec->def : isfinite(low) ? low : 0;
    return nn_param_check(spec, start, "", NULL) ? start : step_linear(spec, start, 1);
  }
  double next = spec->scale == NN_SCALE_LOG ? step_log(spec, number, direction)
                                            : step_linear(spec, number, direction);
  if (number < low || next < low) /* also back from where somebody has typed */
    next = low;
  else if (number > high || next > high)
    next = high;
  if (!nn_param_check(spec, next, "", NULL))
    next = direction > 0 ? spec->max : spec->min;
  return nn_param_check(spec, next, "", NULL) && (next - number) * direction > 0 ? next : number;
}
