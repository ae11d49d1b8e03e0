/* picture-tree.h: what lies in a folder and in the folders below it: files that may be pictures,
 * sorted. Links are followed, as os.walk(followlinks=True) follows them, but never in a circle.
 * Thread: one at a time. */
#pragma once
#include "engine/error.h"
#include "load-watch.h"
#include "passed-over.h"

G_BEGIN_DECLS

typedef struct BpPictureTree {
  char *path, *name;
  GPtrArray *folders; /* of BpPictureTree, without hidden ones, sorted by name */
  GPtrArray *files;   /* names of files that may be pictures, sorted */
  guint n_pictures;   /* of such files, here and below */
  guint n_known;      /* of files of a picture's kind, here and below, that can be read or not */
} BpPictureTree;

/* Walks `dir`; what is no picture is counted in `passed`. Only regular files are opened, nothing
 * that the kernel makes up (/proc) is walked, and no folder below 500 others. Errors: NN_ERR_IO (no
 * folder, one that cannot be read, more files than a data set may have pictures), NN_ERR_FORMAT
 * (more than 10 000 other files and folders, and of all of them less than a fifth are pictures; the
 * walk ends as soon as they are 50 000), NN_ERR_CANCELLED (by `watch`, which may be NULL). Free
 * with bp_picture_tree_free(). */
BpPictureTree *bp_picture_tree_new(const char *dir, BpPassedOver *passed, BpLoadWatch *watch,
                                   NnError *err);
void bp_picture_tree_free(BpPictureTree *tree); /* NULL is allowed */
/* Is a file of a picture's kind in `dir` or below it, or so much else that bp_picture_tree_new()
 * says why it does not look on? Looks no further than to the first. */
bool bp_picture_tree_may_have_any(const char *dir);
/* The folders in it with pictures in or below them. */
guint bp_picture_tree_count_classes(const BpPictureTree *tree);

G_END_DECLS
