/* report.h: what a run prints: the bar on standard error, the log file, the result. */
#pragma once
#include "data/data.h"
#include "engine/out-file.h"
#include "engine/train/trainer.h"

/* The log, step,epoch,loss,lr of every step: an NnOutFile, closed with nn_out_close(). A path of
 * NULL is no log. */
bool cli_log_open(NnOutFile *log, const char *path, NnError *err);
/* Before training: whether there may be a log at `path`; what is there already and is no log is not
 * replaced (NN_ERR_ARG). A log that a killed run has left is kept under another name, and said on
 * standard error. */
bool cli_log_check(const char *path, NnError *err);
bool cli_log_write(NnOutFile *log, const NnProgress *records, size_t n, NnError *err);

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
  double start_seconds; /* until the first step */
  const NnResult *result;
} CliReport;

void cli_report_epoch(const NnEpoch *epoch, uint32_t n_epochs); /* one line */
void cli_report_text(const CliReport *report);
bool cli_report_json(const CliReport *report, NnError *err);
