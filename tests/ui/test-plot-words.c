/* What a plot says: the values at its cursor, and itself for those who do not see it. */
#include "tests/check.h"
#include "plot-check.h"
#include <math.h>

#define NARROW "\u202f"

/* A run of 20 000 steps of 22 500: train, test after every 5 000, learning rate. */
static BpPlot *typical_plot(void)
{
  g_autoptr(BpSeries) train = bp_series_new();
  g_autoptr(BpSeries) test = bp_series_new();
  g_autoptr(BpSeries) rate = bp_series_new();
  BpPlot *plot = bp_plot_new();
  for (int i = 0; i < 20000; i++) {
    bp_series_append(train, i, i < 10000 ? 0.5 : 0.0812);
    bp_series_append(rate, i, i < 10000 ? 1e-3 : 1e-4);
  }
  for (int i = 1; i <= 4; i++)
    bp_series_append(test, 5000 * i, 0.1 * i);
  bp_plot_set_title(plot, "Loss");
  bp_plot_set_x_plan(plot, 100, 22500);
  bp_plot_add_line(plot, train, &(BpPlotLineOptions){.name = "train", .label = "Run 2"});
  bp_plot_add_line(plot, test, &(BpPlotLineOptions){.name = "test", .kind = BP_LINE_POINTS});
  bp_plot_add_line(plot, rate,
                   &(BpPlotLineOptions){
                       .name = "learning rate", .kind = BP_LINE_STRIP, .format = BP_FORMAT_RATE});
  return plot;
}

static void test_cursor(void)
{
  g_autoptr(BpPlot) plot = typical_plot();
  nn_check(bp_plot_cursor_text(plot) == NULL);
  bp_plot_set_cursor(plot, 13950);
  g_auto(GStrv) rows = bp_plot_cursor_text(plot);
  nn_check_int(g_strv_length(rows), 4);
  nn_check_str(rows[0], "step 13" NARROW "950");
  nn_check_str(rows[1], "train 0.081");
  nn_check_str(rows[2], "test 0.200 (step 10" NARROW "000)"); /* the newest, and where */
  nn_check_str(rows[3], "learning rate 1e-4");
  bp_plot_set_cursor(plot, 14900); /* right before the next one: that is meant */
  g_auto(GStrv) near_rows = bp_plot_cursor_text(plot);
  nn_check_str(near_rows[2], "test 0.300 (step 15" NARROW "000)");
  bp_plot_set_cursor(plot, 15000); /* right there */
  g_auto(GStrv) there = bp_plot_cursor_text(plot);
  nn_check_str(there[2], "test 0.300");
  bp_plot_set_cursor(plot, 2000); /* nothing was tested yet */
  g_auto(GStrv) early = bp_plot_cursor_text(plot);
  nn_check_int(g_strv_length(early), 3);
  nn_check_str(early[1], "train 0.500");
}

/* Behind the end of a run there is nothing of it; behind the end of all, nothing at all. */
static void test_beyond(void)
{
  g_autoptr(BpPlot) plot = typical_plot();
  g_autoptr(BpSeries) other = bp_series_new();
  nn_check(bp_plot_x_axis(plot).max == 22500);
  for (double x = 20100; x <= 22500; x += 100) {
    bp_plot_set_cursor(plot, x);
    nn_check(bp_plot_cursor_text(plot) == NULL);
  }
  for (int i = 0; i < 21000; i++)
    bp_series_append(other, i, 0.7);
  bp_plot_add_line(plot, other,
                   &(BpPlotLineOptions){.name = "train", .label = "Run 1", .quiet = true});
  bp_plot_set_cursor(plot, 20500);
  g_auto(GStrv) rows = bp_plot_cursor_text(plot);
  nn_check_int(g_strv_length(rows), 2);
  nn_check_str(rows[1], "Run 1 0.700");
  bp_plot_set_cursor(plot, 19000);
  g_auto(GStrv) both = bp_plot_cursor_text(plot);
  nn_check_int(g_strv_length(both), 5);
  nn_check_str(both[4], "Run 1 0.700");
}

/* Wherever the cursor stands, in whatever a run may hold, no word is "not a number". */
static void test_no_nan(void)
{
  const double values[] = {NAN, INFINITY, 2};
  for (int first = 0; first < 3; first++) {
    for (int last = 0; last < 3; last++) {
      g_autoptr(BpSeries) series = bp_series_new();
      g_autoptr(BpPlot) plot = bp_plot_new();
      for (int i = 0; i < 100; i++)
        bp_series_append(series, i, values[i < 50 ? first : last]);
      bp_plot_add_line(plot, series, &(BpPlotLineOptions){.name = "train"});
      bp_plot_add_line(plot, series, &(BpPlotLineOptions){.name = "test", .kind = BP_LINE_POINTS});
      bp_plot_add_line(plot, series, &(BpPlotLineOptions){.name = "lr", .kind = BP_LINE_STRIP});
      for (double x = -10; x < 120; x += 3) {
        bp_plot_set_cursor(plot, x);
        g_auto(GStrv) rows = bp_plot_cursor_text(plot);
        g_autofree char *all = rows ? g_strjoinv(" ", rows) : g_strdup("");
        g_autofree char *words = bp_plot_describe(plot);
        nn_check(!strstr(all, "not a number") && !strstr(all, "infinite"));
        nn_check(!strstr(words, "not a number") && !strstr(words, "infinite"));
      }
    }
  }
}

static void test_described(void)
{
  g_autoptr(BpPlot) plot = typical_plot();
  g_autofree char *words = bp_plot_describe(plot);
  nn_check_str(words, "Loss at step 20" NARROW "000: train 0.081, test 0.400, learning rate 1e-4.");
}

/* The same place, as the axis counts it. */
static void test_units(void)
{
  g_autoptr(BpSeries) train = bp_series_new();
  g_autoptr(BpSeries) clock = bp_series_new();
  for (int i = 0; i <= 22500; i++)
    bp_series_append(train, i, 0.25);
  bp_series_append(clock, 0, 0);
  bp_series_append(clock, 22500, 45);
  g_autoptr(BpPlot) plot = bp_plot_new();
  bp_plot_add_line(plot, train, &(BpPlotLineOptions){.name = "train", .ruler = {.per_unit = 7500}});
  bp_plot_set_x_label(plot, "epoch", "epoch %s", BP_FORMAT_NUMBER);
  bp_plot_set_cursor(plot, 1.5);
  g_auto(GStrv) epochs = bp_plot_cursor_text(plot);
  nn_check_str(epochs[0], "epoch 1.50");
  bp_plot_clear_lines(plot);
  bp_plot_add_line(plot, train, &(BpPlotLineOptions){.name = "train", .ruler = {.clock = clock}});
  bp_plot_set_x_label(plot, "seconds", "%s seconds", BP_FORMAT_NUMBER);
  bp_plot_set_cursor(plot, 22.5);
  g_auto(GStrv) seconds = bp_plot_cursor_text(plot);
  nn_check_str(seconds[0], "22.50 seconds");
  nn_check_near(bp_plot_x_axis(plot).max, 45, 1e-9, 0);
}

/* The box is there and stays on the plot; a place and its x belong together. */
static void test_box(void)
{
  g_autoptr(BpPlot) plot = typical_plot();
  bp_plot_set_x_plan(plot, 0, 0);
  const double places[] = {0, 100, 11000, 19000, 20000};
  for (int i = 0; i < 5; i++) {
    bp_plot_set_cursor(plot, places[i]);
    Image image = draw(plot, false, 1);
    BpColor box = over(image.style.background, image.style.box);
    nn_check(count_all(&image, box) > 2000);
    nn_check_int(count(&image, box, 0, 0, 2, HEIGHT), 0);
    nn_check_int(count(&image, box, WIDTH - 2, 0, 2, HEIGHT), 0);
    nn_check_near(
        bp_plot_x_at(plot, &image.area, image.area.x + image.area.width * places[i] / 20000),
        places[i], 1, 0);
    nn_check(isnan(bp_plot_x_at(plot, &image.area, image.area.x - 1)));
    cairo_surface_destroy(image.surface);
  }
}

static void test_steps(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpPlot) plot = bp_plot_new();
  bp_plot_add_line(plot, series, &(BpPlotLineOptions){.name = "train"});
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

int main(void)
{
  nn_test("the values at the cursor", test_cursor);
  nn_test("nothing behind a run's end", test_beyond);
  nn_test("no word is \"not a number\"", test_no_nan);
  nn_test("the chart in words", test_described);
  nn_test("steps, epochs, seconds", test_units);
  nn_test("the box stays on the plot", test_box);
  nn_test("steps of the cursor", test_steps);
  return nn_test_done();
}
