/* test-param.c: what a parameter's table entry allows, and how that is said. */
#include "tests/check.h"
#include "engine/recipe/param.h"
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const modes[] = {"fan_in", "fan_out", NULL};
static const NnParamSpec table[] = {
    {.key = "p", .type = NN_PARAM_FLOAT, .min = 0, .max = 1},
    {.key = "lr", .type = NN_PARAM_FLOAT, .min = 0, .max = 10, .flags = NN_PARAM_EXCL_MIN},
    {.key = "beta", .type = NN_PARAM_FLOAT, .min = 0, .max = 1, .flags = NN_PARAM_EXCL_MAX},
    {.key = "n", .type = NN_PARAM_INT, .min = 1, .max = 65536},
    {.key = "bias", .type = NN_PARAM_BOOL},
    {.key = "mode", .type = NN_PARAM_CHOICE, .choices = modes},
    {.key = "free", .type = NN_PARAM_FLOAT, .min = -INFINITY, .max = INFINITY},
    {.key = "gain", .type = NN_PARAM_FLOAT, .min = 0, .max = INFINITY},
    {.key = "momentum", .type = NN_PARAM_FLOAT, .min = 0, .max = 1, .flags = NN_PARAM_NULLABLE},
    {.key = "in", .type = NN_PARAM_INT, .min = 1, .max = 9, .flags = NN_PARAM_DERIVED},
    {.key = "betas",
     .type = NN_PARAM_FLOATS,
     .min = 0,
     .max = 1,
     .min_len = 2,
     .max_len = 2,
     .flags = NN_PARAM_EXCL_MAX},
    {.key = "both",
     .type = NN_PARAM_FLOAT,
     .min = 0,
     .max = 1,
     .flags = NN_PARAM_EXCL_MIN | NN_PARAM_EXCL_MAX},
    {.key = "any",
     .type = NN_PARAM_FLOAT,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .flags = NN_PARAM_NONZERO},
    {0}};

static const NnParamSpec *spec(const char *key)
{
  return &table[nn_param_index(table, key)];
}

static void test_table(void)
{
  nn_check_int(nn_param_count(table), 13);
  nn_check_int(nn_param_count(NULL), 0);
  nn_check_int(nn_param_index(table, "lr"), 1);
  nn_check_int(nn_param_index(table, "l"), -1);
  nn_check_int(nn_param_index(NULL, "lr"), -1);
}

static void test_check(void)
{
  static const struct {
    const char *key;
    double number;
    bool allowed;
  } cases[] = {{"p", 0, true},
               {"p", 1, true},
               {"p", -DBL_MIN, false},
               {"p", 1.0000001, false},
               {"p", NAN, false},
               {"p", INFINITY, false},
               {"lr", 0, false},
               {"lr", DBL_MIN, true},
               {"lr", 10, true},
               {"beta", 0, true},
               {"beta", 1, false},
               {"beta", 0.999, true},
               {"n", 1, true},
               {"n", 0, false},
               {"n", 1.5, false},
               {"n", 65536, true},
               {"n", 65537, false},
               {"n", NAN, false},
               {"bias", 0, true},
               {"bias", 1, true},
               {"bias", 0.5, false},
               {"bias", 2, false},
               {"mode", 0, true},
               {"mode", 1, true},
               {"mode", 2, false},
               {"mode", -1, false},
               {"mode", 0.5, false},
               {"free", -3.4e38, true},
               {"free", -3.5e38, false},
               {"free", INFINITY, false},
               {"free", -INFINITY, false},
               {"gain", 3.4e38, true},
               {"gain", 1e300, false},
               {"gain", INFINITY, false},
               {"momentum", NAN, true},
               {"momentum", 1.5, false},
               {"in", NAN, true},
               {"in", 0, false},
               {"any", -1e30, true},
               {"any", 0, false},
               {"betas", 0.5, true},
               {"betas", 1, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnError err = {0};
    bool allowed = nn_param_check(spec(cases[i].key), cases[i].number, "a.b", &err);
    if (!nn_check_int(allowed, cases[i].allowed) && !nn_check_int(i, -1))
      continue;
    nn_check_str(err.where, allowed ? "" : "a.b");
    nn_check_int(err.status, allowed ? NN_OK : NN_ERR_ARG);
  }
}

static void test_sentence(void)
{
  NnError err;
  nn_param_check(spec("n"), 0, "network.1.out_features", &err);
  nn_check_str(err.text, "network.1.out_features is 0; allowed is a whole number from 1 to 65536.");
  nn_param_check(spec("betas"), 1, "betas.1", &err);
  nn_check_str(err.text, "betas.1 is 1; allowed is a number from 0 to below 1.");
  nn_param_check(spec("any"), 0, "x", &err);
  nn_check_str(err.text, "x is 0; allowed is a number, but not 0.");
  nn_param_check(spec("any"), -1e39, "x", &err);
  nn_check_str(err.text,
               "x is -1e39; allowed is what a 32-bit floating-point number holds, at most "
               "3.4028234e38.");
  nn_param_check(spec("p"), NAN, "p", &err);
  nn_check_str(err.text, "p is not a number; allowed is a number from 0 to 1.");
}

static void test_range_text(void)
{
  static const struct {
    const char *key, *text;
  } cases[] = {{"p", "a number from 0 to 1"},
               {"lr", "a number above 0 and at most 10"},
               {"beta", "a number from 0 to below 1"},
               {"both", "a number above 0 and below 1"},
               {"n", "a whole number from 1 to 65536"},
               {"bias", "true or false"},
               {"mode", "one of fan_in, fan_out"},
               {"free", "a number"},
               {"gain", "a number of at least 0"},
               {"momentum", "a number from 0 to 1, or null"},
               {"betas", "a list of 2 numbers, each from 0 to below 1"}};
  char text[NN_RANGE_TEXT];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    nn_check_str(nn_param_range_text(spec(cases[i].key), text), cases[i].text);
}

/* Of more choices than fit the last are left out, none is cut, and it is said. */
static void test_range_full(void)
{
  static const char *many[101];
  for (int i = 0; i < 100; i++)
    many[i] = "a_rather_long_choice";
  NnParamSpec long_spec = {
      .key = "x", .type = NN_PARAM_CHOICE, .choices = many, .flags = NN_PARAM_NULLABLE};
  struct {
    char text[NN_RANGE_TEXT];
    char guard[8];
  } room;
  memset(&room, 'g', sizeof room);
  nn_param_range_text(&long_spec, room.text);
  nn_check_has(room.text, "a_rather_long_choice, …, or null");
  nn_check(strlen(room.text) > NN_RANGE_TEXT / 2 && strlen(room.text) < NN_RANGE_TEXT);
  nn_check(memcmp(room.guard, "gggggggg", 8) == 0);
}

static void test_number_text(void)
{
  static const struct {
    double number;
    const char *text;
  } cases[] = {{0, "0"},
               {-0.0, "-0"},
               {64, "64"},
               {0.1, "0.1"},
               {0.001, "0.001"},
               {1e-8, "1e-8"},
               {1e20, "1e20"},
               {-2.5e-7, "-2.5e-7"},
               {1.0 / 3, "0.3333333333333333"},
               {0.1 + 0.2, "0.30000000000000004"},
               {2147483647, "2147483647"},
               {1e100, "1e100"},
               {-1e-100, "-1e-100"}};
  char text[NN_NUMBER_TEXT];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    nn_check_str(nn_number_text(cases[i].number, text), cases[i].text);
}

/* One way for people, whatever the number is of. */
static void test_number_shown(void)
{
  static const struct {
    double number;
    const char *text;
  } cases[] = {{0, "0"},           {-0.0, "0"},        {1e-3, "1e-3"},
               {0.0025, "2.5e-3"}, {-2e-5, "-2e-5"},   {0.01, "0.01"},
               {0.1, "0.1"},       {0.3081, "0.3081"}, {-0.5, "-0.5"},
               {100, "100"},       {60000, "60000"},   {1e6, "1000000"},
               {1e20, "1e20"},     {1234.5, "1234.5"}, {2147483647, "2147483647"},
               {0.999, "0.999"},   {1e-300, "1e-300"}, {1.0 / 3, "0.3333333333333333"}};
  char text[NN_NUMBER_TEXT];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    nn_check_str(nn_number_shown(cases[i].number, text), cases[i].text);
  nn_check_str(NN_SHOWN(1e-4), "1e-4");
}

static void test_number_rounded(void)
{
  static const struct {
    double number;
    int digits;
    const char *text;
  } cases[] = {{9.5492e-4, 3, "9.55e-4"}, {1.0004e-3, 3, "1e-3"},
               {0.0099999, 2, "0.01"},    {0.048775, 3, "0.0488"},
               {12.345, 3, "12.3"},       {2.5e7, 2, "2.5e7"},
               {12345678, 3, "1.23e7"},   {0, 3, "0"},
               {-4.81e-7, 2, "-4.8e-7"}};
  char text[NN_NUMBER_TEXT];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    nn_check_str(nn_number_rounded(cases[i].number, cases[i].digits, text), cases[i].text);
}

/* Every bit pattern that a multiplicative walk meets reads back as itself. */
static void test_number_round_trip(void)
{
  uint64_t bits = 1;
  for (int i = 0; i < 100000; i++) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    double number;
    memcpy(&number, &bits, sizeof number);
    if (!isfinite(number))
      continue;
    char text[NN_NUMBER_TEXT];
    if (!nn_check(strtod(nn_number_text(number, text), NULL) == number) ||
        !nn_check(strtod(nn_number_shown(number, text), NULL) == number))
      return;
  }
}

static void test_locale(void)
{
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
  const char *found = NULL;
  for (size_t i = 0; !found && i < sizeof names / sizeof *names; i++)
    found = setlocale(LC_NUMERIC, names[i]);
  if (!found) {
    nn_skip("no locale with a decimal comma is installed");
    return;
  }
  char text[NN_NUMBER_TEXT];
  nn_check_str(nn_number_text(0.25, text), "0.25");
  nn_check_str(nn_number_text(0.1 + 0.2, text), "0.30000000000000004");
  setlocale(LC_NUMERIC, "C");
}

int main(void)
{
  nn_test("counting and finding in a table", test_table);
  nn_test("limits, open and closed, null and whole numbers", test_check);
  nn_test("the sentence names key, value and range", test_sentence);
  nn_test("ranges in words", test_range_text);
  nn_test("a range too long for its buffer ends between words", test_range_full);
  nn_test("numbers are written as short as can be", test_number_text);
  nn_test("people see one way of writing numbers", test_number_shown);
  nn_test("measured numbers are rounded, and written in the same way", test_number_rounded);
  nn_test("written numbers read back to the same bits", test_number_round_trip);
  nn_test("a decimal comma in the locale does not reach the text", test_locale);
  return nn_test_done();
}
