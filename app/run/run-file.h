/* run-file.h: a training run on the disk: one file, an SQLite database, that says what was trained,
 * keeps every step's numbers and can go on from its newest checkpoint. docs/run-file.md describes
 * the tables for other programs.
 *
 * The file is whole after every commit; a program killed in between leaves a journal beside it, and
 * whoever opens the file next puts it right. Several programs may read a file that one writes.
 * Without GLib. Thread: a handle belongs to one thread at a time.
 *
 * Errors: NN_ERR_IO (no such file, not permitted, disk full, in use), NN_ERR_FORMAT (not a run, or
 * damaged), NN_ERR_UNSUPPORTED (from a newer version), NN_ERR_NOMEM. The file is left as it is. */
#pragma once
#include "engine/train/progress.h"
#include "engine/error.h"
#include "run-info.h"
#include <stddef.h>

typedef struct BpRunFile BpRunFile;

#define BP_RUN_FILE_ENDING ".bprun"
enum { BP_RUN_FILE_APPLICATION = 0x4250524e /* "BPRN" */, BP_RUN_FILE_VERSION = 1 };

typedef enum {
  BP_RUN_FILE_READ,
  BP_RUN_FILE_EDIT, /* title and pin; the run may be in training */
  BP_RUN_FILE_TRAIN /* everything; one handle in all programs may have it */
} BpRunFileAccess;

/* A new run of these properties, opened for training. There must be no file of that name
 * (NN_ERR_ARG: an earlier run is never replaced). */
bool bp_run_file_create(const char *path, const BpRunInfo *info, BpRunFile **file, NnError *err);
/* Whether that would be refused, for who asks long before. */
bool bp_run_file_check_new(const char *path, NnError *err);
bool bp_run_file_open(const char *path, BpRunFileAccess access, BpRunFile **file, NnError *err);
void bp_run_file_close(BpRunFile *file);             /* NULL is allowed */
const char *bp_run_file_path(const BpRunFile *file); /* borrowed */
/* Reads the whole file once: NN_ERR_FORMAT unless every page and every row of it is in order. */
bool bp_run_file_check(BpRunFile *file, NnError *err);

/* ---- reading ---- */

typedef struct {
  uint64_t step; /* as in NnProgress: updates before it */
  double loss, accuracy;
} BpTestPoint;

typedef struct {
  uint64_t step;  /* updates done */
  uint32_t epoch; /* the one that goes on with it, from 0 */
  void *bytes;    /* of nn_trainer_save(); owned */
  size_t size;
} BpCheckpoint;

/* Clear with bp_run_info_clear(), also on false. */
bool bp_run_file_info(BpRunFile *file, BpRunInfo *info, NnError *err);
/* At most `max` records from step `first` on, in order; *n: how many. */
bool bp_run_file_steps(BpRunFile *file, uint64_t first, NnProgress *records, size_t max, size_t *n,
                       NnError *err);
/* All of them, in order; free with nn_free(). */
bool bp_run_file_epochs(BpRunFile *file, NnEpoch **epochs, size_t *n, NnError *err);
bool bp_run_file_test_points(BpRunFile *file, BpTestPoint **points, size_t *n, NnError *err);
/* The newest, or (index 1) the one before; bytes NULL: there is none. Free the bytes with
 * nn_free(). */
bool bp_run_file_checkpoint(BpRunFile *file, int index, BpCheckpoint *checkpoint, NnError *err);
/* The one to show after `step` updates: the newest, or the one before if the newest came later.
 * NN_ERR_ARG: there is none. */
bool bp_run_file_checkpoint_at(BpRunFile *file, uint64_t step, BpCheckpoint *checkpoint,
                               NnError *err);

/* ---- writing: between begin and commit, which makes all of it one ---- */

bool bp_run_file_begin(BpRunFile *file, NnError *err);
bool bp_run_file_commit(BpRunFile *file, NnError *err);
void bp_run_file_roll_back(BpRunFile *file);
/* Writing failed only because another program reads or writes at the moment: it may be tried again.
 */
bool bp_run_file_is_busy(const BpRunFile *file);

/* All properties but those that only a person changes: title, exercise, pinned, created. */
bool bp_run_file_update(BpRunFile *file, const BpRunInfo *info, NnError *err);
bool bp_run_file_set_title(BpRunFile *file, const char *title, NnError *err);
bool bp_run_file_set_pinned(BpRunFile *file, bool pinned, NnError *err);
/* What is there of the same step or epoch is replaced. */
bool bp_run_file_add_steps(BpRunFile *file, const NnProgress *records, size_t n, NnError *err);
bool bp_run_file_add_epoch(BpRunFile *file, const NnEpoch *epoch, NnError *err);
bool bp_run_file_add_test_point(BpRunFile *file, const BpTestPoint *point, NnError *err);
/* Keeps it and the one before. */
bool bp_run_file_add_checkpoint(BpRunFile *file, const BpCheckpoint *checkpoint, NnError *err);
/* Takes away what came after `step` updates, with `epoch` under way: a run goes on from there. */
bool bp_run_file_rewind(BpRunFile *file, uint64_t step, uint32_t epoch, NnError *err);
