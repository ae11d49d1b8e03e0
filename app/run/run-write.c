/* run-write.c: what is written into a run's file. */
#include "engine/mem.h"
#include "engine/utf8.h"
#include "run-database.h"
#include <stdio.h>
#include <string.h>

bool bp_run_file_begin(BpRunFile *file, NnError *err)
{
  return bp_run_file_execute(file, "BEGIN IMMEDIATE", err);
}

bool bp_run_file_commit(BpRunFile *file, NnError *err)
{
  return bp_run_file_execute(file, "COMMIT", err);
}

void bp_run_file_roll_back(BpRunFile *file)
{
  if (!sqlite3_get_autocommit(file->db))
    sqlite3_exec(file->db, "ROLLBACK", NULL, NULL, NULL);
}

bool bp_run_file_update(BpRunFile *file, const BpRunInfo *info, NnError *err)
{
  char update[2048] = "UPDATE run SET ";
  const char *gap = "";
  for (const BpColumn *column = bp_run_columns; column->name; column++) {
    if (column->personal)
      continue;
    size_t n = strlen(update);
    snprintf(update + n, sizeof update - n, "%s%s = ?", gap, column->name);
    gap = ", ";
  }
  sqlite3_stmt *statement = bp_run_file_prepare(file, update, err);
  int i = 0;
  for (const BpColumn *column = bp_run_columns; statement && column->name; column++)
    if (!column->personal)
      bp_run_column_bind(statement, ++i, column, info);
  return statement && bp_run_file_finish(file, statement, err);
}

bool bp_run_file_set_title(BpRunFile *file, const char *title, NnError *err)
{
  char *clean = nn_strdup(title);
  sqlite3_stmt *statement = bp_run_file_prepare(file, "UPDATE run SET title = ?", err);
  if (!clean || !statement) {
    nn_free(clean);
    sqlite3_finalize(statement);
    return statement ? nn_fail_nomem(err, "the run's file") : false;
  }
  nn_utf8_clean(clean);
  sqlite3_bind_text(statement, 1, clean, -1, nn_free);
  return bp_run_file_finish(file, statement, err);
}

bool bp_run_file_set_pinned(BpRunFile *file, bool pinned, NnError *err)
{
  return bp_run_file_execute(
      file, pinned ? "UPDATE run SET pinned = 1" : "UPDATE run SET pinned = 0", err);
}

/* ---- curves ---- */

bool bp_run_file_add_steps(BpRunFile *file, const NnProgress *records, size_t n, NnError *err)
{
  if (!file->add_step)
    file->add_step =
        bp_run_file_prepare(file, "INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?, ?)", err);
  if (!file->add_step)
    return false;
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++) {
    sqlite3_bind_int64(file->add_step, 1, (sqlite3_int64)records[i].step);
    sqlite3_bind_int64(file->add_step, 2, records[i].epoch);
    sqlite3_bind_double(file->add_step, 3, (double)records[i].loss);
    sqlite3_bind_double(file->add_step, 4, (double)records[i].accuracy);
    sqlite3_bind_double(file->add_step, 5, records[i].lr);
    sqlite3_bind_double(file->add_step, 6, records[i].seconds);
    ok = sqlite3_step(file->add_step) == SQLITE_DONE || bp_run_file_fail(file, err);
    sqlite3_reset(file->add_step);
  }
  return ok;
}

/* Binds whole numbers, then reals, and runs it. */
static bool insert(BpRunFile *file, const char *sql, const uint64_t *counts, int n_counts,
                   const double *reals, int n_reals, NnError *err)
{
  sqlite3_stmt *statement = bp_run_file_prepare(file, sql, err);
  if (!statement)
    return false;
  for (int i = 0; i < n_counts; i++)
    sqlite3_bind_int64(statement, i + 1, (sqlite3_int64)counts[i]);
  for (int i = 0; i < n_reals; i++)
    sqlite3_bind_double(statement, n_counts + i + 1, reals[i]);
  return bp_run_file_finish(file, statement, err);
}

bool bp_run_file_add_epoch(BpRunFile *file, const NnEpoch *epoch, NnError *err)
{
  const uint64_t counts[] = {epoch->epoch, epoch->last_step};
  const double reals[] = {epoch->loss,
                          epoch->lr,
                          epoch->validation_loss,
                          epoch->validation_accuracy,
                          epoch->test_loss,
                          epoch->test_accuracy,
                          epoch->seconds,
                          epoch->iterations_per_second};
  return insert(file, "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", counts,
                2, reals, 8, err);
}

bool bp_run_file_add_test_point(BpRunFile *file, const BpTestPoint *point, NnError *err)
{
  const double reals[] = {point->loss, point->accuracy};
  return insert(file, "INSERT OR REPLACE INTO test VALUES (?, ?, ?)", &point->step, 1, reals, 2,
                err);
}

/* ---- checkpoints ---- */

bool bp_run_file_add_checkpoint(BpRunFile *file, const BpCheckpoint *checkpoint, NnError *err)
{
  sqlite3_stmt *statement =
      bp_run_file_prepare(file, "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)", err);
  if (!statement)
    return false;
  sqlite3_bind_int64(statement, 1, (sqlite3_int64)checkpoint->step);
  sqlite3_bind_int64(statement, 2, checkpoint->epoch);
  sqlite3_bind_blob64(statement, 3, checkpoint->bytes, checkpoint->size, SQLITE_STATIC);
  return bp_run_file_finish(file, statement, err) &&
         bp_run_file_execute(file,
                             "DELETE FROM checkpoint WHERE step NOT IN (SELECT step FROM checkpoint"
                             " ORDER BY step DESC LIMIT 2)",
                             err);
}

bool bp_run_file_rewind(BpRunFile *file, uint64_t step, uint32_t epoch, NnError *err)
{
  char sql[512];
  unsigned long long n = step;
  snprintf(sql, sizeof sql,
           "DELETE FROM step WHERE step >= %llu; DELETE FROM epoch WHERE epoch >= %u;"
           "DELETE FROM test WHERE step > %llu; DELETE FROM checkpoint WHERE step > %llu;"
           "DELETE FROM moment WHERE step > %llu;",
           n, epoch, n, n, n);
  return bp_run_file_execute(file, sql, err);
}
