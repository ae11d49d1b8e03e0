/* loader.h: a split of a data set, through a list of transforms, as the NnSource that the trainer
 * reads. source.shape is what the transforms make of the data set's pictures: the network's input.
 */
#pragma once
#include "dataset.h"
#include "picture-cache.h"
#include "pipeline.h"
#include "prefetch.h"
#include "slots.h"
#include "engine/sample-source.h"

typedef struct {
  const NnDataset *dataset; /* borrowed: must outlive the loader */
  const NnSplit *split;     /* &dataset->train or &dataset->test */
  NnPipelineSpec list;      /* its shape is the data set's; nothing of it is kept */
  bool ahead;    /* where something is drawn, a thread works ahead of who goes through the epochs */
  uint64_t seed; /* of what is drawn, which also depends on the sample and the epoch */
} NnLoaderOptions;

typedef struct {
  NnSource source; /* first: &loader->source is what the trainer takes */
  const NnDataset *dataset;
  const NnSplit *split;
  uint64_t seed;
  NnPipeline pipeline;   /* owned */
  NnPictureCache *cache; /* owned; NULL where the first stage does nothing */
  NnSlots *slots;        /* owned */
  NnPrefetch *prefetch;  /* owned; NULL where there is nothing to do ahead */
} NnLoader;

/* Without ToTensor the pixels stay 0 … 255. The loader must stay where it is while its source is
 * used. Errors: NN_ERR_ARG (a config of another class), NN_ERR_SHAPE (a transform that cannot stand
 * where it is), NN_ERR_NOMEM; on false *loader is empty. gather() allocates nothing and may run on
 * several threads at once. */
bool nn_loader_init(NnLoader *loader, const NnLoaderOptions *options, NnError *err);
void nn_loader_clear(NnLoader *loader); /* ends its thread; an empty or all-zero one is allowed */
