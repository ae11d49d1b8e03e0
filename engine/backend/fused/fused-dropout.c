/* fused-dropout.c: the masks that dropout_mask() draws, a few columns of each sample.
 *
 * A sample's numbers come in blocks of 4 (Philox4x32-10, engine/rng.c), each a function of its
 * index alone, so a unit of columns is 4 blocks side by side, and 2 units are 8: one lane each. */
#include "fused-vector.h"
#include <math.h>

enum { BLOCKS = 8 };

typedef struct {
  uint32_t c[4][BLOCKS];
} Lanes;

/* Blocks first, first + 1, … of sample s. */
NN_INLINE void philox(const NnFusedDropout *d, uint32_t sample, uint32_t first, Lanes *l)
{
  uint32_t key0 = (uint32_t)d->seed, key1 = (uint32_t)(d->seed >> 32);
  for (uint32_t i = 0; i < BLOCKS; i++) {
    l->c[0][i] = first + i;
    l->c[1][i] = sample;
    l->c[2][i] = d->epoch;
    l->c[3][i] = d->purpose;
  }
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < BLOCKS; i++) {
      uint64_t p0 = (uint64_t)0xd2511f53u * l->c[0][i], p1 = (uint64_t)0xcd9e8d57u * l->c[2][i];
      l->c[0][i] = (uint32_t)(p1 >> 32) ^ l->c[1][i] ^ key0;
      l->c[1][i] = (uint32_t)p1;
      l->c[2][i] = (uint32_t)(p0 >> 32) ^ l->c[3][i] ^ key1;
      l->c[3][i] = (uint32_t)p0;
    }
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
}

void NN_KERNELS_NAME(fused_dropout)(const NnFusedDropout *d, NnFusedRange r)
{
  /* A number u·2⁻³² is below p where u is below ⌈p·2³²⌉. */
  uint64_t limit = (uint64_t)ceil(d->p * 0x1p32);
  float scale = d->p < 1 ? (float)(1 / (1 - d->p)) : 0;
  for (size_t n = r.n0; n < r.n1; n++)
    for (size_t c = r.c0; c < r.c1; c += 4 * BLOCKS) {
      Lanes l;
      size_t count = r.c1 - c < 4 * BLOCKS ? r.c1 - c : 4 * BLOCKS;
      philox(d, d->samples[n], (uint32_t)(c / 4), &l);
      for (size_t i = 0; i < count; i++)
        d->mask[n * d->ld + c + i] = l.c[i % 4][i / 4] < limit ? 0 : scale;
    }
}
