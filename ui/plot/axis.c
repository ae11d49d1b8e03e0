/* axis.c: ranges, ticks, labels. Read nice_step() first: everything else is built on it. */
#include "axis.h"
#include "engine/number.h"
#include "ui/i18n.h"
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define THIN_SPACE "\u202f"

static double clamp(double value, double low, double high)
{
  return value < low ? low : value > high ? high : value;
}

/* The smallest of 1, 2, 5 × 10ⁿ that is not below `least`, which must be positive and finite. A
 * hair of room keeps 0.05 / 5 from becoming 0.02 by a rounding error. */
static double nice_step(double least)
{
  double power = pow(10, floor(log10(least)));
  double factor = least / power * (1 - 1e-9);
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

/* k × step, rounded once: 3 × 0.1 is 0.3, not 0.30000000000000004. The inverse of a step below one
 * is a whole number, and dividing by it is exact where multiplying is not. */
static double multiple(double k, double step)
{
  double inverse = round(1 / step);
  bool whole = step < 1 && step > 1e-15 && fabs(inverse * step - 1) < 1e-9;
  return whole ? k / inverse : k * step;
}

static void order_ends(double *lo, double *hi)
{
  if (!isfinite(*lo))
    *lo = *hi;
  if (!isfinite(*hi))
    *hi = *lo;
  if (!isfinite(*lo)) {
    *lo = 0;
    *hi = 1;
  }
  if (*lo > *hi) {
    double swap = *lo;
    *lo = *hi;
    *hi = swap;
  }
  *lo = clamp(*lo, -1e300, 1e300);
  *hi = clamp(*hi, -1e300, 1e300);
}

/* Data of a single value get the range between it and zero, so that its size can be read. */
static void part_equal_ends(double *lo, double *hi)
{
  double size = fmax(fabs(*lo), fabs(*hi));
  if (*hi - *lo > 1e-12 * size && *hi - *lo > 1e-300)
    return;
  if (size < 1e-300) {
    *lo = 0;
    *hi = 1;
  } else if (*hi > 0) {
    *lo = 0;
  } else {
    *hi = 0;
  }
}

static void fit_linear(BpAxis *axis, double lo, double hi, int wanted)
{
  order_ends(&lo, &hi);
  part_equal_ends(&lo, &hi);
  if (lo > 0 && lo <= hi / 3)
    lo = 0;
  double least = INFINITY;
  for (int n = wanted; n <= wanted + 2; n++) {
    double step = nice_step((hi - lo) / n);
    /* A millionth of a step over a tick is that tick: float data rarely hit a round number. */
    double min = multiple(floor(lo / step + 1e-6), step);
    double max = multiple(ceil(hi / step - 1e-6), step);
    if (max - min >= least * (1 - 1e-9))
      continue;
    least = max - min;
    axis->min = min;
    axis->max = max;
  }
  if (axis->format == BP_FORMAT_PERCENT && hi <= 1)
    axis->max = fmin(axis->max, 1);
  if (axis->format == BP_FORMAT_PERCENT && lo >= 0)
    axis->min = fmax(axis->min, 0);
}

/* The largest of 1, 2, 5 × 10ⁿ at or below a positive value. */
static double nice_below(double value)
{
  double step = nice_step(value);
  if (step <= value * (1 + 1e-9))
    return step;
  double power = pow(10, floor(log10(value)));
  double factor = value / power;
  return power * (factor >= 5 ? 5 : factor >= 2 ? 2 : 1);
}

static void fit_log(BpAxis *axis, double lo, double hi)
{
  if (!isfinite(hi) || hi <= 0) {
    axis->min = 1e-3;
    axis->max = 1;
    return;
  }
  hi = clamp(hi, 1e-290, 1e290);
  lo = isfinite(lo) && lo > 0 ? clamp(lo, 1e-300, hi) : hi * 1e-6;
  axis->min = nice_below(lo);
  axis->max = nice_step(hi);
  if (axis->max < 1.5 * axis->min)
    axis->min = nice_below(axis->max / 10);
}

void bp_axis_fit(BpAxis *axis, double lo, double hi, int wanted_ticks)
{
  if (axis->log) {
    if (isfinite(lo) && isfinite(hi) && lo > hi)
      fit_log(axis, hi, lo);
    else
      fit_log(axis, lo, hi);
  } else {
    fit_linear(axis, lo, hi, wanted_ticks < 1 ? 1 : wanted_ticks > 30 ? 30 : wanted_ticks);
  }
}

void bp_axis_fit_growing(BpAxis *axis, double last, double total, double start)
{
  axis->min = 0;
  axis->log = false;
  axis->max = start > 0 && isfinite(start) ? start : 1;
  last = isfinite(last) ? fmin(last, 1e300) : 0;
  while (axis->max < last)
    axis->max *= 2;
  if (isfinite(total) && total > 0 && last <= total && axis->max >= 0.8 * total)
    axis->max = total;
}

/* Ticks at first·step, (first + 1)·step, … inside the range. */
static void linear_ticks(const BpAxis *axis, double step, BpTicks *ticks)
{
  ticks->n = 0;
  double slack = 1e-6 * step;
  for (double k = ceil(axis->min / step - 1e-6); ticks->n < BP_AXIS_MAX_TICKS; k++) {
    double value = multiple(k, step);
    if (value > axis->max + slack)
      break;
    ticks->value[ticks->n++] = value == 0 ? 0 : value; /* no minus zero */
    if (value + step == value)
      break;
  }
  double shown = axis->format == BP_FORMAT_PERCENT ? step * 100 : step;
  double digits = -floor(log10(shown) + 1e-9);
  ticks->decimals = (int)clamp(digits, 0, 12);
}

/* 1, 2, 5 × 10ⁿ inside the range, of which only the first `per_decade` (1 or 3) of each decade and
 * only every stride-th decade. */
static int log_ticks(const BpAxis *axis, int per_decade, int stride, BpTicks *ticks)
{
  static const double FACTORS[] = {1, 2, 5};
  int first = (int)floor(log10(axis->min) + 1e-9);
  int last = (int)ceil(log10(axis->max) - 1e-9);
  ticks->n = 0;
  ticks->decimals = 0;
  int total = 0;
  for (int decade = first; decade <= last; decade++) {
    for (int i = 0; i < per_decade; i++) {
      double value = decade < 0 ? FACTORS[i] / pow(10, -decade) : FACTORS[i] * pow(10, decade);
      bool inside = value >= axis->min * (1 - 1e-9) && value <= axis->max * (1 + 1e-9);
      if (!inside || (decade - last) % stride != 0)
        continue;
      if (ticks->n < BP_AXIS_MAX_TICKS)
        ticks->value[ticks->n++] = value;
      total++;
    }
  }
  return total;
}

static void choose_log_ticks(const BpAxis *axis, int wanted, BpTicks *ticks)
{
  if (log_ticks(axis, 3, 1, ticks) <= wanted + 1)
    return;
  int stride = 1;
  while (log_ticks(axis, 1, stride, ticks) > wanted + 1)
    stride++;
  if (ticks->n < 2)
    log_ticks(axis, 3, 1, ticks);
}

void bp_axis_ticks(const BpAxis *axis, int wanted, BpTicks *ticks)
{
  wanted = wanted < 1 ? 1 : wanted > 30 ? 30 : wanted;
  if (axis->log) {
    choose_log_ticks(axis, wanted, ticks);
    return;
  }
  double step = nice_step((axis->max - axis->min) / wanted);
  linear_ticks(axis, axis->format == BP_FORMAT_COUNT ? fmax(1, step) : step, ticks);
}

double bp_axis_place(const BpAxis *axis, double value)
{
  if (isnan(value))
    return NAN;
  double place;
  if (axis->log)
    place =
        value > 0 ? (log(value) - log(axis->min)) / (log(axis->max) - log(axis->min)) : -INFINITY;
  else
    place = (value - axis->min) / (axis->max - axis->min);
  return clamp(place, -1e3, 1e3);
}

double bp_axis_value(const BpAxis *axis, double place)
{
  if (axis->log)
    return exp(log(axis->min) + place * (log(axis->max) - log(axis->min)));
  return axis->min + place * (axis->max - axis->min);
}

/* "1e-4", with a true minus sign before it. */
static void write_short(double value, int digits, char *text, size_t size)
{
  char plain[NN_NUMBER_TEXT];
  snprintf(text, size, "%s%s", value < 0 ? "−" : "", nn_number_rounded(fabs(value), digits, plain));
}

/* Fixed decimals, thousands apart from four digits on, a true minus sign. */
static void write_fixed(double value, int decimals, char *text, size_t size)
{
  char plain[64];
  char format[16];
  snprintf(format, sizeof format, "%%.%df", decimals);
  g_ascii_formatd(plain, sizeof plain, format, fabs(value)); /* with a point */
  size_t whole = strcspn(plain, ".");
  bool negative = value < 0 && strspn(plain, "0.") < strlen(plain);
  size_t length = 0;
  if (size == 0)
    return;
  text[0] = '\0';
  if (negative)
    length += (size_t)snprintf(text, size, "−");
  for (size_t i = 0; plain[i] && length + 1 < size; i++) {
    bool apart = i > 0 && i < whole && (whole - i) % 3 == 0;
    const char digit[] = {plain[i], '\0'};
    length += (size_t)snprintf(text + length, size - length, "%s%s", apart ? THIN_SPACE : "",
                               i == whole ? nn_decimal_mark() : digit);
  }
}

static void append_percent(char *text, size_t size)
{
  size_t length = strlen(text);
  snprintf(text + length, size - length, THIN_SPACE "%%");
}

void bp_format_tick(const BpAxis *axis, const BpTicks *ticks, int i, char *text, size_t size)
{
  double value = ticks->value[i];
  double factor = axis->format == BP_FORMAT_PERCENT ? 100 : 1;
  double largest = factor * fmax(fabs(axis->min), fabs(axis->max));
  double limit = axis->format == BP_FORMAT_COUNT ? 1e12 : 1e7;
  double step = ticks->n > 1 ? fabs(ticks->value[1] - ticks->value[0]) : largest;
  int decimals = ticks->decimals;
  if (axis->log) {
    largest = factor * value;
    decimals = (int)clamp(-floor(log10(largest) + 1e-9), 0, 12);
  }
  bool tiny = largest < 0.01 * (1 - 1e-9) || (!axis->log && step * factor < 9e-6);
  if (value != 0 && (largest >= limit || tiny)) {
    double digits = axis->log ? 0 : ceil(log10(largest / (step * factor)) - 1e-9);
    write_short(value * factor, 1 + (int)clamp(digits, 0, 8), text, size);
  } else {
    write_fixed(value * factor, value == 0 && tiny ? 0 : decimals, text, size);
  }
  if (axis->format == BP_FORMAT_PERCENT)
    append_percent(text, size);
}

void bp_format_fixed(double value, int decimals, char *text, size_t size)
{
  write_fixed(value, (int)clamp(decimals, 0, 12), text, size);
}

void bp_format_value(double value, BpFormat format, char *text, size_t size)
{
  if (!isfinite(value)) {
    snprintf(text, size, "%s", isnan(value) ? _("not a number") : _("infinite"));
    return;
  }
  double shown = format == BP_FORMAT_PERCENT ? value * 100 : value;
  double amount = fabs(shown);
  if (format == BP_FORMAT_COUNT && amount < 1e12)
    write_fixed(shown, 0, text, size);
  else if (amount == 0)
    write_fixed(0, 0, text, size);
  else if (format == BP_FORMAT_RATE)
    write_short(shown, 3, text, size);
  else if (amount >= 1e7 || amount < (format == BP_FORMAT_PERCENT ? 1e-3 : 0.01))
    write_short(shown, 2, text, size);
  else if (format == BP_FORMAT_PERCENT)
    write_fixed(shown, 2, text, size);
  else
    write_fixed(shown, amount < 10 ? 3 : amount < 100 ? 2 : 0, text, size);
  if (format == BP_FORMAT_PERCENT)
    append_percent(text, size);
}
