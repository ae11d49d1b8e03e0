/* mnist.h: finds and reads MNIST's four files.
 *
 * Names as the original page has them (train-images-idx3-ubyte) or as some archives do
 * (train-images.idx3-ubyte), with or without .gz; in the directory itself, in its MNIST/raw (where
 * torchvision puts them) or in its raw. Any set of small grey pictures in 10 classes in the same
 * files is read as well. Thread: any. */
#pragma once
#include "dataset.h"

enum { NN_N_MNIST_FILES = 4, NN_PATH_TEXT = 4096 };

typedef struct {
  char dir[NN_PATH_TEXT];                     /* where the files are */
  char paths[NN_N_MNIST_FILES][NN_PATH_TEXT]; /* train images, train labels, test images, labels */
} NnMnistFiles;

/* How many of the four files were found in the best of the three places (0 … 4); fills *files, with
 * "" for a missing one. Fails silently: 0 when `dir` is missing or its name too long. */
int nn_mnist_find(const char *dir, NnMnistFiles *files);
/* Reads MNIST from `dir`; the caller frees it. Errors, one sentence each: NN_ERR_IO (no directory,
 * files missing, which and where it looked), NN_ERR_FORMAT (broken files, counts that differ,
 * labels out of range), NN_ERR_NOMEM. */
bool nn_dataset_load(const char *dir, NnDataset **dataset, NnError *err);
