/* run-database.h: the SQLite side of a run's file, for run-file.c, run-read.c and run-write.c. */
#pragma once
#include "run-file.h"
#include "run-lock.h"
#include <sqlite3.h>

struct BpRunFile {
  sqlite3 *db;
  BpRunLock *lock;        /* NULL: a copy, made because the file itself cannot be read as it lies */
  char *path;             /* as a person named it */
  sqlite3_stmt *add_step; /* kept, as it is used for every step */
  int code;               /* SQLite's, of the last failure */
};

/* The sentence for what SQLite says last. Returns false. */
bool bp_run_file_fail(BpRunFile *file, NnError *err);
bool bp_run_file_execute(BpRunFile *file, const char *sql, NnError *err);
/* NULL with err: it cannot be prepared. */
sqlite3_stmt *bp_run_file_prepare(BpRunFile *file, const char *sql, NnError *err);
/* Runs a statement that gives no rows, and finalizes it. */
bool bp_run_file_finish(BpRunFile *file, sqlite3_stmt *statement, NnError *err);
/* Binds the info's value of a column. */
void bp_run_column_bind(sqlite3_stmt *statement, int index, const BpColumn *column,
                        const BpRunInfo *info);
