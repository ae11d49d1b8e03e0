/* test-loaders.c: which list of transforms each part of a data set goes through, and which lists
 * are refused. What comes of it in a run is compared with PyTorch in tests/ref/traces. */
#include "files.h"
#include "data/data.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include <stdio.h>
#include <string.h>

enum { N = 60, SIDE = 6, SIZE = SIDE * SIDE };

static NnDataset *made_dataset(void)
{
  NnDataset *dataset = NULL;
  NnShape shape = nn_shape_3d(1, SIDE, SIDE);
  NnSplit *splits[2];
  nn_check(nn_dataset_new("mnist", "Made", shape, 10, &dataset, NULL));
  splits[0] = &dataset->train;
  splits[1] = &dataset->test;
  for (int half = 0; half < 2; half++) {
    nn_check(nn_split_alloc(splits[half], shape, N, NULL));
    for (size_t i = 0; i < N * SIZE; i++)
      splits[half]->images[i] = (uint8_t)((i * 2654435761u >> 7) + (size_t)half);
  }
  return dataset;
}

/* NULL: refused when it is read. */
static NnConfig *made_recipe(const char *transforms, const char *test, NnError *err)
{
  NnConfig *recipe = nn_recipe_new(err);
  if (nn_config_set_path(recipe, "data.transforms", transforms, err) &&
      (!test || nn_config_set_path(recipe, "data.test_transforms", test, err)))
    return recipe;
  nn_config_free(recipe);
  return NULL;
}

static void gather(const NnSource *source, uint32_t epoch, nn_real x[N * SIZE])
{
  uint32_t indices[N];
  int32_t labels[N];
  for (uint32_t i = 0; i < N; i++)
    indices[i] = i;
  source->gather(source, indices, N, epoch, x, labels);
}

static bool same(const nn_real *a, const nn_real *b)
{
  return memcmp(a, b, N * SIZE * sizeof *a) == 0;
}

/* What a split is through ToTensor alone, upside down or not. */
static void plain(const NnSplit *split, bool turned, nn_real *x)
{
  for (size_t i = 0; i < N * SIZE; i++) {
    size_t row = i / SIDE % SIDE, from = turned ? i - row * SIDE + (SIDE - 1 - row) * SIDE : i;
    x[i] = (nn_real)split->images[from] / 255;
  }
}

#define FLIP "{\"kind\": \"RandomVerticalFlip\", \"p\": 1}"
#define TURN "{\"kind\": \"RandomRotation\", \"degrees\": 40}"

static const struct {
  const char *transforms, *test;
  bool own, turned; /* a loader of its own for what is measured; upside down there */
} views[] = {{"[\"ToTensor\"]", NULL, false, false},
             {"[" FLIP ", \"ToTensor\"]", NULL, false, true},
             {"[" TURN ", \"ToTensor\"]", NULL, true, false},
             {"[" FLIP ", " TURN ", \"ToTensor\", \"RandomErasing\"]", NULL, true, true},
             {"[" TURN ", {\"kind\": \"RandomApply\", \"p\": 1, \"transforms\": [" FLIP ", " TURN
              "]}, "
              "\"ToTensor\"]",
              NULL, true, true},
             {"[{\"kind\": \"RandomApply\", \"p\": 0.9, \"transforms\": [" FLIP "]}, \"ToTensor\"]",
              NULL, true, false},
             {"[{\"kind\": \"RandomApply\", \"p\": 0, \"transforms\": [" FLIP "]}, \"ToTensor\"]",
              NULL, false, false},
             {"[\"ToTensor\"]", "[" FLIP ", \"ToTensor\"]", true, true},
             {"[" FLIP ", " TURN ", \"ToTensor\"]", "[\"ToTensor\"]", true, false},
             {"[" TURN ", \"ToTensor\"]", "null", true, false}};

/* Training pictures as they are measured look as the test pictures do; where nothing is drawn or
 * told otherwise, they are the same as in training. */
static void check_view(size_t i)
{
  static nn_real x[N * SIZE], wanted[N * SIZE];
  NnDataset *dataset = made_dataset();
  NnLoaders loaders;
  NnError err = {0};
  NnConfig *recipe = made_recipe(views[i].transforms, views[i].test, &err);
  if (nn_check(recipe && nn_loaders_open(&loaders, dataset, recipe, &err))) {
    gather(&loaders.test.source, 0, x);
    plain(&dataset->test, views[i].turned, wanted);
    nn_check(same(x, wanted));
    gather(nn_loaders_evaluated(&loaders), 0, x);
    plain(&dataset->train, views[i].turned, wanted);
    nn_check(same(x, wanted));
    nn_check((nn_loaders_evaluated(&loaders) != &loaders.train.source) == views[i].own);
    gather(&loaders.train.source, 0, wanted);
    nn_check(same(x, wanted) == !views[i].own);
    nn_loaders_clear(&loaders);
  } else {
    printf("# %s\n", err.text);
  }
  nn_config_free(recipe);
  nn_dataset_free(dataset);
}

static void test_views(void)
{
  for (size_t i = 0; i < sizeof views / sizeof *views; i++)
    check_view(i);
}

/* As in a notebook, what draws draws in a list for the tests, too. */
static void test_own_list_draws(void)
{
  static nn_real x[N * SIZE], again[N * SIZE];
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  NnError err = {0};
  NnConfig *recipe = made_recipe("[\"ToTensor\"]", "[" TURN ", \"ToTensor\"]", &err);
  nn_check(nn_loader_open(&loader, dataset, NN_VIEW_TEST, recipe, &err));
  gather(&loader.source, 0, x);
  plain(&dataset->test, false, again);
  nn_check(!same(x, again));
  gather(&loader.source, 0, again);
  nn_check(same(x, again));
  nn_check(loader.prefetch == NULL);
  nn_loader_clear(&loader);
  nn_config_free(recipe);
  nn_dataset_free(dataset);
}

/* torchvision and PyTorch's loader refuse the same: default_collate finds pictures of PIL's,
 * Normalize wants a tensor. */
static const struct {
  const char *transforms, *test, *where, *says;
} refused[] = {
    {"[]", NULL, "data.transforms", "add ToTensor at the end"},
    {"[" FLIP "]", NULL, "data.transforms", "add ToTensor at the end"},
    {"[\"Normalize\", \"ToTensor\"]", NULL, "data.transforms.0", "put ToTensor before it"},
    {"[\"RandomErasing\", \"ToTensor\"]", NULL, "data.transforms.0", "put ToTensor before it"},
    {"[\"ToTensor\", \"ToTensor\"]", NULL, "data.transforms.1", "only once"},
    {"[\"ToTensor\"]", "[" FLIP "]", "data.test_transforms", "add ToTensor at the end"},
    {"[\"ToTensor\"]", "[\"Normalize\"]", "data.test_transforms.0", "put ToTensor before it"},
    {"[\"ToTensor\"]", "[{\"kind\": \"Resize\", \"size\": [5, 6]}, \"ToTensor\"]",
     "data.test_transforms", "become 5 × 6 pixels, but the network is built for 6 × 6"},
    {"[\"ToTensor\"]", "[]", "data.test_transforms", "a list of 1 to 16"},
    {"[\"ToTensor\"]", "[\"Linear\"]", "data.test_transforms.0", "no transform has that name"}};

static void test_refused(void)
{
  NnShape out;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    NnError err = {0};
    NnConfig *recipe = made_recipe(refused[i].transforms, refused[i].test, &err);
    nn_check(!recipe || !nn_transforms_check(recipe, nn_shape_3d(1, SIDE, SIDE), &out, &err));
    nn_check_str(err.where, refused[i].where);
    nn_check_has(err.text, refused[i].says);
    nn_config_free(recipe);
  }
}

/* The window empties the list row by row; a list of none is null, which a file says so. */
static void test_emptied(void)
{
  NnError err = {0};
  NnConfig *recipe = made_recipe("[\"ToTensor\"]", "[\"ToTensor\"]", &err);
  NnConfig *data = nn_config_child(recipe, "data"), *again = NULL;
  nn_check(nn_config_remove(data, "test_transforms", 0, &err));
  char *text = nn_recipe_text(recipe, &err);
  nn_check_has(text, "\"test_transforms\": null");
  nn_check(nn_recipe_parse(text, "test", &again, &err) && nn_config_equal(recipe, again));
  nn_free(text);
  nn_config_free(again);
  nn_config_free(recipe);
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("each part goes through its list", test_views);
  nn_test("a list for the tests draws", test_own_list_draws);
  nn_test("lists that are refused", test_refused);
  nn_test("a list that is emptied is none", test_emptied);
  return nn_test_done();
}
