/* loader.h: a split of a data set, through a recipe's transforms, as the NnSource that the trainer
 * reads. */
#pragma once
#include "dataset.h"
#include "engine/batch.h"
#include "engine/config.h"

typedef struct {
  NnSource source;          /* first: &loader->source is what the trainer takes */
  const NnDataset *dataset; /* borrowed: must outlive the loader */
  const NnSplit *split;     /* borrowed from dataset */
  nn_real table[256];       /* what each pixel value becomes */
} NnLoader;

/* Fills *loader for `split` (&dataset->train or &dataset->test) seen through `transforms`: n
 * configs of class transform, applied in that order; without ToTensor the pixels stay 0 … 255. It
 * borrows the data set, keeps nothing of `transforms`, and owns nothing: no freeing. The loader
 * must stay where it is while its source is used. NN_ERR_ARG: a config of another class. gather()
 * allocates nothing and may run on several threads at once. */
bool nn_loader_init(NnLoader *loader, const NnDataset *dataset, const NnSplit *split,
                    NnConfig *const *transforms, int n, NnError *err);
