/* Axes against ticks and labels worked out by hand. */
#include "tests/check.h"
#include "ui/plot/axis.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define THIN "\u202f"

/* All labels in one string, with bars between them. */
static const char *labels(const BpAxis *axis, int wanted)
{
  static char all[1024];
  char text[40];
  BpTicks ticks;
  bp_axis_ticks(axis, wanted, &ticks);
  all[0] = '\0';
  for (int i = 0; i < ticks.n; i++) {
    bp_format_tick(axis, &ticks, i, text, sizeof text);
    strcat(all, i ? "|" : "");
    strcat(all, text);
  }
  return all;
}

static const char *fitted(BpFormat format, double lo, double hi)
{
  BpAxis axis = {.format = format};
  bp_axis_fit(&axis, lo, hi, 4);
  return labels(&axis, 6);
}

static void test_linear(void)
{
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0.05, 0.95), "0.0|0.2|0.4|0.6|0.8|1.0");
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0.05, 0.75), "0.0|0.2|0.4|0.6|0.8");
  nn_check_str(fitted(BP_FORMAT_NUMBER, -3, 3), "−3|−2|−1|0|1|2|3");
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0, 4000),
               "0|1" THIN "000|2" THIN "000|3" THIN "000|4" THIN "000");
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0.3, 0.1), "0.10|0.15|0.20|0.25|0.30");
  BpAxis axis = {0}; /* five steps of a half leave less of it empty than three of one */
  bp_axis_fit(&axis, 0.02, 2.4, 4);
  nn_check(axis.min == 0 && axis.max == 2.5);
}

static void test_percent(void)
{
  nn_check_str(fitted(BP_FORMAT_PERCENT, 0.86, 0.98), "86" THIN "%|88" THIN "%|90" THIN "%|92" THIN
                                                      "%|94" THIN "%|96" THIN "%|98" THIN "%");
  nn_check_str(fitted(BP_FORMAT_PERCENT, 0.968, 0.975),
               "96.8" THIN "%|97.0" THIN "%|97.2" THIN "%|97.4" THIN "%|97.6" THIN "%");
  BpAxis axis = {.format = BP_FORMAT_PERCENT};
  bp_axis_fit(&axis, 0.1, 1, 4); /* no 120 % */
  nn_check(axis.max == 1 && axis.min == 0);
}

static void test_steps(void)
{
  BpAxis axis = {.format = BP_FORMAT_COUNT, .max = 22500};
  nn_check_str(labels(&axis, 4), "0|10" THIN "000|20" THIN "000");
  nn_check_str(labels(&axis, 5), "0|5" THIN "000|10" THIN "000|15" THIN "000|20" THIN "000");
  axis.max = 3125; /* not 980, nor 1 042 */
  nn_check_str(labels(&axis, 4), "0|1" THIN "000|2" THIN "000|3" THIN "000");
  axis.max = 3; /* there is no half step */
  nn_check_str(labels(&axis, 7), "0|1|2|3");
}

static void test_growing(void)
{
  BpAxis axis = {0};
  const double last[] = {NAN, 0, 100, 101, 200, 201, 12801};
  const double wanted[] = {100, 100, 100, 200, 200, 400, 25600};
  for (int i = 0; i < 7; i++) {
    bp_axis_fit_growing(&axis, last[i], 0, 100);
    nn_check(axis.min == 0 && axis.max == wanted[i]);
  }
  bp_axis_fit_growing(&axis, 3000, 225000, 100); /* the plan comes when it is due */
  nn_check(axis.max == 3200);
  bp_axis_fit_growing(&axis, 200, 230, 100);
  nn_check(axis.max == 230); /* doubling again would show more than there will be */
  bp_axis_fit_growing(&axis, 180, 230, 100);
  nn_check(axis.max == 230); /* and a fifth is not worth another change */
  bp_axis_fit_growing(&axis, 22500, 22500, 100);
  nn_check(axis.max == 22500);
  bp_axis_fit_growing(&axis, 22501, 22500, 100); /* past the total: doubling again */
  nn_check(axis.max == 25600);
}

/* While a run goes on, its axis holds it, is at most half empty, and changes a few times only. */
static void test_growing_throughout(void)
{
  const double totals[] = {118, 7500, 22500, 225000};
  for (int i = 0; i < 4; i++) {
    int n_changes = 0;
    double before = 0;
    for (double last = 1; last <= totals[i]; last += fmax(1, totals[i] / 5000)) {
      BpAxis axis = {0};
      bp_axis_fit_growing(&axis, last, totals[i], 100);
      nn_check(axis.max >= last && axis.max <= totals[i]);
      nn_check(axis.max <= fmax(2 * last / 0.8, 100 / 0.8));
      n_changes += axis.max != before;
      before = axis.max;
    }
    nn_check(n_changes <= 1 + ceil(log2(totals[i] / 100)) && before == totals[i]);
  }
}

/* The number that a label shows; NaN when it is none. */
static double read_label(const char *label)
{
  char plain[64];
  size_t n = 0;
  bool negative = strncmp(label, "−", strlen("−")) == 0;
  label += negative ? strlen("−") : 0;
  for (; *label && n < sizeof plain - 1; label++)
    if ((*label >= '0' && *label <= '9') || *label == '.' || *label == 'e' || *label == '-')
      plain[n++] = *label;
  plain[n] = '\0';
  return n > 0 ? (negative ? -1 : 1) * strtod(plain, NULL) : NAN;
}

static bool is_nice(double step)
{
  double power = pow(10, floor(log10(step) + 1e-9)), factor = step / power;
  return fabs(factor - 1) < 1e-6 || fabs(factor - 2) < 1e-6 || fabs(factor - 5) < 1e-6;
}

/* Between any ends: what is shown holds the data, wastes less than one step at either end, and its
 * labels are round numbers, evenly apart, that say exactly where they stand. */
static void check_round(double lo, double hi, BpFormat format)
{
  BpAxis axis = {.format = format};
  BpTicks ticks;
  char text[40];
  bp_axis_fit(&axis, lo, hi, 4);
  bp_axis_ticks(&axis, 6, &ticks);
  double slack = 1e-6 * (axis.max - axis.min);
  nn_check(axis.min <= lo + slack && axis.max >= hi - slack && ticks.n >= 2);
  double step = ticks.value[1] - ticks.value[0], scale = format == BP_FORMAT_PERCENT ? 100 : 1;
  bool ends_at_zero = axis.min == 0 && lo <= hi / 3;
  nn_check(is_nice(step) && axis.max - hi < step + slack);
  nn_check(ends_at_zero || lo - axis.min < step + slack);
  for (int i = 0; i < ticks.n; i++) {
    bp_format_tick(&axis, &ticks, i, text, sizeof text);
    nn_check_near(read_label(text), scale * ticks.value[i], 1e-6 * scale * step, 0);
    nn_check_near(ticks.value[i], ticks.value[0] + i * step, 1e-6 * step, 0);
    nn_check_near(remainder(ticks.value[i], step), 0, 1e-6 * step, 0);
  }
}

static double noise(unsigned *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

static void test_random_ranges(void)
{
  unsigned state = 5;
  for (int i = 0; i < 700; i++) {
    double size = pow(10, 8 * noise(&state) - 4);
    double lo = size * (noise(&state) - 0.3), hi = lo + size * (0.01 + noise(&state));
    check_round(lo, hi, BP_FORMAT_NUMBER);
    lo = 0.98 * noise(&state);
    check_round(lo, lo + (1 - lo) * (0.02 + 0.98 * noise(&state)), BP_FORMAT_PERCENT);
  }
}

static const char *log_labels(double lo, double hi, int wanted)
{
  BpAxis axis = {.log = true};
  bp_axis_fit(&axis, lo, hi, wanted);
  return labels(&axis, wanted);
}

static void test_log(void)
{
  nn_check_str(log_labels(0.001, 10, 4), "1e-3|0.01|0.1|1|10");
  nn_check_str(log_labels(0.05, 2.3, 6), "0.05|0.1|0.2|0.5|1|2|5");
  nn_check_str(log_labels(1e-8, 1, 4), "1e-8|1e-6|1e-4|0.01|1");
  nn_check_str(log_labels(NAN, NAN, 4), "1e-3|0.01|0.1|1");
  BpAxis axis = {.log = true};
  bp_axis_fit(&axis, -1, 2, 4);
  nn_check(axis.min > 0 && axis.max >= 2);
  nn_check(bp_axis_place(&axis, 0) == -1e3 && bp_axis_place(&axis, -5) == -1e3);
  nn_check_near(bp_axis_place(&axis, bp_axis_value(&axis, 0.25)), 0.25, 1e-12, 0);
}

/* Whatever goes in, what comes out can be drawn. */
static void check_sane(double lo, double hi, bool log_scale, BpFormat format)
{
  BpAxis axis = {.log = log_scale, .format = format};
  BpTicks ticks;
  char text[40];
  bp_axis_fit(&axis, lo, hi, 4);
  nn_check(isfinite(axis.min) && isfinite(axis.max) && axis.min < axis.max);
  for (int wanted = 1; wanted < 40; wanted += 3) {
    bp_axis_ticks(&axis, wanted, &ticks);
    nn_check(ticks.n >= 1 && ticks.n <= BP_AXIS_MAX_TICKS);
    for (int i = 0; i < ticks.n; i++) {
      double place = bp_axis_place(&axis, ticks.value[i]);
      nn_check(place > -1e-3 && place < 1 + 1e-3);
      nn_check(i == 0 || ticks.value[i] > ticks.value[i - 1]);
      bp_format_tick(&axis, &ticks, i, text, sizeof text);
      nn_check(text[0] != '\0' && strlen(text) < sizeof text - 1);
    }
  }
  nn_check(fabs(bp_axis_place(&axis, 1e308)) <= 1e3);
  nn_check(isnan(bp_axis_place(&axis, NAN)));
}

static void test_pathological(void)
{
  const double odd[] = {0,         1,       -1,          0.5,   NAN,  INFINITY,
                        -INFINITY, DBL_MAX, -DBL_MAX,    1e-12, 1e20, DBL_MIN,
                        5e-324,    2.3,     2.3 + 1e-15, 100,   1e-5};
  const int n = sizeof odd / sizeof *odd;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int k = 0; k < 4; k++)
        check_sane(odd[i], odd[j], k & 1, k & 2 ? BP_FORMAT_PERCENT : BP_FORMAT_NUMBER);
}

static const char *value(double number, BpFormat format)
{
  static char text[40];
  bp_format_value(number, format, text, sizeof text);
  return text;
}

static void test_values(void)
{
  nn_check_str(value(0.0812, BP_FORMAT_NUMBER), "0.081");
  nn_check_str(value(0.00812, BP_FORMAT_NUMBER), "8.1e-3");
  nn_check_str(value(12.345, BP_FORMAT_NUMBER), "12.35");
  nn_check_str(value(13950, BP_FORMAT_COUNT), "13" THIN "950");
  nn_check_str(value(-1234567, BP_FORMAT_COUNT), "−1" THIN "234" THIN "567");
  nn_check_str(value(0.9724, BP_FORMAT_PERCENT), "97.24" THIN "%");
  nn_check_str(value(1e-4, BP_FORMAT_RATE), "1e-4");
  nn_check_str(value(0.1, BP_FORMAT_RATE), "0.1");
  nn_check_str(value(0, BP_FORMAT_RATE), "0");
  nn_check_str(value(NAN, BP_FORMAT_NUMBER), "not a number");
  nn_check_str(value(INFINITY, BP_FORMAT_NUMBER), "infinite");
}

int main(void)
{
  nn_test("round linear ticks", test_linear);
  nn_test("percentages", test_percent);
  nn_test("steps are counted in round numbers", test_steps);
  nn_test("an axis doubles as it fills", test_growing);
  nn_test("so it does throughout a run", test_growing_throughout);
  nn_test("1400 random ranges have round ticks", test_random_ranges);
  nn_test("logarithmic ticks", test_log);
  nn_test("any pair of ends", test_pathological);
  nn_test("values as text", test_values);
  return nn_test_done();
}
