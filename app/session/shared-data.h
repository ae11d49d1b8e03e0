/* shared-data.h: a data set that the window, a run and its evaluator hold together. It is only
 * read; the last owner frees it. Thread: any. */
#pragma once
#include <glib.h>
#include "data/data.h"

G_BEGIN_DECLS

typedef struct {
  NnDataset *set;                  /* owned */
  char checksum[NN_CHECKSUM_TEXT]; /* of its pictures and labels; equal ones are the same */
} BpData;

/* Takes the data set. It may take a moment: all pictures are read once for their checksum. */
BpData *bp_data_new(NnDataset *set);
BpData *bp_data_ref(BpData *data);
void bp_data_unref(BpData *data); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BpData, bp_data_unref)

/* The same pictures, labels and names? */
bool bp_data_equal(const BpData *a, const BpData *b);

G_END_DECLS
