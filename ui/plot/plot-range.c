/* plot-range.c: which part of the axes a plot shows; the rules stand in plot.h. */
#include "plot-private.h"
#include <math.h>

enum { Y_INTERVALS = 4 };
#define EARLY         0.2  /* of the run: what may leave the picture */
#define LEAST_PERCENT 0.02 /* of all fractions that the axis shows, and … */
#define LEAST_MISSING 0.25 /* … of those that are above the curve */
#define ROOM          0.5  /* times the later part's span, for the beginning and for the lost */
#define ENDS          0.5  /* of another run: what follows is seen */
#define LEARNED       0.1  /* of the way to a loss of 0, or 100 %: who comes less far is lost */
#define OFTEN         4    /* times the ninth tenth: beyond that the loss has left for good */
#define BAND_PART     0.9  /* of the band's upper edge that is seen */
#define LARGEST_RATIO 12   /* of learning rates on a linear axis */
#define LEAST_RATE    1e-6 /* of the run's largest: nothing is learned with less */

double bp_plot_line_end(const BpPlotLine *line)
{
  size_t n = bp_series_length(line->series);
  return n > 0 ? bp_ruler_place(&line->options.ruler, bp_series_x(line->series, n - 1)) : NAN;
}

double bp_plot_run_end(const BpPlot *plot, bool quiet)
{
  double end = NAN;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    if (line->options.quiet == quiet)
      end = fmax(end, bp_plot_line_end(line));
  }
  return end;
}

static BpAxis fit_x(const BpPlot *plot)
{
  BpAxis axis = {.format = plot->x_format};
  double own = bp_plot_run_end(plot, false);
  if (isnan(own))
    own = bp_plot_run_end(plot, true);
  if (plot->x_start > 0)
    bp_axis_fit_growing(&axis, own, plot->x_total, plot->x_start);
  else
    axis.max = own > 0 ? own : 1;
  double longest = 2 * axis.max;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    double end = bp_plot_line_end(bp_plot_line(plot, i));
    if (end <= longest)
      axis.max = fmax(axis.max, end);
  }
  return axis;
}

/* ---- the y axis ---- */

/* What lines need: in their beginning, and later. NaN where there is nothing. */
typedef struct {
  double early_lo, early_hi, lo, hi;
} Need;

static void include(double *lo, double *hi, double value)
{
  *lo = fmin(*lo, value);
  *hi = fmax(*hi, value);
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The value that so much of an array is below; it is left sorted. */
static double quantile(GArray *values, double part)
{
  g_array_sort(values, compare);
  return g_array_index(values, double, (guint)(part * (values->len - 1)));
}

/* The band is less important than its curve, but a box if most of its edges is not seen. */
static void need_band(const GArray *spreads, double from, bool log_y, Need *need)
{
  g_autoptr(GArray) low = g_array_new(FALSE, FALSE, sizeof(double));
  g_autoptr(GArray) high = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint i = 0; i < spreads->len; i++) {
    const BpSpread *spread = &g_array_index(spreads, BpSpread, i);
    if (spread->x < from || (log_y && !(spread->low > 0)))
      continue;
    g_array_append_val(low, spread->low);
    g_array_append_val(high, spread->high);
  }
  if (low->len > 0) {
    include(&need->lo, &need->hi, quantile(low, 1 - BAND_PART));
    include(&need->lo, &need->hi, quantile(high, BAND_PART));
  }
}

/* A run that diverges climbs beyond all bounds at its end: it is followed as far as that is still
 * the picture of a curve. */
static double tamed(const GArray *means, double from, double hi)
{
  g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint i = 0; i < means->len; i++)
    if (g_array_index(means, BpVertex, i).x >= from)
      g_array_append_val(values, g_array_index(means, BpVertex, i).y);
  double often = values->len > 0 ? quantile(values, 0.9) : 0;
  return often > 0 ? fmin(hi, OFTEN * often) : hi;
}

static void need_curve(const BpPlot *plot, int i, const BpShape *shape, Need *need)
{
  const BpPlotLine *line = bp_plot_line(plot, i);
  const GArray *means = bp_shape_means(shape, i);
  double end = fmin(bp_plot_line_end(line), shape->x.max);
  double early = line->options.quiet ? ENDS : EARLY;
  double from = early * BP_SHAPE_WIDTH * bp_axis_place(&shape->x, end);
  for (guint k = 0; k < means->len; k++) {
    const BpVertex *mean = &g_array_index(means, BpVertex, k);
    if (plot->log_y && !(mean->y > 0))
      continue;
    if (mean->x < from)
      include(&need->early_lo, &need->early_hi, mean->y);
    else
      include(&need->lo, &need->hi, mean->y);
  }
  need_band(bp_shape_spreads(shape, i), from, plot->log_y, need);
  if (plot->y_format == BP_FORMAT_NUMBER && plot->crop_start &&
      (!plot->log_y || line->options.quiet))
    need->hi = tamed(means, from, need->hi);
}

static void need_points(const BpPlot *plot, const BpPlotLine *line, Need *need)
{
  size_t n = bp_series_length(line->series);
  double end = bp_plot_run_end(plot, line->options.quiet);
  double from = bp_ruler_step(&line->options.ruler, EARLY * end);
  size_t begin = bp_series_count_below(line->series, from, false);
  BpSeriesExtent early = bp_series_extent(line->series, 0, begin);
  BpSeriesExtent late = bp_series_extent(line->series, begin, n);
  double positive = bp_series_min_positive(line->series);
  bool none = plot->log_y && !(early.min > 0);
  include(&need->early_lo, &need->early_hi, none ? NAN : early.min);
  include(&need->early_lo, &need->early_hi, early.max);
  none = plot->log_y && !(late.min > 0);
  include(&need->lo, &need->hi, none ? positive : late.min);
  include(&need->lo, &need->hi, late.max);
}

static Need need_of(const BpPlot *plot, int i, const BpShape *shape)
{
  const BpPlotLine *line = bp_plot_line(plot, i);
  Need need = {NAN, NAN, NAN, NAN};
  if (line->options.kind == BP_LINE_CURVE)
    need_curve(plot, i, shape, &need);
  else if (line->options.kind == BP_LINE_POINTS)
    need_points(plot, line, &need);
  return need;
}

static Need need_of_run(const BpPlot *plot, const BpShape *shape)
{
  const BpPlotLine *leader = bp_plot_leader(plot);
  Need all = {NAN, NAN, NAN, NAN};
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    if (bp_plot_line(plot, i)->options.quiet != leader->options.quiet)
      continue;
    Need need = need_of(plot, i, shape);
    include(&all.early_lo, &all.early_hi, need.early_lo);
    include(&all.early_lo, &all.early_hi, need.early_hi);
    include(&all.lo, &all.hi, need.lo);
    include(&all.lo, &all.hi, need.hi);
  }
  return all;
}

/* How long the axis is that the later part has for itself. */
static double span_of(double lo, double hi)
{
  return hi - (lo > 0 && lo <= hi / 3 ? 0 : lo); /* where bp_axis_fit() begins */
}

/* Not so near that nothing looks like something: an accuracy that wavers about 10 % goes nowhere.
 */
static void keep_distance(double *lo, double *hi)
{
  double least = fmax(LEAST_PERCENT, LEAST_MISSING * (1 - *hi));
  double missing = fmax(0, least - (*hi - *lo)) / 2;
  *hi = fmin(*hi + missing, fmax(*hi, 1));
  *lo = fmax(fmin(*lo, *hi - least), fmin(*lo, 0));
}

/* At most `room` more at either end, and no more than asked for (NaN: nothing). */
static void widen(double *lo, double *hi, double wanted_lo, double wanted_hi, double room)
{
  double least = *lo - room, most = *hi + room;
  *lo = isnan(wanted_lo) ? *lo : fmin(*lo, fmax(wanted_lo, least));
  *hi = isnan(wanted_hi) ? *hi : fmax(*hi, fmin(wanted_hi, most));
}

/* The middle value of the later part of a curve. */
static double late_level(const GArray *means)
{
  g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint k = means->len / 2; k < means->len; k++)
    g_array_append_val(values, g_array_index(means, BpVertex, k).y);
  return quantile(values, 0.5);
}

/* A run that has diverged, or has never gone anywhere: it may leave the picture. */
static bool is_lost(const BpPlot *plot, int i, const BpShape *shape)
{
  const GArray *means = bp_shape_means(shape, i);
  if (means->len == 0)
    return true;
  double begin = g_array_index(means, BpVertex, 0).y, late = late_level(means);
  if (plot->y_format == BP_FORMAT_PERCENT)
    return !(1 - late <= (1 - LEARNED) * (1 - begin));
  return !(late <= (1 - LEARNED) * begin);
}

/* The ends of all others are seen; of those that are lost as much as `room` holds. */
static void widen_for_others(const BpPlot *plot, const BpShape *shape, double *lo, double *hi)
{
  double room = ROOM * span_of(*lo, *hi);
  Need all = {NAN, NAN, NAN, NAN}, lost = all;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    if (!line->options.quiet || line->options.kind == BP_LINE_STRIP)
      continue;
    Need need = need_of(plot, i, shape), *which = is_lost(plot, i, shape) ? &lost : &all;
    include(&which->lo, &which->hi, need.lo);
    include(&which->lo, &which->hi, need.hi);
  }
  if (!plot->log_y)
    widen(lo, hi, lost.lo, lost.hi, room);
  include(lo, hi, all.lo);
  include(lo, hi, all.hi);
}

static BpAxis fit_y(const BpPlot *plot, const BpShape *shape)
{
  BpAxis axis = {.log = plot->log_y, .format = plot->y_format};
  Need need = {NAN, NAN, NAN, NAN};
  if (bp_plot_leader(plot))
    need = need_of_run(plot, shape);
  double lo = need.lo, hi = need.hi;
  if (isnan(lo) || plot->log_y || !plot->crop_start) {
    include(&lo, &hi, need.early_lo);
    include(&lo, &hi, need.early_hi);
  } else {
    if (plot->y_format == BP_FORMAT_PERCENT)
      keep_distance(&lo, &hi);
    widen(&lo, &hi, need.early_lo, need.early_hi, ROOM * span_of(lo, hi));
  }
  if (!isnan(lo))
    widen_for_others(plot, shape, &lo, &hi);
  bp_axis_fit(&axis, lo, hi, Y_INTERVALS);
  return axis;
}

/* From the lowest to the highest visible value of the strip's lines, of all or of the chosen run
 * alone. */
static void extent_of_strip(const BpPlot *plot, double x_max, bool all, double *lo, double *hi)
{
  *lo = *hi = NAN;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    double end = bp_ruler_step(&line->options.ruler, x_max);
    size_t n = bp_series_count_below(line->series, end, true);
    BpSeriesExtent extent = bp_series_extent(line->series, 0, n);
    if (line->options.kind == BP_LINE_STRIP && (all || !line->options.quiet)) {
      include(lo, hi, extent.min);
      include(lo, hi, extent.max);
    }
  }
}

/* What others come down to does not press the chosen run flat, nor what they rise to let it leave:
 * the axis is long enough for both, and ends where the chosen run learns nothing any more. */
static BpAxis fit_strip(const BpPlot *plot, const BpShape *shape)
{
  BpAxis axis = {.format = BP_FORMAT_RATE};
  double lo, hi, own_lo, own_hi;
  extent_of_strip(plot, shape->x.max, true, &lo, &hi);
  extent_of_strip(plot, shape->x.max, false, &own_lo, &own_hi);
  own_hi = own_hi > 0 ? own_hi : hi;
  axis.log = (lo > 0 && hi > LARGEST_RATIO * lo) || (own_hi > 0 && hi > LARGEST_RATIO * own_hi);
  lo = axis.log ? fmax(lo, LEAST_RATE * own_hi) : lo;
  bp_axis_fit(&axis, axis.log ? lo : fmin(0, lo), hi, 1);
  return axis;
}

/* ---- the shape ---- */

static void free_array(gpointer array)
{
  g_array_unref(array);
}

const GArray *bp_shape_means(const BpShape *shape, int i)
{
  return g_ptr_array_index(shape->means, i);
}

const GArray *bp_shape_spreads(const BpShape *shape, int i)
{
  return g_ptr_array_index(shape->spreads, i);
}

static void trace_line(const BpPlotLine *line, BpShape *shape)
{
  BpTraceMap map = {
      .x = &shape->x, .area = {.width = BP_SHAPE_WIDTH}, .scale = 1, .ruler = line->options.ruler};
  GArray *means = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  GArray *spreads = g_array_new(FALSE, FALSE, sizeof(BpSpread));
  g_ptr_array_add(shape->means, means);
  g_ptr_array_add(shape->spreads, spreads);
  if (line->options.kind != BP_LINE_CURVE)
    return;
  bp_trace_means(&map, line->series, means);
  if (line->band)
    bp_trace_spread(&map, line->series, means, spreads);
}

/* The lines of the shape before, where nothing about them has changed: of five runs four are over.
 */
static bool reuse_line(const BpPlot *plot, int i, const BpShape *before, BpShape *shape)
{
  guint64 revision = bp_series_revision(bp_plot_line(plot, i)->series);
  if (!before || before->settings_revision != shape->settings_revision ||
      before->x.max != shape->x.max ||
      g_array_index(before->line_revisions, guint64, i) != revision)
    return false;
  g_ptr_array_add(shape->means, g_array_ref(g_ptr_array_index(before->means, i)));
  g_ptr_array_add(shape->spreads, g_array_ref(g_ptr_array_index(before->spreads, i)));
  return true;
}

static BpShape *make_shape(const BpPlot *plot, const BpShape *before)
{
  BpShape *shape = g_new0(BpShape, 1);
  shape->settings_revision = plot->settings_revision;
  shape->line_revisions = g_array_new(FALSE, FALSE, sizeof(guint64));
  shape->means = g_ptr_array_new_with_free_func(free_array);
  shape->spreads = g_ptr_array_new_with_free_func(free_array);
  shape->x = fit_x(plot);
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    guint64 revision = bp_series_revision(bp_plot_line(plot, i)->series);
    if (!reuse_line(plot, i, before, shape))
      trace_line(bp_plot_line(plot, i), shape);
    g_array_append_val(shape->line_revisions, revision);
  }
  shape->y = fit_y(plot, shape);
  shape->strip = fit_strip(plot, shape);
  return shape;
}

const BpShape *bp_plot_shape(const BpPlot *plot)
{
  guint64 revision = bp_plot_revision(plot) - (plot->cursor_revision << 48);
  BpShape *before = plot->shape;
  if (before && before->revision == revision)
    return before;
  BpShape *shape = make_shape(plot, before);
  shape->revision = revision;
  bp_shape_free(before);
  /* What can be seen of the plot stays the same. */
  ((BpPlot *)(gpointer)plot)->shape = shape;
  return shape;
}

BpAxis bp_plot_x_axis(const BpPlot *plot)
{
  return bp_plot_shape(plot)->x;
}

BpAxis bp_plot_y_axis(const BpPlot *plot)
{
  return bp_plot_shape(plot)->y;
}

BpAxis bp_plot_strip_axis(const BpPlot *plot)
{
  return bp_plot_shape(plot)->strip;
}
