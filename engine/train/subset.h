/* subset.h: a part of a source, and torch.utils.data.random_split of one into a training and a
 * validation part.
 *
 * A PyTorch program that does the same writes
 *
 *   train, validation = random_split(dataset, [1 - f, f], torch.Generator().manual_seed(seed))
 *
 * The generator is one of its own, as in PyTorch's own example, so that keeping pictures aside
 * leaves the initial weights as they are. One randperm(n) is drawn; the parts have ⌊n(1 − f)⌋ and
 * ⌊nf⌋ samples, and what is left over goes to the training part.
 * Source: torch/utils/data/dataset.py. Thread: as the parent's. */
#pragma once
#include "engine/sample-source.h"
#include "engine/error.h"

typedef struct {
  NnSource source; /* first: a pointer to it is a pointer to the subset */
  const NnSource *parent;
  const uint32_t *indices; /* (n_samples) of the parent; borrowed */
  uint32_t *expected;      /* (n_samples), for handing expect() on; borrowed; NULL: it ends here */
} NnSubset;

typedef struct {
  NnSubset train, validation;
  uint32_t *order; /* owned: the permutation, the training part first; and room behind it */
} NnRandomSplit;

/* parent is borrowed for the life of the split, which must not be moved. 0 < fraction < 1. Errors:
 * NN_ERR_ARG when a part would be empty, NN_ERR_NOMEM. */
bool nn_random_split_new(const NnSource *parent, double fraction, uint64_t seed,
                         NnRandomSplit *split, NnError *err);
/* The same samples of another source, which has as many; borrows what `subset` does. */
NnSubset nn_subset_of(const NnSubset *subset, const NnSource *source);
void nn_random_split_clear(NnRandomSplit *split); /* also of zeros */
