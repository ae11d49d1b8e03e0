/* emnist.h: EMNIST, letters and digits written by hand, in the files that torchvision unpacks:
 * EMNIST/raw/emnist-letters-train-images-idx3-ubyte and so on, plain or .gz. Source: Cohen, Afshar,
 * Tapson, van Schaik, EMNIST: an extension of MNIST to handwritten letters, 2017; names of classes
 * as in torchvision.datasets.EMNIST. Thread: any. */
#pragma once
#include "mnist.h"

typedef struct NnEmnistSplit {
  const char *name; /* "letters" */
  int n_classes;
  const char *classes; /* a letter or digit each; '-' is torchvision's "N/A" */
} NnEmnistSplit;

/* Looks in `dir`, its raw, EMNIST and EMNIST/raw; as nn_mnist_find(), with files->split saying
 * which of EMNIST's six splits it is: the first of which all four files are there, else the first.
 */
int nn_emnist_find(const char *dir, NnMnistFiles *files);
/* Names of those of the four files that were not found, "emnist-letters-test-labels-idx1-ubyte". */
void nn_emnist_missing(const NnMnistFiles *files, char *text, size_t size);
/* Names the data set and its classes, and turns the pictures, which the files hold with rows and
 * columns exchanged, upright. dataset->note says so. NN_ERR_NOMEM. */
bool nn_emnist_name(NnDataset *dataset, const NnMnistFiles *files, NnError *err);
