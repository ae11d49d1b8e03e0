/* test-typed-value.c: what people type for a value and JSON does not know. The JSON beside it is
 * what Python's json.dumps(ast.literal_eval(TYPED)) gives, where Python takes it (007 it does not).
 */
#include "tests/check.h"
#include "counting.h"
#include "data-kinds.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/recipe/typed-value.h"
#include <stdlib.h>

static void test_json(void)
{
  static const char *const cases[][2] = {
      {".1", "0.1"},
      {"+.1", "0.1"},
      {"-.1", "-0.1"},
      {"1.", "1"},
      {"-1.", "-1"},
      {"+1", "1"},
      {"5e-4", "5e-4"},
      {"+.5E-4", "0.5E-4"},
      {"1.e3", "1e3"},
      {"007", "7"},
      {"00", "0"},
      {"0.50", "0.50"},
      {"[.9, .999]", "[0.9, 0.999]"},
      {"(.9,+1.)", "[0.9,1]"},
      {"True", "true"},
      {"[False, None]", "[false, null]"},
      {"{\"kind\": \"SGD\", \"lr\": .1}", "{\"kind\": \"SGD\", \"lr\": 0.1}"},
      /* what stays */
      {"", ""},
      {".", "."},
      {"-", "-"},
      {"+", "+"},
      {"e5", "e5"},
      {".e5", ".e5"},
      {"1e", "1e"},
      {"1e+", "1e+"},
      {"1.2.3", "1.2.3"},
      {"0x10", "0x10"},
      {"inf", "inf"},
      {"-nan", "-nan"},
      {"1_000", "1_000"},
      {"1,5", "1,5"},
      {"--1", "--1"},
      {"Truely", "Truely"},
      {"fashion-mnist", "fashion-mnist"},
      {"MNIST.007", "MNIST.007"},
      {"größe.1", "größe.1"},
      {"\"+.1 True (\"", "\"+.1 True (\""},
      {"\"a\\\".1\", .1", "\"a\\\".1\", 0.1"},
      {"\"open .1", "\"open .1"},
      {"\"\\", "\"\\"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *made = nn_typed_json(cases[i][0]);
    nn_check_str(made, cases[i][1]);
    nn_free(made);
  }
}

static double lr_after(const char *text, NnError *err)
{
  NnConfig *recipe = nn_recipe_new(NULL);
  bool ok = nn_config_set_path(recipe, "optimizer.lr", text, err);
  double lr = ok ? nn_config_number(nn_config_child(recipe, "optimizer"), "lr") : -1;
  nn_config_free(recipe);
  return lr;
}

/* The C library's own reading is the measure. */
static void test_set(void)
{
  static const char *const good[] = {".1", "+.1", "1.", "5e-4", ".5e-3", "+1E-2", "0.25", "01"};
  static const char *const bad[] = {"0x1p-3", "nan", "inf", "Infinity", "1e", "1,5", "0.1f", "."};
  NnError err = {0};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    nn_check(lr_after(good[i], &err) == strtod(good[i], NULL));
  nn_check_str(err.text, "");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_check(lr_after(bad[i], &err) == -1);
    nn_check_has(err.text, "optimizer.lr");
  }
}

static void test_memory(void)
{
  counting_start(1);
  nn_check(!nn_typed_json(".1"));
  nn_check_int(counting_stop(), 0);
  counting_start(0);
  nn_free(nn_typed_json(".1"));
  nn_check_int(counting_stop(), 0);
}

int main(void)
{
  add_data_kinds();
  nn_test("what is typed becomes JSON", test_json);
  nn_test("a setting takes it", test_set);
  nn_test("memory that runs out", test_memory);
  return nn_test_done();
}
