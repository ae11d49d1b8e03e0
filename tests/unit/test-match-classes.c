/* test-match-classes.c: networks that were made for other classes. */
#include "tests/check.h"
#include "data-kinds.h"
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include <stdio.h>

static NnConfig *recipe_of(const char *network)
{
  char text[512];
  NnConfig *recipe = NULL;
  NnError err = {0};
  snprintf(text, sizeof text, "{\"version\": 1, \"network\": [%s]}", network);
  if (!nn_check(nn_recipe_parse(text, "test", &recipe, &err)))
    printf("# %s\n", err.text);
  return recipe;
}

#define FLATTEN   "{\"kind\": \"Flatten\"}"
#define LINEAR(n) "{\"kind\": \"Linear\", \"out_features\": " #n "}"
#define RELU      "{\"kind\": \"ReLU\"}"
#define CONV      "{\"kind\": \"Conv2d\", \"out_channels\": 4, \"kernel_size\": 3}"

static const struct {
  const char *name, *network, *mended;
  int fitted; /* layer that is all that has to change, or −1 */
} cases[] = {
    {"one Linear", FLATTEN ", " LINEAR(10), FLATTEN ", " LINEAR(3), 1},
    {"the last of several", FLATTEN ", " LINEAR(64) ", " RELU ", " LINEAR(10),
     FLATTEN ", " LINEAR(64) ", " RELU ", " LINEAR(3), 3},
    {"what fits already", FLATTEN ", " LINEAR(3), FLATTEN ", " LINEAR(3), 1},
    {"the last Linear is missing", FLATTEN ", " LINEAR(64) ", " RELU,
     FLATTEN ", " LINEAR(64) ", " RELU ", " LINEAR(3), -1},
    {"pictures at the end", CONV, CONV ", " FLATTEN ", " LINEAR(3), -1},
    {"nothing at all", "", FLATTEN ", " LINEAR(3), -1},
    {"a fault further up", LINEAR(10), NULL, -1},
    {"a picture that becomes too small", CONV ", {\"kind\": \"MaxPool2d\", \"kernel_size\": 9}",
     NULL, -1},
};

static void check_case(int i)
{
  NnShape input = nn_shape_3d(1, 6, 5);
  NnConfig *recipe = recipe_of(cases[i].network), *before = nn_config_copy(recipe, NULL);
  NnConfig *wanted = cases[i].mended ? recipe_of(cases[i].mended) : NULL, *mended = NULL;
  printf("# %s\n", cases[i].name);
  nn_check(nn_model_mend(recipe, input, 3, &mended) == (wanted != NULL));
  nn_check(nn_config_equal(recipe, before));
  nn_check(!wanted || (mended && nn_config_equal(mended, wanted)));
  nn_check_int(nn_model_match_classes(recipe, input, 3), cases[i].fitted);
  nn_check(nn_config_equal(recipe, cases[i].fitted < 0 ? before : wanted));
  if (wanted)
    nn_check(nn_model_check(mended, input, 3, NULL, NULL, NULL, NULL));
  nn_config_free(recipe);
  nn_config_free(before);
  nn_config_free(wanted);
  nn_config_free(mended);
}

static void test_cases(void)
{
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_case((int)i);
}

static void test_every_number(void)
{
  static const int classes[] = {1, 2, 1000};
  for (int i = 0; i < 3; i++) {
    NnConfig *recipe = recipe_of(FLATTEN ", " LINEAR(10));
    nn_check_int(nn_model_match_classes(recipe, nn_shape_3d(1, 256, 256), classes[i]), 1);
    nn_check_int(nn_config_int(nn_config_at(recipe, "network", 1), "out_features"), classes[i]);
    nn_config_free(recipe);
  }
}

static size_t batch_for(const char *layers, size_t side, int test_batch_size)
{
  NnConfig *recipe = recipe_of(layers);
  nn_config_set_number(nn_config_child(recipe, "data"), "test_batch_size", test_batch_size, NULL);
  size_t n = nn_model_evaluation_batch(recipe, nn_shape_3d(1, side, side));
  nn_config_free(recipe);
  return n;
}

/* 4 channels of 254 × 254 and 3 values from 256 × 256: 323 603 numbers a sample. Where the batch's
 * own statistics count, it is as the recipe says, whatever it takes. */
static void test_evaluation(void)
{
#define OWN(kind) "{\"kind\": \"" kind "\", \"track_running_stats\": false}"
  static const char small[] = CONV ", " FLATTEN ", " LINEAR(3);
  nn_check_int(batch_for(small, 256, 1000), (1 << 26) / 323603);
  nn_check_int(batch_for(small, 256, 7), 7);
  nn_check_int(batch_for(small, 28, 1000), 256);
  nn_check_int(
      batch_for("{\"kind\": \"Conv2d\", \"out_channels\": 4096, \"kernel_size\": 1}", 256, 1000),
      1);
  nn_check_int(batch_for("{\"kind\": \"BatchNorm2d\"}", 28, 1000), 256);
  nn_check_int(batch_for(OWN("InstanceNorm2d"), 28, 1000), 256);
  nn_check_int(batch_for(OWN("BatchNorm2d"), 28, 1000), 1000);
  nn_check_int(batch_for(OWN("BatchNorm2d"), 256, 1000), 1000);
  nn_check_int(batch_for(FLATTEN ", " OWN("BatchNorm1d"), 28, 3), 3);
  nn_check_int(batch_for("{\"kind\": \"Residual\", \"layers\": [" OWN("BatchNorm2d") "]}", 28, 500),
               500);
}

int main(void)
{
  add_data_kinds();
  nn_test("mends what it can, and nothing else", test_cases);
  nn_test("from 1 class to 1000", test_every_number);
  nn_test("how many samples at a time are evaluated", test_evaluation);
  return nn_test_done();
}
