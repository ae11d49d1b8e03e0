/* sidebar.h: the column at the left: the tutorial's exercises, the free lab, and the runs. Thread:
 * the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/session.h"
#include "runs-pane.h"

G_BEGIN_DECLS

#define BP_TYPE_SIDEBAR (bp_sidebar_get_type())
G_DECLARE_FINAL_TYPE(BpSidebar, bp_sidebar, BP, SIDEBAR, AdwBin)

/* Signal "chosen" (bool exercise): a person has clicked on an exercise or a run, or pressed Return
 * there, be it the one that is open already. */
/* Borrows the session, and follows it. */
void bp_sidebar_set_session(BpSidebar *self, BpSession *session);
BpRunsPane *bp_sidebar_get_runs(BpSidebar *self); /* borrowed */

G_END_DECLS
