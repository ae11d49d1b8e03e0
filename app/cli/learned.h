/* learned.h: weights of a file, ready to classify: what eval and predict have in common. */
#pragma once
#include "data/data.h"
#include "data/loaders.h"
#include "engine/export/weights.h"
#include "options.h"

typedef struct {
  NnLearned *weights;
  NnConfig *recipe;
  NnBackend *backend;
  NnDataset *dataset; /* whose test half is classified */
  NnLoader loader;    /* of it */
  NnModel *model;
} CliLearned;

/* Opens --weights, and the recipe: the one that is named, else the file's own. instead: what to do
 * where there is neither. */
bool cli_learned_open(CliLearned *learned, const CliOptions *options, const char *instead,
                      NnError *err);
/* Then, with a dataset: the network with its weights, and the loader. */
bool cli_learned_build(CliLearned *learned, NnError *err);
void cli_learned_clear(CliLearned *learned); /* also of zeros */
