/* results.h: the largest part of the window: both charts, and beneath them the pages. Thread: the
 * window's. */
#pragma once
#include <adwaita.h>
#include "charts.h"
#include "program-page.h"
#include "app/session/session.h"

G_BEGIN_DECLS

#define BP_TYPE_RESULTS (bp_results_get_type())
G_DECLARE_FINAL_TYPE(BpResults, bp_results, BP, RESULTS, AdwBin)

/* Borrows the session. */
void bp_results_set_session(BpResults *self, BpSession *session);
/* Everything beneath each other, for a narrow window. */
void bp_results_set_narrow(BpResults *self, gboolean narrow);
BpCharts *bp_results_get_charts(BpResults *self);       /* borrowed */
BpProgramPage *bp_results_get_program(BpResults *self); /* the same */
void bp_results_set_log_loss(BpResults *self, gboolean log_loss);
/* "samples", "mistakes", "program" */
void bp_results_show_page(BpResults *self, const char *name);

G_END_DECLS
