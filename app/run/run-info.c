/* run-info.c: see run-info.h; and the columns of the table "run". */
#include "engine/mem.h"
#include "run-database.h"
#include "ui/i18n.h"
#include <math.h>
#include <string.h>

#define COLUMN(name, type, personal)                             \
  {                                                              \
#name, BP_COLUMN_##type, offsetof(BpRunInfo, name), personal \
  }

const BpColumn bp_run_columns[] = {COLUMN(title, TEXT, true),
                                   COLUMN(exercise, TEXT, true),
                                   COLUMN(pinned, INTEGER, true),
                                   COLUMN(created, TEXT, true),
                                   COLUMN(program, TEXT, false),
                                   COLUMN(recipe, TEXT, false),
                                   COLUMN(seed, INTEGER, false),
                                   COLUMN(device, TEXT, false),
                                   COLUMN(device_title, TEXT, false),
                                   COLUMN(threads, INTEGER, false),
                                   COLUMN(data_name, TEXT, false),
                                   COLUMN(data_title, TEXT, false),
                                   COLUMN(data_where, TEXT, false),
                                   COLUMN(data_checksum, TEXT, false),
                                   COLUMN(data_shape, TEXT, false),
                                   COLUMN(data_classes, INTEGER, false),
                                   COLUMN(data_train, INTEGER, false),
                                   COLUMN(data_test, INTEGER, false),
                                   COLUMN(data_practice, INTEGER, false),
                                   COLUMN(n_parameters, INTEGER, false),
                                   COLUMN(n_steps, INTEGER, false),
                                   COLUMN(steps_per_epoch, INTEGER, false),
                                   COLUMN(n_epochs, INTEGER, false),
                                   COLUMN(state, TEXT, false),
                                   COLUMN(reason, TEXT, false),
                                   COLUMN(steps, INTEGER, false),
                                   COLUMN(epochs, INTEGER, false),
                                   COLUMN(seconds, REAL, false),
                                   COLUMN(train_loss, REAL, false),
                                   COLUMN(train_accuracy, REAL, false),
                                   COLUMN(validation_loss, REAL, false),
                                   COLUMN(validation_accuracy, REAL, false),
                                   COLUMN(test_loss, REAL, false),
                                   COLUMN(test_accuracy, REAL, false),
                                   {NULL, BP_COLUMN_TEXT, 0, false}};

const char *bp_run_status_name(BpRunStatus status)
{
  static const char *const names[] = {
      [BP_RUN_ACTIVE] = N_("active"),   [BP_RUN_FINISHED] = N_("finished"),
      [BP_RUN_STOPPED] = N_("stopped"), [BP_RUN_DIVERGED] = N_("diverged"),
      [BP_RUN_FAILED] = N_("failed"),   [BP_RUN_INTERRUPTED] = N_("interrupted")};
  return names[status];
}

void bp_run_info_init(BpRunInfo *info)
{
  *info = (BpRunInfo){0};
  for (const BpColumn *column = bp_run_columns; column->name; column++)
    if (column->type == BP_COLUMN_REAL)
      *(double *)((char *)info + column->offset) = NAN;
}

void bp_run_info_clear(BpRunInfo *info)
{
  for (const BpColumn *column = bp_run_columns; column->name; column++)
    if (column->type == BP_COLUMN_TEXT)
      nn_free(*(char **)((char *)info + column->offset));
  *info = (BpRunInfo){0};
}

bool bp_run_info_set(char **field, const char *text)
{
  char *copy = text ? nn_strdup(text) : NULL;
  if (text && !copy)
    return false;
  nn_free(*field);
  *field = copy;
  return true;
}

void bp_run_column_bind(sqlite3_stmt *statement, int index, const BpColumn *column,
                        const BpRunInfo *info)
{
  const void *value = (const char *)info + column->offset;
  if (column->type == BP_COLUMN_TEXT)
    sqlite3_bind_text(statement, index, *(char *const *)value, -1, SQLITE_STATIC);
  else if (column->type == BP_COLUMN_INTEGER)
    sqlite3_bind_int64(statement, index, *(const int64_t *)value);
  else
    sqlite3_bind_double(statement, index, *(const double *)value);
}
