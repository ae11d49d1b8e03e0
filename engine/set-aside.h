/* set-aside.h: a file that is in the way, and may be somebody's, gets another name beside it:
 * run.csv becomes run-old.csv, or run-old-2.csv where there is one already. Thread: any. */
#pragma once
#include "error.h"

/* Renames `path` after `wanted` (mostly `path` itself), with `word` in front of the ending. Another
 * file is never written over. *to: the new name, to be freed with nn_free(). Errors: NN_ERR_IO,
 * with `path` where it was; NN_ERR_NOMEM. */
bool nn_set_aside(const char *path, const char *wanted, const char *word, char **to, NnError *err);
/* Renames, and never over another file: false with errno, EEXIST where there is one. */
bool nn_rename_new(const char *from, const char *to);
