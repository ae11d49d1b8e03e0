/* byte-source.h: a small data set of bytes for tests of the engine alone: pictures of 2 × 5 × 5
 * pixels in 3 classes, as a loader without chances gives them. make_data() before anything else. */
#pragma once
#include "engine/sample-source.h"
#include "engine/rng.h"

enum { C = 2, SIDE = 5, S = SIDE * SIDE, CLASSES = 3, N_TRAIN = 211, N_TEST = 70 };

typedef struct {
  NnSource source; /* first */
  const uint8_t *pixels;
  const int32_t *classes;
  bool hidden; /* does not tell that it is bytes */
} ByteSource;

static uint8_t pixels[N_TRAIN + N_TEST][C * S];
static int32_t classes[N_TRAIN + N_TEST];
static nn_real table[C * 256];
static ByteSource train, test;

static void gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                   nn_real *x, int32_t *labels)
{
  const ByteSource *self = (const ByteSource *)source;
  (void)epoch;
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < C * S; k++)
      x[i * C * S + k] = table[k / S * 256 + self->pixels[indices[i] * C * S + k]];
    labels[i] = self->classes[indices[i]];
  }
}

static bool bytes(const NnSource *source, NnBytes *out)
{
  const ByteSource *self = (const ByteSource *)source;
  *out = (NnBytes){.n_samples = source->n_samples,
                   .C = C,
                   .S = S,
                   .pixels = self->pixels,
                   .classes = self->classes,
                   .table = table};
  return !self->hidden;
}

static ByteSource byte_source(size_t first, size_t n)
{
  return (ByteSource){.source = {.n_samples = n,
                                 .shape = {.n_dims = 3, .dims = {C, SIDE, SIDE}},
                                 .n_classes = CLASSES,
                                 .gather = gather,
                                 .bytes = bytes},
                      .pixels = pixels[first],
                      .classes = classes + first};
}

static void make_data(void)
{
  NnKeyedRng rng;
  nn_keyed_init(&rng, 5, 1000, 0, 0);
  for (size_t i = 0; i < C * 256; i++)
    table[i] = (nn_real)(((double)(i % 256) / 255 - 0.3) / (0.5 + 0.1 * (double)(i / 256)));
  for (size_t i = 0; i < N_TRAIN + N_TEST; i++) {
    classes[i] = (int32_t)(nn_keyed_uniform(&rng) * CLASSES);
    for (size_t k = 0; k < C * S; k++)
      pixels[i][k] = (uint8_t)(60 + 60 * ((k + (size_t)classes[i]) % CLASSES == 0) +
                               100 * nn_keyed_uniform(&rng));
  }
  train = byte_source(0, N_TRAIN);
  test = byte_source(N_TRAIN, N_TEST);
}
