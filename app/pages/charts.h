/* charts.h: the loss chart, with the learning rate in a strip beneath it, and the accuracy chart,
 * side by side or, when there is no room, one above the other, with one cursor through both.
 *
 * What they count along their axis is chosen under the loss, and is property "axis" (string):
 * "step", "epoch", "seconds", or "auto" as long as nobody has chosen: steps, but epochs where the
 * runs that are seen have epochs of different lengths. A step is then not the same amount of
 * training, and a run with large batches, which takes few, would be a sliver beside the others.
 *
 * Thread: the window's. */
#pragma once
#include <adwaita.h>
#include "app/session/run.h"

G_BEGIN_DECLS

#define BP_TYPE_CHARTS (bp_charts_get_type())
G_DECLARE_FINAL_TYPE(BpCharts, bp_charts, BP, CHARTS, GtkWidget)

/* Shows `run` (NULL: the empty charts) and, quietly behind it, up to four others of `runs` (a list
 * of BpRun, newest first) that were trained on the same data, the newest of them. */
void bp_charts_set_runs(BpCharts *self, BpRun *run, GListModel *runs);
/* Whether the loss is drawn on a logarithmic axis. */
void bp_charts_set_log_loss(BpCharts *self, gboolean log_loss);
/* Draws what has been added to the curves since. */
void bp_charts_update(BpCharts *self);

G_END_DECLS
