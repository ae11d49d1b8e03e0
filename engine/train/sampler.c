/* sampler.c: see sampler.h. One allocation holds the struct and the order behind it. */
#include "sampler.h"
#include "engine/mem.h"
#include <string.h>

struct NnSampler {
  const NnSource *source; /* borrowed */
  size_t n_samples, batch_size, n_batches;
  bool shuffle;
  NnMt19937 shuffler; /* here and not on the stack: 2.5 KB, reseeded every epoch */
  uint32_t order[];
};

static bool check_sizes(size_t n_samples, size_t batch_size, bool drop_last, NnError *err)
{
  if (n_samples == 0 || n_samples > UINT32_MAX / 20) /* beyond, torch.randperm draws differently */
    return nn_fail(err, NN_ERR_ARG, "data",
                   "A dataset must have from 1 to %u samples; this one has %zu.", UINT32_MAX / 20,
                   n_samples);
  if (batch_size == 0)
    return nn_fail(err, NN_ERR_ARG, "data.batch_size", "The batch size must be at least 1, not 0.");
  if (drop_last && batch_size > n_samples)
    return nn_fail(err, NN_ERR_ARG, "data.drop_last",
                   "With drop_last a batch size of %zu leaves nothing of %zu samples; the batch "
                   "size may be at most the number of samples.",
                   batch_size, n_samples);
  return true;
}

bool nn_sampler_new(const NnSource *source, size_t batch_size, bool shuffle, bool drop_last,
                    NnSampler **sampler, NnError *err)
{
  size_t n_samples = source->n_samples;
  if (!check_sizes(n_samples, batch_size, drop_last, err))
    return false;
  NnSampler *s = nn_alloc(sizeof *s + n_samples * sizeof s->order[0]);
  if (!s)
    return nn_fail_nomem(err, "the order of the samples");
  s->source = source;
  s->n_samples = n_samples;
  s->batch_size = batch_size;
  s->n_batches = n_samples / batch_size + (!drop_last && n_samples % batch_size > 0);
  s->shuffle = shuffle;
  for (size_t i = 0; i < n_samples; i++)
    s->order[i] = (uint32_t)i;
  *sampler = s;
  return true;
}

void nn_sampler_free(NnSampler *sampler)
{
  nn_free(sampler);
}

void nn_sampler_epoch(NnSampler *sampler, NnMt19937 *mt)
{
  nn_mt_u64(mt); /* the base seed of PyTorch's worker processes, which are not needed here */
  if (!sampler->shuffle)
    return;
  nn_mt_seed(&sampler->shuffler, nn_mt_u64(mt));
  nn_mt_randperm(&sampler->shuffler, sampler->order, sampler->n_samples);
}

size_t nn_sampler_n_batches(const NnSampler *sampler)
{
  return sampler->n_batches;
}

const uint32_t *nn_sampler_batch(const NnSampler *sampler, size_t index, size_t *n)
{
  size_t first = index * sampler->batch_size, left = sampler->n_samples - first;
  *n = left < sampler->batch_size ? left : sampler->batch_size;
  return sampler->order + first;
}

bool nn_sampler_set_order(NnSampler *sampler, const void *order)
{
  size_t n = sampler->n_samples;
  bool *seen = nn_alloc_array(n, sizeof *seen), ok = seen != NULL;
  for (size_t i = 0; ok && i < n; i++) {
    uint32_t sample;
    memcpy(&sample, (const unsigned char *)order + i * sizeof sample, sizeof sample);
    ok = sample < n && !seen[sample];
    if (ok)
      seen[sample] = true;
  }
  if (ok)
    memcpy(sampler->order, order, n * sizeof *sampler->order);
  nn_free(seen);
  return ok;
}

NnSampleOrder nn_sampler_order(const NnSampler *sampler)
{
  return (NnSampleOrder){sampler->source, sampler->order, sampler->n_samples};
}
