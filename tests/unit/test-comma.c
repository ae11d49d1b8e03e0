/* test-comma.c: where the decimal mark is a comma, what machines read still has a point, and
 * sentences for a person have the comma. tests/smoke/comma.py makes the locale. */
#include "tests/check.h"
#include "engine/recipe/recipe.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char start[] =
    "{\"version\": 1, \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.0015, \"betas\": [0.85, "
    "0.995],"
    " \"weight_decay\": 2.5e-4}, \"data\": {\"validation_fraction\": 0.125}}";

static NnConfig *parse(const char *text)
{
  NnConfig *recipe = NULL;
  NnError err = {0};
  nn_check(nn_recipe_parse(text, "r.json", &recipe, &err));
  nn_check_str(err.text, "");
  return recipe;
}

static void test_numbers(void)
{
  char text[NN_NUMBER_TEXT];
  nn_check_str(localeconv()->decimal_point, ",");
  nn_check_str(nn_number_text(0.0015, text), "0.0015");
  nn_check_str(nn_number_text(2.5e-9, text), "2.5e-9");
  nn_check_str(nn_number_shown(0.0015, text), "1,5e-3");
  nn_check_str(nn_number_shown(2.5e-9, text), "2,5e-9");
  nn_check_str(nn_number_shown(784, text), "784");
}

static void test_recipe(void)
{
  NnError err = {0};
  NnConfig *recipe = parse(start);
  const NnConfig *optimizer = nn_config_child(recipe, "optimizer");
  nn_check_near(nn_config_number(optimizer, "lr"), 0.0015, 0, 0);
  nn_check_near(nn_config_value(optimizer, "betas")->numbers[1], 0.995, 0, 0);
  char *text = nn_recipe_text(recipe, &err);
  nn_check_has(text, "0.0015");
  nn_check_has(text, "0.995");
  nn_check_has(text, "0.125");
  for (const char *at = text; (at = strchr(at, ',')); at++) /* between things, never in a number */
    nn_check(at[1] == ' ' || at[1] == '\n');
  NnConfig *again = parse(text);
  nn_check(nn_config_equal(recipe, again));
  free(text);
  nn_config_free(again);
  nn_config_free(recipe);
}

static void test_file(void)
{
  char path[] = "/tmp/backprop-comma-XXXXXX";
  NnError err = {0};
  NnConfig *recipe = parse(start), *again = NULL;
  close(mkstemp(path));
  nn_check(nn_recipe_save(recipe, path, &err));
  nn_check(nn_recipe_load(path, &again, &err) && nn_config_equal(recipe, again));
  unlink(path);
  nn_config_free(again);
  nn_config_free(recipe);
}

static void test_set(void)
{
  NnError err = {0};
  NnConfig *recipe = parse(start);
  nn_check(nn_config_set_path(recipe, "optimizer.lr", "0.25", &err));
  nn_check_near(nn_config_number(nn_config_child(recipe, "optimizer"), "lr"), 0.25, 0, 0);
  nn_check(!nn_config_set_path(recipe, "optimizer.lr", "0,5", &err));
  nn_check_near(nn_config_number(nn_config_child(recipe, "optimizer"), "lr"), 0.25, 0, 0);
  nn_check(!nn_config_set_path(recipe, "data.validation_fraction", "0.95", &err));
  nn_check_has(err.text, "data.validation_fraction is 0,95; allowed is a number from 0 to 0,9.");
  nn_config_free(recipe);
}

int main(void)
{
  setlocale(LC_ALL, "");
  nn_test("numbers", test_numbers);
  nn_test("a recipe as text, and back", test_recipe);
  nn_test("a recipe as a file, and back", test_file);
  nn_test("--set", test_set);
  return nn_test_done();
}
