/* Axes against ticks and labels worked out by hand. */
#include "tests/check.h"
#include "ui/axis.h"
#include <float.h>
#include <math.h>
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
  return labels(&axis, 4);
}

static void test_linear(void)
{
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0.05, 0.95), "0.0|0.5|1.0");
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0.05, 0.75), "0.0|0.2|0.4|0.6|0.8");
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0.02, 2.4), "0|1|2|3");
  nn_check_str(fitted(BP_FORMAT_NUMBER, -3, 3), "−4|−2|0|2|4");
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0, 4000),
               "0|1" THIN "000|2" THIN "000|3" THIN "000|4" THIN "000");
  nn_check_str(fitted(BP_FORMAT_NUMBER, 0.3, 0.1), "0.10|0.15|0.20|0.25|0.30");
}

static void test_percent(void)
{
  nn_check_str(fitted(BP_FORMAT_PERCENT, 0.86, 0.98),
               "85" THIN "%|90" THIN "%|95" THIN "%|100" THIN "%");
  nn_check_str(fitted(BP_FORMAT_PERCENT, 0.968, 0.975),
               "96.8" THIN "%|97.0" THIN "%|97.2" THIN "%|97.4" THIN "%|97.6" THIN "%");
  BpAxis axis = {.format = BP_FORMAT_PERCENT};
  bp_axis_fit(&axis, 0.1, 1, 4); /* no 120 % */
  nn_check(axis.max == 1 && axis.min == 0);
}

static void test_iterations(void)
{
  BpAxis axis = {.unit = 7500, .format = BP_FORMAT_COUNT};
  bp_axis_fit_growing(&axis, 3000, 22500, 100);
  nn_check_str(labels(&axis, 4), "0|7" THIN "500|15" THIN "000|22" THIN "500");
  axis.max = 750000; /* a hundred epochs: every twenty-fifth is not round, every twentieth is */
  nn_check_str(labels(&axis, 5),
               "0|150" THIN "000|300" THIN "000|450" THIN "000|600" THIN "000|750" THIN "000");
  axis.max = 3200; /* less than one epoch: ordinary round numbers */
  nn_check_str(labels(&axis, 4), "0|1" THIN "000|2" THIN "000|3" THIN "000");
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
  bp_axis_fit_growing(&axis, 22500, 22500, 100);
  nn_check(axis.max == 22500);
  bp_axis_fit_growing(&axis, 22501, 22500, 100); /* past the total: doubling again */
  nn_check(axis.max == 25600);
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
  nn_test("ticks on whole epochs", test_iterations);
  nn_test("the axis of iterations doubles", test_growing);
  nn_test("logarithmic ticks", test_log);
  nn_test("any pair of ends", test_pathological);
  nn_test("values as text", test_values);
  return nn_test_done();
}
