/* dataset.h: a data set in memory: pictures of one size with a class each, in a training and a test
 * half.
 *
 * Pixels stay bytes, as they are in the files: 47 MB for MNIST; the loader makes floats of them, a
 * batch at a time. Large files are not read but mapped (file-block.h), so that a set may be larger
 * than the memory. Thread: one while it is being filled; any number once it is only read. */
#pragma once
#include "file-block.h"
#include "engine/tensor.h"

/* What fits: enough for every set of small pictures in common use, small enough that no product of
 * sizes overflows and no broken file makes us ask for all memory. */
enum {
  NN_MAX_CLASSES = 1000,
  NN_MAX_CHANNELS = 4,
  NN_MAX_SIDE = 256,        /* rows, columns */
  NN_MAX_SAMPLES = 50000000 /* in one split */
};

typedef struct {
  size_t n;
  uint8_t *images;    /* (n, C, H, W), 0 … 255, in `memory` */
  int32_t *labels;    /* (n), 0 … n_classes − 1, owned by the data set */
  NnFileBlock memory; /* owned by the data set */
} NnSplit;

typedef struct NnDataset {
  char name[32];  /* of its kind: "mnist", "practice" */
  char title[64]; /* for a person: "MNIST", "Practice digits" */
  bool practice;  /* drawn by the program: say so wherever an accuracy is shown */
  bool ink;       /* white ink on black, as MNIST and its family are; else as in the file */
  NnShape shape;  /* of one picture, (C, H, W) */
  int n_classes;
  char **class_names; /* n_classes texts and NULL, owned; or NULL: "0", "1", … */
  NnSplit train, test;
  char *where; /* the directory it was read from, owned; NULL: from no file */
  char *note;  /* notes for the user who opened it, in sentences, owned; usually NULL */
} NnDataset;

/* An empty data set (both splits without samples), to be filled with nn_split_alloc(). Names are
 * copied (cut to fit); `shape` must be (C, H, W). NN_ERR_SHAPE, NN_ERR_ARG: out of the limits
 * above; NN_ERR_NOMEM. Free with nn_dataset_free(). */
bool nn_dataset_new(const char *name, const char *title, NnShape shape, int n_classes,
                    NnDataset **dataset, NnError *err);
/* Is there memory for n ≤ 2 · NN_MAX_SAMPLES pictures of `size` bytes? More than is free would not
 * be refused by the system when it is asked for, but end the program when it is used. NN_ERR_NOMEM
 * with the sum. */
bool nn_pictures_fit(size_t n, size_t size, NnError *err);
/* Gives an empty split room for n ≥ 1 pictures of `shape`, all zero. NN_ERR_ARG beyond
 * NN_MAX_SAMPLES, NN_ERR_NOMEM (also of nn_pictures_fit()). On false the split is unchanged. */
bool nn_split_alloc(NnSplit *split, NnShape shape, size_t n, NnError *err);
/* Gives an empty split the pictures of a block, which ends with them and is taken over. Errors and
 * false as above, except of nn_pictures_fit(); the block is the caller's then. */
bool nn_split_take(NnSplit *split, NnShape shape, size_t n, const NnFileBlock *block, NnError *err);
/* Gives the classes names: dataset->n_classes texts, copied; what is no UTF-8 in them becomes "?".
 * Once. NN_ERR_NOMEM. */
bool nn_dataset_name_classes(NnDataset *dataset, const char *const *names, NnError *err);
/* False with the sentence once something of its mapped files is gone, which has become black images
 * (file-block.h). NN_ERR_IO. Thread: any. */
bool nn_dataset_is_whole(const NnDataset *dataset, NnError *err);
/* Adds a sentence to dataset->note; `format` is translated here, as in nn_fail(). NN_ERR_NOMEM. */
bool nn_dataset_add_note(NnDataset *dataset, NnError *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds to the note what is odd about the classes: that there is only one, which of them have no
 * pictures, none for training, none for testing. NN_ERR_NOMEM. */
bool nn_dataset_note_classes(NnDataset *dataset, NnError *err);
/* Frees everything; NULL is allowed. */
void nn_dataset_free(NnDataset *dataset);

/* What identifies a set, whatever its name: "crc32:" and the sums of training and test half,
 * labels and images (checksum.h). Takes 10 ms for MNIST. */
enum { NN_CHECKSUM_TEXT = 24 };
const char *nn_dataset_checksum(const NnDataset *dataset, char text[NN_CHECKSUM_TEXT]);

/* The name of class `label`, written into text when there is no stored one. */
enum { NN_CLASS_TEXT = 12 };
const char *nn_dataset_class_name(const NnDataset *dataset, int label, char text[NN_CLASS_TEXT]);
/* What it is called, in the person's language where the program has named it; borrowed. */
const char *nn_dataset_title(const NnDataset *dataset);
/* Writes one line for a person and returns it: "MNIST: 60 000 training and 10 000 test pictures of
 * 1 × 28 × 28, 10 classes, from /path". */
enum { NN_SUMMARY_TEXT = 512 };
const char *nn_dataset_summary(const NnDataset *dataset, char text[NN_SUMMARY_TEXT]);
