/* sampler.h: in which order an epoch sees the samples, cut into batches: torch.utils.data's
 * DataLoader with its RandomSampler or SequentialSampler, same seed, same order.
 *
 *   nn_sampler_new(source, batch_size, shuffle, drop_last, &sampler, &err);
 *   for each epoch: nn_sampler_epoch(sampler, mt);
 *                   for each batch b: indices = nn_sampler_batch(sampler, b, &n_in_batch);
 *   nn_sampler_free(sampler);
 *
 * Source: torch/utils/data/{dataloader,sampler}.py. Thread: one at a time. */
#pragma once
#include "engine/sample-source.h"
#include "engine/rng.h"

typedef struct NnSampler NnSampler;

/* All samples of `source` (borrowed: its number counts, and who it is), at least one; batch_size
 * ≥ 1. Before the first nn_sampler_epoch() the order is 0 … n − 1. Errors: NN_ERR_ARG for sizes out
 * of range or drop_last leaving no batch at all, NN_ERR_NOMEM. */
bool nn_sampler_new(const NnSource *source, size_t batch_size, bool shuffle, bool drop_last,
                    NnSampler **sampler, NnError *err);
void nn_sampler_free(NnSampler *sampler); /* NULL is allowed */

/* Starts an epoch as iterating over a DataLoader does: one u64 is drawn from mt (the workers' base
 * seed, also without shuffling); with shuffling a second one, which seeds a generator of its own
 * that draws the permutation. Allocates nothing. */
void nn_sampler_epoch(NnSampler *sampler, NnMt19937 *mt);

size_t nn_sampler_n_batches(const NnSampler *sampler);
/* Sample numbers of batch `index` (< n_batches), *n of them; borrowed until the next epoch. */
const uint32_t *nn_sampler_batch(const NnSampler *sampler, size_t index, size_t *n);
/* Puts a whole order in place, n_samples numbers (which need not be aligned). False: they are not
 * each sample once, or there is no memory to see that, and nothing has changed. */
bool nn_sampler_set_order(NnSampler *sampler, const void *order);
/* The whole order, borrowed likewise. */
NnSampleOrder nn_sampler_order(const NnSampler *sampler);
