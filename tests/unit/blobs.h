/* blobs.h: a small data set for tests of the engine alone: n_classes clouds of points in `F`
 * dimensions, sample i around center i mod n_classes, made on the fly from its number. */
#pragma once
#include "engine/sample-source.h"
#include "engine/rng.h"
#include <math.h>

enum { BLOBS_F = 12, BLOBS_CLASSES = 3 };

static inline void blobs_gather(const NnSource *source, const uint32_t *indices, size_t n,
                                uint32_t epoch, nn_real *x, int32_t *labels)
{
  (void)source, (void)epoch;
  for (size_t i = 0; i < n; i++) {
    NnKeyedRng rng;
    nn_keyed_init(&rng, 77, 1000, 0, indices[i]);
    labels[i] = (int32_t)(indices[i] % BLOBS_CLASSES);
    for (size_t f = 0; f < BLOBS_F; f++)
      x[i * BLOBS_F + f] =
          (nn_real)(sin((double)(f + 1) * (labels[i] + 1)) + 0.5 * nn_keyed_normal(&rng));
  }
}

static inline NnSource blobs_source(size_t n)
{
  return (NnSource){.n_samples = n,
                    .shape = {.n_dims = 1, .dims = {BLOBS_F}},
                    .n_classes = BLOBS_CLASSES,
                    .gather = blobs_gather};
}
