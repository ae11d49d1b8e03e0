/* run-folder.h: the folder that runs are kept in, followed: what lies there is read on a thread,
 * and after a change only the files that are others than before, by their size and time.
 *
 * Thread: the window's. Signals:
 *   "read" (BpRunNews *): what has been read, borrowed during the signal.
 *   "idle" ():            nothing is being read any more. */
#pragma once
#include "app/run/run-list.h"
#include "run.h"

G_BEGIN_DECLS

typedef struct {
  BpRunList list;  /* new and changed files, with their numbers; the newest first */
  GPtrArray *runs; /* of BpRun, one for each that can be read, NULL for the others */
  GPtrArray *gone; /* paths of files that are not there any more */
  guint n_unread;  /* how many cannot be read */
  NnError unread;  /* why not one of them */
} BpRunNews;

#define BP_TYPE_RUN_FOLDER (bp_run_folder_get_type())
G_DECLARE_FINAL_TYPE(BpRunFolder, bp_run_folder, BP, RUN_FOLDER, GObject)

/* Reads the folder, and again whenever files have come, gone or changed there. What was deleted
 * long ago is removed for good. */
BpRunFolder *bp_run_folder_new(const char *path);
const char *bp_run_folder_get_path(BpRunFolder *self); /* borrowed */
/* Looks now; a run that was active is read again even if its file is as it was, since whoever
 * trained it may be gone. */
void bp_run_folder_read(BpRunFolder *self);
gboolean bp_run_folder_is_idle(BpRunFolder *self);
/* Reads nothing more; "idle" follows. */
void bp_run_folder_abort(BpRunFolder *self);

G_END_DECLS
