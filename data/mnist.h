/* mnist.h: finds and reads the four files of MNIST and of the datasets in its format.
 *
 * Names as the original page has them (train-images-idx3-ubyte) or as some archives do
 * (train-images.idx3-ubyte), with or without .gz; in the directory itself, in its MNIST/raw (where
 * torchvision puts them) or in its raw. All these sets name their files alike, and many other
 * people's pictures lie in files of these names too: which set it is, say the directory's name
 * (FashionMNIST/raw, fashion-mnist), the checksums of the catalog, or whoever asks for it; never
 * the size of its pictures. Anything else is a set of its own, called as the directory is, with as
 * many classes as its labels or its classes.txt say. Labels of more than 256 classes lie in files
 * that end in idx1-short or idx1-int. Where there are none of these files, EMNIST's are looked for
 * (emnist.h). Thread: any. */
#pragma once
#include "catalog.h"
#include "dataset.h"

struct NnEmnistSplit;

enum { NN_N_MNIST_FILES = 4, NN_PATH_TEXT = 4096 };

typedef struct {
  char dir[NN_PATH_TEXT];                     /* where the files are */
  char paths[NN_N_MNIST_FILES][NN_PATH_TEXT]; /* train images, train labels, test images, labels */
  const NnCatalogSet *set;                    /* what they are taken for; never NULL */
  bool named;                                 /* the directory says that they are this set's */
  const struct NnEmnistSplit *split;          /* of EMNIST, whose files they are; mostly NULL */
} NnMnistFiles;

/* How many of the four files were found in the best of the places (0 … 4); fills *files, with ""
 * for a missing one. Fails silently: 0 when `dir` is missing or its name too long.
 * nn_mnist_find() takes whatever is there. nn_mnist_find_set() looks for `set`; with `only`, for
 * nothing that may be another one. */
int nn_mnist_find(const char *dir, NnMnistFiles *files);
int nn_mnist_find_set(const char *dir, const NnCatalogSet *set, bool only, NnMnistFiles *files);
/* What is asked for. `set` NULL: a set of its own (the kind "idx"), whatever it is called. */
typedef struct {
  const NnCatalogSet *set;
  /* It was asked for by its name, or looked for where only it is put; false: it is no more than
   * the default, and a directory that says nothing holds a set of its own. */
  bool asked;
} NnSetRequest;

/* Reads what lies in `dir`, MNIST where it says or turns out to be it; the caller frees it. A set
 * of its own has the name "idx". Errors, one sentence each: NN_ERR_IO (no directory, files missing,
 * which and where it looked), NN_ERR_FORMAT (broken files, counts that differ, labels out of
 * range), NN_ERR_NOMEM. */
bool nn_dataset_load(const char *dir, NnDataset **dataset, NnError *err);
/* The same for what `request` says. */
bool nn_dataset_load_set(const char *dir, const NnSetRequest *request, NnDataset **dataset,
                         NnError *err);
