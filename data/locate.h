/* locate.h: where the data comes from. */
#pragma once
#include "dataset.h"

/* Opens a data set; the caller frees it.
 *   `dir` = "practice": the practice digits of `seed`, 60 000 + 10 000.
 *   `dir` = another text: the MNIST files in that directory, or an error.
 *   NULL: $BACKPROP_DATA when it is set and not empty (a directory, or "practice"; an error when
 *     there is no data in it), else $XDG_DATA_HOME/backprop (~/.local/share/backprop) when MNIST
 *     files are there (broken ones are an error too), else the practice digits.
 * Errors: NN_ERR_IO (missing, unreadable), NN_ERR_FORMAT (broken), NN_ERR_NOMEM. */
bool nn_dataset_open(const char *dir, uint64_t seed, NnDataset **dataset, NnError *err);

/* The same for a set of the catalog, by the name of its kind. What is looked for is that set: a
 * directory may hold several as torchvision lays them out (DIR/FashionMNIST/raw), and NULL looks
 * for it there below the user's data directory. Only "mnist" falls back on the practice digits;
 * NN_ERR_IO says that another set is not on this computer. "idx" takes what is in `dir` for a set
 * of nobody's in particular, whatever the directory is called. Other names are as above. */
bool nn_dataset_open_as(const char *dir, const char *name, uint64_t seed, NnDataset **dataset,
                        NnError *err);

/* The user's data directory of the program, in a new text that the caller frees with nn_free():
 * what nn_data_set_user_dir() has said, else $XDG_DATA_HOME/backprop or ~/.local/share/backprop.
 * *dir is NULL when neither variable is set. */
bool nn_data_user_dir(char **dir, NnError *err);
/* Another directory in its place, from now on and for the whole program; NULL: the usual one. The
 * text is not copied and has to last as long as the program, for any thread may be reading it. */
void nn_data_set_user_dir(const char *dir);
