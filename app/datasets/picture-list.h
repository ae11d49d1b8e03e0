/* picture-list.h: which files of a folder are pictures of which class, and of which half. Thread:
 * any. */
#pragma once
#include "engine/error.h"
#include "load-watch.h"
#include "passed-over.h"

G_BEGIN_DECLS

typedef struct {
  char *path;
  int label;
} BpPictureEntry;

/* Every 7th of all pictures is for testing where there is no half for it. */
enum { BP_TEST_EVERY = 7 };

typedef struct {
  char *root;           /* the folder that holds the classes, or the halves */
  bool elsewhere;       /* it is another one than was asked for: one above or below it */
  GPtrArray *classes;   /* their names, sorted byte by byte */
  GArray *train, *test; /* of BpPictureEntry, in the order of torchvision's ImageFolder */
  bool was_split;       /* there is no half for testing */
  char *unused;         /* name of a second half for testing (val beside test); NULL: none */
  char *unsorted;       /* name of one whose pictures are in no classes; NULL: none */
  GPtrArray *empty;     /* names of folders without pictures, which are no classes */
  BpPassedOver passed;  /* files that are not among the pictures */
} BpPictureList;

/* Lists the pictures of `dir`. Classes are the folders in its folder train (or training), else its
 * own; test, testing, val, valid or validation hold the pictures for testing; capital letters are
 * the same as small ones. A class has the pictures of all folders in its own. Where `dir` is one of
 * two halves, or holds nothing but one folder with the classes in it, that one above or below is
 * read. Errors: NN_ERR_IO (no folder, no pictures), NN_ERR_FORMAT (no classes, too few pictures,
 * hardly any among other files), NN_ERR_CANCELLED (by `watch`, which may be NULL); then there is
 * nothing to be cleared. */
bool bp_picture_list_read(const char *dir, BpPictureList *list, BpLoadWatch *watch, NnError *err);
void bp_picture_list_clear(BpPictureList *list);

G_END_DECLS
