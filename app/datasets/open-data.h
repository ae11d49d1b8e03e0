/* open-data.h: opens whatever data a person names, or the recipe asks for: IDX files, a folder of
 * pictures, practice digits. */
#pragma once
#include "data/data.h"
#include "load-watch.h"

/* What is wanted, in a form that another thread can use while the recipe is being edited. */
typedef struct {
  const char *dir;   /* borrowed; "practice"; NULL: where $BACKPROP_DATA says, or found */
  const NnKind *set; /* the recipe's kind of data set */
  int rows, columns; /* of the pictures of a folder */
  bool opened;       /* a person opened `dir`: the recipe's set is only what was there before */
} BpDataRequest;

/* The recipe's data set in `dir` (borrowed; NULL: none was named). */
BpDataRequest bp_data_request(const NnConfig *recipe, const char *dir);
bool bp_data_request_equal(const BpDataRequest *a, const BpDataRequest *b);
/* Nothing of what is wanted is on this computer, and no directory was named where it should be: it
 * could be fetched, or a folder be opened. False for MNIST, which practice digits stand in for. */
bool bp_data_is_absent(const BpDataRequest *request);
/* A directory with IDX files counts as such, else one with pictures does; where both lie in it, the
 * recipe's request for pictures counts, unless it was opened by a person. `seed`: of the practice
 * digits. The caller frees the data set. Errors: those of nn_dataset_open_as() and
 * bp_picture_folder_load(), to which `watch` (NULL: none) goes. Thread: any. */
bool bp_open_data(const BpDataRequest *request, uint64_t seed, BpLoadWatch *watch,
                  NnDataset **dataset, NnError *err);
/* What can be known of them without reading them: the shape of a picture, and how many there are
 * for training (0: not known). False: nothing, for example because they cannot be opened. */
bool bp_peek_data(const BpDataRequest *request, NnShape *shape, size_t *n_train);
/* Makes the recipe say what was found, where that is another kind of data set than it asked for: a
 * folder that was named counts more than a recipe's default. Practice digits only stand in, and a
 * set of nobody's in particular has no kind: these change nothing. NN_ERR_NOMEM. */
bool bp_data_tell_recipe(const NnDataset *dataset, NnConfig *recipe, NnError *err);
