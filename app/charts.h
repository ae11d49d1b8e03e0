/* charts.h: the loss chart and the accuracy chart, side by side or, when there is no room, one
 * above the other, with one cursor through both. Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "run.h"

G_BEGIN_DECLS

#define BP_TYPE_CHARTS (bp_charts_get_type())
G_DECLARE_FINAL_TYPE(BpCharts, bp_charts, BP, CHARTS, GtkWidget)

/* Shows `run` (NULL: the empty charts), and beneath its lines those of `other` (or NULL). */
void bp_charts_set_runs(BpCharts *self, BpRun *run, BpRun *other);
/* Whether the loss is drawn on a logarithmic axis. */
void bp_charts_set_log_loss(BpCharts *self, gboolean log_loss);
/* Draws what has been added to the curves since. */
void bp_charts_update(BpCharts *self);

G_END_DECLS
