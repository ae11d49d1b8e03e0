/* trace.h: from a series to the few points that a picture of it needs.
 *
 * The area is cut into columns, one device pixel wide for a line drawn as it is, wider for means
 * and spreads. What a column takes does not grow with the number of points in it. Columns come in
 * order; points that are not finite end a piece. */
#pragma once
#include "axis.h"
#include "plot.h"
#include "series.h"

typedef struct {
  const BpAxis *x, *y; /* y may be NULL where no height is asked for */
  BpPlotArea area;
  double scale; /* columns per unit; > 0 */
  BpRuler ruler;
} BpTraceMap;

typedef struct {
  double x, y;
  bool starts; /* a new piece starts here: move, do not draw */
} BpVertex;

/* From the lowest to the highest point of a column; all in units, top ≤ bottom. */
typedef struct {
  double left, right, top, bottom;
} BpColumn;

/* What most values of a stretch lie between: the middle 80 %. */
typedef struct {
  double x;         /* in units */
  double low, high; /* values, not heights */
  double min, max;  /* of all of them */
} BpSpread;

/* Horizontal place of a step, and vertical place of a value, in units; y is kept near the area, NaN
 * stays NaN. */
double bp_trace_x(const BpTraceMap *map, double step);
double bp_trace_y(const BpTraceMap *map, double value);

/* Appends the polyline of the visible part of a series: at most four vertices per column, the
 * lowest and the highest point among them, so that no peak is lost. @vertices GArray of BpVertex,
 * borrowed. */
void bp_trace_line(const BpTraceMap *map, const BpSeries *series, GArray *vertices);
/* Appends the columns, two units wide, of the visible part, each so high that it touches the one
 * before. @columns GArray of BpColumn, borrowed. */
void bp_trace_columns(const BpTraceMap *map, const BpSeries *series, GArray *columns);
/* Appends its moving mean: x in units, y as a value. The mean at a place is that of the points
 * around it, as far as 2.8 % of the area's width to either side, the nearer the heavier (a triangle
 * of weights): it does not lag behind, as an average of the past would, and is as smooth whatever
 * part of a run is shown. For a run that takes less than two fifths of the axis it is 3.6 to 7.3 %
 * of its own length, so that it ends where it would end on its own axis. At the beginning it looks
 * no further ahead than back. */
void bp_trace_means(const BpTraceMap *map, const BpSeries *series, GArray *vertices);
/* The mean at a place, on the straight line between its neighbors; beyond the ends the end's, of
 * none NaN. */
double bp_trace_mean_at(const GArray *means, double x);
/* Appends the spread: the middle 80 % of the points around a place, judged by two dozen at least;
 * nothing when there are fewer than that. Where the curve is steep they are brought to that place
 * along its slope first. @means, its moving mean, smooths the edges. @spreads GArray of BpSpread,
 * borrowed. */
void bp_trace_spread(const BpTraceMap *map, const BpSeries *series, const GArray *means,
                     GArray *spreads);
