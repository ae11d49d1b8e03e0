/* test-chances.c: what transforms draw, what they refuse, and the thread that works ahead of the
 * trainer: the same bits with and without it. */
#include "files.h"
#include "data/area.h"
#include "data/kinds.h"
#include "data/loader.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 400, SIDE = 9, SIZE = SIDE * SIDE, MAX_SIZE = 40 * 40 };

#define ALL                                                                                        \
  "[{\"kind\": \"Resize\", \"size\": 12}, {\"kind\": \"Pad\", \"padding\": 1},"                    \
  " {\"kind\": \"RandomCrop\", \"size\": 12, \"padding\": 2},"                                     \
  " {\"kind\": \"RandomResizedCrop\", \"size\": 10}, {\"kind\": \"RandomRotation\"},"              \
  " {\"kind\": \"RandomAffine\", \"translate\": [0.1, 0.2], \"scale\": [0.8, 1.2], \"shear\": 5}," \
  " \"RandomHorizontalFlip\", \"RandomVerticalFlip\", {\"kind\": \"CenterCrop\", \"size\": 9},"    \
  " {\"kind\": \"GaussianBlur\"}, {\"kind\": \"RandomApply\", \"transforms\":"                     \
  " [{\"kind\": \"ElasticTransform\", \"sigma\": 1.5}]}, \"ToTensor\", \"Normalize\","             \
  " {\"kind\": \"RandomErasing\", \"value\": \"random\"}]"
#define TUTORIAL                                                                     \
  "[{\"kind\": \"Resize\", \"size\": 36}, {\"kind\": \"RandomCrop\", \"size\": 32}," \
  " {\"kind\": \"RandomRotation\", \"degrees\": 45}, \"RandomHorizontalFlip\","      \
  " \"RandomVerticalFlip\", \"ToTensor\","                                           \
  " {\"kind\": \"Normalize\", \"mean\": [0.1307], \"std\": [0.3081]}]"

static NnDataset *made_dataset(void)
{
  NnDataset *dataset = NULL;
  NnShape shape = nn_shape_3d(1, SIDE, SIDE);
  nn_check(nn_dataset_new("mnist", "Made", shape, 10, &dataset, NULL));
  nn_check(nn_split_alloc(&dataset->train, shape, N, NULL));
  for (size_t i = 0; i < (size_t)N * SIZE; i++)
    dataset->train.images[i] = (uint8_t)(1 + i * 2654435761u % 255); /* never 0, which fill is */
  for (size_t i = 0; i < N; i++)
    dataset->train.labels[i] = (int32_t)(i % 10);
  return dataset;
}

/* Reads the list as a recipe has it, and makes a loader of it. */
static bool made_loader(NnLoader *loader, const NnDataset *dataset, const char *list, bool training,
                        NnError *err)
{
  NnConfig *recipe = nn_recipe_new(err);
  *loader = (NnLoader){0};
  bool ok = recipe && nn_config_set_path(recipe, "data.transforms", list, err) &&
            nn_recipe_check(recipe, err);
  if (ok) {
    const NnValue *value = nn_config_value(nn_config_child(recipe, "data"), "transforms");
    NnLoaderOptions options = {.dataset = dataset,
                               .split = &dataset->train,
                               .list = {.transforms = value->configs,
                                        .n_transforms = value->n,
                                        .path = "data.transforms",
                                        .chance = training},
                               .ahead = training,
                               .seed = 5};
    ok = nn_loader_init(loader, &options, err);
  }
  nn_config_free(recipe);
  return ok;
}

/* ---- draws ---- */

static void test_uniform(void)
{
  enum { DRAWS = 40000, BINS = 20 };
  int bins[BINS] = {0};
  for (uint32_t i = 0; i < DRAWS; i++) {
    NnKeyedRng rng;
    nn_keyed_init(&rng, 3, NN_PURPOSE_TRANSFORM, 1, i);
    double angle = nn_draw_uniform(&rng, -45, 30);
    if (nn_check(angle >= -45 && angle < 30))
      bins[(int)((angle + 45) / 75 * BINS)]++;
  }
  for (int b = 0; b < BINS; b++) /* 2000 ± 44 */
    nn_check(abs(bins[b] - DRAWS / BINS) < 5 * 44);
}

/* A picture whose pixels say where they come from, through one transform, N times. */
static void gather_all(const char *list, nn_real *x, size_t size)
{
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  NnError err = {0};
  for (size_t i = 0; i < N; i++)
    for (size_t p = 0; p < SIZE; p++)
      dataset->train.images[i * SIZE + p] = (uint8_t)(p + 1);
  if (!nn_check(made_loader(&loader, dataset, list, true, &err)))
    printf("# %s\n", err.text);
  nn_check_int(nn_shape_size(loader.source.shape), size);
  uint32_t indices[N];
  int32_t labels[N];
  for (uint32_t i = 0; i < N; i++)
    indices[i] = i;
  loader.source.gather(&loader.source, indices, N, 0, x, labels);
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

static void test_flip_chance(void)
{
  static nn_real x[N * SIZE];
  int flipped = 0;
  gather_all("[{\"kind\": \"RandomHorizontalFlip\", \"p\": 0.3}]", x, SIZE);
  for (size_t i = 0; i < N; i++) {
    bool is = x[i * SIZE] == SIDE;
    flipped += is;
    nn_check(x[i * SIZE + SIDE - 1] == (is ? 1 : SIDE));
  }
  nn_check(fabs(flipped - 0.3 * N) < 5 * sqrt(0.3 * 0.7 * N));
}

static void test_crop_places(void)
{
  enum { CUT = 6, PLACES = SIDE - CUT + 1 };
  static nn_real x[N * CUT * CUT];
  int seen[PLACES][PLACES] = {{0}};
  gather_all("[{\"kind\": \"RandomCrop\", \"size\": 6}]", x, CUT * CUT);
  for (size_t i = 0; i < N; i++) {
    int first = (int)x[i * CUT * CUT] - 1, top = first / SIDE, left = first % SIDE;
    if (nn_check(top < PLACES && left < PLACES))
      seen[top][left]++;
    for (int p = 0; p < CUT * CUT; p++)
      nn_check(x[i * CUT * CUT + (size_t)p] == first + p / CUT * SIDE + p % CUT + 1);
  }
  for (int p = 0; p < PLACES * PLACES; p++) /* 25 ± 4.8 */
    nn_check(seen[p / PLACES][p % PLACES] > 4 && seen[p / PLACES][p % PLACES] < 50);
}

static void test_areas(void)
{
  NnForm form = {1, 28, 28, true};
  const double scale[] = {0.02, 0.33}, ratio[] = {0.3, 3.3};
  int erased = 0;
  for (uint32_t i = 0; i < 5000; i++) {
    NnRectangle r;
    NnKeyedRng rng;
    nn_keyed_init(&rng, 3, NN_PURPOSE_TRANSFORM, 2, i);
    if (!nn_draw_erasing(&rng, &form, scale, ratio, &r))
      continue;
    erased++;
    double area = (double)(r.h * r.w) / (28 * 28), shape = (double)r.h / (double)r.w;
    nn_check(r.h < 28 && r.w < 28 && r.top + r.h <= 28 && r.left + r.w <= 28);
    nn_check(area > 0.02 * 0.7 && area < 0.33 * 1.1 && shape > 0.3 * 0.7 && shape < 3.3 * 1.5);
    r = nn_draw_crop(&rng, &form, (double[]){0.08, 1}, (double[]){0.75, 4.0 / 3});
    nn_check(r.h > 0 && r.w > 0 && r.top + r.h <= 28 && r.left + r.w <= 28);
  }
  nn_check(erased > 4990);
  NnKeyedRng rng;
  nn_keyed_init(&rng, 3, NN_PURPOSE_TRANSFORM, 2, 0);
  NnRectangle whole = nn_draw_crop(&rng, &form, (double[]){4, 5}, (double[]){2, 3});
  nn_check_int(whole.w, 28); /* ten misses: as wide as it is, half as high */
  nn_check_int(whole.h, 14);
  nn_check_int(whole.top, 7);
}

static void test_random_apply(void)
{
  static nn_real x[N * SIZE];
  int both = 0;
  gather_all("[{\"kind\": \"RandomApply\", \"p\": 0.4, \"transforms\":"
             " [{\"kind\": \"RandomVerticalFlip\", \"p\": 1},"
             "  {\"kind\": \"RandomHorizontalFlip\", \"p\": 1}]}]",
             x, SIZE);
  for (size_t i = 0; i < N; i++) {
    nn_check(x[i * SIZE] == 1 || x[i * SIZE] == SIZE); /* both or none */
    both += x[i * SIZE] == SIZE;
  }
  nn_check(fabs(both - 0.4 * N) < 5 * sqrt(0.4 * 0.6 * N));
}

/* ---- evaluation ---- */

static void test_evaluation(void)
{
  static nn_real x[2][4 * MAX_SIZE];
  NnDataset *dataset = made_dataset();
  NnLoader train, test;
  NnError err = {0};
  uint32_t indices[4] = {7, 3, 399, 0};
  int32_t labels[4];
  nn_check(made_loader(&train, dataset, ALL, true, &err));
  nn_check(made_loader(&test, dataset, ALL, false, &err));
  nn_check(nn_shape_equal(train.source.shape, nn_shape_3d(1, 9, 9)));
  nn_check(nn_shape_equal(test.source.shape, train.source.shape));
  nn_check(train.prefetch && !test.prefetch);
  size_t bytes = 4 * SIZE * sizeof **x;
  for (uint32_t epoch = 0; epoch < 2; epoch++)
    test.source.gather(&test.source, indices, 4, epoch, x[epoch], labels);
  nn_check(memcmp(x[0], x[1], bytes) == 0);
  for (uint32_t epoch = 0; epoch < 2; epoch++)
    train.source.gather(&train.source, indices, 4, epoch, x[epoch], labels);
  nn_check(memcmp(x[0], x[1], bytes) != 0);
  train.source.gather(&train.source, indices, 4, 0, x[1], labels);
  nn_check(memcmp(x[0], x[1], bytes) == 0);
  nn_check_int(labels[2], 9);
  nn_loader_clear(&train);
  nn_loader_clear(&test);
  nn_dataset_free(dataset);
}

/* RandomCrop's middle. */
static void test_evaluation_crop(void)
{
  NnDataset *dataset = made_dataset();
  NnLoader test;
  nn_check(made_loader(&test, dataset, "[{\"kind\": \"RandomCrop\", \"size\": 5}]", false, NULL));
  nn_real x[25];
  int32_t label;
  test.source.gather(&test.source, &(uint32_t){1}, 1, 0, x, &label);
  for (size_t p = 0; p < 25; p++)
    nn_check(x[p] == dataset->train.images[SIZE + (2 + p / 5) * SIDE + 2 + p % 5]);
  nn_loader_clear(&test);
  nn_dataset_free(dataset);
}

/* ---- working ahead ---- */

/* Epochs in batches of `batch`, told beforehand or not; samples by their index. */
static void walk(const NnLoader *loader, bool told, size_t batch, uint32_t epoch, nn_real *x)
{
  static uint32_t order[N];
  static nn_real some[N * MAX_SIZE];
  static int32_t labels[N];
  const NnSource *source = &loader->source;
  size_t size = nn_shape_size(source->shape);
  for (uint32_t i = 0; i < N; i++)
    order[i] = i * 7 % N;
  if (told)
    nn_source_expect((NnSampleOrder){source, order, N}, epoch);
  for (size_t first = 0; first < N; first += batch) {
    size_t n = N - first < batch ? N - first : batch;
    source->gather(source, order + first, n, epoch, some, labels);
    for (size_t i = 0; i < n; i++) {
      memcpy(x + order[first + i] * size, some + i * size, size * sizeof *x);
      nn_check_int(labels[i], order[first + i] % 10);
    }
  }
}

static void check_ahead(const char *list)
{
  static nn_real wanted[N * MAX_SIZE], found[N * MAX_SIZE];
  static const size_t batches[] = {1, 8, 64, 150, N};
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  NnError err = {0};
  if (!nn_check(made_loader(&loader, dataset, list, true, &err)))
    printf("# %s\n", err.text);
  size_t bytes = N * nn_shape_size(loader.source.shape) * sizeof *found;
  for (uint32_t epoch = 0; epoch < 3; epoch++) {
    walk(&loader, false, 8, epoch, wanted);
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
      memset(found, 0, sizeof found);
      walk(&loader, true, batches[b], epoch, found);
      nn_check(memcmp(found, wanted, bytes) == 0);
    }
  }
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

static void test_ahead(void)
{
  check_ahead(ALL);
}

static void test_ahead_tutorial(void)
{
  check_ahead(TUTORIAL);
}

/* An order that nobody follows, orders that are given up half-way, and an end in the middle. */
static void test_ahead_given_up(void)
{
  static nn_real wanted[N * MAX_SIZE], found[N * MAX_SIZE];
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  nn_check(made_loader(&loader, dataset, TUTORIAL, true, NULL));
  const NnSource *source = &loader.source;
  uint32_t order[N], backwards[N];
  int32_t labels[N];
  for (uint32_t i = 0; i < N; i++) {
    order[i] = i;
    backwards[i] = N - 1 - i;
  }
  source->gather(source, backwards, 50, 1, wanted, labels);
  nn_source_expect((NnSampleOrder){source, order, N}, 1);
  source->gather(source, backwards, 50, 1, found, labels);
  nn_check(memcmp(found, wanted, 50 * nn_shape_size(source->shape) * sizeof *found) == 0);
  for (uint32_t epoch = 0; epoch < 30; epoch++) {
    nn_source_expect((NnSampleOrder){source, order, N}, epoch);
    source->gather(source, order, 3, epoch, found, labels);
  }
  nn_source_expect((NnSampleOrder){source, order, N}, 0);
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

typedef struct {
  const NnLoader *loader;
  const nn_real *wanted;
  bool same;
} Reader;

static void *read_often(void *data)
{
  Reader *reader = data;
  const NnSource *source = &reader->loader->source;
  size_t size = nn_shape_size(source->shape);
  nn_real x[4 * SIZE];
  int32_t labels[4];
  reader->same = size == SIZE;
  for (uint32_t round = 0; round < 60 && reader->same; round++) {
    uint32_t indices[4];
    for (uint32_t i = 0; i < 4; i++)
      indices[i] = (round * 4 + i) % N;
    if (round % 20 == 0)
      nn_source_expect((NnSampleOrder){source, indices, 4}, 0);
    source->gather(source, indices, 4, 0, x, labels);
    for (size_t i = 0; i < 4; i++)
      if (memcmp(x + i * size, reader->wanted + indices[i] * size, size * sizeof *x) != 0)
        reader->same = false;
  }
  return NULL;
}

/* More threads than pieces of memory, orders among them. */
static void test_threads(void)
{
  enum { THREADS = 6 };
  static nn_real wanted[N * SIZE];
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  nn_check(made_loader(&loader, dataset, ALL, true, NULL));
  walk(&loader, false, 8, 0, wanted);
  pthread_t threads[THREADS];
  Reader readers[THREADS];
  for (int t = 0; t < THREADS; t++) {
    readers[t] = (Reader){&loader, wanted, false};
    nn_check_int(pthread_create(&threads[t], NULL, read_often, &readers[t]), 0);
  }
  for (int t = 0; t < THREADS; t++) {
    pthread_join(threads[t], NULL);
    nn_check(readers[t].same);
  }
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

/* ---- refusals ---- */

static void test_refusals(void)
{
  static const struct {
    const char *list, *text;
  } cases[] = {
      {"[\"Normalize\"]", "data.transforms.0 (Normalize): it needs a tensor"},
      {"[\"Normalize\"]", "put ToTensor before it"},
      {"[\"RandomErasing\", \"ToTensor\"]", "put ToTensor before it"},
      {"[\"ToTensor\", \"ToTensor\"]", "already a tensor"},
      {"[{\"kind\": \"RandomCrop\", \"size\": 10}]", "larger than the image, which has 9 × 9"},
      {"[\"ToTensor\", {\"kind\": \"Pad\", \"padding\": 9, \"padding_mode\": \"reflect\"}]",
       "at most 8 above"},
      {"[\"ToTensor\", {\"kind\": \"Pad\", \"padding\": 10, \"padding_mode\": \"symmetric\"}]",
       "at most 9 above"},
      {"[{\"kind\": \"Pad\", \"padding\": [-5, 0, -4, 0]}]", "nothing would be left"},
      {"[{\"kind\": \"Pad\", \"padding\": [1, 2, 3]}]", "has 3 numbers; allowed are 1"},
      {"[{\"kind\": \"Pad\", \"padding\": 1.5}]", "is 1.5; allowed is a whole number"},
      {"[{\"kind\": \"Pad\", \"padding\": 128}]", "265 × 265 pixels; allowed are sides"},
      {"[{\"kind\": \"GaussianBlur\", \"kernel_size\": 4}]",
       "is 4; the size of a kernel must be odd"},
      {"[{\"kind\": \"GaussianBlur\", \"kernel_size\": 19}]", "allowed is at most 17"},
      {"[{\"kind\": \"GaussianBlur\", \"sigma\": 0}]", "above 0"},
      {"[{\"kind\": \"GaussianBlur\", \"sigma\": [2, 1]}]", "the smaller number must come first"},
      {"[{\"kind\": \"ElasticTransform\"}]", "allowed is less than 2.125"},
      {"[{\"kind\": \"ElasticTransform\", \"sigma\": [0, 1]}]", "give 0 for both"},
      {"[\"ToTensor\", {\"kind\": \"Normalize\", \"std\": 0}]", "std is 0, by which"},
      {"[\"ToTensor\", {\"kind\": \"Normalize\", \"mean\": [1, 2]}]", "the image has 1 channel"},
      {"[{\"kind\": \"RandomRotation\", \"degrees\": -5}]", "is negative"},
      {"[{\"kind\": \"RandomRotation\", \"degrees\": [5, -5]}]",
       "the smaller number must come first"},
      {"[{\"kind\": \"RandomAffine\", \"shear\": [1, 2, 3]}]", "has 3 numbers"},
      {"[{\"kind\": \"RandomAffine\", \"translate\": [0.1, 1.2]}]", "is 1.2; allowed is"},
      {"[{\"kind\": \"RandomResizedCrop\", \"scale\": [1, 0.5]}]",
       "the smaller number must come first"},
      {"[{\"kind\": \"RandomApply\", \"transforms\": [\"ToTensor\"]}]", "move it out"},
      {"[{\"kind\": \"RandomApply\", \"transforms\": [{\"kind\": \"Resize\", \"size\": 5}]}]",
       "data.transforms.0.transforms.0 (Resize): inside RandomApply"},
      {"[{\"kind\": \"Resize\", \"size\": [9, 300]}]", "is 300; allowed is"},
      /* torchvision wants a number by itself or two */
      {"[{\"kind\": \"RandomRotation\", \"degrees\": [10]}]", "a number or a list of 2 numbers"},
      {"[{\"kind\": \"RandomAffine\", \"shear\": [10]}]", "a number or a list of 2 to 4"},
      {"[{\"kind\": \"ElasticTransform\", \"alpha\": [50]}]", "is a list of length 1"},
      {"[{\"kind\": \"ElasticTransform\", \"sigma\": [1]}]", "is a list of length 1"},
      {"[{\"kind\": \"GaussianBlur\", \"sigma\": [1]}]", "is a list of length 1"},
      {"[{\"kind\": \"RandomAffine\", \"scale\": [0, 1]}]", "above 0"},
      {"[\"ToTensor\", {\"kind\": \"RandomResizedCrop\", \"scale\": [1, 1], \"ratio\": [50, 50]}]",
       "no part of an image of 9 × 9 pixels has such proportions"},
      {"[{\"kind\": \"RandomErasing\", \"value\": \"often\"}]", "or \"random\""},
  };
  NnDataset *dataset = made_dataset();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnLoader loader;
    NnError err = {0};
    nn_check(!made_loader(&loader, dataset, cases[i].list, true, &err));
    if (!nn_check_has(err.text, cases[i].text))
      printf("# %s\n", cases[i].list);
    nn_check(strstr(err.where, "data.transforms.") == err.where);
    nn_loader_clear(&loader);
  }
  nn_dataset_free(dataset);
}

/* Both ways of writing an argument are one, and a recipe's text comes back the same. */
static void test_forms(void)
{
  NnConfig *a = nn_recipe_new(NULL), *b = nn_recipe_new(NULL), *back = NULL;
  nn_check(nn_config_set_path(a, "data.transforms", ALL, NULL));
  nn_check(nn_config_set_path(b, "data.transforms", ALL, NULL));
  nn_check(nn_config_set_path(b, "data.transforms.0.size", "[12]", NULL));
  nn_check(nn_config_set_path(b, "data.transforms.12.mean", "[0.1307]", NULL));
  nn_check(nn_config_equal(a, b));
  char *text = nn_recipe_text(a, NULL);
  nn_check_has(text, "\"value\": \"random\"");
  nn_check_has(text, "\"size\": 12");
  nn_check(nn_recipe_parse(text, "text", &back, NULL));
  nn_check(back && nn_config_equal(a, back));
  nn_free(text);
  nn_config_free(a);
  nn_config_free(b);
  nn_config_free(back);
}

/* ---- memory ---- */

static void test_memory(void)
{
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  int k = 1;
  for (bool ok = false; !ok && k < 2000; k++) {
    NnError err = {0};
    fail_alloc_start(k);
    ok = made_loader(&loader, dataset, ALL, true, &err);
    if (!ok)
      nn_check_int(err.status, NN_ERR_NOMEM);
    nn_check(ok == !fail_alloc_failed());
    nn_loader_clear(&loader);
    nn_check_int(fail_alloc_live(), 0);
    fail_alloc_stop();
  }
  nn_check(k > 30 && k < 2000);
  nn_dataset_free(dataset);
}

static void test_no_allocation(void)
{
  static nn_real x[N * SIZE];
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  nn_check(made_loader(&loader, dataset, ALL, true, NULL));
  fail_alloc_start(1);
  walk(&loader, true, 8, 0, x);
  nn_check(!fail_alloc_failed());
  fail_alloc_stop();
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

/* What torchvision takes of such pictures, far as it goes. */
static void test_acceptances(void)
{
  static const char *const lists[] = {
      "[{\"kind\": \"Pad\", \"padding\": 100, \"padding_mode\": \"reflect\"}]",
      "[{\"kind\": \"RandomCrop\", \"size\": 40, \"padding\": 30, \"padding_mode\": "
      "\"symmetric\"}]",
      "[{\"kind\": \"RandomCrop\", \"size\": 40, \"pad_if_needed\": true, \"padding_mode\": "
      "\"reflect\"}]",
      "[\"ToTensor\", {\"kind\": \"Pad\", \"padding\": 8, \"padding_mode\": \"reflect\"}]",
      "[\"ToTensor\", {\"kind\": \"Pad\", \"padding\": 50, \"padding_mode\": \"edge\"}]",
      "[{\"kind\": \"Pad\", \"padding\": -4}]",
      "[{\"kind\": \"Pad\", \"padding\": 1, \"fill\": 300}]",
      "[{\"kind\": \"RandomCrop\", \"size\": [5]}]",
      "[{\"kind\": \"CenterCrop\", \"size\": [5]}]",
      "[{\"kind\": \"RandomResizedCrop\", \"size\": [5], \"scale\": [0, 2]}]",
      "[{\"kind\": \"RandomRotation\", \"degrees\": 720}]",
      "[{\"kind\": \"RandomAffine\", \"degrees\": 400, \"scale\": [0.001, 50], \"shear\": 85}]",
      "[{\"kind\": \"RandomErasing\", \"p\": 0}, \"ToTensor\"]",
      "[{\"kind\": \"ElasticTransform\", \"alpha\": -20, \"sigma\": 1}]",
      "[{\"kind\": \"RandomApply\", \"p\": 1, \"transforms\": [\"ToTensor\", \"Normalize\"]}]",
      "[{\"kind\": \"RandomApply\", \"p\": 0, \"transforms\": [\"Normalize\"]}]"};
  static nn_real x[N * 256 * 256];
  NnDataset *dataset = made_dataset();
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    NnLoader loader;
    NnError err = {0};
    uint32_t indices[N];
    int32_t labels[N];
    for (uint32_t k = 0; k < N; k++)
      indices[k] = k;
    if (nn_check(made_loader(&loader, dataset, lists[i], true, &err)))
      loader.source.gather(&loader.source, indices, N, 0, x, labels);
    else
      printf("# %s: %s\n", lists[i], err.text);
    nn_loader_clear(&loader);
  }
  nn_dataset_free(dataset);
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("angles are uniform in their range", test_uniform);
  nn_test("flips happen as often as p says", test_flip_chance);
  nn_test("crops cover every place", test_crop_places);
  nn_test("areas and proportions keep their ranges", test_areas);
  nn_test("RandomApply does all or nothing", test_random_apply);
  nn_test("evaluation has no chance in it", test_evaluation);
  nn_test("evaluation cuts out the middle", test_evaluation_crop);
  nn_test("working ahead changes no bit", test_ahead);
  nn_test("working ahead changes no bit of the tutorial's list", test_ahead_tutorial);
  nn_test("orders may be given up", test_ahead_given_up);
  nn_test("gathers on six threads at once", test_threads);
  nn_test("refuses in words", test_refusals);
  nn_test("takes what torchvision takes", test_acceptances);
  nn_test("an argument may be a number or a list", test_forms);
  nn_test("memory that runs out is an error without a leak", test_memory);
  nn_test("gathers without allocating", test_no_allocation);
  return nn_test_done();
}
