/* loaders.h: a data set as a recipe's run sees it, each part through its list of transforms.
 *
 * Training pictures go through data.transforms. Test pictures go through data.test_transforms,
 * which is drawn as it stands; where there is none, through what is certain in the first list (see
 * pipeline.h). As test pictures are also seen those of the training half that something is measured
 * on: its validation part, and all of it at the end. */
#pragma once
#include "loader.h"

typedef enum { NN_VIEW_TRAIN, NN_VIEW_TRAIN_EVALUATED, NN_VIEW_TEST } NnView;

/* One of them; dataset is borrowed. Errors: those of nn_loader_init(), and NN_ERR_SHAPE when the
 * pictures do not become tensors, or training and test pictures not of the same shape. */
bool nn_loader_open(NnLoader *loader, const NnDataset *dataset, NnView view, const NnConfig *recipe,
                    NnError *err);

/* All that a trainer wants. */
typedef struct {
  NnLoader train, test;
  NnLoader evaluated; /* empty where `train` gives the same */
} NnLoaders;
bool nn_loaders_open(NnLoaders *loaders, const NnDataset *dataset, const NnConfig *recipe,
                     NnError *err);
void nn_loaders_clear(NnLoaders *loaders); /* also of zeros */
/* The training pictures as they are evaluated. */
const NnSource *nn_loaders_evaluated(const NnLoaders *loaders);

/* A copy of a recipe in which data.test_transforms says what null stands for, if that is another
 * list than data.transforms; the caller frees it. Errors: as above. */
bool nn_transforms_spell_out(const NnConfig *recipe, NnShape in, NnConfig **spelled, NnError *err);

/* The shape (C, H, W) of pictures `in` after the recipe's transforms, and whether these can stand
 * so: for checking a recipe without data. Errors: as above. */
bool nn_transforms_check(const NnConfig *recipe, NnShape in, NnShape *out, NnError *err);
