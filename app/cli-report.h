/* cli-report.h: what a run prints: the bar on standard error, the log file, the result. */
#pragma once
#include "data/data.h"
#include "engine/trainer.h"
#include <stdio.h>

typedef struct {
  FILE *file; /* NULL: no log */
  const char *path;
  char
      *part; /* owned: what is written until it is complete; NULL: path itself (a device, a pipe) */
} CliLog;

/* Opens the log (path NULL: none). Nothing that is there already is touched before cli_log_close().
 */
bool cli_log_open(CliLog *log, const char *path, NnError *err);
bool cli_log_write(CliLog *log, const NnProgress *records, size_t n, NnError *err);
/* Moves the complete log to its name; keep = false throws it away. */
bool cli_log_close(CliLog *log, bool keep, NnError *err);

/* Draws the bar (in place, on standard error). */
void cli_bar_draw(const NnProgress *last, uint64_t steps_per_epoch, uint32_t n_epochs,
                  double seconds_of_epoch);
void cli_bar_clear(void);

typedef struct {
  const NnConfig *recipe;
  const NnDataset *dataset;
  const NnBackend *backend;
  size_t n_params;
  const NnEpoch *epochs;
  uint32_t n_epochs;
  const NnResult *result;
} CliReport;

void cli_report_epoch(const NnEpoch *epoch, uint32_t n_epochs); /* "Epoch: [1/3] | Loss: 0.228" */
void cli_report_text(const CliReport *report);
bool cli_report_json(const CliReport *report, NnError *err);
