/* test-torch-streams.c: weights and the order of samples are PyTorch's own, bit for bit, after
 * torch.manual_seed(0). In float32: the program's own precision. */
#include "engine/inits/init.h"
#include "engine/train/sampler.h"
#include "golden.h"
#include <stdlib.h>
#include <string.h>

static const json_t *golden;

static NnMt19937 seeded(void)
{
  NnMt19937 mt;
  nn_mt_seed(&mt, 0);
  return mt;
}

/* Initializes a tensor of that shape by that kind. The caller frees the values. */
static nn_real *init(NnMt19937 *mt, const char *kind, NnShape shape, size_t fan_in)
{
  NnConfig *config = golden_config(NN_CLASS_INIT, kind, NULL);
  nn_real *values = calloc(nn_shape_size(shape), sizeof *values);
  NnInitTarget target = {
      .shape = shape, .fan_in = fan_in, .fan_out = shape.dims[0], .values = values};
  nn_check(nn_init_apply(config, &target, mt, "", NULL));
  nn_config_free(config);
  return values;
}

static void test_uniform(void)
{
  NnMt19937 mt = seeded();
  nn_real x[5];
  nn_mt_uniform(&mt, x, 5, 0, 1);
  golden_close(x, 5, golden, "rand5", 0);
}

/* PyTorch's vectorized sine and cosine differ from libm's in the last bit; values reach 3. */
static void test_normal(void)
{
  NnMt19937 mt = seeded();
  nn_real x[100];
  nn_mt_normal(&mt, x, 3, 0, 1);
  golden_close(x, 3, golden, "randn3", 0);
  mt = seeded();
  nn_mt_normal(&mt, x, 20, 0, 1);
  golden_close(x, 20, golden, "randn20", 4e-7);
  mt = seeded();
  nn_mt_normal(&mt, x, 100, 0.5, 0.02);
  golden_close(x, 100, golden, "normal100_mean_0.5_std_0.02", 1.2e-7);
}

static void test_randperm(void)
{
  NnMt19937 mt = seeded();
  const json_t *wanted = golden_get(golden, "randperm10");
  uint32_t order[10];
  nn_mt_randperm(&mt, order, 10);
  for (size_t i = 0; i < 10; i++)
    nn_check_int(order[i], json_integer_value(json_array_get(wanted, i)));
}

static void test_linear(void)
{
  NnMt19937 mt = seeded();
  const json_t *linear = golden_get(golden, "linear_4_3");
  nn_real *weight = init(&mt, "default", nn_shape_2d(3, 4), 4);
  nn_real *bias = init(&mt, "default", nn_shape_1d(3), 4);
  golden_close(weight, 12, linear, "weight", 0);
  golden_close(bias, 3, linear, "bias", 0);
  free(weight);
  free(bias);
}

static uint64_t fnv1a(const void *data, size_t n)
{
  const unsigned char *bytes = data;
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
  return hash;
}

static void check_summary(const nn_real *values, size_t n, const json_t *wanted)
{
  char hash[17];
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)values[i];
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)fnv1a(values, n * sizeof *values));
  golden_close(values, n < 5 ? n : 5, wanted, "first", 0);
  nn_check_near(sum, golden_number(wanted, "sum"), 1e-9, 1e-9);
  nn_check_str(hash, golden_string(wanted, "fnv1a"));
}

static void test_uniform_bits(void)
{
  NnMt19937 mt = seeded();
  nn_real x[1000];
  nn_mt_uniform(&mt, x, 1000, -0.3, 0.7);
  check_summary(x, 1000, golden_get(golden, "uniform1000"));
}

static void check_epoch(NnSampler *sampler, NnMt19937 *mt, const json_t *wanted)
{
  nn_sampler_epoch(sampler, mt);
  const uint32_t *order = nn_sampler_order(sampler).indices;
  const json_t *first = golden_get(wanted, "first"), *last = golden_get(wanted, "last");
  uint64_t weighted = 0;
  for (size_t i = 0; i < 16; i++) {
    nn_check_int(order[i], json_integer_value(json_array_get(first, i)));
    nn_check_int(order[60000 - 16 + i], json_integer_value(json_array_get(last, i)));
  }
  for (uint64_t i = 0; i < 60000; i++)
    weighted += (i + 1) * order[i];
  nn_check_int(weighted, json_integer_value(golden_get(wanted, "weighted_sum")));
}

static void test_tutorial(void)
{
  static const size_t sizes[] = {784, 64, 64, 10};
  const json_t *tutorial = golden_get(golden, "tutorial");
  const json_t *defaults = golden_get(tutorial, "default"),
               *epochs = golden_get(tutorial, "epochs");
  const json_t *xavier = golden_get(tutorial, "xavier_uniform_");
  NnMt19937 mt = seeded();
  for (size_t i = 0; i < 3; i++) {
    nn_real *weight = init(&mt, "default", nn_shape_2d(sizes[i + 1], sizes[i]), sizes[i]);
    nn_real *bias = init(&mt, "default", nn_shape_1d(sizes[i + 1]), sizes[i]);
    check_summary(weight, sizes[i + 1] * sizes[i], json_array_get(defaults, 2 * i));
    check_summary(bias, sizes[i + 1], json_array_get(defaults, 2 * i + 1));
    free(weight);
    free(bias);
  }
  for (size_t i = 0; i < 3; i++) {
    nn_real *weight = init(&mt, "xavier_uniform_", nn_shape_2d(sizes[i + 1], sizes[i]), sizes[i]);
    check_summary(weight, sizes[i + 1] * sizes[i], json_array_get(xavier, i));
    free(weight);
  }
  NnSampler *sampler = NULL;
  const NnSource source = {.n_samples = 60000};
  if (!nn_check(nn_sampler_new(&source, 8, true, false, &sampler, NULL)))
    return;
  nn_check_int(nn_sampler_n_batches(sampler), 7500);
  check_epoch(sampler, &mt, json_array_get(epochs, 0));
  check_epoch(sampler, &mt, json_array_get(epochs, 1));
  nn_sampler_free(sampler);
}

static void check_batches(const NnSampler *sampler, const json_t *wanted)
{
  nn_check_int(nn_sampler_n_batches(sampler), json_array_size(wanted));
  for (size_t b = 0; b < json_array_size(wanted); b++) {
    const json_t *batch = json_array_get(wanted, b);
    size_t n;
    const uint32_t *indices = nn_sampler_batch(sampler, b, &n);
    nn_check_int(n, json_array_size(batch));
    for (size_t i = 0; i < n; i++)
      nn_check_int(indices[i], json_integer_value(json_array_get(batch, i)));
  }
}

static void test_small_loader(void)
{
  const json_t *wanted = golden_get(golden, "small_loader");
  const json_t *epochs = golden_get(wanted, "shuffled, plain with drop_last, shuffled");
  NnMt19937 mt = seeded();
  NnSampler *shuffled = NULL, *plain = NULL;
  const NnSource source = {.n_samples = 10};
  nn_check(nn_sampler_new(&source, 4, true, false, &shuffled, NULL));
  nn_check(nn_sampler_new(&source, 4, false, true, &plain, NULL));
  NnSampler *passes[] = {shuffled, plain, shuffled};
  for (size_t i = 0; i < 3; i++) {
    nn_sampler_epoch(passes[i], &mt);
    check_batches(passes[i], json_array_get(epochs, i));
  }
  nn_real after;
  nn_mt_uniform(&mt, &after, 1, 0, 1);
  golden_close(&after, 1, wanted, "rand after", 0);
  nn_sampler_free(shuffled);
  nn_sampler_free(plain);
}

int main(void)
{
  golden = golden_load("torch_streams.json");
  nn_test("uniform draws are torch.rand's", test_uniform);
  nn_test("uniform_(a, b) has PyTorch's bits", test_uniform_bits);
  nn_test("normal draws are torch.randn's", test_normal);
  nn_test("permutations are torch.randperm's", test_randperm);
  nn_test("default weights are torch.nn.Linear's", test_linear);
  nn_test("batches are a DataLoader's", test_small_loader);
  nn_test("the tutorial starts and is shuffled as in PyTorch", test_tutorial);
  return nn_test_done();
}
