/* test-comma.c: numbers as a person writes and reads them where the decimal mark is a comma.
 * tests/smoke/comma.py makes the locale. */
#include "tests/check.h"
#include "ui/plot/axis.h"
#include "ui/recipe/number-text.h"
#include <glib.h>
#include <locale.h>
#include <math.h>

static void test_written(void)
{
  char text[64];
  nn_check_str(bp_number_text(0.01, text), "0,01");
  nn_check_str(bp_number_text(2.5e-4, text), "2,5e-4");
  nn_check_str(bp_number_text(64, text), "64");
  bp_format_value(0.9724, BP_FORMAT_PERCENT, text, sizeof text);
  nn_check_str(text, "97,24\u202f%");
  bp_format_value(2.5e-5, BP_FORMAT_RATE, text, sizeof text);
  nn_check_str(text, "2,5e-5");
  bp_format_value(12345, BP_FORMAT_COUNT, text, sizeof text);
  nn_check_str(text, "12\u202f345");
}

static void test_ticks(void)
{
  BpAxis axis = {.format = BP_FORMAT_NUMBER};
  BpTicks ticks;
  char text[64];
  bp_axis_fit(&axis, 0, 1, 5);
  bp_axis_ticks(&axis, 5, &ticks);
  bp_format_tick(&axis, &ticks, 1, text, sizeof text);
  nn_check_str(text, "0,2");
}

static void check_number(const char *text, double wanted)
{
  double number = NAN;
  nn_check(bp_number_parse(text, &number));
  nn_check_near(number, wanted, 0, 0);
}

static void test_read(void)
{
  double number;
  check_number("0,5", 0.5);
  check_number("0.5", 0.5);
  check_number(" 1,5e-3 ", 1.5e-3);
  check_number("784", 784);
  nn_check(!bp_number_parse("1,5,2", &number));
}

static void check_numbers(const char *text, bool whole, double first, double second)
{
  int n = 0;
  g_autofree double *numbers = bp_numbers_parse(text, whole, &n);
  if (!nn_check_int_at(n, isnan(second) ? 1 : 2, text, __FILE__, __LINE__) || !numbers)
    return;
  nn_check_near_at(numbers[0], first, 0, 0, text, __FILE__, __LINE__);
  if (n == 2)
    nn_check_near_at(numbers[1], second, 0, 0, text, __FILE__, __LINE__);
}

static void test_lists(void)
{
  nn_check_str(bp_number_separator(), "; ");
  check_numbers("0,9; 0,999", false, 0.9, 0.999);
  check_numbers("0,9, 0,999", false, 0.9, 0.999);
  check_numbers("0,9;0,999", false, 0.9, 0.999);
  check_numbers("(0.9, 0.999)", false, 0.9, 0.999);
  check_numbers("0.9,0.999", false, 0.9, 0.999);
  check_numbers("1e-3, 2e-3", false, 1e-3, 2e-3);
  check_numbers("0,5", false, 0.5, NAN);
  check_numbers("3,5", true, 3, 5);
  check_numbers("[3, 5]", true, 3, 5);
}

int main(void)
{
  setlocale(LC_ALL, "");
  nn_check_str(localeconv()->decimal_point, ",");
  nn_test("written", test_written);
  nn_test("on axes", test_ticks);
  nn_test("read, with a comma or a point", test_read);
  nn_test("lists", test_lists);
  return nn_test_done();
}
