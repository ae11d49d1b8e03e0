/* run-read.c: what is in a run's file. */
#include "engine/mem.h"
#include "engine/utf8.h"
#include "run-database.h"
#include "ui/i18n.h"
#include <math.h>
#include <string.h>

static double real(sqlite3_stmt *row, int column)
{
  return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : sqlite3_column_double(row, column);
}

static uint64_t count(sqlite3_stmt *row, int column)
{
  sqlite3_int64 number = sqlite3_column_int64(row, column);
  return number < 0 ? 0 : (uint64_t)number;
}

static uint32_t small_count(sqlite3_stmt *row, int column)
{
  uint64_t number = count(row, column);
  return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

/* ---- the run ---- */

static bool read_column(sqlite3_stmt *row, int index, BpRunInfo *info)
{
  const BpColumn *column = &bp_run_columns[index];
  void *field = (char *)info + column->offset;
  if (column->type == BP_COLUMN_INTEGER)
    *(int64_t *)field = sqlite3_column_int64(row, index);
  else if (column->type == BP_COLUMN_REAL)
    *(double *)field = real(row, index);
  else
    return bp_run_info_set(field, (const char *)sqlite3_column_text(row, index));
  return true;
}

static BpRunStatus status_of(const char *state)
{
  for (BpRunStatus status = BP_RUN_ACTIVE; state && status <= BP_RUN_FAILED; status++)
    if (strcmp(state, bp_run_status_name(status)) == 0)
      return status;
  return BP_RUN_FAILED;
}

/* What was written by somebody else must neither reach a terminal as it is nor be counted with. */
static void clean(BpRunInfo *info)
{
  for (const BpColumn *column = bp_run_columns; column->name; column++) {
    char *text = column->type == BP_COLUMN_TEXT ? *(char **)((char *)info + column->offset) : NULL;
    if (text && text != info->recipe)
      nn_utf8_clean(text);
  }
  int64_t *const counts[] = {&info->steps_per_epoch, &info->n_epochs};
  for (int i = 0; i < 2; i++)
    *counts[i] = *counts[i] < 0 ? 0 : *counts[i] > UINT32_MAX / 2 ? UINT32_MAX / 2 : *counts[i];
}

static bool read_info(BpRunFile *file, sqlite3_stmt *row, BpRunInfo *info, NnError *err)
{
  int code = sqlite3_step(row);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return bp_run_file_fail(file, err);
  for (int i = 0; code == SQLITE_ROW && bp_run_columns[i].name; i++)
    if (!read_column(row, i, info))
      return nn_fail_nomem(err, "the run's file");
  if (!info->recipe)
    return nn_fail(err, NN_ERR_FORMAT, file->path, "%s is damaged: %s.", file->path,
                   _("no recipe is in it"));
  clean(info);
  info->status = status_of(info->state);
  if (info->status == BP_RUN_ACTIVE && !(file->lock && bp_run_lock_is_taken(file->lock)))
    info->status = BP_RUN_INTERRUPTED;
  return true;
}

bool bp_run_file_info(BpRunFile *file, BpRunInfo *info, NnError *err)
{
  char select[2048] = "SELECT ";
  for (const BpColumn *column = bp_run_columns; column->name; column++) {
    strcat(select, column == bp_run_columns ? "" : ", ");
    strcat(select, column->name);
  }
  strcat(select, " FROM run");
  bp_run_info_init(info);
  sqlite3_stmt *row = bp_run_file_prepare(file, select, err);
  bool ok = row && read_info(file, row, info, err);
  sqlite3_finalize(row);
  return ok;
}

/* ---- curves ---- */

bool bp_run_file_steps(BpRunFile *file, uint64_t first, NnProgress *records, size_t max, size_t *n,
                       NnError *err)
{
  int code = SQLITE_DONE;
  sqlite3_stmt *row = bp_run_file_prepare(
      file,
      "SELECT step, epoch, loss, accuracy, lr, seconds FROM step WHERE step >= ? ORDER BY step",
      err);
  if (!row)
    return false;
  sqlite3_bind_int64(row, 1, first > INT64_MAX ? INT64_MAX : (sqlite3_int64)first);
  for (*n = 0; *n < max && (code = sqlite3_step(row)) == SQLITE_ROW; ++*n)
    records[*n] = (NnProgress){.step = count(row, 0),
                               .epoch = small_count(row, 1),
                               .loss = (float)real(row, 2),
                               .accuracy = (float)real(row, 3),
                               .lr = real(row, 4),
                               .seconds = real(row, 5)};
  bool ok = code == SQLITE_ROW || code == SQLITE_DONE || bp_run_file_fail(file, err);
  sqlite3_finalize(row);
  return ok;
}

/* All rows of a query, as an array of `size` bytes each. */
static bool read_all(BpRunFile *file, const char *query, void (*read)(sqlite3_stmt *, void *),
                     size_t size, void **entries, size_t *n, NnError *err)
{
  size_t room = 0;
  int code;
  sqlite3_stmt *row = bp_run_file_prepare(file, query, err);
  *entries = NULL;
  *n = 0;
  if (!row)
    return false;
  while ((code = sqlite3_step(row)) == SQLITE_ROW) {
    if (*n == room) {
      void *more = nn_alloc_array(room = room ? 2 * room : 64, size);
      if (!more)
        break;
      if (*entries)
        memcpy(more, *entries, *n * size);
      nn_free(*entries);
      *entries = more;
    }
    read(row, (char *)*entries + (*n)++ * size);
  }
  bool ok = code == SQLITE_DONE || (code == SQLITE_ROW ? nn_fail_nomem(err, "the run's file")
                                                       : bp_run_file_fail(file, err));
  sqlite3_finalize(row);
  if (!ok) {
    nn_free(*entries);
    *entries = NULL;
  }
  return ok;
}

static void read_epoch(sqlite3_stmt *row, void *entry)
{
  *(NnEpoch *)entry = (NnEpoch){.epoch = small_count(row, 0),
                                .last_step = count(row, 1),
                                .loss = real(row, 2),
                                .lr = real(row, 3),
                                .validation_loss = real(row, 4),
                                .validation_accuracy = real(row, 5),
                                .test_loss = real(row, 6),
                                .test_accuracy = real(row, 7),
                                .seconds = real(row, 8),
                                .iterations_per_second = real(row, 9)};
}

bool bp_run_file_epochs(BpRunFile *file, NnEpoch **epochs, size_t *n, NnError *err)
{
  return read_all(file,
                  "SELECT epoch, last_step, loss, lr, validation_loss, validation_accuracy,"
                  " test_loss, test_accuracy, seconds, iterations_per_second FROM epoch"
                  " ORDER BY epoch",
                  read_epoch, sizeof **epochs, (void **)epochs, n, err);
}

static void read_test_point(sqlite3_stmt *row, void *entry)
{
  *(BpTestPoint *)entry =
      (BpTestPoint){.step = count(row, 0), .loss = real(row, 1), .accuracy = real(row, 2)};
}

bool bp_run_file_test_points(BpRunFile *file, BpTestPoint **points, size_t *n, NnError *err)
{
  return read_all(file, "SELECT step, loss, accuracy FROM test ORDER BY step", read_test_point,
                  sizeof **points, (void **)points, n, err);
}

/* ---- checkpoints ---- */

bool bp_run_file_checkpoint(BpRunFile *file, int index, BpCheckpoint *checkpoint, NnError *err)
{
  *checkpoint = (BpCheckpoint){0};
  sqlite3_stmt *row = bp_run_file_prepare(
      file, "SELECT step, epoch, state FROM checkpoint ORDER BY step DESC LIMIT 1 OFFSET ?", err);
  if (!row)
    return false;
  sqlite3_bind_int(row, 1, index);
  int code = sqlite3_step(row);
  bool ok = code == SQLITE_ROW || code == SQLITE_DONE || bp_run_file_fail(file, err);
  if (code == SQLITE_ROW) {
    const void *bytes = sqlite3_column_blob(row, 2);
    size_t size = (size_t)sqlite3_column_bytes(row, 2);
    bool lost = sqlite3_errcode(file->db) == SQLITE_NOMEM;
    *checkpoint = (BpCheckpoint){.step = count(row, 0),
                                 .epoch = small_count(row, 1),
                                 .bytes = lost ? NULL : nn_alloc(size + 1), /* it may be empty */
                                 .size = size};
    ok = checkpoint->bytes || nn_fail_nomem(err, "the run's file");
    if (ok && size)
      memcpy(checkpoint->bytes, bytes, size);
  }
  sqlite3_finalize(row);
  return ok;
}

bool bp_run_file_checkpoint_at(BpRunFile *file, uint64_t step, BpCheckpoint *checkpoint,
                               NnError *err)
{
  bool ok = bp_run_file_checkpoint(file, 0, checkpoint, err);
  if (ok && checkpoint->bytes && step < checkpoint->step) {
    nn_free(checkpoint->bytes);
    ok = bp_run_file_checkpoint(file, 1, checkpoint, err);
  }
  return ok && (checkpoint->bytes ||
                nn_fail(err, NN_ERR_ARG, NULL, "No weights of this run have been kept."));
}
