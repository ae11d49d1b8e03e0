/* run-list.h: the runs of a folder, one file each. Files come and go while others look: whoever
 * shows a list reads it again. Without GLib. Thread: any. */
#pragma once
#include "run-file.h"
#include <sys/stat.h>

typedef struct {
  char *path;
  uint32_t number; /* of bp_run_numbers_find(); 0: not asked for */
  BpRunInfo info;  /* empty where there is a problem */
  char *problem;   /* why it cannot be read, one sentence; NULL: it can */
} BpRunEntry;

typedef struct {
  BpRunEntry *entries; /* the newest first; then those that cannot be read */
  size_t n;
} BpRunList;

/* The user's folder of runs: "runs" in nn_data_user_dir(). Free with nn_free(); NN_ERR_IO: neither
 * XDG_DATA_HOME nor HOME is set. It need not exist. */
bool bp_runs_folder(char **folder, NnError *err);
/* A name for a new run in the folder, which is made if there is none: "2026-11-28-150715.bprun".
 * Free with nn_free(). */
bool bp_runs_new_path(const char *folder, char **path, NnError *err);
/* All files with a run's ending; a folder that is not there has none. 1000 runs take 0.15 s. */
bool bp_runs_list(const char *folder, BpRunList *list, NnError *err);
/* Those of them that the function wants; it is asked about each file. */
typedef bool (*BpRunWanted)(void *user, const char *path, const struct stat *file);
bool bp_runs_list_some(const char *folder, BpRunWanted wanted, void *user, BpRunList *list,
                       NnError *err);
void bp_runs_clear(BpRunList *list); /* a zeroed one is allowed */

/* By path. A run that is being trained may be renamed and pinned, not deleted. */
bool bp_run_rename(const char *path, const char *title, NnError *err);
bool bp_run_pin(const char *path, bool pinned, NnError *err);
/* Moves it into the folder ".deleted" beside it, from where it can come back for a month; *deleted:
 * its new path, for bp_run_undelete(); free with nn_free(). */
bool bp_run_delete(const char *path, char **deleted, NnError *err);
/* *path, NULL allowed: where it is again. Free with nn_free(). */
bool bp_run_undelete(const char *deleted, char **path, NnError *err);
/* Removes for good what was deleted more than a month ago. */
void bp_runs_purge(const char *folder);
