/* train.h: what backprop-cli train works on: train-prepare.c makes it, train.c runs it. */
#pragma once
#include "app/run/execution.h"
#include "engine/export/weights.h"
#include "options.h"
#include "report.h"

typedef struct {
  NnConfig *recipe;
  NnDataset *dataset;
  NnBackend *backend; /* opened before the data are read; the execution's later */
  BpRunFile *resumed; /* the same */
  BpCheckpoint from;  /* bytes NULL: from the beginning */
  BpExecution *execution;
  NnLearned *weights; /* to begin with; NULL: drawn */
  NnEpoch *epochs;    /* those of an earlier part of the run, and room for all */
  uint32_t n_earlier;
  NnOutFile log;
  double start_seconds; /* from the command's beginning to the first step */
  NnResult result;
  NnError err;
  bool ok;
  _Atomic bool done;
} CliTrain;

/* Everything up to the first step; false: err says what is wrong. Clear in both cases. */
bool cli_train_prepare(CliTrain *train, CliOptions *options);
void cli_train_clear(CliTrain *train);
