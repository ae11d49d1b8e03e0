/* runs.h: the runs, and which of them, at which step, every panel shows.
 *
 * Each run that is started is shown, until another is chosen. None is shown before the first was
 * started, and after other data have come while nothing was being trained.
 *
 * Once a folder is open each run has a file of its own there, and those that lie there are in the
 * list, whichever program has trained them. Of a run that is not looked at nothing is in memory but
 * its recipe and outcome: curves are read from its file while they are drawn, and what its network
 * says is found by evaluating its newest checkpoint, on another thread.
 *
 * Thread: the window's. Signals:
 *   "shown-changed" ():        another run or step is shown, or none.
 *   "evaluated" ():            bp_runs_get_evaluation() gives another one, or none will come.
 *   "watched" ():              bp_runs_get_watched() gives another one, and it alone.
 *   "notice" (string):         one sentence worth a passing notice.
 *   "failed" (string, string): why something asked for did not work, one sentence; what it was.
 *   "idle" ():                 no thread of it runs any more. */
#pragma once
#include "data-store.h"
#include "runner.h"

G_BEGIN_DECLS

/* A run at one of its steps: what a panel shows. */
typedef struct {
  BpRun *run;   /* NULL: none */
  guint64 step; /* updates done; BP_NEWEST: whatever was evaluated last */
} BpMoment;
#define BP_NEWEST G_MAXUINT64

#define BP_TYPE_RUNS (bp_runs_get_type())
G_DECLARE_FINAL_TYPE(BpRuns, bp_runs, BP, RUNS, GObject)

BpRuns *bp_runs_new(BpDataStore *data, BpRunner *runner);
GListModel *bp_runs_get_list(BpRuns *self); /* of BpRun, newest first; borrowed */
/* Runs are kept in the user's folder from now on, and those that lie there join the list, now and
 * when another program adds one. */
void bp_runs_open_folder(BpRuns *self);
/* A run to be started, on the data at hand, with its number and name; it joins the list when it
 * starts. (transfer full); NULL: there is no memory for it. */
BpRun *bp_runs_new_run(BpRuns *self, const char *exercise, const NnConfig *recipe);
BpRun *bp_runs_find(BpRuns *self, guint number); /* borrowed; NULL: there is none */
/* What makes the run different from the first of its exercise, a text for each; borrowed. */
const char *const *bp_runs_get_differences(BpRuns *self, BpRun *run);
/* Nothing is being evaluated or saved: it can be let go without waiting. */
gboolean bp_runs_is_idle(BpRuns *self);
/* Ends an evaluation; "idle" follows. */
void bp_runs_abort(BpRuns *self);

/* ---- which is shown ---- */
void bp_runs_show(BpRuns *self, BpMoment moment); /* of a run of the list, or none */
BpMoment bp_runs_get_shown(BpRuns *self);         /* borrowed */
BpRun *bp_runs_get_shown_run(BpRuns *self);       /* of it; borrowed; NULL: none */
/* What the network of the shown moment said of the test set. Borrowed; NULL: nothing (yet). */
BpEvaluation *bp_runs_get_evaluation(BpRuns *self);
/* The newest that it said about these pictures, or about all, at whatever step that was, if the
 * newest is shown. Borrowed; NULL: nothing. */
BpEvaluation *bp_runs_get_watched(BpRuns *self, BpRange range);
/* Why there is no evaluation, one sentence. (transfer full) */
char *bp_runs_dup_unseen(BpRuns *self);
/* Of the shown run, or those at hand; borrowed; NULL: none in memory. */
BpData *bp_runs_get_shown_data(BpRuns *self);

/* ---- what a person does with one; "failed" says what did not work ---- */
void bp_runs_rename(BpRuns *self, BpRun *run, const char *name);
void bp_runs_set_pinned(BpRuns *self, BpRun *run, gboolean pinned);
/* Not one that is being trained. It can come back. False: it is still there. */
gboolean bp_runs_delete(BpRuns *self, BpRun *run);
void bp_runs_undelete(BpRuns *self, BpRun *run);
/* Writes what a run that has a file has learned, of the shown one by the step that is shown, on
 * another thread: see bp_run_save_weights(). "notice" says that it is done. */
void bp_runs_save_weights(BpRuns *self, BpRun *run, const char *path);

G_END_DECLS
