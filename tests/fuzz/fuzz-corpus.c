/* fuzz-corpus.c: the fuzz target as a plain test: good files, plain and gzipped, each cut off
 * everywhere, each with every byte changed in several ways, and with random damage of several bytes
 * from a fixed seed. A broken promise aborts, and the test fails. */
#include "fuzz.h"
#include "tests/check.h"
#include "tests/data/files.h"
#include <stdlib.h>
#include <string.h>

enum { N_SEEDS = 4, N_RANDOM = 3000 };
static FileBytes seeds[N_SEEDS];

/* Labels and pictures, plain and gzipped. */
static void make_seeds(void)
{
  uint8_t values[72];
  for (int i = 0; i < 72; i++)
    values[i] = (uint8_t)(i * i);
  seeds[0] = files_idx(1, (uint32_t[]){20}, values);
  seeds[1] = files_idx(3, (uint32_t[]){2, 6, 6}, values);
  seeds[2] = files_gzip(seeds[0]);
  seeds[3] = files_gzip(seeds[1]);
}

static void run(const uint8_t *data, size_t n)
{
  nn_check_int(LLVMFuzzerTestOneInput(data, n), 0);
}

static void test_good(void)
{
  for (int s = 0; s < N_SEEDS; s++) {
    int before = fuzz_n_accepted;
    run(seeds[s].bytes, seeds[s].n);
    nn_check_int(fuzz_n_accepted, before + 1);
  }
}

static void test_cut(void)
{
  int before = fuzz_n_accepted;
  for (int s = 0; s < N_SEEDS; s++)
    for (size_t n = 0; n < seeds[s].n; n++)
      run(seeds[s].bytes, n);
  nn_check_int(fuzz_n_accepted, before);
}

static void test_each_byte(void)
{
  static const uint8_t changes[] = {0x01, 0x80, 0xff, 0x1f};
  for (int s = 0; s < N_SEEDS; s++)
    for (size_t at = 0; at < seeds[s].n; at++)
      for (int c = 0; c < 4; c++) {
        seeds[s].bytes[at] ^= changes[c];
        run(seeds[s].bytes, seeds[s].n);
        seeds[s].bytes[at] ^= changes[c];
      }
}

/* Marsaglia's xorshift, 2003: the same damage every time. */
static uint32_t random_below(uint32_t n)
{
  static uint32_t state = 2463534242;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % n;
}

/* Damages the plain bytes; half of the time they are packed afterwards, so that the damage gets
 * past the checksum and at the header. */
static void test_random(void)
{
  for (int i = 0; i < N_RANDOM; i++) {
    FileBytes seed = seeds[random_below(N_SEEDS)];
    FileBytes input = files_cut(seed, seed.n);
    for (uint32_t k = 1 + random_below(4); k > 0; k--)
      input.bytes[random_below(k % 2 ? 16 : (uint32_t)input.n)] = (uint8_t)random_below(256);
    FileBytes packed = files_gzip(input);
    bool pack = random_below(2);
    run(pack ? packed.bytes : input.bytes, pack ? packed.n : input.n);
    files_drop(&input);
    files_drop(&packed);
  }
}

int main(void)
{
  make_seeds();
  nn_test("good files are accepted", test_good);
  nn_test("cut off anywhere", test_cut);
  nn_test("every byte changed", test_each_byte);
  nn_test("random damage", test_random);
  for (int s = 0; s < N_SEEDS; s++)
    files_drop(&seeds[s]);
  return nn_test_done();
}
