/* execution.h: a run without a window: prepared, executed, and kept in a file.
 *
 *   bp_execution_prepare(&spec, &execution, &err);     loaders, device, trainer, observer
 *   bp_execution_keep(execution, &kept, &err);         into a new file; or not at all
 *   bp_execution_run(execution, &result, &err);        blocks
 *   bp_execution_free(execution);
 *
 * Meanwhile another thread may take the records (bp_execution_drain()) and steer by the observer.
 * A run goes on where an earlier one stopped if spec.from says where: bp_execution_keep_on() then
 * takes the file of that run. Without GLib. */
#pragma once
#include "choose-device.h"
#include "data/data.h"
#include "run-file.h"

typedef struct {
  const NnConfig *recipe;   /* borrowed for the life of the execution */
  const NnDataset *dataset; /* the same */
  const char *device;       /* of nn_backend_open(), or "auto": what a short trial finds faster */
  int n_threads;            /* 0: all */
  NnBackend *backend;       /* already open, and taken over on success; NULL: `device` is opened */
  uint64_t max_steps;       /* in all, those of `from` too; 0: all epochs */
  const BpCheckpoint *from; /* NULL: from the beginning */
  bool every_record;        /* who drains misses none: training waits, where he is slow */
  bool checkpoints;         /* there will be some: the run is to be kept */
  const _Atomic bool *stop; /* NULL, or: true ends the trial of devices soon */
  BpChoice *choice; /* of "auto", also where preparing fails later; unchanged where one is named */
} BpRunSpec;

typedef struct BpExecution BpExecution;

/* Errors: those of nn_loaders_open(), nn_backend_open(), nn_trainer_new(), nn_trainer_restore(). */
bool bp_execution_prepare(const BpRunSpec *spec, BpExecution **execution, NnError *err);
void bp_execution_free(BpExecution *execution); /* after the run; NULL is allowed */
/* All borrowed. The observer is for steering and for snapshots; its records come from
 * bp_execution_drain(). */
NnTrainer *bp_execution_trainer(BpExecution *execution);
NnObserver *bp_execution_observer(BpExecution *execution);
const NnBackend *bp_execution_backend(const BpExecution *execution);

typedef struct {
  const char *path;
  const char *title, *exercise; /* of BpRunInfo; exercise may be NULL */
} BpKept;
/* Into a new file; or, from now on, into that of an earlier run, which is taken over (also on
 * false) and loses what came after the checkpoint. Before bp_execution_run(). */
bool bp_execution_keep(BpExecution *execution, const BpKept *kept, NnError *err);
bool bp_execution_keep_on(BpExecution *execution, BpRunFile *file, NnError *err);
/* Whether the run is kept no longer (a full disk), and why. Any thread. */
bool bp_execution_is_lost(BpExecution *execution, NnError *err);

/* As nn_trainer_run(). When it returns the file is closed, and all records can be drained. */
bool bp_execution_run(BpExecution *execution, NnResult *result, NnError *err);
/* Takes up to `max` records; how many. Any one thread. */
size_t bp_execution_drain(BpExecution *execution, NnProgress *records, size_t max);
/* The test set was evaluated during the run. Any thread. */
void bp_execution_add_test_point(BpExecution *execution, const BpTestPoint *point);
