/* Plots drawn into images, without a display: what must be seen is looked for in the pixels. */
#include "tests/check.h"
#include "ui/plot.h"
#include <math.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 400, HEIGHT = 260 };

typedef struct {
  cairo_surface_t *surface;
  BpPlotArea area;
  BpPlotStyle style;
} Image;

static Image draw(const BpPlot *plot, bool dark, double scale)
{
  Image image = {0};
  bp_plot_style_default(&image.style, dark, false);
  image.style.paint_background = true;
  image.style.scale = scale;
  image.surface =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(WIDTH * scale), (int)(HEIGHT * scale));
  cairo_surface_set_device_scale(image.surface, scale, scale);
  cairo_t *cr = cairo_create(image.surface);
  image.area = bp_plot_draw(plot, &image.style, cr, WIDTH, HEIGHT);
  nn_check_int(cairo_status(cr), CAIRO_STATUS_SUCCESS);
  cairo_destroy(cr);
  cairo_surface_flush(image.surface);
  return image;
}

/* Number of device pixels in a rectangle (in device pixels) within 24 of 255 of a color. */
static int count(const Image *image, BpColor color, double x, double y, double width, double height)
{
  const unsigned char *data = cairo_image_surface_get_data(image->surface);
  int stride = cairo_image_surface_get_stride(image->surface);
  int n_columns = cairo_image_surface_get_width(image->surface);
  int n_rows = cairo_image_surface_get_height(image->surface);
  int found = 0;
  for (int row = MAX(0, (int)y); row < MIN(n_rows, (int)(y + height)); row++) {
    for (int column = MAX(0, (int)x); column < MIN(n_columns, (int)(x + width)); column++) {
      guint32 pixel;
      memcpy(&pixel, data + row * stride + column * 4, 4);
      found += fabs((pixel >> 16 & 255) - 255 * color.red) < 24 &&
               fabs((pixel >> 8 & 255) - 255 * color.green) < 24 &&
               fabs((pixel & 255) - 255 * color.blue) < 24;
    }
  }
  return found;
}

static int count_all(const Image *image, BpColor color)
{
  return count(image, color, 0, 0, 1e6, 1e6);
}

static BpColor over(BpColor below, BpColor above)
{
  double a = above.alpha;
  return (BpColor){above.red * a + below.red * (1 - a), above.green * a + below.green * (1 - a),
                   above.blue * a + below.blue * (1 - a), 1};
}

static BpColor raw_color(const Image *image, int color)
{
  BpColor raw = image->style.palette[color];
  raw.alpha = image->style.raw_alpha;
  return over(image->style.background, raw);
}

static BpPlot *plot_of(BpSeries *series, const BpPlotLineOptions *options)
{
  BpPlot *plot = bp_plot_new();
  bp_plot_set_title(plot, "Loss");
  bp_plot_set_empty_text(plot, "Loss appears here during training");
  bp_plot_add_line(plot, series, options);
  return plot;
}

static void fill(BpSeries *series, size_t n, double value)
{
  for (size_t i = 0; i < n; i++)
    bp_series_append(series, (double)i, value);
}

static void test_empty(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
  bp_series_append(series, 0, NAN);
  nn_check(bp_plot_is_empty(plot));
  Image image = draw(plot, false, 1);
  nn_check(image.area.width == 0);
  BpColor paper = image.style.background;
  int written = WIDTH * 80 - count(&image, paper, 0, 100, WIDTH, 80);
  nn_check(written > 200); /* the sentence stands in the middle */
  nn_check_int(WIDTH * 60 - count(&image, paper, 0, 200, WIDTH, 60), 0);
  cairo_surface_destroy(image.surface);
  g_autofree char *words = bp_plot_describe(plot);
  nn_check_str(words, "Loss appears here during training");
}

/* A level line lies at the height that its value has on the axis, in its color, light and dark. */
static void test_line(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  fill(series, 101, 0.6);
  bp_series_append(series, 101, 1);
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train", .color = 1});
  BpAxis axis = bp_plot_y_axis(plot);
  for (int dark = 0; dark < 2; dark++) {
    Image image = draw(plot, dark, 1);
    double y = image.area.y + image.area.height * (1 - bp_axis_place(&axis, 0.6));
    BpColor ink = image.style.palette[1];
    nn_check(count(&image, ink, image.area.x, y - 2, image.area.width * 0.5, 4) >
             image.area.width * 0.45);
    nn_check_int(count(&image, ink, image.area.x, y + 4, image.area.width * 0.4, 50), 0);
    nn_check(count_all(&image, image.style.background) > WIDTH * HEIGHT * 3 / 4);
    nn_check((image.style.background.red < 0.5) == (dark == 1));
    cairo_surface_destroy(image.surface);
  }
}

/* One high value in 22 500 is seen at the top of its column, at single and double resolution. */
static void test_spike(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  fill(series, 11250, 1);
  bp_series_append(series, 11250, 9.9);
  for (size_t i = 11251; i < 22500; i++)
    bp_series_append(series, (double)i, 1);
  bp_series_set_smoothing(series, 0.98);
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train", .smooth = true});
  bp_plot_set_x_total(plot, 22500);
  for (int scale = 1; scale <= 2; scale++) {
    Image image = draw(plot, false, scale);
    BpColor raw = raw_color(&image, 0);
    double x = (image.area.x + image.area.width / 2) * scale;
    double top = image.area.y * scale;
    double height = image.area.height * scale;
    nn_check(count(&image, raw, x - 2, top + 0.03 * height, 4, 0.7 * height) > 0.6 * height);
    nn_check_int(count(&image, raw, x - 60, top, 50, 0.7 * height), 0);
    cairo_surface_destroy(image.surface);
  }
}

/* With an axis that fits the bold line, the same spike ends in an arrow over the upper edge. */
static void test_arrow(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (size_t i = 0; i < 22500; i++)
    bp_series_append(series, (double)i, i == 11250 ? 90 : 1);
  bp_series_set_smoothing(series, 0.98);
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.smooth = true});
  bp_plot_set_x_total(plot, 22500);
  nn_check(bp_plot_y_axis(plot).max >= 90);
  bp_plot_set_fit_smooth(plot, true);
  nn_check(bp_plot_y_axis(plot).max < 5);
  Image image = draw(plot, false, 1);
  double x = image.area.x + image.area.width / 2;
  nn_check(count(&image, raw_color(&image, 0), x - 4, image.area.y - 6, 8, 6) >= 4);
  nn_check_int(count(&image, raw_color(&image, 0), x - 60, image.area.y - 6, 50, 6), 0);
  cairo_surface_destroy(image.surface);
}

static void test_start_skipped(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
  bp_plot_set_x_total(plot, 1000);
  bp_plot_set_skip_start(plot, 0.05);
  for (int i = 0; i < 60; i++)
    bp_series_append(series, i, i < 50 ? 100 : 1);
  nn_check(bp_plot_y_axis(plot).max >= 100);
  for (int i = 60; i < 120; i++)
    bp_series_append(series, i, 1);
  nn_check(bp_plot_y_axis(plot).max < 3);
}

/* Every odd content can be drawn, on every size, without a Cairo error. */
static void test_pathological(void)
{
  const double values[] = {0, 1, -3, NAN, INFINITY, 1e300, -1e300, 1e-310, 0.5};
  for (int n = 1; n <= 3; n++) {
    for (size_t v = 0; v < G_N_ELEMENTS(values); v++) {
      for (int log_y = 0; log_y < 2; log_y++) {
        g_autoptr(BpSeries) series = bp_series_new();
        for (int i = 0; i < n; i++)
          bp_series_append(series, i * 1e5, values[(v + i * (n - 2)) % G_N_ELEMENTS(values)]);
        g_autoptr(BpPlot) plot =
            plot_of(series, &(BpPlotLineOptions){.smooth = true, .dashed = true, .markers = true});
        bp_plot_set_log_y(plot, log_y);
        bp_plot_set_epoch_length(plot, 1);
        bp_plot_set_cursor(plot, 1);
        Image image = draw(plot, log_y, 1);
        nn_check(bp_plot_is_empty(plot) == (image.area.width == 0));
        cairo_surface_destroy(image.surface);
      }
    }
  }
}

/* A single point is a ring in the line's color at its place. */
static void test_one_point(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  bp_series_append(series, 50, 0.3);
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.color = 2});
  BpAxis axis = bp_plot_y_axis(plot);
  Image image = draw(plot, false, 1);
  double x = image.area.x + image.area.width / 2;
  double y = image.area.y + image.area.height * (1 - bp_axis_place(&axis, 0.3));
  nn_check(count(&image, image.style.palette[2], x - 5, y - 5, 10, 10) >= 6);
  cairo_surface_destroy(image.surface);
}

static void test_cursor(void)
{
  g_autoptr(BpSeries) train = bp_series_new();
  g_autoptr(BpSeries) rate = bp_series_new();
  for (int i = 0; i < 20000; i++) {
    bp_series_append(train, i, i < 13000 ? 0.5 : 0.0812);
    bp_series_append(rate, i, 1e-4);
  }
  g_autoptr(BpPlot) plot = plot_of(train, &(BpPlotLineOptions){.name = "train"});
  bp_plot_add_line(plot, rate,
                   &(BpPlotLineOptions){.name = "lr", .box_only = true, .format = BP_FORMAT_RATE});
  bp_plot_set_x_total(plot, 22500);
  nn_check(bp_plot_cursor_text(plot) == NULL);
  bp_plot_set_cursor(plot, 13950);
  g_auto(GStrv) rows = bp_plot_cursor_text(plot);
  nn_check_int(g_strv_length(rows), 3);
  nn_check_str(rows[0], "iteration 13\u202f950");
  nn_check_str(rows[1], "train 0.081");
  nn_check_str(rows[2], "lr 1e-4");
  g_autofree char *words = bp_plot_describe(plot);
  nn_check_str(words, "Loss at iteration 19\u202f999: train 0.081, lr 1e-4.");
  const double places[] = {0, 100, 11000, 21000, 22500};
  for (int i = 0; i < 5; i++) { /* the box is there and stays on the plot */
    bp_plot_set_cursor(plot, places[i]);
    Image image = draw(plot, false, 1);
    BpColor box = over(image.style.background, image.style.box);
    nn_check(count_all(&image, box) > 2000);
    nn_check_int(count(&image, box, 0, 0, 2, HEIGHT), 0);
    nn_check_int(count(&image, box, WIDTH - 2, 0, 2, HEIGHT), 0);
    nn_check_near(
        bp_plot_x_at(plot, &image.area, image.area.x + image.area.width * places[i] / 22500),
        places[i], 1, 0);
    nn_check(isnan(bp_plot_x_at(plot, &image.area, image.area.x - 1)));
    cairo_surface_destroy(image.surface);
  }
}

static void test_steps(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
  nn_check(isnan(bp_plot_step_cursor(plot, 1, 1)));
  for (int i = 0; i <= 100; i += 10)
    bp_series_append(series, i, 1);
  nn_check(bp_plot_step_cursor(plot, -1, 1) == 100);
  bp_plot_set_cursor(plot, 50);
  nn_check(bp_plot_step_cursor(plot, 1, 1) == 60);
  nn_check(bp_plot_step_cursor(plot, -1, 1) == 40);
  nn_check(bp_plot_step_cursor(plot, 1, 25) == 80);
  bp_plot_set_cursor(plot, 100);
  nn_check(bp_plot_step_cursor(plot, 1, 1) == 100);
}

static void test_revision(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train", .smooth = true});
  guint64 before = bp_plot_revision(plot);
  bp_plot_set_title(plot, "Loss");
  bp_plot_set_cursor(plot, NAN);
  bp_plot_set_log_y(plot, false);
  nn_check(bp_plot_revision(plot) == before);
  bp_series_append(series, 1, 1);
  nn_check(bp_plot_revision(plot) != before);
  before = bp_plot_revision(plot);
  bp_plot_set_cursor(plot, 1);
  nn_check(bp_plot_revision(plot) != before);
}

/* 600×300 units, three lines of 22 500 points, raw and bold: printed, for it depends on the
 * machine. */
static void test_speed(void)
{
  g_autoptr(BpPlot) plot = bp_plot_new();
  guint32 state = 1;
  for (int line = 0; line < 3; line++) {
    g_autoptr(BpSeries) series = bp_series_new();
    for (int i = 0; i < 22500; i++) {
      state = state * 1664525u + 1013904223u;
      bp_series_append(series, i, 2 * exp(-i / 2000.0) + (state >> 8) / 16777216.0);
    }
    bp_series_set_smoothing(series, 0.98);
    bp_plot_add_line(plot, series, &(BpPlotLineOptions){.color = line, .smooth = true});
  }
  BpPlotStyle style;
  bp_plot_style_default(&style, false, false);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 600, 300);
  cairo_t *cr = cairo_create(surface);
  double best = INFINITY;
  for (int i = 0; i < 10; i++) {
    clock_t begin = clock();
    BpPlotArea area = bp_plot_draw(plot, &style, cr, 600, 300);
    best = fmin(best, (double)(clock() - begin) / CLOCKS_PER_SEC * 1e3);
    nn_check(area.width > 400);
  }
  g_print("# a redraw of 600x300 with 3 x 22500 points takes %.2f ms\n", best);
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
}

int main(void)
{
  nn_test("empty: one sentence", test_empty);
  nn_test("a line in its color at its height", test_line);
  nn_test("a spike is seen", test_spike);
  nn_test("a spike beyond the axis has an arrow", test_arrow);
  nn_test("the start may be left out of the axis", test_start_skipped);
  nn_test("odd values", test_pathological);
  nn_test("one point is a ring", test_one_point);
  nn_test("cursor, its box and its words", test_cursor);
  nn_test("steps of the cursor", test_steps);
  nn_test("the revision tells whether to draw", test_revision);
  nn_test("speed", test_speed);
  return nn_test_done();
}
