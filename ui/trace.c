/* trace.c: decimation of a curve, column by column. Read next_column() first. */
#include "trace.h"
#include <math.h>
#include <stdlib.h>

/* A column on its way: the points begin ≤ i < end lie in it. */
typedef struct {
  double left; /* of the column, in units */
  size_t begin, end;
} Column;

double bp_trace_x(const BpTraceMap *map, double value)
{
  return map->area.x + map->area.width * bp_axis_place(map->x, value);
}

/* Far outside is as good as just outside, and keeps the numbers small enough for Cairo, whose
 * coordinates are 24 bits before the point. */
double bp_trace_y(const BpTraceMap *map, double value)
{
  double place = bp_axis_place(map->y, value);
  if (isnan(place))
    return NAN;
  return map->area.y + map->area.height * (1 - CLAMP(place, -20, 21));
}

static size_t first_visible(const BpTraceMap *map, const BpSeries *series)
{
  size_t first = bp_series_count_below(series, map->x->min, false);
  return first > 0 ? first - 1 : 0; /* the line comes in from the point before */
}

static size_t end_visible(const BpTraceMap *map, const BpSeries *series)
{
  size_t end = bp_series_count_below(series, map->x->max, true);
  return MIN(end + 1, bp_series_length(series));
}

double bp_trace_density(const BpTraceMap *map, const BpSeries *series)
{
  size_t first = first_visible(map, series);
  size_t end = end_visible(map, series);
  if (end - first < 2)
    return 0;
  double width =
      bp_trace_x(map, bp_series_x(series, end - 1)) - bp_trace_x(map, bp_series_x(series, first));
  return (double)(end - first) / fmax(1, width * map->scale);
}

/* The column of the point column->end, with all the points that share it. */
static void next_column(const BpTraceMap *map, const BpSeries *series, size_t end, Column *column)
{
  column->begin = column->end;
  double place = bp_trace_x(map, bp_series_x(series, column->begin)) - map->area.x;
  double number = floor(place * map->scale + 1e-9);
  column->left = map->area.x + number / map->scale;
  double next = bp_axis_value(map->x, (number + 1) / map->scale / map->area.width);
  size_t found = bp_series_count_below(series, next, false);
  column->end = CLAMP(found, column->begin + 1, end);
}

static void add_vertex(GArray *vertices, double x, double y, bool *starts)
{
  BpVertex vertex = {x, y, *starts};
  g_array_append_val(vertices, vertex);
  *starts = false;
}

/* Few points: each where it is. */
static void trace_points(const BpTraceMap *map, const BpSeries *series, BpSeriesCurve curve,
                         const Column *column, GArray *vertices, bool *starts)
{
  for (size_t i = column->begin; i < column->end; i++) {
    double y = bp_trace_y(map, bp_series_y(series, i, curve));
    if (isfinite(bp_series_y(series, i, curve)))
      add_vertex(vertices, bp_trace_x(map, bp_series_x(series, i)), y, starts);
    else
      *starts = true;
  }
}

/* Many points: at most four in the middle of the column, one when they hardly differ. */
static void trace_column(const BpTraceMap *map, const BpSeries *series, BpSeriesCurve curve,
                         const Column *column, GArray *vertices, bool *starts)
{
  BpSeriesExtent extent = bp_series_extent(series, column->begin, column->end, curve);
  *starts = *starts || !extent.first_is_edge;
  if (extent.n_finite == 0)
    return;
  double x = column->left + 0.5 / map->scale;
  double low = bp_trace_y(map, extent.min);
  double high = bp_trace_y(map, extent.max);
  double first = bp_trace_y(map, extent.first);
  double last = bp_trace_y(map, extent.last);
  if (low - high < 0.5 / map->scale) {
    add_vertex(vertices, x, (low + high) / 2, starts);
  } else {
    /* Spread over the column in their order, so that a slope does not become a staircase. */
    bool low_next = fabs(first - low) < fabs(first - high);
    double next = low_next ? low : high;
    double other = low_next ? high : low;
    double width = 1 / map->scale;
    if (first != next)
      add_vertex(vertices, column->left + 0.1 * width, first, starts);
    add_vertex(vertices, column->left + (first != next ? 0.4 : 0.1) * width, next, starts);
    add_vertex(vertices, column->left + (last != other ? 0.6 : 0.9) * width, other, starts);
    if (last != other)
      add_vertex(vertices, column->left + 0.9 * width, last, starts);
  }
  *starts = !extent.last_is_edge;
}

void bp_trace_line(const BpTraceMap *map, const BpSeries *series, BpSeriesCurve curve,
                   GArray *vertices)
{
  size_t end = end_visible(map, series);
  Column column = {.end = first_visible(map, series)};
  bool starts = true;
  while (column.end < end) {
    next_column(map, series, end, &column);
    if (column.end - column.begin <= 3)
      trace_points(map, series, curve, &column, vertices, &starts);
    else
      trace_column(map, series, curve, &column, vertices, &starts);
  }
}

/* Lengthens a bar until it touches the one before. */
static void join_bars(BpBar *bar, const BpBar *before)
{
  bar->top = fmin(bar->top, before->bottom);
  bar->bottom = fmax(bar->bottom, before->top);
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

bool bp_trace_middle(const BpSeries *series, size_t begin, size_t end, size_t most, double *low,
                     double *high)
{
  double values[512];
  size_t n = 0, n_points = end - begin, taken = MIN(n_points, MIN(most, G_N_ELEMENTS(values)));
  for (size_t i = 0; i < taken; i++) {
    double y = bp_series_y(series, begin + i * n_points / taken, BP_SERIES_RAW);
    if (isfinite(y))
      values[n++] = y;
  }
  if (n < 8)
    return false;
  qsort(values, n, sizeof *values, compare);
  *low = values[n * 15 / 100];
  *high = values[n * 85 / 100];
  return true;
}

/* A column of many points: where most of them are. A few dozen tell as much as all. */
static void add_middle(const BpTraceMap *map, const BpSeries *series, const Column *column,
                       BpBar *bar)
{
  double low, high;
  bar->middle_top = bar->middle_bottom = NAN;
  if (bp_trace_middle(series, column->begin, column->end, 48, &low, &high)) {
    bar->middle_top = bp_trace_y(map, high);
    bar->middle_bottom = bp_trace_y(map, low);
  }
}

void bp_trace_bars(const BpTraceMap *map, const BpSeries *series, BpSeriesCurve curve, GArray *bars)
{
  size_t end = end_visible(map, series);
  Column column = {.end = first_visible(map, series)};
  BpBar before = {0};
  bool joined = false;
  while (column.end < end) {
    next_column(map, series, end, &column);
    BpSeriesExtent extent = bp_series_extent(series, column.begin, column.end, curve);
    joined = joined && extent.first_is_edge;
    if (extent.n_finite == 0)
      continue;
    BpBar bar = {.x = column.left,
                 .top = bp_trace_y(map, extent.max),
                 .bottom = bp_trace_y(map, extent.min)};
    bar.above = bar.top < map->area.y - 0.5;
    add_middle(map, series, &column, &bar);
    BpBar alone = bar;
    if (joined)
      join_bars(&bar, &before);
    g_array_append_val(bars, bar);
    before = alone;
    joined = extent.last_is_edge;
  }
}
