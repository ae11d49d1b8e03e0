/* Plots drawn into images, without a display: what must be seen is looked for in the pixels. */
#include "tests/check.h"
#include "plot-check.h"
#include <math.h>
#include <time.h>

/* Noise between −1 and 1 around a value, with a generator of the test's own. */
static void fill_noise(BpSeries *series, size_t n, double value)
{
  guint32 state = 1;
  for (size_t i = 0; i < n; i++) {
    state = state * 1664525u + 1013904223u;
    bp_series_append(series, (double)i, value - 1 + 2 * ((state >> 8) / 16777216.0));
  }
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

/* The band of even noise of 1 … 3 goes from 1.2 to 2.8, faint, in one piece and named; neither the
 * lowest nor the highest tenth of the batches is in it. At single and double resolution. */
static void test_band(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  fill_noise(series, 22500, 2);
  g_autoptr(BpPlot) plot =
      plot_of(series, &(BpPlotLineOptions){.name = "train", .band = "80 % of batches"});
  BpAxis axis = bp_plot_y_axis(plot);
  for (int scale = 1; scale <= 2; scale++) {
    Image image = draw(plot, false, scale);
    BpColor band = band_color(&image, 0);
    double x = image.area.x + 20, width = image.area.width - 40;
    double top = image.area.y, height = image.area.height;
    double values[] = {3, 2.9, 2.7, 2.2, 1.8, 1.3, 1.1, 1.0}, y[8];
    for (int i = 0; i < 8; i++)
      y[i] = (top + height * (1 - bp_axis_place(&axis, values[i]))) * scale;
    double part = width * scale;
    nn_check(count(&image, band, x * scale, y[2], part, y[3] - y[2]) > 0.9 * part * (y[3] - y[2]));
    nn_check(count(&image, band, x * scale, y[4], part, y[5] - y[4]) > 0.9 * part * (y[5] - y[4]));
    nn_check_int(count_if(&image, is_tinted, band, x * scale, y[0] + 1, part, y[1] - y[0] - 2), 0);
    nn_check_int(count_if(&image, is_tinted, band, x * scale, y[6] + 1, part, y[7] - y[6] - 2), 0);
    nn_check(count(&image, band, 0, 0, WIDTH * scale, (top - 10) * scale) >= 100 * scale * scale);
    cairo_surface_destroy(image.surface);
  }
}

/* Behind the last point of a run that goes on there is nothing of it, whatever the axis counts. */
static void test_end(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpSeries) test = bp_series_new();
  g_autoptr(BpSeries) rate = bp_series_new();
  fill_noise(series, 700, 2);
  fill(rate, 700, 1e-3);
  bp_series_append(test, 350, 2);
  bp_series_append(test, 700, 2);
  for (int unit = 0; unit < 2; unit++) {
    BpRuler ruler = {.per_unit = unit ? 700 : 1};
    g_autoptr(BpPlot) plot = plot_of(
        series, &(BpPlotLineOptions){.name = "train", .band = "80 % of batches", .ruler = ruler});
    BpPlotLineOptions options = {.kind = BP_LINE_POINTS, .ruler = ruler};
    bp_plot_add_line(plot, test, &options);
    options.kind = BP_LINE_STRIP;
    bp_plot_add_line(plot, rate, &options);
    bp_plot_set_x_plan(plot, unit ? 0.25 : 100, unit ? 3 : 2100);
    BpAxis x = bp_plot_x_axis(plot);
    nn_check_near(x.max, unit ? 1 : 800, 1e-9, 0);
    bp_plot_set_x_plan(plot, unit ? 1.25 : 900, unit ? 3 : 2100); /* leaves some room */
    x = bp_plot_x_axis(plot);
    Image image = draw(plot, false, 1);
    double end = image.area.x + image.area.width * (unit ? 1.0 / 1.25 : 700.0 / 900);
    double right = image.area.x + image.area.width - end;
    nn_check(right > 40);
    nn_check_int(
        count_if(&image, is_tinted, (BpColor){0}, end + 5, image.area.y - 5, right, HEIGHT), 0);
    nn_check(count(&image, image.style.palette[0], end - 5, image.area.y, 10, HEIGHT) > 20);
    cairo_surface_destroy(image.surface);
  }
}

/* The rate of a long run, of which the beginning is seen alone, is a line without gaps, whether its
 * points are few or many. */
static void test_strip_of_others(void)
{
  const double shown[] = {47, 5000};
  for (int i = 0; i < 2; i++) {
    g_autoptr(BpSeries) own = bp_series_new();
    g_autoptr(BpSeries) rate = bp_series_new();
    fill(own, (size_t)shown[i], 1);
    fill(rate, 60000, 1e-3);
    g_autoptr(BpPlot) plot = plot_of(own, &(BpPlotLineOptions){.name = "train"});
    BpPlotLineOptions options = {.kind = BP_LINE_STRIP, .color = 4, .quiet = true, .name = "lr"};
    bp_plot_add_line(plot, rate, &options);
    Image image = draw(plot, false, 1);
    double below = image.area.y + image.area.height + 5;
    int without = 0;
    for (int x = (int)image.area.x + 2; x < image.area.x + image.area.width - 2; x++)
      without += count_if(&image, is_tinted, (BpColor){0}, x, below, 1, HEIGHT) == 0;
    nn_check_int(without, 0);
    cairo_surface_destroy(image.surface);
  }
}

/* Every odd content can be drawn, on every size, without a Cairo error. */
static void test_pathological(void)
{
  const double values[] = {0, 1, -3, NAN, INFINITY, 1e300, -1e300, 1e-310, 0.5};
  for (int n = 1; n <= 3; n++) {
    for (size_t v = 0; v < G_N_ELEMENTS(values); v++) {
      for (int k = 0; k < 6; k++) {
        g_autoptr(BpSeries) series = bp_series_new();
        for (int i = 0; i < n * (k == 5 ? 40 : 1); i++)
          bp_series_append(series, i * 1e5, values[(v + i * (n - 2)) % G_N_ELEMENTS(values)]);
        g_autoptr(BpPlot) plot =
            plot_of(series, &(BpPlotLineOptions){.band = "band", .label = "a"});
        bp_plot_add_line(plot, series,
                         &(BpPlotLineOptions){.kind = BP_LINE_POINTS, .hollow = k & 1});
        bp_plot_add_line(plot, series, &(BpPlotLineOptions){.kind = BP_LINE_STRIP});
        bp_plot_add_line(plot, series, &(BpPlotLineOptions){.quiet = true, .label = "b"});
        bp_plot_set_log_y(plot, k & 1);
        bp_plot_set_crop_start(plot, k & 2);
        bp_plot_set_epoch_length(plot, 1);
        bp_plot_set_cursor(plot, 1);
        Image image = draw(plot, k & 1, 1);
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
  bp_plot_set_x_plan(plot, 100, 0);
  BpAxis axis = bp_plot_y_axis(plot);
  Image image = draw(plot, false, 1);
  double x = image.area.x + image.area.width / 2;
  double y = image.area.y + image.area.height * (1 - bp_axis_place(&axis, 0.3));
  nn_check(count(&image, image.style.palette[2], x - 5, y - 5, 10, 10) >= 6);
  cairo_surface_destroy(image.surface);
}

/* Measured values are dots where they were measured, and a thin line between, where it is not the
 * dots that fill the place: a hundred of them do not run into a sausage. */
static void test_measured(void)
{
  const int numbers[] = {3, 100};
  for (int k = 0; k < 2; k++) {
    g_autoptr(BpSeries) series = bp_series_new();
    for (int i = 0; i < numbers[k]; i++)
      bp_series_append(series, i * 100.0 / (numbers[k] - 1), 0.5);
    bp_series_append(series, 100, 1);
    g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.kind = BP_LINE_POINTS});
    BpAxis axis = bp_plot_y_axis(plot);
    Image image = draw(plot, false, 1);
    BpColor ink = image.style.palette[0];
    double y = image.area.y + image.area.height * (1 - bp_axis_place(&axis, 0.5));
    int dots = 0;
    bool inside = false;
    for (int x = (int)image.area.x - 4; x < image.area.x + image.area.width - 8; x++) {
      bool dot = count(&image, ink, x, y - 3, 1, 7) >= 4; /* the line alone is one or two high */
      dots += dot && !inside;
      inside = dot;
    }
    nn_check(k == 0 ? dots == 2 : dots >= image.area.width / 14 && dots <= image.area.width / 9);
    cairo_surface_destroy(image.surface);
  }
}

/* The line bends at dots and nowhere else: a value between two dots, too near to have one of its
 * own, leaves nothing in the picture. */
static void test_measured_bends(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (int i = 0; i <= 10; i++) {
    bp_series_append(series, 100 * i, 0.2);
    if (i < 10)
      bp_series_append(series, 100 * i + 10, 0.8); /* three units behind a dot */
  }
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.kind = BP_LINE_POINTS});
  Image image = draw(plot, false, 1);
  BpAxis axis = bp_plot_y_axis(plot);
  double y = image.area.y + image.area.height * (1 - bp_axis_place(&axis, 0.2));
  nn_check(count_if(&image, is_tinted, (BpColor){0}, image.area.x, y - 4, image.area.width, 8) >
           300);
  nn_check_int(count_if(&image, is_tinted, (BpColor){0}, image.area.x, image.area.y,
                        image.area.width, y - 6 - image.area.y),
               0);
  cairo_surface_destroy(image.surface);
}

/* Not white: the faint lines of the grid are. */
static bool is_inked(const double pixel[3], BpColor color)
{
  return pixel[0] < 250;
}

/* A run that was stopped within its third epoch, or later: every epoch until then has its number.
 */
static void test_whole_epochs(void)
{
  for (double end = 2; end < 6.95; end += 0.1) {
    g_autoptr(BpSeries) series = bp_series_new();
    for (int i = 0; i <= 100; i++)
      bp_series_append(series, i * end, 0.5);
    g_autoptr(BpPlot) plot =
        plot_of(series, &(BpPlotLineOptions){.color = 1, .ruler = {.per_unit = 100}});
    bp_plot_set_x_label(plot, "epoch", "epoch %s", BP_FORMAT_NUMBER);
    Image image = draw(plot, false, 1);
    int lines = 0;
    for (int x = (int)image.area.x + 2; x < image.area.x + image.area.width + 2; x++)
      lines += count_if(&image, is_inked, (BpColor){0}, x, image.area.y + 5, 1, 10) == 10;
    nn_check_int(lines, (int)floor(end + 1e-9));
    cairo_surface_destroy(image.surface);
  }
}

/* Six epochs at most are marked, and named, however many there are. */
static void test_epochs(void)
{
  const int epochs[] = {1, 3, 6, 7, 30, 300, 1000};
  const int wanted[] = {1, 3, 6, 3, 6, 6, 5}; /* every 1, 1, 1, 2, 5, 50, 200 */
  for (int k = 0; k < 7; k++) {
    g_autoptr(BpSeries) series = bp_series_new();
    for (int i = 0; i <= 500; i++)
      bp_series_append(series, i * epochs[k] / 5.0, 0.5);
    g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.color = 1});
    bp_plot_set_epoch_length(plot, 100);
    Image image = draw(plot, false, 1);
    BpColor paper = image.style.background;
    int marks = 0;
    for (int x = (int)image.area.x + 2; x < image.area.x + image.area.width + 2; x++)
      marks += count(&image, paper, x, image.area.y + 1, 1, 2) == 0;
    nn_check_int(marks, wanted[k]);
    cairo_surface_destroy(image.surface);
  }
}

/* What the dashed lines are is not written where a widget lies in the foot: that is in the middle
 * of all, while the axis ends early where names of runs are wide. */
static void test_epochs_beside_foot(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  fill(series, 500, 0.5);
  g_autoptr(BpPlot) plot =
      plot_of(series, &(BpPlotLineOptions){.label = "Run 1 · AdamW", .quiet = true});
  bp_plot_add_line(plot, series, &(BpPlotLineOptions){.color = 1});
  bp_plot_set_epoch_length(plot, 100);
  bp_plot_set_x_label(plot, NULL, "step %s", BP_FORMAT_COUNT);
  bp_plot_set_foot(plot, 50, 24);
  Image image = draw(plot, false, 1);
  double top = HEIGHT - BP_PLOT_FOOT_END - 22;
  nn_check(image.area.x + image.area.width < WIDTH - 60);
  nn_check_int(count(&image, image.style.background, (WIDTH - 50) / 2.0, top, 50, 20), 50 * 20);
  cairo_surface_destroy(image.surface);
}

static void test_revision(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
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

/* ---- several runs ---- */

/* Rows of pixels right of the area in which a label's color is seen: first and last, or −1. */
static void rows_of_label(const Image *image, int color, int *first, int *last)
{
  BpColor shade = image->style.palette[color];
  double right = image->area.x + image->area.width + 6;
  *first = *last = -1;
  for (int y = 0; y < HEIGHT; y++) {
    if (count_hue(image, shade, right, y, WIDTH - right, 1) == 0)
      continue;
    *first = *first < 0 ? y : *first;
    *last = y;
  }
}

/* Five runs that end at the same value: five names, one under the other, none over another. */
static void test_labels(void)
{
  g_autoptr(BpPlot) plot = bp_plot_new();
  const char *names[] = {"Run 1", "Run 2 with a name that is much too long for it", "Run 3",
                         "Run 4", "Run 5"};
  for (int i = 0; i < 5; i++) {
    g_autoptr(BpSeries) series = bp_series_new();
    fill(series, 100, 0.5 + 0.0001 * i);
    bp_plot_add_line(
        plot, series,
        &(BpPlotLineOptions){.name = "train", .label = names[i], .color = i, .quiet = i < 4});
  }
  Image image = draw(plot, false, 1);
  nn_check(image.area.width > 0.55 * WIDTH);
  int first[5], last[5];
  for (int i = 0; i < 5; i++) {
    rows_of_label(&image, i, &first[i], &last[i]);
    nn_check(first[i] >= 0 && last[i] - first[i] < 16);
    for (int j = 0; j < i; j++)
      nn_check(last[i] < first[j] || last[j] < first[i]);
  }
  /* Nothing of the longest name is cut off by the edge. */
  nn_check_int(HEIGHT - count(&image, image.style.background, WIDTH - 1, 0, 1, HEIGHT), 0);
  cairo_surface_destroy(image.surface);
}

/* A run that has learned nothing beside one that has, in a chart of accuracies: "↓" and its name.
 */
static BpPlot *plot_beyond(size_t length, const char *label, const char *number)
{
  g_autoptr(BpSeries) own = bp_series_new();
  g_autoptr(BpSeries) other = bp_series_new();
  fill(own, 1000, 0.96);
  fill(other, length, 0.1);
  BpPlot *plot = plot_of(own, &(BpPlotLineOptions){.name = "train", .label = "A"});
  BpPlotLineOptions options = {.label = label, .number = number, .color = 4, .quiet = true};
  bp_plot_add_line(plot, other, &options);
  bp_plot_set_y_format(plot, BP_FORMAT_PERCENT);
  bp_plot_set_crop_start(plot, true);
  return plot;
}

/* Whether its curve ends in the margin or inside: it stands neither over the numbers of the x axis
 * nor at the card's edge. */
static void test_labels_beyond(void)
{
  const size_t lengths[] = {1000, 700, 300};
  for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
    g_autoptr(BpPlot) plot = plot_beyond(lengths[i], "Run 12 · learning rate 0.001", "12");
    Image image = draw(plot, false, 1);
    BpColor ink = image.style.palette[4];
    double bottom = image.area.y + image.area.height;
    nn_check(count_if(&image, is_tinted, ink, 0, bottom - 20, WIDTH, 20) > 100);
    nn_check_int(count_if(&image, is_tinted, ink, 0, bottom + 5, WIDTH, HEIGHT), 0);
    nn_check_int(count_if(&image, is_tinted, ink, WIDTH - 3, 0, 3, HEIGHT), 0);
    cairo_surface_destroy(image.surface);
  }
}

/* A name without room is its number, and nothing that is cut out of a name. */
static void test_labels_numbers(void)
{
  g_autoptr(BpPlot) cut = plot_beyond(1000, "Lauf mit einem sehr langen Namen 4", "4");
  g_autoptr(BpPlot) number = plot_beyond(1000, "4", NULL);
  Image a = draw(cut, false, 1), b = draw(number, false, 1);
  size_t size = (size_t)cairo_image_surface_get_stride(a.surface) * HEIGHT;
  nn_check(memcmp(cairo_image_surface_get_data(a.surface), cairo_image_surface_get_data(b.surface),
                  size) == 0);
  cairo_surface_destroy(a.surface);
  cairo_surface_destroy(b.surface);
}

/* ---- speed ---- */

/* Four quiet runs and the one that is shown, each of n points, the last of which grows while they
 * are drawn. Milliseconds of a frame, the best of 20. */
static double frame_of(size_t n)
{
  g_autoptr(BpPlot) plot = bp_plot_new();
  g_autoptr(BpSeries) newest = NULL;
  guint32 state = 1;
  for (int line = 0; line < 5; line++) {
    g_autoptr(BpSeries) series = bp_series_new();
    for (size_t i = 0; i < n; i++) {
      state = state * 1664525u + 1013904223u;
      double fall = 2 * exp(-10.0 * (double)i / (double)n);
      bp_series_append(series, (double)i, fall + (state >> 8) / 16777216.0);
    }
    bp_plot_add_line(plot, series,
                     &(BpPlotLineOptions){.color = line,
                                          .name = "train",
                                          .label = "Run 1",
                                          .quiet = line < 4,
                                          .band = line < 4 ? NULL : "80 % of batches"});
    bp_plot_add_line(plot, series,
                     &(BpPlotLineOptions){
                         .kind = BP_LINE_STRIP, .color = line, .quiet = line < 4, .name = "lr"});
    bp_series_unref(newest);
    newest = bp_series_ref(series);
  }
  bp_plot_set_crop_start(plot, true);
  bp_plot_set_x_plan(plot, 100, 1.1 * (double)n);
  BpPlotStyle style;
  bp_plot_style_default(&style, false, false);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 390, 300);
  cairo_t *cr = cairo_create(surface);
  double best = INFINITY;
  for (int i = 0; i < 20; i++) {
    clock_t begin = clock();
    bp_series_append(newest, (double)n + i, 0.5);
    BpPlotArea area = bp_plot_draw(plot, &style, cr, 390, 300);
    best = fmin(best, (double)(clock() - begin) / CLOCKS_PER_SEC * 1e3);
    nn_check(area.width > 200);
  }
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  return best;
}

/* The milliseconds are printed, for they depend on the machine; that they do not grow with the
 * number of points is checked. */
static void test_speed(void)
{
  double few = frame_of(22500), many = frame_of(225000), most = frame_of(2000000);
  g_print("# a frame of 390x300, five runs: 5 x 22500 points %.2f ms, 5 x 225000 points %.2f ms, "
          "5 x 2000000 points %.2f ms\n",
          few, many, most);
  nn_check(most < 4 * few + 4);
}

int main(void)
{
  nn_test("empty: one sentence", test_empty);
  nn_test("a line in its color at its height", test_line);
  nn_test("the band is where four fifths are", test_band);
  nn_test("nothing is drawn behind a run's end", test_end);
  nn_test("the rates of other runs have no gaps", test_strip_of_others);
  nn_test("odd values", test_pathological);
  nn_test("one point is a ring", test_one_point);
  nn_test("measured values are points", test_measured);
  nn_test("a line bends where dots are", test_measured_bends);
  nn_test("every epoch of a few has its number", test_whole_epochs);
  nn_test("six marks of epochs at most", test_epochs);
  nn_test("their name is not under a widget", test_epochs_beside_foot);
  nn_test("the revision tells whether to draw", test_revision);
  nn_test("names stand under each other", test_labels);
  nn_test("names of what lies beyond", test_labels_beyond);
  nn_test("a number where no name has room", test_labels_numbers);
  nn_test("speed", test_speed);
  return nn_test_done();
}
