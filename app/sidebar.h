/* sidebar.h: the column at the left: the tutorial's exercises, the free lab, and the runs of this
 * session. Thread: the window's. Signals:
 *   "run-selected" (BpRun or NULL): the person chose a run to compare with. */
#pragma once
#include <adwaita.h>
#include "session.h"

G_BEGIN_DECLS

#define BP_TYPE_SIDEBAR (bp_sidebar_get_type())
G_DECLARE_FINAL_TYPE(BpSidebar, bp_sidebar, BP, SIDEBAR, AdwBin)

/* Borrows the session, and follows it. */
void bp_sidebar_set_session(BpSidebar *self, BpSession *session);

G_END_DECLS
