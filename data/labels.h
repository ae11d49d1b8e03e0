/* labels.h: the classes of pictures in IDX files: the labels of a split, and names for them. */
#pragma once
#include "dataset.h"

/* Reads the labels of the split's pictures, which are there already (`images_path`: where from, for
 * the sentence when their numbers differ), into split->labels; *most becomes the highest. IDX types
 * 08, 0b and 0c, unsigned bytes and integers of 16 and 32 bits. Errors: NN_ERR_IO, NN_ERR_FORMAT
 * (also a label beyond 0 … `allowed`), NN_ERR_NOMEM. */
typedef struct {
  const char *path, *images_path;
  int allowed; /* highest label */
} NnLabelsFile;
bool nn_labels_read(const NnLabelsFile *file, NnSplit *split, int *most, NnError *err);
/* What the header alone can tell, among it whether there are n_images labels. Errors as above. */
bool nn_labels_check(const NnLabelsFile *file, size_t n_images, NnError *err);

/* The names that lie in `dir` as classes.txt, in UTF-8 (with a byte-order mark or without), one in
 * each line, for the labels 0, 1, … Lines end in LF, CR LF or CR; empty ones at the end do not
 * count. *names: a NULL-terminated list of *n texts, to be freed with nn_class_names_free(); NULL
 * when there is no such file. Errors: NN_ERR_IO, NN_ERR_FORMAT (an empty line, more than
 * NN_MAX_CLASSES lines, control characters, another encoding), NN_ERR_NOMEM. */
bool nn_class_names_read(const char *dir, char ***names, int *n, NnError *err);
void nn_class_names_free(char **names); /* NULL is allowed */
