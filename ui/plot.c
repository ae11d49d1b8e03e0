/* plot.c: what a chart shows: its settings, its lines, the ranges of its axes, and the same in
 * words. The picture is made in plot-draw.c. */
#include "plot-private.h"
#include "trace.h"
#include "ui/i18n.h"
#include <math.h>

enum { Y_INTERVALS = 4, BOX_ROW_LETTERS = 30 };
#define X_START 100.0 /* iterations that the x axis shows at first when the total is unknown */

static void clear_line(gpointer data)
{
  BpPlotLine *line = (BpPlotLine *)data;
  bp_series_unref(line->series);
  g_free(line->name);
}

BpPlot *bp_plot_new(void)
{
  BpPlot *plot = g_new0(BpPlot, 1);
  plot->lines = g_array_new(FALSE, TRUE, sizeof(BpPlotLine));
  g_array_set_clear_func(plot->lines, clear_line);
  /* Translators: beneath the axis, and before a number: "step 3 000". */
  plot->x_label = g_strdup(_("step"));
  plot->cursor = NAN;
  return plot;
}

void bp_plot_free(BpPlot *plot)
{
  if (!plot)
    return;
  g_array_unref(plot->lines);
  g_free(plot->title);
  g_free(plot->empty_text);
  g_free(plot->x_label);
  g_free(plot->y_label);
  g_free(plot);
}

static void set_text(BpPlot *plot, char **field, const char *text)
{
  if (g_strcmp0(*field, text) == 0)
    return;
  char *copy = g_strdup(text);
  g_free(*field);
  *field = copy;
  plot->settings_revision++;
}

static void set_number(BpPlot *plot, double *field, double value)
{
  if (*field == value || (isnan(*field) && isnan(value)))
    return;
  *field = value;
  plot->settings_revision++;
}

static void set_flag(BpPlot *plot, bool *field, bool value)
{
  if (*field == value)
    return;
  *field = value;
  plot->settings_revision++;
}

void bp_plot_set_title(BpPlot *plot, const char *title)
{
  set_text(plot, &plot->title, title);
}

const char *bp_plot_get_title(const BpPlot *plot)
{
  return plot->title;
}

void bp_plot_set_empty_text(BpPlot *plot, const char *text)
{
  set_text(plot, &plot->empty_text, text);
}

void bp_plot_set_x_label(BpPlot *plot, const char *label)
{
  set_text(plot, &plot->x_label, label);
}

void bp_plot_set_y_label(BpPlot *plot, const char *label)
{
  set_text(plot, &plot->y_label, label);
}

void bp_plot_set_y_format(BpPlot *plot, BpFormat format)
{
  if (plot->y_format == format)
    return;
  plot->y_format = format;
  plot->settings_revision++;
}

void bp_plot_set_log_y(BpPlot *plot, bool log_y)
{
  set_flag(plot, &plot->log_y, log_y);
}

bool bp_plot_get_log_y(const BpPlot *plot)
{
  return plot->log_y;
}

void bp_plot_set_x_total(BpPlot *plot, double total)
{
  set_number(plot, &plot->x_total, isfinite(total) && total > 0 ? total : 0);
}

void bp_plot_set_epoch_length(BpPlot *plot, double length)
{
  set_number(plot, &plot->epoch_length, isfinite(length) && length > 0 ? length : 0);
}

void bp_plot_set_fit_smooth(BpPlot *plot, bool fit_smooth)
{
  set_flag(plot, &plot->fit_smooth, fit_smooth);
}

void bp_plot_set_skip_start(BpPlot *plot, double fraction)
{
  set_number(plot, &plot->skip_start, isfinite(fraction) ? CLAMP(fraction, 0, 0.5) : 0);
}

void bp_plot_set_cursor(BpPlot *plot, double x)
{
  set_number(plot, &plot->cursor, isfinite(x) ? x : NAN);
}

double bp_plot_get_cursor(const BpPlot *plot)
{
  return plot->cursor;
}

int bp_plot_add_line(BpPlot *plot, BpSeries *series, const BpPlotLineOptions *options)
{
  BpPlotLine line = {.series = bp_series_ref(series), .options = *options, .visible = true};
  line.name = g_strdup(options->name ? options->name : "");
  line.options.name = line.name;
  g_array_append_val(plot->lines, line);
  plot->settings_revision++;
  return (int)plot->lines->len - 1;
}

void bp_plot_clear_lines(BpPlot *plot)
{
  if (plot->lines->len == 0)
    return;
  g_array_set_size(plot->lines, 0);
  plot->settings_revision++;
}

int bp_plot_n_lines(const BpPlot *plot)
{
  return (int)plot->lines->len;
}

BpPlotLine *bp_plot_line(const BpPlot *plot, int i)
{
  return &g_array_index(plot->lines, BpPlotLine, i);
}

BpSeries *bp_plot_get_series(const BpPlot *plot, int line)
{
  g_return_val_if_fail(line >= 0 && line < bp_plot_n_lines(plot), NULL);
  return bp_plot_line(plot, line)->series;
}

void bp_plot_set_line_visible(BpPlot *plot, int line, bool visible)
{
  g_return_if_fail(line >= 0 && line < bp_plot_n_lines(plot));
  set_flag(plot, &bp_plot_line(plot, line)->visible, visible);
}

void bp_plot_set_smoothing(BpPlot *plot, double weight)
{
  for (int i = 0; i < bp_plot_n_lines(plot); i++)
    if (bp_plot_line(plot, i)->options.smooth)
      bp_series_set_smoothing(bp_plot_line(plot, i)->series, weight);
}

bool bp_plot_line_is_drawn(const BpPlotLine *line)
{
  return line->visible && !line->options.box_only;
}

BpSeriesCurve bp_plot_line_curve(const BpPlotLine *line)
{
  return line->options.smooth ? BP_SERIES_SMOOTH : BP_SERIES_RAW;
}

bool bp_plot_is_empty(const BpPlot *plot)
{
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    size_t n = bp_series_length(line->series);
    if (bp_plot_line_is_drawn(line) &&
        bp_series_extent(line->series, 0, n, BP_SERIES_RAW).n_finite > 0)
      return false;
  }
  return true;
}

guint64 bp_plot_revision(const BpPlot *plot)
{
  guint64 revision = plot->settings_revision << 32;
  for (int i = 0; i < bp_plot_n_lines(plot); i++)
    revision += bp_series_revision(bp_plot_line(plot, i)->series);
  return revision;
}

/* The largest x of all drawn lines; NaN without a point. */
static double last_x(const BpPlot *plot)
{
  double last = NAN;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    size_t n = bp_series_length(line->series);
    if (bp_plot_line_is_drawn(line) && n > 0)
      last = fmax(last, bp_series_x(line->series, n - 1));
  }
  return last;
}

BpAxis bp_plot_x_axis(const BpPlot *plot)
{
  BpAxis axis = {.unit = plot->epoch_length, .format = BP_FORMAT_COUNT};
  bp_axis_fit_growing(&axis, last_x(plot), plot->x_total, X_START);
  return axis;
}

static void include_curve(const BpPlot *plot, const BpPlotLine *line, BpSeriesCurve curve,
                          double from, double *lo, double *hi)
{
  size_t n = bp_series_length(line->series);
  size_t begin = bp_series_count_below(line->series, from, false);
  BpSeriesExtent extent = bp_series_extent(line->series, begin, n, curve);
  double min = extent.min;
  if (plot->log_y && !(min > 0))
    min = bp_series_min_positive(line->series, curve);
  *lo = fmin(*lo, min);
  *hi = fmax(*hi, extent.max);
}

/* Room for most of the raw points, whose extremes may leave the picture. */
static void include_middle(const BpPlot *plot, const BpPlotLine *line, double from, double *lo,
                           double *hi)
{
  size_t begin = bp_series_count_below(line->series, from, false);
  double low, high;
  if (!bp_trace_middle(line->series, begin, bp_series_length(line->series), 512, &low, &high))
    return;
  if (!plot->log_y || low > 0)
    *lo = fmin(*lo, low);
  *hi = fmax(*hi, high);
}

BpAxis bp_plot_y_axis(const BpPlot *plot)
{
  BpAxis x = bp_plot_x_axis(plot);
  double from = x.min + plot->skip_start * (x.max - x.min);
  if (!(last_x(plot) >= 2 * from))
    from = x.min;
  double lo = NAN;
  double hi = NAN;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    if (!bp_plot_line_is_drawn(line))
      continue;
    include_curve(plot, line, bp_plot_line_curve(line), from, &lo, &hi);
    if (!line->options.smooth || line->options.hide_raw)
      continue;
    if (plot->fit_smooth)
      include_middle(plot, line, from, &lo, &hi);
    else
      include_curve(plot, line, BP_SERIES_RAW, from, &lo, &hi);
  }
  BpAxis axis = {.log = plot->log_y, .format = plot->y_format};
  bp_axis_fit(&axis, lo, hi, Y_INTERVALS);
  return axis;
}

double bp_plot_x_at(const BpPlot *plot, const BpPlotArea *area, double place)
{
  double fraction = area->width > 0 ? (place - area->x) / area->width : NAN;
  if (!(fraction >= 0 && fraction <= 1))
    return NAN;
  BpAxis axis = bp_plot_x_axis(plot);
  return round(bp_axis_value(&axis, fraction));
}

/* The point of one series that comes next after, or before, x; NaN if there is none. */
static double neighbor(const BpSeries *series, double x, int direction)
{
  size_t n = bp_series_length(series);
  size_t i = bp_series_count_below(series, x, false);
  if (direction > 0)
    return i < n ? bp_series_x(series, i) : NAN;
  i = bp_series_count_below(series, x, true);
  return i > 0 ? bp_series_x(series, i - 1) : NAN;
}

double bp_plot_step_cursor(const BpPlot *plot, int direction, double least)
{
  double last = last_x(plot);
  if (isnan(plot->cursor) || isnan(last))
    return last;
  double wanted = plot->cursor + (direction > 0 ? fmax(least, 1e-9) : -fmax(least, 1e-9));
  double nearest = NAN;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    if (!bp_plot_line_is_drawn(line))
      continue;
    double x = neighbor(line->series, wanted, direction);
    nearest = direction > 0 ? fmin(nearest, x) : fmax(nearest, x);
  }
  return isnan(nearest) ? plot->cursor : nearest;
}

/* "train 0.081", or NULL where the line has no point at or before x. (transfer full) */
static char *line_value(const BpPlot *plot, const BpPlotLine *line, double x)
{
  double y;
  if (!line->visible || !bp_series_value_at(line->series, x, bp_plot_line_curve(line), NULL, &y))
    return NULL;
  char text[40];
  bp_format_value(y, line->options.box_only ? line->options.format : plot->y_format, text,
                  sizeof text);
  return *line->name ? g_strdup_printf("%s %s", line->name, text) : g_strdup(text);
}

static char *x_text(const BpPlot *plot, double x)
{
  char text[40];
  bp_format_value(x, BP_FORMAT_COUNT, text, sizeof text);
  return g_strdup_printf("%s%s%s", plot->x_label ? plot->x_label : "", plot->x_label ? " " : "",
                         text);
}

char *bp_plot_describe(const BpPlot *plot)
{
  if (bp_plot_is_empty(plot))
    return g_strdup(plot->empty_text ? plot->empty_text : "");
  double x = last_x(plot);
  g_autofree char *where = x_text(plot, x);
  GString *text = g_string_new(NULL);
  if (plot->title && *plot->title)
    /* Translators: what is read of a chart: "Loss at step 3 000: train 0.08, test 0.1." */
    g_string_printf(text, _("%s at %s:"), plot->title, where);
  else
    g_string_printf(text, "%s:", where);
  bool first = true;
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    g_autofree char *value = line_value(plot, bp_plot_line(plot, i), x);
    if (!value)
      continue;
    g_string_append_printf(text, "%s %s", first ? "" : ",", value);
    first = false;
  }
  g_string_append_c(text, '.');
  return g_string_free(text, FALSE);
}

/* Adds " · item" to the last row, or a new row when that would make it too long. */
static void pack_item(GPtrArray *rows, const char *item, bool new_row)
{
  char *row = (char *)g_ptr_array_index(rows, rows->len - 1);
  glong letters = g_utf8_strlen(row, -1) + 3 + g_utf8_strlen(item, -1);
  if (new_row || letters > BOX_ROW_LETTERS) {
    g_ptr_array_add(rows, g_strdup(item));
    return;
  }
  g_ptr_array_index(rows, rows->len - 1) = g_strdup_printf("%s · %s", row, item);
  g_free(row);
}

char **bp_plot_cursor_text(const BpPlot *plot)
{
  if (isnan(plot->cursor))
    return NULL;
  GPtrArray *rows = g_ptr_array_new();
  g_ptr_array_add(rows, x_text(plot, plot->cursor));
  for (int box_only = 0; box_only < 2; box_only++) {
    bool new_row = true; /* the heading stands alone, and so do the values of the box only */
    for (int i = 0; i < bp_plot_n_lines(plot); i++) {
      const BpPlotLine *line = bp_plot_line(plot, i);
      if (line->options.box_only != (box_only == 1))
        continue;
      g_autofree char *item = line_value(plot, line, plot->cursor);
      if (!item)
        continue;
      pack_item(rows, item, new_row);
      new_row = false;
    }
  }
  g_ptr_array_add(rows, NULL);
  return (char **)g_ptr_array_free(rows, FALSE);
}
