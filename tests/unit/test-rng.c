/* test-rng.c: MT19937 and Philox against published values; the draws' rules and limits. That the
 * draws are PyTorch's is shown in tests/ref. */
#include "engine/rng.h"
#include "tests/check.h"
#include <math.h>
#include <string.h>

static NnMt19937 mt;
static nn_real x[100003];

/* The 10000th output for seed 5489 is demanded by the C++ standard, [rand.predef]. */
static void test_mt_standard(void)
{
  uint32_t last = 0;
  nn_mt_seed(&mt, 5489);
  for (int i = 0; i < 10000; i++)
    last = nn_mt_u32(&mt);
  nn_check_int(last, 4123659995u);
}

static void test_mt_seed(void)
{
  nn_mt_seed(&mt, 5489 + (UINT64_C(7) << 32)); /* only the low half counts */
  nn_check_int(nn_mt_u32(&mt), 3499211612u);
  nn_mt_seed(&mt, 5489);
  uint64_t both = nn_mt_u64(&mt);
  nn_check_int(both >> 32, 3499211612u);
  nn_check_int(both & 0xffffffffu, 581869302u);
  nn_mt_normal(&mt, x, 1, 0, 1); /* leaves a cached value */
  nn_check(mt.has_cached_normal);
  nn_mt_seed(&mt, 5489);
  nn_check(!mt.has_cached_normal);
}

static void moments(const nn_real *values, size_t n, double *mean, double *std)
{
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)values[i];
  *mean = sum / (double)n;
  for (size_t i = 0; i < n; i++)
    squares += ((double)values[i] - *mean) * ((double)values[i] - *mean);
  *std = sqrt(squares / (double)n);
}

static void test_uniform(void)
{
  const size_t n = 100000;
  double mean, std;
  bool inside = true;
  nn_mt_seed(&mt, 3);
  nn_mt_uniform(&mt, x, n, -2, 4);
  for (size_t i = 0; i < n; i++)
    inside = inside && x[i] >= -2 && x[i] < 4;
  nn_check(inside);
  moments(x, n, &mean, &std);
  nn_check_near(mean, 1, 0.03, 0); /* five standard errors */
  nn_check_near(std, 6 / sqrt(12), 0.02, 0);
}

/* Of n below, at and beside multiples of the block of 16; values after the last must stay. */
static void test_normal(void)
{
  static const size_t sizes[] = {0, 1, 15, 16, 17, 31, 32, 100000, 100001};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    size_t n = sizes[s];
    double mean, std;
    for (size_t i = 0; i < n + 2; i++)
      x[i] = 1234;
    nn_mt_seed(&mt, 4);
    nn_mt_normal(&mt, x, n, 2, 3);
    nn_check(x[n] == 1234 && x[n + 1] == 1234);
    bool written = true;
    for (size_t i = 0; i < n; i++)
      written = written && isfinite(x[i]) && x[i] != 1234;
    nn_check(written);
    if (n < 1000)
      continue;
    moments(x, n, &mean, &std);
    nn_check_near(mean, 2, 0.05, 0);
    nn_check_near(std, 3, 0.035, 0);
  }
}

static void test_zero_width(void)
{
  nn_mt_seed(&mt, 5);
  nn_mt_uniform(&mt, x, 20, 0.25, 0.25);
  nn_mt_normal(&mt, x + 20, 20, 0.25, 0);
  bool same = true;
  for (int i = 0; i < 40; i++)
    same = same && x[i] == (nn_real)0.25;
  nn_check(same);
}

static void test_randperm(void)
{
  static uint32_t order[1000];
  static bool seen[1000];
  size_t n_seen = 0, n_fixed = 0;
  nn_mt_seed(&mt, 6);
  nn_mt_randperm(&mt, order, 0);
  nn_mt_randperm(&mt, order, 1);
  nn_check_int(order[0], 0);
  nn_mt_randperm(&mt, order, 1000);
  for (size_t i = 0; i < 1000; i++) {
    nn_check(order[i] < 1000);
    n_seen += !seen[order[i] % 1000];
    seen[order[i] % 1000] = true;
    n_fixed += order[i] == i;
  }
  nn_check_int(n_seen, 1000);
  nn_check(n_fixed < 10); /* one is expected */
}

/* The three philox4x32-10 vectors of Random123 1.09's kat_vectors. */
static void test_philox_known(void)
{
  static const uint32_t in[3][6] = {
      {0, 0, 0, 0, 0, 0},
      {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
      {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0}};
  static const uint32_t out[3][4] = {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
                                     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                                     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  for (int v = 0; v < 3; v++) {
    NnKeyedRng rng;
    nn_keyed_init(&rng, in[v][4] | (uint64_t)in[v][5] << 32, 0, 0, 0);
    memcpy(rng.counter, in[v], sizeof rng.counter);
    for (int i = 0; i < 4; i++)
      nn_check_int(nn_keyed_u32(&rng), out[v][i]);
  }
}

/* Every part of the key and the place in the stream give other numbers. */
static void test_keyed(void)
{
  static const uint64_t keys[][4] = {{1, 2, 3, 4}, {9, 2, 3, 4}, {UINT64_C(1) << 32 | 1, 2, 3, 4},
                                     {1, 9, 3, 4}, {1, 2, 9, 4}, {1, 2, 3, 9}};
  uint32_t first[6][2];
  for (int k = 0; k < 6; k++) {
    NnKeyedRng rng;
    nn_keyed_init(&rng, keys[k][0], (uint32_t)keys[k][1], (uint32_t)keys[k][2],
                  (uint32_t)keys[k][3]);
    first[k][0] = nn_keyed_u32(&rng);
    for (int i = 0; i < 4; i++)
      first[k][1] = nn_keyed_u32(&rng); /* of the next block */
    nn_check(first[k][0] != first[k][1]);
    for (int j = 0; j < k; j++)
      nn_check(first[j][0] != first[k][0] && first[j][1] != first[k][1]);
  }
}

static void test_keyed_moments(void)
{
  const size_t n = 100000;
  double mean, std;
  NnKeyedRng rng;
  nn_keyed_init(&rng, 11, NN_PURPOSE_DROPOUT, 0, 0);
  bool inside = true;
  for (size_t i = 0; i < n; i++) {
    double u = nn_keyed_uniform(&rng);
    inside = inside && u >= 0 && u < 1;
    x[i] = (nn_real)u;
  }
  nn_check(inside);
  moments(x, n, &mean, &std);
  nn_check_near(mean, 0.5, 0.005, 0);
  nn_check_near(std, 1 / sqrt(12), 0.003, 0);
  for (size_t i = 0; i < n; i++)
    x[i] = (nn_real)nn_keyed_normal(&rng);
  moments(x, n, &mean, &std);
  nn_check_near(mean, 0, 0.016, 0);
  nn_check_near(std, 1, 0.012, 0);
}

int main(void)
{
  nn_test("MT19937 gives the standard's value", test_mt_standard);
  nn_test("seeding", test_mt_seed);
  nn_test("uniform draws fill their range", test_uniform);
  nn_test("normal draws of any count", test_normal);
  nn_test("draws without width", test_zero_width);
  nn_test("a permutation holds every number once", test_randperm);
  nn_test("Philox gives the published vectors", test_philox_known);
  nn_test("every part of a key counts", test_keyed);
  nn_test("keyed draws have their mean and width", test_keyed_moments);
  return nn_test_done();
}
