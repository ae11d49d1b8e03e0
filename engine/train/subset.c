/* subset.c: see subset.h. */
#include "subset.h"
#include "engine/mem.h"
#include "engine/number.h"
#include "engine/rng.h"
#include <math.h>

/* So many indices are translated at a time, on the stack: gather() allocates nothing. */
enum { CHUNK = 256 };

static void gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                   nn_real *x, int32_t *labels)
{
  const NnSubset *self = (const NnSubset *)source;
  size_t size = nn_shape_size(source->shape);
  uint32_t translated[CHUNK];
  for (size_t first = 0; first < n; first += CHUNK) {
    size_t count = n - first < CHUNK ? n - first : CHUNK;
    for (size_t i = 0; i < count; i++)
      translated[i] = self->indices[indices[first + i]];
    self->parent->gather(self->parent, translated, count, epoch, x + first * size, labels + first);
  }
}

static void expect(const NnSampleOrder *order, uint32_t epoch)
{
  const NnSubset *self = (const NnSubset *)order->source;
  for (size_t i = 0; i < order->n; i++)
    self->expected[i] = self->indices[order->indices[i]];
  nn_source_expect((NnSampleOrder){self->parent, self->expected, order->n}, epoch);
}

static bool bytes(const NnSource *source, NnBytes *bytes)
{
  const NnSubset *self = (const NnSubset *)source;
  if (!self->parent->bytes(self->parent, bytes) || bytes->indices)
    return false;
  bytes->indices = self->indices;
  return true;
}

static NnSubset subset(const NnSource *parent, const uint32_t *indices, size_t n,
                       uint32_t *expected)
{
  NnSubset self = {.source = *parent, .parent = parent, .indices = indices, .expected = expected};
  self.source.n_samples = n;
  self.source.gather = gather;
  self.source.bytes = parent->bytes ? bytes : NULL;
  self.source.expect = parent->expect && expected ? expect : NULL;
  return self;
}

NnSubset nn_subset_of(const NnSubset *like, const NnSource *source)
{
  return subset(source, like->indices, like->source.n_samples, NULL);
}

bool nn_random_split_new(const NnSource *parent, double fraction, uint64_t seed,
                         NnRandomSplit *split, NnError *err)
{
  size_t n = parent->n_samples, n_validation = (size_t)floor((double)n * fraction);
  size_t floored = (size_t)floor((double)n * (1 - fraction)) + n_validation;
  NnMt19937 mt;
  /* What both floors leave over is dealt from the first part on; it is one sample at most. */
  size_t n_train = n - n_validation;
  if (floored > n || n_validation == 0 || n_train == 0)
    return nn_fail(err, NN_ERR_ARG, "data.validation_fraction",
                   "data.validation_fraction is %s; of %zu samples this leaves %zu for training "
                   "and %zu for validation; both must have at least one.",
                   NN_SHOWN(fraction), n, n_train, n_validation);
  uint32_t *order = nn_alloc_array(n + n_train, sizeof *order);
  if (!order)
    return nn_fail_nomem(err, "the validation set");
  nn_mt_seed(&mt, seed);
  nn_mt_randperm(&mt, order, n);
  *split = (NnRandomSplit){.train = subset(parent, order, n_train, order + n),
                           .validation = subset(parent, order + n_train, n_validation, NULL),
                           .order = order};
  return true;
}

void nn_random_split_clear(NnRandomSplit *split)
{
  nn_free(split->order);
  *split = (NnRandomSplit){0};
}
