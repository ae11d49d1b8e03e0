/* plot.c: what a chart shows: its settings and its lines. Axes: plot-range.c, words: plot-words.c,
 * the picture: plot-draw.c. */
#include "plot-private.h"
#include "ui/i18n.h"
#include <math.h>

static void clear_line(gpointer data)
{
  BpPlotLine *line = (BpPlotLine *)data;
  bp_series_unref(line->series);
  bp_series_unref(line->options.ruler.clock);
  g_free(line->name);
  g_free(line->label);
  g_free(line->number);
  g_free(line->band);
}

BpPlot *bp_plot_new(void)
{
  BpPlot *plot = g_new0(BpPlot, 1);
  plot->lines = g_array_new(FALSE, TRUE, sizeof(BpPlotLine));
  g_array_set_clear_func(plot->lines, clear_line);
  /* Translators: beneath the horizontal axis of a chart. */
  plot->x_label = g_strdup(_("step"));
  plot->x_value = g_strdup(_("step %s"));
  plot->x_format = BP_FORMAT_COUNT;
  plot->cursor = NAN;
  return plot;
}

void bp_shape_free(BpShape *shape)
{
  if (!shape)
    return;
  g_array_unref(shape->line_revisions);
  g_ptr_array_unref(shape->means);
  g_ptr_array_unref(shape->spreads);
  g_free(shape);
}

void bp_plot_free(BpPlot *plot)
{
  if (!plot)
    return;
  bp_shape_free(plot->shape);
  g_array_unref(plot->lines);
  g_free(plot->title);
  g_free(plot->empty_text);
  g_free(plot->x_label);
  g_free(plot->x_value);
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

static void set_format(BpPlot *plot, BpFormat *field, BpFormat value)
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

void bp_plot_set_x_label(BpPlot *plot, const char *label, const char *value, BpFormat format)
{
  set_text(plot, &plot->x_label, label);
  set_text(plot, &plot->x_value, value);
  set_format(plot, &plot->x_format, format);
}

void bp_plot_set_foot(BpPlot *plot, double width, double height)
{
  set_number(plot, &plot->foot_width, fmax(0, width));
  set_number(plot, &plot->foot_height, fmax(0, height));
}

void bp_plot_set_y_format(BpPlot *plot, BpFormat format)
{
  set_format(plot, &plot->y_format, format);
}

void bp_plot_set_log_y(BpPlot *plot, bool log_y)
{
  set_flag(plot, &plot->log_y, log_y);
}

bool bp_plot_get_log_y(const BpPlot *plot)
{
  return plot->log_y;
}

void bp_plot_set_crop_start(BpPlot *plot, bool crop_start)
{
  set_flag(plot, &plot->crop_start, crop_start);
}

static double positive(double value)
{
  return isfinite(value) && value > 0 ? value : 0;
}

void bp_plot_set_x_plan(BpPlot *plot, double start, double total)
{
  set_number(plot, &plot->x_start, positive(start));
  set_number(plot, &plot->x_total, positive(total));
}

void bp_plot_set_epoch_length(BpPlot *plot, double steps)
{
  set_number(plot, &plot->epoch_length, positive(steps));
}

void bp_plot_set_cursor(BpPlot *plot, double x)
{
  x = isfinite(x) ? x : NAN;
  if (plot->cursor == x || (isnan(plot->cursor) && isnan(x)))
    return;
  plot->cursor = x;
  plot->cursor_revision++;
}

double bp_plot_get_cursor(const BpPlot *plot)
{
  return plot->cursor;
}

int bp_plot_add_line(BpPlot *plot, BpSeries *series, const BpPlotLineOptions *options)
{
  BpPlotLine line = {.series = bp_series_ref(series), .options = *options};
  line.name = g_strdup(options->name ? options->name : "");
  line.label = g_strdup(options->label);
  line.number = g_strdup(options->number);
  line.band = g_strdup(options->band);
  line.options.name = line.name;
  line.options.label = line.label;
  line.options.number = line.number;
  line.options.band = line.band;
  if (options->ruler.clock)
    bp_series_ref(options->ruler.clock);
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

bool bp_plot_line_has_points(const BpPlotLine *line)
{
  size_t n = bp_series_length(line->series);
  return bp_series_extent(line->series, 0, n).n_finite > 0;
}

bool bp_plot_is_empty(const BpPlot *plot)
{
  for (int i = 0; i < bp_plot_n_lines(plot); i++) {
    const BpPlotLine *line = bp_plot_line(plot, i);
    if (line->options.kind != BP_LINE_STRIP && bp_plot_line_has_points(line))
      return false;
  }
  return true;
}

const BpPlotLine *bp_plot_leader(const BpPlot *plot)
{
  for (int i = 0; i < bp_plot_n_lines(plot); i++)
    if (!bp_plot_line(plot, i)->options.quiet)
      return bp_plot_line(plot, i);
  return plot->lines->len > 0 ? bp_plot_line(plot, 0) : NULL;
}

guint64 bp_plot_revision(const BpPlot *plot)
{
  guint64 revision = plot->settings_revision << 32;
  for (int i = 0; i < bp_plot_n_lines(plot); i++)
    revision += bp_series_revision(bp_plot_line(plot, i)->series);
  return revision + (plot->cursor_revision << 48);
}
