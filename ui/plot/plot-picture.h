/* plot-picture.h: a plot on its way onto the canvas, with its axes laid out; shared by the files
 * that draw: plot-draw.c (frame), plot-legend.c, plot-curves.c, plot-labels.c, plot-cursor.c. */
#pragma once
#include "plot-canvas.h"
#include "trace.h"

#define BP_PLOT_PAD   14.0 /* units, around everything */
#define BP_BOLD_WIDTH 2.2  /* units */

typedef struct {
  BpCanvas *canvas;
  BpAxis x, y, strip_y;
  BpTicks x_ticks, y_ticks;
  BpPlotArea area, strip; /* strip.height is 0 where there is none */
  double right;           /* width of the labels at the right; 0: there are none */
  GPtrArray *means;       /* for each line its moving mean, a GArray of BpVertex in units */
} BpPicture;

BpTraceMap bp_picture_map(const BpPicture *picture, const BpPlotLine *line);
/* The height of a value of the line, in units: as bp_trace_y(), but never below the strip. */
double bp_picture_y(const BpTraceMap *map, const BpPlotLine *line, double value);
bool bp_picture_holds(const BpPlotArea *area, double x, double y);

/* plot-legend.c. Where the header ends. The legend stands beside the title, or under it. */
double bp_picture_draw_header(BpCanvas *canvas, bool with_legend, bool labels);

/* plot-labels.c. The width that labels at the ends of lines get; 0: there is no room for them, or
 * only one run. */
double bp_picture_label_room(BpCanvas *canvas);
void bp_picture_draw_labels(BpPicture *picture);

/* plot-curves.c */
void bp_picture_draw_curves(BpPicture *picture);
void bp_picture_draw_strip(BpPicture *picture);
/* A piece of the line as the legend shows it, from (x, y) on, `width` units long. */
void bp_picture_draw_sample(BpCanvas *canvas, const BpPlotLine *line, double x, double y,
                            double width);
/* The marker of a line at (x, y); `large`: where the cursor is. */
void bp_picture_marker(BpCanvas *canvas, const BpPlotLine *line, double x, double y, bool large);

/* plot-cursor.c */
void bp_picture_draw_cursor(BpPicture *picture);
