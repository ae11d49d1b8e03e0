/* trace.c: decimation of a curve, column by column. Read next_column() first. */
#include "trace.h"
#include <math.h>
#include <string.h>

/* A column on its way: the points begin ≤ i < end lie in it. */
typedef struct {
  double number, left; /* from 0; left in units */
  size_t begin, end;
} Column;

double bp_trace_x(const BpTraceMap *map, double step)
{
  return map->area.x + map->area.width * bp_axis_place(map->x, bp_ruler_place(&map->ruler, step));
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
  double step = bp_ruler_step(&map->ruler, map->x->min);
  size_t first = bp_series_count_below(series, step, false);
  return first > 0 ? first - 1 : 0; /* the line comes in from the point before */
}

static size_t end_visible(const BpTraceMap *map, const BpSeries *series)
{
  double step = bp_ruler_step(&map->ruler, map->x->max);
  size_t end = bp_series_count_below(series, step, true);
  return MIN(end + 1, bp_series_length(series));
}

/* The column, `width` units wide, of the point column->end, with all the points that share it. */
static void next_column(const BpTraceMap *map, const BpSeries *series, double width, size_t end,
                        Column *column)
{
  column->begin = column->end;
  double place = bp_trace_x(map, bp_series_x(series, column->begin)) - map->area.x;
  column->number = floor(place / width + 1e-9);
  column->left = map->area.x + column->number * width;
  double right = bp_axis_value(map->x, (column->number + 1) * width / map->area.width);
  size_t found = bp_series_count_below(series, bp_ruler_step(&map->ruler, right), false);
  column->end = CLAMP(found, column->begin + 1, end);
}

static double middle_of(const BpTraceMap *map, const BpSeries *series, const Column *column)
{
  return (bp_trace_x(map, bp_series_x(series, column->begin)) +
          bp_trace_x(map, bp_series_x(series, column->end - 1))) /
         2;
}

/* ---- the line as it is ---- */

static void add_vertex(GArray *vertices, double x, double y, bool *starts)
{
  BpVertex vertex = {x, y, *starts};
  g_array_append_val(vertices, vertex);
  *starts = false;
}

/* Few points: each where it is. */
static void trace_points(const BpTraceMap *map, const BpSeries *series, const Column *column,
                         GArray *vertices, bool *starts)
{
  for (size_t i = column->begin; i < column->end; i++) {
    double y = bp_series_y(series, i);
    if (isfinite(y))
      add_vertex(vertices, bp_trace_x(map, bp_series_x(series, i)), bp_trace_y(map, y), starts);
    else
      *starts = true;
  }
}

/* Many points: at most four in the middle of the column, one when they hardly differ. */
static void trace_column(const BpTraceMap *map, const BpSeries *series, const Column *column,
                         GArray *vertices, bool *starts)
{
  BpSeriesExtent extent = bp_series_extent(series, column->begin, column->end);
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

void bp_trace_line(const BpTraceMap *map, const BpSeries *series, GArray *vertices)
{
  size_t end = end_visible(map, series);
  Column column = {.end = first_visible(map, series)};
  bool starts = true;
  while (column.end < end) {
    next_column(map, series, 1 / map->scale, end, &column);
    if (column.end - column.begin <= 3)
      trace_points(map, series, &column, vertices, &starts);
    else
      trace_column(map, series, &column, vertices, &starts);
  }
}

/* ---- the extent of the columns ---- */

#define BIN 2.0 /* units */

void bp_trace_columns(const BpTraceMap *map, const BpSeries *series, GArray *columns)
{
  size_t end = end_visible(map, series);
  Column column = {.end = first_visible(map, series)};
  double before = NAN; /* the height at which the last column ended */
  while (column.end < end) {
    next_column(map, series, BIN, end, &column);
    BpSeriesExtent extent = bp_series_extent(series, column.begin, column.end);
    if (extent.n_finite == 0)
      continue;
    BpColumn found = {.left = column.left, .right = column.left + BIN};
    found.right = fmin(found.right, bp_trace_x(map, bp_series_x(series, column.end - 1)) + 1);
    found.top = fmin(bp_trace_y(map, extent.max), before);
    found.bottom = fmax(bp_trace_y(map, extent.min), before);
    before = bp_trace_y(map, extent.last);
    g_array_append_val(columns, found);
  }
}

/* ---- the moving mean ---- */

#define REACH 0.028 /* of the area's width, to either side, where a run fills it */
enum { FEWEST_BINS = 96, MOST_HALVINGS = 24 };

/* A column of the mean. */
typedef struct {
  double number, x, mean, n;
  bool starts;
} Bin;

/* The width of a bin: BIN, or less for a run that is short on this axis, so that it too has a
 * hundred of them or two. It halves, and does not shrink bit by bit: else the whole curve of a run
 * that goes on would move with each of its points. */
static double bin_of(const BpTraceMap *map, const BpSeries *series)
{
  size_t first = first_visible(map, series), end = end_visible(map, series);
  double width = BIN;
  if (first >= end)
    return width;
  double right = fmin(bp_trace_x(map, bp_series_x(series, end - 1)), map->area.x + map->area.width);
  double length = right - bp_trace_x(map, bp_series_x(series, first));
  double most = length > 0 ? length / FEWEST_BINS : width;
  for (int i = 0; i < MOST_HALVINGS && width > most; i++)
    width /= 2;
  return width;
}

static void collect_bins(const BpTraceMap *map, const BpSeries *series, GArray *bins)
{
  size_t end = end_visible(map, series);
  Column column = {.end = first_visible(map, series)};
  double width = bin_of(map, series);
  bool starts = true;
  while (column.end < end) {
    next_column(map, series, width, end, &column);
    BpSeriesExtent extent = bp_series_extent(series, column.begin, column.end);
    if (extent.n_finite > 0) {
      Bin bin = {.number = column.number,
                 .x = middle_of(map, series, &column),
                 .mean = extent.mean,
                 .n = (double)extent.n_finite,
                 .starts = starts};
      g_array_append_val(bins, bin);
    }
    starts = extent.n_finite == 0;
  }
}

/* What the bins from i on, in one direction, add to the weighted sum; i itself is not among them.
 */
static void add_neighbors(const Bin *bins, guint n, guint i, int direction, double reach,
                          double *sum, double *weights)
{
  for (guint j = i; direction > 0 ? j + 1 < n && !bins[j + 1].starts : !bins[j].starts;) {
    j = direction > 0 ? j + 1 : j - 1;
    double weight = (reach + 1 - fabs(bins[j].number - bins[i].number)) * bins[j].n;
    if (weight <= 0)
      return;
    *sum += weight * bins[j].mean;
    *weights += weight;
  }
}

void bp_trace_means(const BpTraceMap *map, const BpSeries *series, GArray *vertices)
{
  g_autoptr(GArray) array = g_array_new(FALSE, FALSE, sizeof(Bin));
  collect_bins(map, series, array);
  const Bin *bins = (const Bin *)(void *)array->data;
  double most = fmax(1, round(REACH * map->area.width / BIN)), first = 0;
  for (guint i = 0; i < array->len; i++) {
    if (bins[i].starts)
      first = bins[i].number;
    double reach = fmin(most, bins[i].number - first);
    double weights = (reach + 1) * bins[i].n, sum = weights * bins[i].mean;
    add_neighbors(bins, array->len, i, -1, reach, &sum, &weights);
    add_neighbors(bins, array->len, i, 1, reach, &sum, &weights);
    double mean = sum / weights;
    BpVertex vertex = {bins[i].x, isfinite(mean) ? mean : bins[i].mean, bins[i].starts};
    g_array_append_val(vertices, vertex);
  }
}

/* The number of means whose x is below. */
static guint means_below(const BpVertex *at, guint n, double x)
{
  guint begin = 0;
  while (begin < n) {
    guint middle = begin + (n - begin) / 2;
    if (at[middle].x < x)
      begin = middle + 1;
    else
      n = middle;
  }
  return begin;
}

double bp_trace_mean_at(const GArray *means, double x)
{
  const BpVertex *at = (const BpVertex *)(const void *)means->data;
  if (means->len == 0)
    return NAN;
  guint begin = means_below(at, means->len, x);
  if (begin == means->len)
    return at[begin - 1].y;
  if (begin == 0 || at[begin].starts)
    return at[begin].y;
  double part = (x - at[begin - 1].x) / (at[begin].x - at[begin - 1].x);
  return at[begin - 1].y + part * (at[begin].y - at[begin - 1].y);
}

/* ---- the spread ---- */

#define SPREAD_BIN 0.015 /* of the area's width */
#define SLACK      0.15  /* of its width: how far calming may move an edge */
enum { LEAST_POINTS = 24, MOST_POINTS = 160, CALMER = 4 };

/* The k-th smallest of n values (from 0), which are left in another order: Hoare's FIND (1961). */
static double smallest(double *value, int n, int k)
{
  for (int begin = 0, end = n - 1; begin < end;) {
    double pivot = value[k];
    int i = begin, j = end;
    while (i <= j) {
      while (value[i] < pivot)
        i++;
      while (pivot < value[j])
        j--;
      if (i <= j) {
        double swap = value[i];
        value[i++] = value[j];
        value[j--] = swap;
      }
    }
    begin = j < k ? i : begin;
    end = k < i ? j : end;
  }
  return value[k];
}

/* Values of a stretch, in their order, and where among `n` places each of them stood. */
typedef struct {
  double value[MOST_POINTS], place[MOST_POINTS];
  int n;
} Sample;

/* The finite ones of the points of a window, or as many of them as tell as much. */
static void take_sample(const BpSeries *series, const Column *window, Sample *sample)
{
  size_t all = window->end - window->begin, taken = MIN(all, MOST_POINTS);
  sample->n = 0;
  for (size_t i = 0; i < taken; i++) {
    size_t point = window->begin + i * all / taken;
    double value = bp_series_y(series, point);
    if (!isfinite(value))
      continue;
    sample->place[sample->n] = (double)point;
    sample->value[sample->n++] = value;
  }
}

/* The median of the k-th quarter of a sample. */
static double quarter_median(const Sample *sample, int k)
{
  double part[MOST_POINTS];
  int begin = k * sample->n / 4, n = (k + 1) * sample->n / 4 - begin;
  memcpy(part, sample->value + begin, (size_t)n * sizeof *part);
  return smallest(part, n, n / 2);
}

/* How fast a sample falls or climbs, per point: the middle one of the three steps from quarter to
 * quarter. A spike, or a leap to another level, is no slope. */
static double slope_of(const Sample *sample)
{
  double step[3], before = quarter_median(sample, 0);
  for (int k = 0; k < 3; k++) {
    double median = quarter_median(sample, k + 1);
    step[k] = median - before;
    before = median;
  }
  double quarter = (sample->place[sample->n - 1] - sample->place[0]) / 4;
  double slope = quarter > 0 ? smallest(step, 3, 1) / quarter : 0;
  return isfinite(slope) ? slope : 0;
}

/* The edges of the middle 80 % of a sample that has been brought to one place along a slope. */
static void find_edges(const Sample *sample, double slope, double at, double *low, double *high)
{
  double value[MOST_POINTS];
  int n = sample->n;
  for (int i = 0; i < n; i++)
    value[i] = sample->value[i] - slope * (sample->place[i] - at);
  *low = smallest(value, n, n / 10);
  *high = smallest(value, n, n - 1 - n / 10);
}

/* Where the curve is steep, what a window's values have in common is taken out: they would lie
 * further apart than those of any one place. */
static void add_spread(const BpTraceMap *map, const BpSeries *series, const Column *column,
                       const Column *window, GArray *spreads)
{
  Sample sample;
  take_sample(series, window, &sample);
  if (sample.n < LEAST_POINTS / 2)
    return;
  BpSeriesExtent extent = bp_series_extent(series, window->begin, window->end);
  BpSpread spread = {.x = middle_of(map, series, column), .min = extent.min, .max = extent.max};
  double low, high, at = (double)(column->begin + column->end - 1) / 2;
  find_edges(&sample, 0, at, &spread.low, &spread.high);
  find_edges(&sample, slope_of(&sample), at, &low, &high);
  if (high - low < spread.high - spread.low) {
    spread.low = CLAMP(low, spread.min, spread.max);
    spread.high = CLAMP(high, spread.min, spread.max);
  }
  g_array_append_val(spreads, spread);
}

/* How far calming may move the edges of spread i: a part of its own width or that of a neighbor,
 * whichever is least. Beside a loss of 1e23 it stays what it is. */
static double slack_of(const BpSpread *found, guint n, guint i)
{
  double width = INFINITY;
  for (guint k = i > 0 ? i - 1 : 0; k < n && k <= i + 1; k++)
    width = fmin(width, found[k].high - found[k].low);
  return SLACK * width;
}

/* Each edge, a distance from the center, becomes the mean of itself and its neighbors. */
static void calm(BpSpread *distance, const BpSpread *found, guint n)
{
  BpSpread before = distance[0];
  for (guint i = 0; i < n; i++) {
    BpSpread here = distance[i], after = distance[i + 1 < n ? i + 1 : i];
    double slack = slack_of(found, n, i);
    distance[i].low = CLAMP((before.low + 2 * here.low + after.low) / 4, found[i].low - slack,
                            found[i].low + slack);
    distance[i].high = CLAMP((before.high + 2 * here.high + after.high) / 4, found[i].high - slack,
                             found[i].high + slack);
    before = here;
  }
}

/* What a few dozen points say of quantiles is rough. It is smoothed as distances from the mean,
 * which is smooth already and may be steep; where a spike has drawn the mean out of the spread,
 * from the edge that it went beyond. */
static void calm_spreads(const GArray *means, BpSpread *spread, guint n)
{
  g_autofree BpSpread *found = g_new(BpSpread, n);
  g_autofree BpSpread *distance = g_new(BpSpread, n);
  for (guint i = 0; i < n; i++) {
    double mean = bp_trace_mean_at(means, spread[i].x);
    double center = CLAMP(mean, spread[i].low, spread[i].high);
    found[i].low = distance[i].low = spread[i].low - center;
    found[i].high = distance[i].high = spread[i].high - center;
  }
  for (int i = 0; n > 0 && i < CALMER; i++)
    calm(distance, found, n);
  for (guint i = 0; i < n; i++) { /* by how much, for distances from a huge mean are not exact */
    double slack = slack_of(spread, n, i);
    double low = distance[i].low - found[i].low, high = distance[i].high - found[i].high;
    found[i].low = fmax(spread[i].low + CLAMP(low, -slack, slack), spread[i].min);
    found[i].high = fmin(spread[i].high + CLAMP(high, -slack, slack), spread[i].max);
  }
  for (guint i = 0; i < n; i++) {
    spread[i].low = found[i].low;
    spread[i].high = found[i].high;
  }
}

/* A column and as many points around it as it takes to have `wanted`, of first … end − 1. */
static Column window_around(const Column *column, size_t first, size_t end, size_t wanted)
{
  size_t n = MAX(column->end - column->begin, wanted);
  size_t missing = n - (column->end - column->begin);
  size_t begin = column->begin - MIN(column->begin - first, (missing + 1) / 2);
  size_t stop = MIN(end, begin + n);
  return (Column){.begin = stop - MIN(stop - first, n), .end = stop};
}

void bp_trace_spread(const BpTraceMap *map, const BpSeries *series, const GArray *means,
                     GArray *spreads)
{
  size_t first = first_visible(map, series), end = end_visible(map, series);
  Column column = {.end = first};
  guint before = spreads->len;
  if (means->len < 2 || end - first < LEAST_POINTS)
    return;
  const BpVertex *mean = (const BpVertex *)(const void *)means->data;
  double width = SPREAD_BIN * map->area.width;
  double usual = (double)(end - first) * width / fmax(width, mean[means->len - 1].x - mean[0].x);
  while (column.end < end) {
    next_column(map, series, width, end, &column);
    Column window = window_around(&column, first, end, MAX((size_t)usual, LEAST_POINTS));
    add_spread(map, series, &column, &window, spreads);
  }
  calm_spreads(means, (BpSpread *)(void *)spreads->data + before, spreads->len - before);
}
