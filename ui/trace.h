/* trace.h: from a series to the few points that a picture of it needs.
 *
 * A curve is cut into columns one device pixel wide. A column with more than three points is stood
 * for by its first, lowest, highest and last; so a picture never takes more than four vertices per
 * column, and no peak is lost. Columns come in order; points that are not finite end a piece. */
#pragma once
#include "axis.h"
#include "plot.h"
#include "series.h"

typedef struct {
  const BpAxis *x, *y;
  BpPlotArea area;
  double scale; /* columns per unit; > 0 */
} BpTraceMap;

typedef struct {
  double x, y;
  bool starts; /* a new piece starts here: move, do not draw */
} BpVertex;

/* The extent of one column of pixels: a bar from top to bottom (top ≤ bottom). */
typedef struct {
  double x, top, bottom;
  bool above;                       /* part of it lies above the area */
  double middle_top, middle_bottom; /* where most of its points lie; NaN when they are few */
} BpBar;

/* Horizontal and vertical place of a value in units; y is kept near the area, NaN stays NaN. */
double bp_trace_x(const BpTraceMap *map, double value);
double bp_trace_y(const BpTraceMap *map, double value);

/* Points per column in the visible part of the curve. */
double bp_trace_density(const BpTraceMap *map, const BpSeries *series);

/* Appends the polyline of the visible part of a curve. @vertices GArray of BpVertex, borrowed. */
void bp_trace_line(const BpTraceMap *map, const BpSeries *series, BpSeriesCurve curve,
                   GArray *vertices);
/* Where the middle 70 % of the points begin … end − 1 lie, judged by at most `most` (≤ 512) of
 * them, evenly taken; false when fewer than 8 are finite. */
bool bp_trace_middle(const BpSeries *series, size_t begin, size_t end, size_t most, double *low,
                     double *high);
/* Appends one bar per column that has a finite point, each long enough to touch the one before it
 * if nothing is missing between the two. @bars GArray of BpBar, borrowed. */
void bp_trace_bars(const BpTraceMap *map, const BpSeries *series, BpSeriesCurve curve,
                   GArray *bars);
