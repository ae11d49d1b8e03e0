/* plot-private.h: the inside of a BpPlot, shared by plot.c (settings, axes, words) and plot-draw.c
 * (the picture). Nobody else includes it. */
#pragma once
#include "plot.h"

typedef struct {
  BpSeries *series; /* a reference */
  char *name;       /* owned, never NULL */
  BpPlotLineOptions options;
  bool visible;
} BpPlotLine;

struct BpPlot {
  char *title, *empty_text, *x_label, *y_label; /* owned, may be NULL */
  GArray *lines;                                /* BpPlotLine */
  double x_total, epoch_length, skip_start, cursor;
  BpFormat y_format;
  bool log_y, fit_smooth;
  guint64 settings_revision;
};

BpPlotLine *bp_plot_line(const BpPlot *plot, int i);
/* Visible and not merely for the cursor's box. */
bool bp_plot_line_is_drawn(const BpPlotLine *line);
/* The curve that stands for the line: the smoothed one if it has one. */
BpSeriesCurve bp_plot_line_curve(const BpPlotLine *line);
