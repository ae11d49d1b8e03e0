/* loader.h: a split of a data set, through a recipe's transforms, as the NnSource that the trainer
 * reads. source.shape is what the transforms make of the data set's pictures: the network's input.
 */
#pragma once
#include "dataset.h"
#include "kept.h"
#include "pipeline.h"
#include "prefetch.h"
#include "slots.h"
#include "engine/batch.h"

typedef struct {
  const NnDataset *dataset;    /* borrowed: must outlive the loader */
  const NnSplit *split;        /* &dataset->train or &dataset->test */
  NnConfig *const *transforms; /* n_transforms, applied in that order; nothing of them is kept */
  int n_transforms;
  /* Chances are drawn for every sample and epoch, from `seed`, and a thread works ahead of the
   * trainer; otherwise there is no chance (see pipeline.h). true for the training split alone. */
  bool training;
  uint64_t seed;
} NnLoaderOptions;

typedef struct {
  NnSource source; /* first: &loader->source is what the trainer takes */
  const NnDataset *dataset;
  const NnSplit *split;
  uint64_t seed;
  NnPipeline pipeline;  /* owned */
  NnKept *kept;         /* owned; NULL where the first stage does nothing */
  NnSlots *slots;       /* owned */
  NnPrefetch *prefetch; /* owned; NULL where there is nothing to do ahead */
} NnLoader;

/* Without ToTensor the pixels stay 0 … 255. The loader must stay where it is while its source is
 * used. Errors: NN_ERR_ARG (a config of another class), NN_ERR_SHAPE (a transform that cannot stand
 * where it is), NN_ERR_NOMEM; on false *loader is empty. gather() allocates nothing and may run on
 * several threads at once. */
bool nn_loader_init(NnLoader *loader, const NnLoaderOptions *options, NnError *err);
void nn_loader_clear(NnLoader *loader); /* ends its thread; an empty or all-zero one is allowed */

/* The shape (C, H, W) of `in` after these transforms, and whether they can stand so: for checking a
 * recipe without a loader. Errors: as above. */
bool nn_transforms_check(NnConfig *const *transforms, int n, NnShape in, NnShape *out,
                         NnError *err);
