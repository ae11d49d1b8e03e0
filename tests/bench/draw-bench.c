/* draw-bench.c: the charts of RESULTS.md, drawn as the window draws its own.
 *
 *   draw-bench BENCH.json CHARTS.png      what backprop-cli bench --json has printed */
#include "ui/plot/plot.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 520, HEIGHT = 320, COLUMNS = 2, ROWS = 3, SCALE = 2 };

/* One case's steps a second, at each of its batch sizes. */
static void add_program(BpPlot *plot, const json_t *cases, const char *prefix, const char *name,
                        int color)
{
  g_autoptr(BpSeries) series = bp_series_new();
  size_t i;
  json_t *one;
  json_array_foreach(cases, i, one)
  {
    const char *full = json_string_value(json_object_get(one, "name"));
    double rate = json_number_value(json_object_get(one, "median"));
    double batch = json_number_value(json_object_get(one, "batch_size"));
    if (g_str_has_prefix(full, prefix) && rate > 0)
      bp_series_append(series, log2(batch), rate * batch);
  }
  if (bp_series_length(series) > 0)
    bp_plot_add_line(plot, series,
                     &(BpPlotLineOptions){.kind = BP_LINE_POINTS, .name = name, .color = color});
}

static void add_speed(BpPlot *plot, const json_t *root)
{
  const json_t *cases = json_object_get(root, "cases");
  bp_plot_set_title(plot, "Images a second");
  bp_plot_set_x_label(plot, "batch size, 2ˣ", "2^%s", BP_FORMAT_COUNT);
  add_program(plot, cases, "all cores, ", "all cores", 2);
  add_program(plot, cases, "1 core, ", "1 core", 0);
  add_program(plot, cases, "scan, ", "JAX", 3);
  add_program(plot, cases, "fastest, ", "PyTorch, fastest", 1);
  add_program(plot, cases, "written, ", "as written", 4);
}

/* Microseconds of a step as measured, and the least that its work allows. */
static void add_points(BpPlot *plot, const json_t *root, const char *name)
{
  g_autoptr(BpSeries) measured = bp_series_new();
  g_autoptr(BpSeries) least = bp_series_new();
  size_t i;
  json_t *point;
  json_array_foreach(json_object_get(root, "scale"), i, point)
  {
    double size = log2(json_number_value(json_object_get(point, "size")));
    if (strcmp(json_string_value(json_object_get(point, "series")), name) != 0)
      continue;
    bp_series_append(measured, size, 1e6 * json_number_value(json_object_get(point, "seconds")));
    bp_series_append(least, size, 1e6 * json_number_value(json_object_get(point, "least")));
  }
  bp_plot_add_line(
      plot, least,
      &(BpPlotLineOptions){.kind = BP_LINE_POINTS, .name = "roofline", .color = 3, .hollow = true});
  bp_plot_add_line(plot, measured,
                   &(BpPlotLineOptions){.kind = BP_LINE_POINTS, .name = "measured", .color = 0});
}

static void draw(cairo_t *cr, const json_t *root, int place)
{
  static const struct {
    const char *series, *title, *label;
  } charts[] = {{NULL},
                {"width", "µs a step, by width", "units of a layer, 2ˣ"},
                {"depth", "µs a step, by depth", "layers, 2ˣ"},
                {"batch", "µs a step, by batch size", "batch size, 2ˣ"},
                {"threads", "µs a step, by threads", "threads, 2ˣ"},
                {"rows", "µs a step, by rows of data", "rows, 2ˣ"}};
  BpPlotStyle style;
  g_autoptr(BpPlot) plot = bp_plot_new();
  bp_plot_style_default(&style, false, false);
  style.scale = SCALE;
  bp_plot_set_y_format(plot, BP_FORMAT_NUMBER);
  bp_plot_set_log_y(plot, true);
  if (place == 0) {
    add_speed(plot, root);
  } else {
    bp_plot_set_title(plot, charts[place].title);
    bp_plot_set_x_label(plot, charts[place].label, "2^%s", BP_FORMAT_NUMBER);
    add_points(plot, root, charts[place].series);
  }
  cairo_save(cr);
  cairo_translate(cr, place % COLUMNS * WIDTH, place / COLUMNS * HEIGHT);
  bp_plot_draw(plot, &style, cr, WIDTH, HEIGHT);
  cairo_restore(cr);
}

int main(int argc, char **argv)
{
  json_error_t error;
  json_t *root = argc == 3 ? json_load_file(argv[1], 0, &error) : NULL;
  if (!root) {
    fprintf(stderr, argc == 3 ? "%s: %s\n" : "draw-bench BENCH.json CHARTS.png\n", argv[1],
            error.text);
    return 2;
  }
  bool scale = json_array_size(json_object_get(root, "scale")) > 0;
  int n = scale ? COLUMNS * ROWS : 1;
  cairo_surface_t *surface =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, SCALE * WIDTH * (scale ? COLUMNS : 1),
                                 SCALE * HEIGHT * (scale ? ROWS : 1));
  cairo_t *cr = cairo_create(surface);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_paint(cr);
  cairo_scale(cr, SCALE, SCALE);
  for (int place = 0; place < n; place++)
    draw(cr, root, place);
  cairo_destroy(cr);
  bool ok = cairo_surface_write_to_png(surface, argv[2]) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  json_decref(root);
  if (!ok)
    fprintf(stderr, "%s could not be written\n", argv[2]);
  return ok ? 0 : 1;
}
