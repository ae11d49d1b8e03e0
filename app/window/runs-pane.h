/* runs-pane.h: the runs in the sidebar: pinned ones first, then the newest. The shown one is
 * selected. A menu on each row (secondary click, or the Menu key) and one beside the heading, for
 * the shown run, renames, pins, deletes and resumes. Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_RUNS_PANE (bp_runs_pane_get_type())
G_DECLARE_FINAL_TYPE(BpRunsPane, bp_runs_pane, BP, RUNS_PANE, AdwBin)

/* Signals: "chosen" (): a person has clicked on a run, or pressed Return there, be it the one that
 * is shown already. "deleted" (BpRun): it has gone, and bp_runs_undelete() would bring it back. */
/* Borrows the session, and follows it. */
void bp_runs_pane_set_session(BpRunsPane *self, BpSession *session);
/* The menu of a run; actions run.rename, run.pin and run.delete are the list's, win.resume-run the
 * window's, each with the run's number. (transfer full) */
GMenuModel *bp_runs_pane_new_menu(BpRun *run);

G_END_DECLS
