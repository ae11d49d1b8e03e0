/* runs.h: the runs, and which of them, at which step, every panel shows.
 *
 * Each run that is started is shown, until another is chosen. None is shown before the first was
 * started, and after other data have come while nothing was being trained.
 *
 * Thread: the window's. Signals:
 *   "shown-changed" (): another run or step is shown, or none.
 *   "evaluated" ():     bp_runs_get_evaluation() gives another one.
 *   "watched" ():       bp_runs_get_watched() gives another one, and it alone. */
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
/* A run to be started, on the data at hand, with its number and name; it joins the list when it
 * starts. (transfer full); NULL: there is no memory for it. */
BpRun *bp_runs_new_run(BpRuns *self, int exercise, const NnConfig *recipe);
void bp_runs_show(BpRuns *self, BpMoment moment); /* of a run of the list, or none */
BpMoment bp_runs_get_shown(BpRuns *self);         /* borrowed */
BpRun *bp_runs_get_shown_run(BpRuns *self);       /* of it; borrowed; NULL: none */
/* What the network of the shown moment said of the test set. Borrowed; NULL: nothing (yet). */
BpEvaluation *bp_runs_get_evaluation(BpRuns *self);
/* The newest that it said about these pictures, or about all, at whatever step that was, if the
 * newest is shown. Borrowed; NULL: nothing. */
BpEvaluation *bp_runs_get_watched(BpRuns *self, BpRange range);
/* Of the shown run, or those at hand; borrowed; NULL: none. */
BpData *bp_runs_get_shown_data(BpRuns *self);

G_END_DECLS
