/* files.h: for the tests of data: a directory of their own, IDX files good and broken, and an
 * allocator that fails when told to. */
#pragma once
#include "tests/check.h"

/* A new directory below the test's temporary one, which is removed at the end; a borrowed text. */
const char *files_new_dir(void);
/* "dir/name" in a text of its own, freed at the end. */
const char *files_path(const char *dir, const char *name);
/* Makes dir/name, and the directories above it. */
void files_make_dir(const char *path);

typedef struct {
  uint8_t *bytes;
  size_t n;
} FileBytes;

void files_write(const char *path, FileBytes content);
void files_drop(FileBytes *content);
/* An IDX file of unsigned bytes: header for dims, then `values` (product of the dims many). */
FileBytes files_idx(int n_dims, const uint32_t *dims, const uint8_t *values);
FileBytes files_gzip(FileBytes plain);
FileBytes files_cut(FileBytes whole, size_t n);                /* the first n bytes */
FileBytes files_join(FileBytes a, const void *more, size_t n); /* with n bytes behind */
FileBytes files_flip(FileBytes whole, size_t at);              /* byte `at` complemented */

/* What files_mnist() writes: n_train and n_test pictures of rows × columns; pixel p of picture i is
 * (7 i + p) mod 256, label i is (3 i + 1) mod 10, as files_pixel() and files_label() say. */
typedef struct {
  uint32_t n_train, n_test, rows, columns;
  char separator; /* '-' or '.', before "idx3-ubyte" */
  bool gzip;
} MnistForm;
void files_mnist(const char *dir, MnistForm form);
uint8_t files_pixel(size_t picture, size_t pixel);
uint8_t files_label(size_t picture);
extern const char *const files_names[4]; /* "train-images-idx3-ubyte", … */

/* Counts allocations from now on and makes the k-th fail (0: none). */
void fail_alloc_start(int k);
int fail_alloc_live(void);    /* blocks not given back since the start */
bool fail_alloc_failed(void); /* was the k-th reached? */
void fail_alloc_stop(void);
