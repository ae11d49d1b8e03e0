/* plot-view.h: the widget around a BpPlot: theme colors and font, cursor, keyboard, spoken text.
 *
 * The widget has the style class "card"; take it away with gtk_widget_remove_css_class() to put
 * the plot on something else. Typical use:
 *
 *   GtkWidget *view = bp_plot_view_new("Loss");
 *   BpPlot *plot = bp_plot_view_get_plot(BP_PLOT_VIEW(view));
 *   bp_plot_set_empty_text(plot, "The loss of every batch appears here while it trains.");
 *   bp_plot_add_line(plot, series, &(BpPlotLineOptions){.name = "train"});
 *   …
 *   bp_series_append(series, step, loss);                as often as it likes
 *   bp_plot_view_update(BP_PLOT_VIEW(view));             once per frame: redraws if anything
 * changed
 *
 * Signal "cursor-changed" (BpPlotView *, double x, gpointer): the pointer or a key has moved the
 * cursor of this view to iteration x, or away (NaN). Hand it to the other charts with
 * bp_plot_view_set_cursor(), which does not emit it.
 *
 * Property: "log-y" (boolean): read and write, notifies of changes. */
#pragma once
#include <gtk/gtk.h>
#include "plot.h"

G_BEGIN_DECLS

#define BP_TYPE_PLOT_VIEW (bp_plot_view_get_type())
G_DECLARE_FINAL_TYPE(BpPlotView, bp_plot_view, BP, PLOT_VIEW, GtkWidget)

GtkWidget *bp_plot_view_new(const char *title);

/* The plot that the view draws (transfer none). Call bp_plot_view_update() after changing it. */
BpPlot *bp_plot_view_get_plot(BpPlotView *self);
/* Redraws once if plot or series have changed since the last call, and does nothing otherwise. */
void bp_plot_view_update(BpPlotView *self);

void bp_plot_view_set_cursor(BpPlotView *self, double x); /* NaN: none */
double bp_plot_view_get_cursor(BpPlotView *self);
void bp_plot_view_set_log_y(BpPlotView *self, gboolean log_y);
gboolean bp_plot_view_get_log_y(BpPlotView *self);
/* The colors and font that the view draws with now, for other drawings in the same window. The
 * font is borrowed from the view's Pango context. */
void bp_plot_view_get_style(BpPlotView *self, BpPlotStyle *style);

G_END_DECLS
