/* plot-picture.h: a plot on its way onto the canvas, with its axes laid out; shared by plot-draw.c
 * (frame and cursor) and plot-curves.c (the curves). */
#pragma once
#include "plot-canvas.h"
#include "trace.h"

#define BP_BOLD_WIDTH 2.0 /* units */

typedef struct {
  BpCanvas *canvas;
  BpAxis x, y;
  BpTicks x_ticks, y_ticks;
  BpPlotArea area;
  BpTraceMap map;
} BpPicture;

/* Cairo's dash lengths for the line: *n is 0 for a solid one. */
const double *bp_picture_dashes(const BpPlotLine *line, int *n);
bool bp_picture_holds(const BpPicture *picture, double x, double y);
/* A ring filled with the background: a marker. */
void bp_picture_ring(BpPicture *picture, const BpPlotLine *line, double x, double y);
/* All curves and markers. */
void bp_picture_draw_curves(BpPicture *picture);
