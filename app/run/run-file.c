/* run-file.c: see run-file.h. Making, opening and closing; what is in it: run-read.c, run-write.c.
 */
#include "engine/mem.h"
#include "engine/out-file.h"
#include "run-database.h"
#include "ui/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, HEADER = 100 }; /* another program's commit; SQLite's header */

/* The tables beside "run". Not a number is NULL. */
static const char tables[] =
    "CREATE TABLE step (step INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, loss REAL,"
    " accuracy REAL, lr REAL, seconds REAL);"
    "CREATE TABLE epoch (epoch INTEGER PRIMARY KEY, last_step INTEGER NOT NULL, loss REAL, lr REAL,"
    " validation_loss REAL, validation_accuracy REAL, test_loss REAL, test_accuracy REAL,"
    " seconds REAL, iterations_per_second REAL);"
    "CREATE TABLE test (step INTEGER PRIMARY KEY, loss REAL, accuracy REAL);"
    "CREATE TABLE checkpoint (step INTEGER PRIMARY KEY, epoch INTEGER NOT NULL,"
    " state BLOB NOT NULL);"
    "CREATE TABLE moment (step INTEGER PRIMARY KEY, epoch INTEGER NOT NULL,"
    " state BLOB NOT NULL);";

/* ---- failing ---- */

static const char *reason_of(BpRunFile *file)
{
  int number = sqlite3_system_errno(file->db);
  switch (file->code & 0xff) {
  case SQLITE_FULL:
    return strerror(ENOSPC);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return strerror(EBUSY);
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return strerror(EACCES);
  default:
    return number ? strerror(number) : sqlite3_errmsg(file->db);
  }
}

bool bp_run_file_fail(BpRunFile *file, NnError *err)
{
  file->code = file->db ? sqlite3_extended_errcode(file->db) : SQLITE_NOMEM;
  switch (file->code & 0xff) {
  case SQLITE_NOMEM:
    return nn_fail_nomem(err, "the run's file");
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_ERROR: /* a table or a column is missing */
  case SQLITE_FORMAT:
  case SQLITE_MISMATCH:
    return nn_fail(err, NN_ERR_FORMAT, file->path, "%s is damaged: %s.", file->path,
                   sqlite3_errmsg(file->db));
  case SQLITE_TOOBIG:
    return nn_fail(err, NN_ERR_UNSUPPORTED, file->path,
                   "%s cannot hold this network: a checkpoint has more bytes than fit.",
                   file->path);
  default:
    return nn_fail(err, NN_ERR_IO, file->path, "%s cannot be read or written: %s.", file->path,
                   reason_of(file));
  }
}

bool bp_run_file_is_busy(const BpRunFile *file)
{
  return (file->code & 0xff) == SQLITE_BUSY || (file->code & 0xff) == SQLITE_LOCKED;
}

bool bp_run_file_execute(BpRunFile *file, const char *sql, NnError *err)
{
  return sqlite3_exec(file->db, sql, NULL, NULL, NULL) == SQLITE_OK || bp_run_file_fail(file, err);
}

sqlite3_stmt *bp_run_file_prepare(BpRunFile *file, const char *sql, NnError *err)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(file->db, sql, -1, &statement, NULL) != SQLITE_OK)
    bp_run_file_fail(file, err);
  return statement;
}

bool bp_run_file_finish(BpRunFile *file, sqlite3_stmt *statement, NnError *err)
{
  bool ok = sqlite3_step(statement) == SQLITE_DONE || bp_run_file_fail(file, err);
  sqlite3_finalize(statement);
  return ok;
}

/* ---- opening ---- */

/* What a database may hold that somebody else has made must not act when it is opened. */
static bool start(BpRunFile *file, const char *path, int flags, NnError *err)
{
  if (sqlite3_open_v2(path, &file->db, flags, NULL) != SQLITE_OK)
    return bp_run_file_fail(file, err);
  sqlite3_extended_result_codes(file->db, 1);
  sqlite3_busy_timeout(file->db, PATIENCE_MS);
  sqlite3_db_config(file->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(file->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(file->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  return bp_run_file_execute(file, "PRAGMA cell_size_check = ON", err);
}

static uint32_t big_endian(const unsigned char *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The header, which never changes once a file has its name: is it a run, and one that we know? */
static bool check_header(const BpRunFile *file, NnError *err)
{
  unsigned char header[HEADER] = {0};
  ssize_t n = pread(bp_run_lock_descriptor(file->lock), header, sizeof header, 0);
  if (n != sizeof header || memcmp(header, "SQLite format 3", 16) != 0 ||
      big_endian(header + 68) != BP_RUN_FILE_APPLICATION)
    return nn_fail(err, NN_ERR_FORMAT, file->path, "%s is not a run of Backprop.", file->path);
  uint32_t version = big_endian(header + 60);
  if (version > BP_RUN_FILE_VERSION)
    return nn_fail(err, NN_ERR_UNSUPPORTED, file->path,
                   "%s is from a newer version of Backprop: its format is %u, and this version "
                   "reads up to %d.",
                   file->path, version, BP_RUN_FILE_VERSION);
  return true;
}

/* The first look puts right what a killed program has left, if the file may be written. Our tables
 * hold what is in them: a view or a generated column in the place of one could compute forever. */
static bool look(BpRunFile *file, NnError *err)
{
  static const char strange[] =
      "SELECT (SELECT count(*) FROM sqlite_schema WHERE type <> 'table' OR coalesce(rootpage, 0) "
      "<= 0) + (SELECT count(*) FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS c "
      "WHERE c.hidden <> 0)";
  sqlite3_stmt *row = bp_run_file_prepare(file, strange, err);
  if (!row)
    return false;
  bool ok = sqlite3_step(row) == SQLITE_ROW || bp_run_file_fail(file, err);
  if (ok && sqlite3_column_int64(row, 0) > 0)
    ok = nn_fail(err, NN_ERR_FORMAT, file->path, "%s is damaged: %s.", file->path,
                 _("it holds other things than the tables of a run"));
  sqlite3_finalize(row);
  return ok;
}

static bool copy_file(const char *from, const char *to)
{
  char bytes[1 << 16];
  size_t n;
  FILE *in = fopen(from, "re"), *out = fopen(to, "wxe");
  bool ok = in && out;
  while (ok && (n = fread(bytes, 1, sizeof bytes, in)) > 0)
    ok = fwrite(bytes, 1, n, out) == n;
  ok = ok && !ferror(in);
  if (in)
    fclose(in);
  return (!out || fclose(out) == 0) && ok;
}

/* A run that was killed in the middle of a commit, in a folder that may only be read: it is put
 * right in a copy, which is gone from the folder of temporary files at once. */
static bool open_copy(BpRunFile *file, const char *real, NnError *err)
{
  const char *folder = getenv("TMPDIR");
  char to[4096 + 32], journal[sizeof to + 16], from[sizeof to + 16];
  if (snprintf(to, sizeof to - 32, "%s/backprop-XXXXXX", folder ? folder : "/tmp") >= 4096 ||
      !mkdtemp(to))
    return nn_fail(err, NN_ERR_IO, file->path, "%s could not be opened: %s.", file->path,
                   strerror(errno));
  size_t n = strlen(to);
  strcpy(to + n, "/run");
  snprintf(journal, sizeof journal, "%s-journal", to);
  snprintf(from, sizeof from, "%s-journal", real);
  sqlite3_close(file->db);
  file->db = NULL;
  bool ok = (copy_file(real, to) && copy_file(from, journal)) ||
            nn_fail(err, NN_ERR_IO, file->path, "%s could not be opened: %s.", file->path,
                    strerror(errno));
  ok = ok && start(file, to, SQLITE_OPEN_READWRITE, err) && look(file, err);
  unlink(journal);
  unlink(to);
  to[n] = '\0';
  rmdir(to);
  return ok;
}

static bool open_database(BpRunFile *file, BpRunFileAccess wanted, NnError *err)
{
  char real[4096];
  NnError why = {0};
  bool writes = wanted != BP_RUN_FILE_READ;
  if (!realpath(file->path, real))
    return nn_fail(err, NN_ERR_IO, file->path, "%s could not be opened: %s.", file->path,
                   strerror(errno));
  if (!start(file, real, SQLITE_OPEN_READWRITE, err))
    return false;
  if (writes && sqlite3_db_readonly(file->db, "main") == 1)
    return nn_fail(err, NN_ERR_IO, file->path, "%s cannot be written: %s.", file->path,
                   strerror(EACCES));
  if (look(file, &why))
    return true;
  int code = file->code & 0xff;
  if (!writes && (code == SQLITE_READONLY || code == SQLITE_CANTOPEN))
    return open_copy(file, real, err);
  if (err)
    *err = why;
  return false;
}

static bool open_parts(BpRunFile *file, BpRunFileAccess wanted, NnError *err)
{
  if (!file->path)
    return nn_fail_nomem(err, "the run's file");
  if (!bp_run_lock_open(file->path, &file->lock, err) || !check_header(file, err))
    return false;
  if (wanted == BP_RUN_FILE_TRAIN && access(file->path, W_OK) != 0)
    return nn_fail(err, NN_ERR_IO, file->path, "%s cannot be written: %s.", file->path,
                   strerror(errno));
  if (wanted == BP_RUN_FILE_TRAIN && !bp_run_lock_take(file->lock))
    return nn_fail(err, NN_ERR_IO, file->path, "%s is being trained by another program.",
                   file->path);
  return open_database(file, wanted, err);
}

bool bp_run_file_open(const char *path, BpRunFileAccess access, BpRunFile **file, NnError *err)
{
  BpRunFile *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the run's file");
  self->path = nn_strdup(path);
  if (!open_parts(self, access, err)) {
    bp_run_file_close(self);
    return false;
  }
  *file = self;
  return true;
}

void bp_run_file_close(BpRunFile *file)
{
  if (!file)
    return;
  sqlite3_finalize(file->add_step);
  sqlite3_close(file->db);
  bp_run_lock_close(file->lock);
  nn_free(file->path);
  nn_free(file);
}

const char *bp_run_file_path(const BpRunFile *file)
{
  return file->path;
}

bool bp_run_file_check(BpRunFile *file, NnError *err)
{
  sqlite3_stmt *check = bp_run_file_prepare(file, "PRAGMA integrity_check(1)", err);
  if (!check)
    return false;
  bool ok = sqlite3_step(check) == SQLITE_ROW || bp_run_file_fail(file, err);
  const char *says = ok ? (const char *)sqlite3_column_text(check, 0) : NULL;
  if (ok && (!says || strcmp(says, "ok") != 0))
    ok =
        nn_fail(err, NN_ERR_FORMAT, file->path, "%s is damaged: %s.", file->path, says ? says : "");
  sqlite3_finalize(check);
  return ok;
}

/* ---- making ---- */

static bool make_tables(BpRunFile *file, const BpRunInfo *info, NnError *err)
{
  static const char *const types[] = {"TEXT", "INTEGER", "REAL"};
  char create[4096] = "CREATE TABLE run (id INTEGER PRIMARY KEY CHECK (id = 1)";
  char insert[1024] = "INSERT INTO run VALUES (1", numbers[128];
  for (const BpColumn *column = bp_run_columns; column->name; column++) {
    size_t n = strlen(create);
    snprintf(create + n, sizeof create - n, ", %s %s", column->name, types[column->type]);
    strcat(insert, ", ?");
  }
  strcat(create, ");");
  strcat(insert, ")");
  snprintf(numbers, sizeof numbers, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
           BP_RUN_FILE_APPLICATION, BP_RUN_FILE_VERSION);
  if (!bp_run_file_execute(file, numbers, err) || !bp_run_file_execute(file, create, err) ||
      !bp_run_file_execute(file, tables, err))
    return false;
  sqlite3_stmt *statement = bp_run_file_prepare(file, insert, err);
  for (int i = 0; statement && bp_run_columns[i].name; i++)
    bp_run_column_bind(statement, i + 1, &bp_run_columns[i], info);
  return statement && bp_run_file_finish(file, statement, err);
}

/* The new database is made in memory, so that there is never half of one on the disk. */
static bool write_new(const char *path, const BpRunInfo *info, NnError *err)
{
  BpRunFile memory = {.path = (char *)path};
  sqlite3_int64 size = 0;
  unsigned char *bytes = NULL;
  NnOutFile out = {0};
  bool ok = (sqlite3_open(":memory:", &memory.db) == SQLITE_OK || bp_run_file_fail(&memory, err)) &&
            make_tables(&memory, info, err);
  if (ok)
    bytes = sqlite3_serialize(memory.db, "main", &size, 0);
  ok = ok && (bytes || nn_fail_nomem(err, "the run's file")) && nn_out_open(&out, path, err);
  if (ok) {
    bool written = fwrite(bytes, 1, (size_t)size, out.file) == (size_t)size;
    ok = written || nn_out_failed(&out, err);
    ok = nn_out_close(&out, ok, ok ? err : NULL) && ok;
  }
  sqlite3_free(bytes);
  sqlite3_close(memory.db);
  return ok;
}

bool bp_run_file_check_new(const char *path, NnError *err)
{
  struct stat old;
  if (lstat(path, &old) == 0)
    return nn_fail(err, NN_ERR_ARG, path,
                   "%s exists already and is not replaced; choose another name.", path);
  return nn_out_check(path, err);
}

bool bp_run_file_create(const char *path, const BpRunInfo *info, BpRunFile **file, NnError *err)
{
  return bp_run_file_check_new(path, err) && write_new(path, info, err) &&
         bp_run_file_open(path, BP_RUN_FILE_TRAIN, file, err);
}
