/* fused-lists.c: which values of a batch are not 0: by samples for the forward pass, by inputs for
 * the gradient.
 *
 *   bytes of a sample     0 0 0 0 7 9 0 0 3 …        sample n │ (4, x) (5, x) (8, x) …
 *                                                      turned:
 *                                                      input 4 │ (0, x) (n, x) …
 *                                                      input 5 │ (n, x) …
 *
 * Eight bytes are looked at together; most words are all 0. The others become bits, so that a loop
 * goes from one value that is not 0 to the next. */
#include "fused-vector.h"
#include <string.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* The first byte in memory is the lowest. */
static uint64_t in_order(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return __builtin_bswap64(word);
#else
  return word;
#endif
}

/* A bit for each of 8 bytes that is not 0. */
static uint64_t find_bytes(uint64_t word)
{
  const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
  uint64_t highest = (((word & low) + low) | word) & ~low; /* bit of each such byte */
  return (in_order(highest) >> 7) * 0x0102040810204080u >> 56;
}

/* The same for up to 64 bytes that are not `background`. */
static uint64_t find_others(const uint8_t *bytes, size_t n, uint64_t background)
{
  uint64_t bits = 0, word;
  size_t i = 0;
#if defined(__AVX512BW__)
  if (n == 64)
    return _mm512_cmpneq_epi8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8((char)background));
#elif defined(__AVX2__)
  for (__m256i same = _mm256_set1_epi8((char)background); i + 32 <= n; i += 32) {
    __m256i these = _mm256_loadu_si256((const __m256i *)(bytes + i));
    int equal = _mm256_movemask_epi8(_mm256_cmpeq_epi8(these, same));
    bits |= (uint64_t) ~(uint32_t)equal << i;
  }
#endif
  for (; i + 8 <= n; i += 8) {
    memcpy(&word, bytes + i, sizeof word);
    if (word != background)
      bits |= find_bytes(word ^ background) << i;
  }
  for (; i < n; i++)
    bits |= (uint64_t)(bytes[i] != (uint8_t)background) << i;
  return bits;
}

/* S: up to 64. Both return how many entries there are then. */
static size_t list_bytes(const uint8_t *pixels, size_t S, size_t first, const float *table,
                         int zero, NnFusedEntry *entries, size_t n)
{
  uint64_t background = 0x0101010101010101u * (uint64_t)(zero < 0 ? 0 : zero);
  uint64_t bits = zero < 0 ? ~(uint64_t)0 >> (64 - S) : find_others(pixels, S, background);
  for (; bits != 0; bits &= bits - 1) {
    size_t at = (size_t)__builtin_ctzll(bits);
    entries[n++] = (NnFusedEntry){(uint32_t)(first + at), table[pixels[at]]};
  }
  return n;
}

static size_t list_floats(const float *x, size_t S, size_t first, NnFusedEntry *entries, size_t n)
{
  for (size_t s = 0; s < S; s++) {
    entries[n] = (NnFusedEntry){(uint32_t)(first + s), x[s]};
    n += x[s] != 0;
  }
  return n;
}

size_t NN_KERNELS_NAME(fused_list)(const NnFusedSample *sample, NnFusedEntry *entries,
                                   uint32_t *ends)
{
  size_t n = 0, S = sample->S;
  for (size_t c = 0; c < sample->C; c++)
    for (size_t s = 0; s < S; s += NN_FUSED_PART) {
      size_t some = S - s < NN_FUSED_PART ? S - s : NN_FUSED_PART, at = c * S + s;
      n = sample->pixels ? list_bytes(sample->pixels + at, some, at, sample->table + c * 256,
                                      sample->zero[c], entries, n)
                         : list_floats(sample->x + at, some, at, entries, n);
      *ends++ = (uint32_t)n;
    }
  return n;
}

/* The first entry from input k on. */
static const NnFusedEntry *find(const NnFusedEntry *entries, size_t n, size_t k)
{
  while (n > 0) {
    size_t half = n / 2;
    if (entries[half].at < k) {
      entries += half + 1;
      n -= half + 1;
    } else {
      n = half;
    }
  }
  return entries;
}

/* The entry `from` of sample n. As one number: a store for each of its halves would take twice as
 * long, since most stores wait for a cache line here. */
static void put(NnFusedEntry *to, const NnFusedEntry *from, uint32_t n)
{
  uint64_t bits;
  memcpy(&bits, from, sizeof bits);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  bits = (bits & UINT32_MAX) | (uint64_t)n << 32;
#else
  bits = (bits & ~(uint64_t)UINT32_MAX) | n;
#endif
  memcpy(to, &bits, sizeof bits);
}

void NN_KERNELS_NAME(fused_turn)(const NnFusedLists *samples, size_t n0, size_t n1, size_t k0,
                                 size_t k1, const NnFusedLists *inputs)
{
  uint32_t *restrict counts = inputs->counts;
  NnFusedEntry *restrict turned = inputs->entries;
  size_t slot = inputs->slot;
  memset(counts + k0, 0, (k1 - k0) * sizeof *counts);
  for (size_t n = n0; n < n1; n++) {
    const NnFusedEntry *e = samples->entries + n * samples->slot;
    const NnFusedEntry *end = find(e, samples->counts[n], k1);
    for (e = find(e, samples->counts[n], k0); e < end; e++)
      put(&turned[e->at * slot + counts[e->at]++], e, (uint32_t)n);
  }
}
