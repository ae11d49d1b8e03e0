/* set-name.h: which set it is that was read from files named as MNIST's, and what its classes are
 * called. Thread: the one that reads. */
#pragma once
#include "mnist.h"

/* The catalog's set with exactly these pictures and labels (by their CRC-32, which a gzip file has
 * of them too), or NULL. */
const NnCatalogSet *nn_set_recognize(const NnDataset *dataset);
/* Gives the data set, whose pictures and labels are there, its name, title, number and names of
 * classes; `most` is its highest label. A classes.txt beside the files names the classes of any
 * set. Errors: NN_ERR_FORMAT (a classes.txt that is broken, or does not fit), NN_ERR_NOMEM. */
bool nn_set_name(NnDataset *dataset, const NnMnistFiles *files, const NnSetRequest *request,
                 int most, NnError *err);
