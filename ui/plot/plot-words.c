/* plot-words.c: the values of a plot at a place, and the same in words. */
#include "plot-private.h"
#include "ui/i18n.h"
#include <math.h>

#define NEAR 0.01 /* of the axis: a point so near is meant */

/* ---- values ---- */

static double mean_at(const BpPlot *plot, int i, double x)
{
  const BpShape *shape = bp_plot_shape(plot);
  return bp_trace_mean_at(bp_shape_means(shape, i), BP_SHAPE_WIDTH * bp_axis_place(&shape->x, x));
}

/* The point that is meant at x: one that is near, or else the last before it. */
static bool point_at(const BpPlot *plot, const BpPlotLine *line, double x, double *at_x,
                     double *value)
{
  BpAxis axis = bp_plot_x_axis(plot);
  const BpRuler *ruler = &line->options.ruler;
  bool points = line->options.kind == BP_LINE_POINTS;
  double ahead = points ? NEAR * (axis.max - axis.min) : 0, step;
  if (!bp_series_value_at(line->series, bp_ruler_step(ruler, x + ahead), &step, value))
    return false;
  *at_x = points ? bp_ruler_place(ruler, step) : x;
  return true;
}

bool bp_plot_value_at(const BpPlot *plot, int i, double x, double *at_x, double *value)
{
  const BpPlotLine *line = bp_plot_line(plot, i);
  const BpPlotLineOptions *options = &line->options;
  const BpAxis *axis = &bp_plot_shape(plot)->x;
  double end = options->quiet ? bp_plot_line_end(line) : bp_plot_run_end(plot, false);
  double slack = (axis->max - axis->min) / BP_SHAPE_WIDTH;
  if (bp_series_length(line->series) == 0 || !(x <= end + slack) || !(x >= axis->min))
    return false;
  *at_x = x;
  if (options->kind == BP_LINE_CURVE)
    *value = mean_at(plot, i, x);
  else if (!point_at(plot, line, x, at_x, value))
    return false;
  return isfinite(*value);
}

double bp_plot_x_at(const BpPlot *plot, const BpPlotArea *area, double place)
{
  double fraction = area->width > 0 ? (place - area->x) / area->width : NAN;
  if (!(fraction >= 0 && fraction <= 1))
    return NAN;
  BpAxis axis = bp_plot_x_axis(plot);
  double x = bp_axis_value(&axis, fraction);
  return plot->x_format == BP_FORMAT_COUNT ? round(x) : x;
}

/* The point of one line that comes next after, or before, x; NaN if there is none. */
static double neighbor(const BpPlotLine *line, double x, int direction)
{
  const BpRuler *ruler = &line->options.ruler;
  const BpSeries *series = line->series;
  size_t n = bp_series_length(series);
  size_t i = bp_series_count_below(series, bp_ruler_step(ruler, x), direction < 0);
  if (direction > 0)
    return i < n ? bp_ruler_place(ruler, bp_series_x(series, i)) : NAN;
  return i > 0 ? bp_ruler_place(ruler, bp_series_x(series, i - 1)) : NAN;
}

double bp_plot_step_cursor(const BpPlot *plot, int direction, double least)
{
  double last = bp_plot_run_end(plot, false);
  last = isnan(last) ? bp_plot_run_end(plot, true) : last;
  if (isnan(plot->cursor) || isnan(last))
    return last;
  double wanted = plot->cursor + (direction > 0 ? fmax(least, 1e-9) : -fmax(least, 1e-9));
  double nearest = NAN;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    double x = line->options.kind == BP_LINE_STRIP ? NAN : neighbor(line, wanted, direction);
    nearest = direction > 0 ? fmin(nearest, x) : fmax(nearest, x);
  }
  return isnan(nearest) || nearest > bp_plot_x_axis(plot).max ? plot->cursor : nearest;
}

/* ---- words ---- */

static char *x_text(const BpPlot *plot, double x)
{
  char text[40];
  BpAxis axis = bp_plot_x_axis(plot);
  bool whole = plot->x_format == BP_FORMAT_COUNT || axis.max - axis.min > 1000;
  bp_format_fixed(x, whole ? 0 : axis.max - axis.min > 2 ? 2 : 3, text, sizeof text);
  GString *named = g_string_new(plot->x_value ? plot->x_value : "%s");
  g_string_replace(named, "%s", text, 1);
  return g_string_free(named, FALSE);
}

static void clear_row(gpointer data)
{
  BpPlotRow *row = data;
  g_free(row->name);
  g_free(row->value);
}

/* The value, and where it was measured if that is another place: "2.363 (epoch 0)". */
static char *value_text(const BpPlot *plot, const BpPlotLine *line, double value, double at_x,
                        double x)
{
  bool strip = line->options.kind == BP_LINE_STRIP;
  char text[40];
  bp_format_value(value, strip ? line->options.format : plot->y_format, text, sizeof text);
  g_autofree char *here = x_text(plot, x);
  g_autofree char *there = x_text(plot, at_x);
  return g_str_equal(here, there) ? g_strdup(text) : g_strdup_printf("%s (%s)", text, there);
}

/* Adds a row for each line of a kind that has a value there. */
static void add_values(const BpPlot *plot, double x, bool strip, bool quiet, GArray *rows)
{
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    double at_x, value;
    if (line->options.quiet != quiet || (line->options.kind == BP_LINE_STRIP) != strip ||
        !bp_plot_value_at(plot, i, x, &at_x, &value))
      continue;
    BpPlotRow row = {.name = g_strdup(quiet && line->label ? line->label : line->name),
                     .value = value_text(plot, line, value, at_x, x),
                     .color = strip ? -1 : line->options.color};
    g_array_append_val(rows, row);
  }
}

/* The run's own values, its learning rate, then each other run's. */
static GArray *rows_at(const BpPlot *plot, double x)
{
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(BpPlotRow));
  BpPlotRow heading = {.name = x_text(plot, x), .color = -1};
  g_array_set_clear_func(rows, clear_row);
  g_array_append_val(rows, heading);
  add_values(plot, x, false, false, rows);
  add_values(plot, x, true, false, rows);
  add_values(plot, x, false, true, rows);
  return rows;
}

/* "train 0.081". (transfer full) */
static char *row_text(const GArray *rows, guint i)
{
  const BpPlotRow *row = &g_array_index(rows, BpPlotRow, i);
  if (!row->value)
    return g_strdup(row->name);
  return *row->name ? g_strdup_printf("%s %s", row->name, row->value) : g_strdup(row->value);
}

GArray *bp_plot_cursor_rows(const BpPlot *plot)
{
  if (isnan(plot->cursor))
    return NULL;
  GArray *rows = rows_at(plot, plot->cursor);
  if (rows->len > 1)
    return rows;
  g_array_unref(rows);
  return NULL;
}

char **bp_plot_cursor_text(const BpPlot *plot)
{
  g_autoptr(GArray) rows = bp_plot_cursor_rows(plot);
  if (!rows)
    return NULL;
  char **texts = g_new0(char *, rows->len + 1);
  for (guint i = 0; i < rows->len; i++)
    texts[i] = row_text(rows, i);
  return texts;
}

char *bp_plot_describe(const BpPlot *plot)
{
  if (bp_plot_is_empty(plot))
    return g_strdup(plot->empty_text ? plot->empty_text : "");
  double own = bp_plot_run_end(plot, false);
  g_autoptr(GArray) rows = rows_at(plot, isnan(own) ? bp_plot_run_end(plot, true) : own);
  g_autoptr(GString) values = g_string_new(NULL);
  for (guint i = 1; i < rows->len; i++) {
    g_autofree char *text = row_text(rows, i);
    g_string_append_printf(values, "%s%s", i > 1 ? ", " : "", text);
  }
  const char *where = g_array_index(rows, BpPlotRow, 0).name;
  const char *title = plot->title ? plot->title : "";
  /* Translators: what is read of a chart: "Loss at step 3 000: train 0.08, test 0.1." */
  return g_strdup_printf(_("%s at %s: %s."), title, where, values->str);
}
