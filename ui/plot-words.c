/* plot-words.c: the values of a plot at a place, and the same in words. */
#include "plot-private.h"
#include "ui/i18n.h"
#include <math.h>

enum { BOX_ROW_LETTERS = 34 };
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

/* "train 0.081", or NULL where the line has no value. (transfer full) */
static char *line_text(const BpPlot *plot, int i, double x)
{
  const BpPlotLine *line = bp_plot_line(plot, i);
  const BpPlotLineOptions *options = &line->options;
  double at_x, value;
  if (!bp_plot_value_at(plot, i, x, &at_x, &value))
    return NULL;
  char text[40];
  bp_format_value(value, options->kind == BP_LINE_STRIP ? options->format : plot->y_format, text,
                  sizeof text);
  const char *name = options->quiet && line->label ? line->label : line->name;
  return *name ? g_strdup_printf("%s %s", name, text) : g_strdup(text);
}

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
  g_free(((BpPlotRow *)data)->text);
}

static void add_row(GArray *rows, char *text, int color)
{
  BpPlotRow row = {text, color};
  g_array_append_val(rows, row);
}

/* Adds " · item" to the last row, or a new row when that would make it too long. */
static void pack_item(GArray *rows, char *item, int color, bool new_row)
{
  BpPlotRow *last = &g_array_index(rows, BpPlotRow, rows->len - 1);
  glong letters = g_utf8_strlen(last->text, -1) + 3 + g_utf8_strlen(item, -1);
  if (new_row || letters > BOX_ROW_LETTERS) {
    add_row(rows, item, color);
    return;
  }
  char *both = g_strdup_printf("%s · %s", last->text, item);
  g_free(last->text);
  g_free(item);
  last->text = both;
}

static bool belongs(const BpPlotLine *line, BpPlotLineKind kind, bool quiet)
{
  bool strip = kind == BP_LINE_STRIP;
  return line->options.quiet == quiet && (line->options.kind == BP_LINE_STRIP) == strip;
}

static void add_values(const BpPlot *plot, double x, BpPlotLineKind kind, bool quiet, bool packed,
                       GArray *rows)
{
  bool new_row = true;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    char *item = belongs(line, kind, quiet) ? line_text(plot, i, x) : NULL;
    if (!item)
      continue;
    pack_item(rows, item, kind == BP_LINE_STRIP ? -1 : line->options.color, new_row);
    new_row = quiet || !packed;
  }
}

/* The run's own values, its learning rate, then each other run's. `packed`: several in a row. */
static GArray *rows_at(const BpPlot *plot, double x, bool packed)
{
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(BpPlotRow));
  g_array_set_clear_func(rows, clear_row);
  add_row(rows, x_text(plot, x), -1);
  add_values(plot, x, BP_LINE_CURVE, false, packed, rows);
  add_values(plot, x, BP_LINE_STRIP, false, packed, rows);
  add_values(plot, x, BP_LINE_CURVE, true, packed, rows);
  return rows;
}

GArray *bp_plot_cursor_rows(const BpPlot *plot)
{
  if (isnan(plot->cursor))
    return NULL;
  GArray *rows = rows_at(plot, plot->cursor, true);
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
    texts[i] = g_strdup(g_array_index(rows, BpPlotRow, i).text);
  return texts;
}

char *bp_plot_describe(const BpPlot *plot)
{
  if (bp_plot_is_empty(plot))
    return g_strdup(plot->empty_text ? plot->empty_text : "");
  double own = bp_plot_run_end(plot, false);
  g_autoptr(GArray) rows = rows_at(plot, isnan(own) ? bp_plot_run_end(plot, true) : own, false);
  g_autoptr(GString) values = g_string_new(NULL);
  for (guint i = 1; i < rows->len; i++)
    g_string_append_printf(values, "%s%s", i > 1 ? ", " : "",
                           g_array_index(rows, BpPlotRow, i).text);
  const char *where = g_array_index(rows, BpPlotRow, 0).text;
  const char *title = plot->title ? plot->title : "";
  /* Translators: what is read of a chart: "Loss at step 3 000: train 0.08, test 0.1." */
  return g_strdup_printf(_("%s at %s: %s."), title, where, values->str);
}
