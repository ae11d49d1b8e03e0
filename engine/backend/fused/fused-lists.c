/* fused-lists.c: which values of a batch are not 0: by samples for the forward pass, by inputs for
 * the gradient.
 *
 *   bytes of a sample     0 0 0 0 7 9 0 0 3 …        sample n │ (4, x) (5, x) (8, x) …
 *                                                      turned:
 *                                                      input 4 │ (0, x) (n, x) …
 *                                                      input 5 │ (n, x) …
 *
 * Eight bytes are looked at together; most words are all 0. */
#include "fused-vector.h"
#include <string.h>

/* Adds value i, which counts if it is not 0. */
NN_INLINE size_t add(NnFusedEntry *entries, size_t n, size_t i, float x)
{
  entries[n] = (NnFusedEntry){(uint32_t)i, x};
  return n + (x != 0);
}

static size_t list_bytes(const uint8_t *pixels, size_t S, size_t first, const float *table,
                         int zero, NnFusedEntry *entries, size_t n)
{
  uint64_t background = zero < 0 ? 0 : 0x0101010101010101u * (uint64_t)zero;
  size_t s = 0;
  for (; s + 8 <= S; s += 8) {
    uint64_t word;
    memcpy(&word, pixels + s, sizeof word);
    if (word == background && zero >= 0)
      continue;
    for (size_t i = 0; i < 8; i++)
      n = add(entries, n, first + s + i, table[pixels[s + i]]);
  }
  for (; s < S; s++)
    n = add(entries, n, first + s, table[pixels[s]]);
  return n;
}

size_t NN_KERNELS_NAME(fused_list)(const NnFusedSample *sample, NnFusedEntry *entries)
{
  size_t n = 0, S = sample->S;
  for (size_t c = 0; c < sample->C && sample->pixels; c++)
    n = list_bytes(sample->pixels + c * S, S, c * S, sample->table + c * 256, sample->zero[c],
                   entries, n);
  for (size_t i = 0; i < sample->C * S && !sample->pixels; i++)
    n = add(entries, n, i, sample->x[i]);
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

void NN_KERNELS_NAME(fused_turn)(const NnFusedLists *samples, size_t N, size_t k0, size_t k1,
                                 const NnFusedLists *inputs)
{
  memset(inputs->counts + k0, 0, (k1 - k0) * sizeof *inputs->counts);
  for (size_t n = 0; n < N; n++) {
    const NnFusedEntry *e = samples->entries + n * samples->slot, *end = e + samples->counts[n];
    for (e = find(e, samples->counts[n], k0); e < end && e->at < k1; e++)
      inputs->entries[e->at * inputs->slot + inputs->counts[e->at]++] =
          (NnFusedEntry){(uint32_t)n, e->x};
  }
}
