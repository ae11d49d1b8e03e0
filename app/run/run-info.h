/* run-info.h: what a run's file says about the run as a whole: the one row of its table "run",
 * whose columns have the names of these fields (docs/run-file.md). Without GLib. Thread: one at a
 * time. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  BP_RUN_ACTIVE,   /* somebody is training it */
  BP_RUN_FINISHED, /* all epochs are done */
  BP_RUN_STOPPED,  /* by the person */
  BP_RUN_DIVERGED, /* the loss stopped being finite */
  BP_RUN_FAILED,
  BP_RUN_INTERRUPTED /* was active when its program ended; never in a file */
} BpRunStatus;

/* Texts are owned; NULL is NULL in the file. Numbers that are not known are 0, reals NAN.
 * Accuracies are fractions, losses mean cross entropies. */
typedef struct {
  char *title;    /* for a person: "lr 0.01" */
  char *exercise; /* identifier of the exercise that it belongs to; NULL: none */
  int64_t pinned;
  char *created;      /* ISO 8601, UTC: "2026-11-28T15:07:15.123Z" */
  char *program;      /* version of the program that began it */
  char *recipe;       /* JSON */
  int64_t seed;       /* of the recipe; from 2⁶³ on the negative number with the same bits */
  char *device;       /* "cpu", "ref", "cuda" */
  char *device_title; /* "CPU · 2 threads" */
  int64_t threads;
  char *data_name, *data_title; /* of NnDataset */
  char *data_where;             /* directory; NULL: drawn by the program */
  char *data_checksum;          /* of nn_dataset_checksum() */
  char *data_shape;             /* of one image: "1 × 28 × 28" */
  int64_t data_classes, data_train, data_test;
  int64_t data_practice; /* 1: practice digits */
  int64_t n_parameters;
  int64_t n_steps; /* to be done, by all epochs or by a limit */
  int64_t steps_per_epoch, n_epochs;
  char *state;                       /* "active", "finished", "stopped", "diverged", "failed" */
  char *reason;                      /* of a diverged or failed run, one sentence; or NULL */
  int64_t steps, epochs;             /* done */
  double seconds;                    /* of training alone */
  double train_loss, train_accuracy; /* over the whole set, once the run has ended */
  double validation_loss, validation_accuracy, test_loss, test_accuracy; /* newest */

  BpRunStatus status; /* what `state` says, once it is known whether anybody still trains the run */
} BpRunInfo;

/* A column, and where it is in BpRunInfo: char *, int64_t or double. */
typedef enum { BP_COLUMN_TEXT, BP_COLUMN_INTEGER, BP_COLUMN_REAL } BpColumnType;
typedef struct {
  const char *name; /* NULL ends the table */
  BpColumnType type;
  size_t offset;
  bool personal; /* not written by bp_run_file_update() */
} BpColumn;
extern const BpColumn bp_run_columns[];

/* "active", …, "interrupted"; marked for translation. */
const char *bp_run_status_name(BpRunStatus status);
/* Sets every real to NAN and all else to 0. */
void bp_run_info_init(BpRunInfo *info);
void bp_run_info_clear(BpRunInfo *info); /* frees the texts; a zeroed one is allowed */
/* Replaces a text by a copy; false: no memory. */
bool bp_run_info_set(char **field, const char *text);
