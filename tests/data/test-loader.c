/* test-loader.c: the kinds of the data room, and what the loader makes of pixels: PyTorch's float32
 * values, bit for bit. */
#include "files.h"
#include "pixels-torch.h"
#include "data/dataset.h"
#include "data/kinds.h"
#include "data/loader.h"
#include <math.h>
#include <pthread.h>
#include <string.h>

enum { N = 300, ROWS = 3, COLUMNS = 5, SIZE = ROWS * COLUMNS, MAX_TRANSFORMS = 3 };

/* N pictures whose pixels run through all 256 values. */
static NnDataset *made_dataset(void)
{
  NnDataset *dataset = NULL;
  NnShape shape = nn_shape_3d(1, ROWS, COLUMNS);
  nn_check(nn_dataset_new("mnist", "Made", shape, 10, &dataset, NULL));
  nn_check(nn_split_alloc(&dataset->train, shape, N, NULL));
  for (size_t i = 0; i < N; i++) {
    for (size_t p = 0; p < SIZE; p++)
      dataset->train.images[i * SIZE + p] = (uint8_t)(i * SIZE + p);
    dataset->train.labels[i] = files_label(i);
  }
  return dataset;
}

/* The configs of the named transforms (NULL ends), with their defaults. */
static int made_transforms(const char *const *names, NnConfig *configs[MAX_TRANSFORMS])
{
  int n = 0;
  for (; names[n]; n++) {
    const NnKind *kind = nn_kind_find(NN_CLASS_TRANSFORM, names[n]);
    nn_check(kind != NULL);
    configs[n] = nn_config_new(kind, NULL);
  }
  return n;
}

static bool made_loader(NnLoader *loader, const NnDataset *dataset, NnConfig *const *configs, int n,
                        NnError *err)
{
  NnLoaderOptions options = {
      .dataset = dataset,
      .split = &dataset->train,
      .list = {.transforms = configs, .n_transforms = n, .path = "data.transforms", .chance = true},
      .ahead = true};
  return nn_loader_init(loader, &options, err);
}

/* Gathers all pictures, last first, through the named transforms. */
static void gather_all(const NnDataset *dataset, const char *const *names, nn_real x[N * SIZE],
                       int32_t labels[N])
{
  NnConfig *configs[MAX_TRANSFORMS];
  int n = made_transforms(names, configs);
  NnLoader loader;
  NnError err = {0};
  nn_check(made_loader(&loader, dataset, configs, n, &err));
  for (int i = 0; i < n; i++)
    nn_config_free(configs[i]); /* the loader must not need them any more */
  nn_check_int(loader.source.n_samples, N);
  nn_check_int(loader.source.n_classes, 10);
  nn_check(nn_shape_equal(loader.source.shape, dataset->shape));
  uint32_t indices[N];
  for (uint32_t i = 0; i < N; i++)
    indices[i] = N - 1 - i;
  loader.source.gather(&loader.source, indices, N, 0, x, labels);
  nn_loader_clear(&loader);
}

/* Every gathered value against `bits` (float32) of its pixel. */
static void check_bits(const char *const *names, const uint32_t bits[256])
{
  static nn_real x[N * SIZE];
  int32_t labels[N];
  NnDataset *dataset = made_dataset();
  gather_all(dataset, names, x, labels);
  for (size_t i = 0; i < N; i++) {
    size_t picture = N - 1 - i;
    nn_check_int(labels[i], files_label(picture));
    for (size_t p = 0; p < SIZE; p++) {
      float found = (float)x[i * SIZE + p];
      uint32_t found_bits;
      memcpy(&found_bits, &found, sizeof found);
      nn_check_int(found_bits, bits[(uint8_t)(picture * SIZE + p)]);
    }
  }
  nn_dataset_free(dataset);
}

static void test_to_tensor(void)
{
  check_bits((const char *const[]){"ToTensor", NULL}, torch_scaled);
}

static void test_normalize(void)
{
  check_bits((const char *const[]){"ToTensor", "Normalize", NULL}, torch_normalized);
}

/* A wrong choice that runs: the pixels stay what they are. */
static void test_no_transform(void)
{
  uint32_t bits[256];
  for (int v = 0; v < 256; v++) {
    float x = (float)v;
    memcpy(&bits[v], &x, sizeof x);
  }
  check_bits((const char *const[]){NULL}, bits);
}

/* Twice Normalize is twice the arithmetic, in that order. */
static void test_order_and_parameters(void)
{
  NnDataset *dataset = made_dataset();
  NnConfig *configs[MAX_TRANSFORMS];
  int n =
      made_transforms((const char *const[]){"ToTensor", "Normalize", "Normalize", NULL}, configs);
  nn_check(nn_config_set_numbers(configs[1], "mean", (double[]){10}, 1, NULL));
  nn_check(nn_config_set_numbers(configs[1], "std", (double[]){0.5}, 1, NULL));
  nn_check(nn_config_set_numbers(configs[2], "mean", (double[]){-3}, 1, NULL));
  NnLoader loader;
  nn_check(made_loader(&loader, dataset, configs, n, NULL));
  nn_real x[SIZE];
  int32_t label;
  uint32_t index = 2; /* pixels 30 … 44 */
  loader.source.gather(&loader.source, &index, 1, 0, x, &label);
  for (int p = 0; p < SIZE; p++) {
    float once = ((float)(30 + p) / 255.0f - 10.0f) / 0.5f;
    nn_check((float)x[p] == (once + 3.0f) / 0.3081f);
  }
  nn_loader_clear(&loader);
  for (int i = 0; i < n; i++)
    nn_config_free(configs[i]);
  nn_dataset_free(dataset);
}

static void test_not_a_transform(void)
{
  NnDataset *dataset = made_dataset();
  NnConfig *config = nn_config_new(nn_kind_find(NN_CLASS_DATASET, "mnist"), NULL);
  NnLoader loader = {.dataset = NULL};
  NnError err = {0};
  nn_check(!made_loader(&loader, dataset, &config, 1, &err));
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_has(err.text, "data.transforms.0 is mnist");
  nn_check(loader.dataset == NULL);
  nn_loader_clear(&loader);
  nn_config_free(config);
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
  nn_real x[8 * SIZE];
  int32_t labels[8];
  reader->same = true;
  for (uint32_t round = 0; round < 2000; round++) {
    uint32_t indices[8];
    for (uint32_t i = 0; i < 8; i++)
      indices[i] = (round * 8 + i * 31) % N;
    reader->loader->source.gather(&reader->loader->source, indices, 8, round, x, labels);
    for (uint32_t i = 0; i < 8; i++)
      if (labels[i] != files_label(indices[i]) ||
          memcmp(x + i * SIZE, reader->wanted + indices[i] * SIZE, SIZE * sizeof *x) != 0)
        reader->same = false;
  }
  return NULL;
}

static void test_threads(void)
{
  static nn_real wanted[N * SIZE];
  for (int i = 0; i < N * SIZE; i++)
    wanted[i] = (nn_real)(uint8_t)i;
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  nn_check(made_loader(&loader, dataset, NULL, 0, NULL));
  pthread_t threads[4];
  Reader readers[4];
  for (int t = 0; t < 4; t++) {
    readers[t] = (Reader){&loader, wanted, false};
    nn_check_int(pthread_create(&threads[t], NULL, read_often, &readers[t]), 0);
  }
  for (int t = 0; t < 4; t++) {
    pthread_join(threads[t], NULL);
    nn_check(readers[t].same);
  }
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

/* The bytes and their table give what gather() gives, also of pictures that are kept because they
 * are turned first; with chances, or without numbers to look up, there are none. */
static void check_bytes(const char *const *names, bool wanted)
{
  static nn_real x[N * SIZE];
  int32_t labels[N];
  NnDataset *dataset = made_dataset();
  NnConfig *configs[MAX_TRANSFORMS];
  int n = made_transforms(names, configs);
  NnLoader loader;
  NnBytes bytes;
  uint32_t indices[N];
  for (uint32_t i = 0; i < N; i++)
    indices[i] = N - 1 - i;
  for (int i = 0; i < n; i++)
    if (strcmp(names[i], "Resize") == 0)
      nn_check(nn_config_set_path(configs[i], "size", "[5, 3]", NULL));
  nn_check(made_loader(&loader, dataset, configs, n, NULL));
  loader.source.gather(&loader.source, indices, 7, 0, x, labels); /* some are kept already */
  loader.source.gather(&loader.source, indices, N, 0, x, labels);
  bool found = loader.source.bytes(&loader.source, &bytes);
  if (nn_check(found == wanted) && found) {
    nn_check(bytes.n_samples == N && bytes.C == 1 && bytes.S == SIZE && !bytes.indices);
    bool same = true;
    for (size_t i = 0; i < N; i++) {
      same = same && bytes.classes[N - 1 - i] == labels[i];
      for (size_t p = 0; p < SIZE; p++)
        same = same && bytes.table[bytes.pixels[(N - 1 - i) * SIZE + p]] == x[i * SIZE + p];
    }
    nn_check(same);
    nn_check((bytes.pixels == dataset->train.images) == (n == 1));
  }
  for (int i = 0; i < n; i++)
    nn_config_free(configs[i]);
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

static void test_bytes(void)
{
  check_bytes((const char *const[]){"ToTensor", NULL}, true);
  check_bytes((const char *const[]){"Resize", "ToTensor", NULL}, true);
  check_bytes((const char *const[]){"RandomHorizontalFlip", "ToTensor", NULL}, false);
  check_bytes((const char *const[]){NULL}, false);
}

static void test_no_allocation(void)
{
  NnDataset *dataset = made_dataset();
  NnLoader loader;
  nn_check(made_loader(&loader, dataset, NULL, 0, NULL));
  fail_alloc_start(1);
  nn_real x[SIZE];
  int32_t label = -1;
  loader.source.gather(&loader.source, (uint32_t[]){7}, 1, 0, x, &label);
  nn_check(!fail_alloc_failed());
  fail_alloc_stop();
  nn_check_int(label, files_label(7));
  nn_loader_clear(&loader);
  nn_dataset_free(dataset);
}

static void test_kinds(void)
{
  const NnKind *before[64];
  const NnKind *const *kinds = nn_kinds(NN_CLASS_TRANSFORM);
  int n = 0;
  for (; kinds[n] && n < 64; n++) {
    before[n] = kinds[n];
    nn_check(kinds[n]->doc && kinds[n]->source);
    nn_check(nn_kind_find(NN_CLASS_TRANSFORM, kinds[n]->name) == kinds[n]);
  }
  nn_check(n >= 15);
  nn_data_register_kinds(); /* the second time: must change nothing */
  kinds = nn_kinds(NN_CLASS_TRANSFORM);
  for (int i = 0; i < n; i++)
    nn_check(kinds[i] == before[i]);
  nn_check(kinds[n] == NULL);
  nn_check(nn_kind_find(NN_CLASS_DATASET, "mnist") != NULL);
  nn_check(nn_kind_find(NN_CLASS_DATASET, "practice") != NULL);
}

static double first_number(const NnConfig *config, const char *key)
{
  nn_check_int(nn_config_count(config, key), 1);
  return nn_config_value(config, key)->numbers[0];
}

static void test_normalize_range(void)
{
  NnConfig *config = nn_config_new(nn_kind_find(NN_CLASS_TRANSFORM, "Normalize"), NULL);
  nn_check_near(first_number(config, "mean"), 0.1307, 0, 0);
  nn_check_near(first_number(config, "std"), 0.3081, 0, 0);
  NnError err = {0};
  nn_check(!nn_config_set_numbers(config, "mean", (double[]){NAN}, 1, NULL));
  nn_check(!nn_config_set_numbers(config, "mean", NULL, 0, NULL));
  nn_check(nn_config_set_numbers(config, "std", (double[]){-1}, 1, &err));
  nn_check(nn_config_check(config, "here", &err)); /* as torchvision, too, has it */
  nn_check(nn_config_set_numbers(config, "std", (double[]){0}, 1, &err));
  nn_check(!nn_config_check(config, "here", &err));
  nn_check_int(err.status, NN_ERR_ARG);
  nn_check_has(err.text, "here.std is 0");
  nn_config_free(config);
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("lists the kinds once", test_kinds);
  nn_test("Normalize refuses a deviation of 0", test_normalize_range);
  nn_test("ToTensor gives PyTorch's bits", test_to_tensor);
  nn_test("ToTensor and Normalize give PyTorch's bits", test_normalize);
  nn_test("without transforms pixels stay 0 to 255", test_no_transform);
  nn_test("order and parameters count", test_order_and_parameters);
  nn_test("refuses a config that is no transform", test_not_a_transform);
  nn_test("gathers on four threads at once", test_threads);
  nn_test("bytes for a device", test_bytes);
  nn_test("gathers without allocating", test_no_allocation);
  return nn_test_done();
}
