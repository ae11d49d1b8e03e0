/* rng.c: see rng.h. MT19937 after Matsumoto & Nishimura 1998; the draws on top of it follow
 * ATen's CPU distributions; Philox4x32-10 after Salmon et al. 2011. */
#include "rng.h"
#include "elem/elem.h"

enum { MT_N = 624, MT_M = 397, NORMAL_BLOCK = 16 };

/* ---- MT19937 ---- */

void nn_mt_seed(NnMt19937 *mt, uint64_t seed)
{
  uint32_t x = (uint32_t)seed;
  mt->state[0] = x;
  for (uint32_t i = 1; i < MT_N; i++) {
    x = 1812433253u * (x ^ (x >> 30)) + i;
    mt->state[i] = x;
  }
  mt->next = MT_N;
  mt->has_cached_normal = false;
  mt->cached_normal = 0;
}

/* The recurrence for one word: upper bit of a, lower 31 bits of b. */
static uint32_t twist(uint32_t a, uint32_t b)
{
  uint32_t y = (a & 0x80000000u) | (b & 0x7fffffffu);
  return (y >> 1) ^ (-(y & 1u) & 0x9908b0dfu);
}

static void refill(NnMt19937 *mt)
{
  uint32_t *s = mt->state;
  for (int i = 0; i < MT_N - MT_M; i++)
    s[i] = s[i + MT_M] ^ twist(s[i], s[i + 1]);
  for (int i = MT_N - MT_M; i < MT_N - 1; i++)
    s[i] = s[i + MT_M - MT_N] ^ twist(s[i], s[i + 1]);
  s[MT_N - 1] = s[MT_M - 1] ^ twist(s[MT_N - 1], s[0]);
  mt->next = 0;
}

uint32_t nn_mt_u32(NnMt19937 *mt)
{
  if (mt->next >= MT_N)
    refill(mt);
  uint32_t y = mt->state[mt->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint64_t nn_mt_u64(NnMt19937 *mt)
{
  uint64_t high = nn_mt_u32(mt);
  return high << 32 | nn_mt_u32(mt);
}

static double unit_f64(NnMt19937 *mt)
{
  return (double)(nn_mt_u64(mt) & ((UINT64_C(1) << 53) - 1)) * 0x1p-53;
}

/* [0, 1) in nn_real's own rule: 24 bits of one word for float, 53 bits of two for double. */
static nn_real unit(NnMt19937 *mt)
{
  if (sizeof(nn_real) == sizeof(float))
    return (nn_real)((nn_real)(nn_mt_u32(mt) & 0xffffffu) * (nn_real)0x1p-24);
  return (nn_real)unit_f64(mt);
}

/* PyTorch's kernels are compiled with fused multiply-add, so the last step of a draw rounds once: a
 * plain product and sum gives another last bit for half of all values. */
void nn_mt_uniform(NnMt19937 *mt, nn_real *out, size_t n, double a, double b)
{
  nn_real from = (nn_real)a, range = (nn_real)b - from;
  for (size_t i = 0; i < n; i++)
    out[i] = NN_M(fma)(unit(mt), range, from);
}

/* Box–Muller on 16 uniforms: value j is paired with value j + 8. */
static void normal_block(nn_real *x, nn_real mean, nn_real std)
{
  const nn_real two_pi = (nn_real)6.283185307179586476925286766559;
  for (int j = 0; j < NORMAL_BLOCK / 2; j++) {
    nn_real u1 = 1 - x[j]; /* (0, 1]: its logarithm is finite */
    nn_real theta = two_pi * x[j + 8];
    nn_real r = NN_M(sqrt)(-2 * NN_M(log)(u1));
    x[j] = NN_M(fma)(r * NN_M(cos)(theta), std, mean);
    x[j + 8] = NN_M(fma)(r * NN_M(sin)(theta), std, mean);
  }
}

/* One value of the slow rule, always in double; every second one was computed with the first. */
static double normal_single(NnMt19937 *mt)
{
  if (mt->has_cached_normal) {
    mt->has_cached_normal = false;
    return mt->cached_normal;
  }
  double u1 = unit_f64(mt), u2 = unit_f64(mt);
  double r = sqrt(-2 * log1p(-u2)), theta = 2 * M_PI * u1;
  mt->cached_normal = r * sin(theta);
  mt->has_cached_normal = true;
  return r * cos(theta);
}

void nn_mt_normal(NnMt19937 *mt, nn_real *out, size_t n, double mean, double std)
{
  if (n < NORMAL_BLOCK) {
    for (size_t i = 0; i < n; i++)
      out[i] = (nn_real)fma(normal_single(mt), std, mean);
    return;
  }
  for (size_t i = 0; i < n; i++)
    out[i] = unit(mt);
  size_t i = 0;
  for (; i + NORMAL_BLOCK <= n; i += NORMAL_BLOCK)
    normal_block(out + i, (nn_real)mean, (nn_real)std);
  if (i == n)
    return;
  /* The rest is too short for a block: the last 16 places are drawn again. */
  nn_real *last = out + n - NORMAL_BLOCK;
  for (int j = 0; j < NORMAL_BLOCK; j++)
    last[j] = unit(mt);
  normal_block(last, (nn_real)mean, (nn_real)std);
}

void nn_mt_randperm(NnMt19937 *mt, uint32_t *out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = (uint32_t)i;
  for (size_t i = 0; i + 1 < n; i++) {
    size_t j = i + nn_mt_u32(mt) % (n - i);
    uint32_t swap = out[i];
    out[i] = out[j];
    out[j] = swap;
  }
}

/* ---- Philox4x32-10 ---- */

void nn_keyed_init(NnKeyedRng *rng, uint64_t seed, uint32_t purpose, uint32_t epoch,
                   uint32_t sample)
{
  *rng = (NnKeyedRng){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                      .counter = {0, sample, epoch, purpose}};
}

static void philox_round(uint32_t c[4], const uint32_t key[2])
{
  uint64_t p0 = (uint64_t)0xd2511f53u * c[0], p1 = (uint64_t)0xcd9e8d57u * c[2];
  uint32_t c1 = c[1], c3 = c[3];
  c[0] = (uint32_t)(p1 >> 32) ^ c1 ^ key[0];
  c[1] = (uint32_t)p1;
  c[2] = (uint32_t)(p0 >> 32) ^ c3 ^ key[1];
  c[3] = (uint32_t)p0;
}

static void philox_block(NnKeyedRng *rng)
{
  uint32_t key[2] = {rng->key[0], rng->key[1]};
  for (int i = 0; i < 4; i++)
    rng->block[i] = rng->counter[i];
  for (int round = 0; round < 10; round++) {
    philox_round(rng->block, key);
    key[0] += 0x9e3779b9u;
    key[1] += 0xbb67ae85u;
  }
  rng->counter[0]++;
  rng->left = 4;
}

uint32_t nn_keyed_u32(NnKeyedRng *rng)
{
  if (rng->left == 0)
    philox_block(rng);
  return rng->block[4 - rng->left--];
}

double nn_keyed_uniform(NnKeyedRng *rng)
{
  return nn_keyed_u32(rng) * 0x1p-32;
}

double nn_keyed_normal(NnKeyedRng *rng)
{
  double u1 = (nn_keyed_u32(rng) + 1.0) * 0x1p-32; /* (0, 1] */
  double u2 = nn_keyed_uniform(rng);
  return sqrt(-2 * log(u1)) * cos(2 * M_PI * u2);
}
