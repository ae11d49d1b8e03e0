/* Which part of the axes a plot shows: of one run, of several, and of their learning rates. */
#include "tests/check.h"
#include "plot-check.h"
#include <math.h>

/* The run that is shown decides what is seen of the axis; see plot.h. */
static void test_x_of_runs(void)
{
  const double lengths[] = {100, 1900, 2100, 225000};
  const double wanted[] = {1000, 1900, 1000, 1000};
  for (int i = 0; i < 4; i++) {
    g_autoptr(BpSeries) own = bp_series_new();
    g_autoptr(BpSeries) other = bp_series_new();
    for (int k = 0; k <= 100; k++) {
      bp_series_append(own, k * 10, 1);
      bp_series_append(other, k * lengths[i] / 100, 1);
    }
    g_autoptr(BpPlot) plot = plot_of(other, &(BpPlotLineOptions){.quiet = true, .label = "other"});
    bp_plot_add_line(plot, own, &(BpPlotLineOptions){.name = "train"});
    nn_check(bp_plot_x_axis(plot).max == wanted[i]);
    Image image = draw(plot, false, 1);
    cairo_surface_destroy(image.surface);
  }
}

/* In epochs runs of other batch sizes are as wide as each other: 1 875 steps as 118. */
static void test_x_of_epochs(void)
{
  g_autoptr(BpSeries) own = bp_series_new();
  g_autoptr(BpSeries) other = bp_series_new();
  fill(own, 119, 1);
  fill(other, 1876, 1);
  g_autoptr(BpPlot) plot =
      plot_of(other, &(BpPlotLineOptions){.quiet = true, .ruler = {.per_unit = 1875}});
  bp_plot_add_line(plot, own, &(BpPlotLineOptions){.name = "train", .ruler = {.per_unit = 118}});
  nn_check_near(bp_plot_x_axis(plot).max, 1, 1e-9, 0);
}

/* ---- the y axis ---- */

/* An accuracy as MNIST's: 10 % at first, 85 % after 200 of 22 500 steps, 97 % in the end. */
static double typical(double step)
{
  return 0.97 - 0.12 * exp(-step / 2500) - 0.75 * exp(-step / 60);
}

static void test_crop_start(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  g_autoptr(BpSeries) loss = bp_series_new();
  for (int i = 0; i < 22500; i++) {
    bp_series_append(series, i, typical(i));
    bp_series_append(loss, i, 3 * (0.98 - typical(i)));
  }
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
  g_autoptr(BpPlot) other = plot_of(loss, &(BpPlotLineOptions){.name = "train"});
  bp_plot_set_y_format(plot, BP_FORMAT_PERCENT);
  nn_check(bp_plot_y_axis(plot).min <= 0.5);
  nn_check(bp_plot_y_axis(other).max >= 1.4);
  bp_plot_set_crop_start(plot, true);
  bp_plot_set_crop_start(other, true);
  BpAxis y = bp_plot_y_axis(plot);
  /* What came after a fifth of the run, 95 % and more, has most of the height. */
  nn_check(y.min >= 0.9 && y.min <= typical(4500) && y.max >= typical(22500) && y.max <= 1);
  y = bp_plot_y_axis(other);
  nn_check(y.min == 0 && y.max >= 3 * (0.98 - typical(4500)) && y.max <= 0.4);
}

/* What comes late is not cut off, good or bad. */
static void test_collapse(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (int i = 0; i < 22500; i++)
    bp_series_append(series, i, i < 20000 ? typical(i) : 0.11);
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
  bp_plot_set_y_format(plot, BP_FORMAT_PERCENT);
  bp_plot_set_crop_start(plot, true);
  nn_check(bp_plot_y_axis(plot).min <= 0.11);
}

/* But a loss that leaves for 1e30 takes the picture of what was before not with it. */
static void test_diverged(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (int i = 0; i < 1000; i++)
    bp_series_append(series, i, i < 980 ? 1 : pow(10, 1.5 * (i - 980)));
  bp_series_append(series, 1000, NAN);
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
  bp_plot_set_crop_start(plot, true);
  BpAxis y = bp_plot_y_axis(plot);
  nn_check(y.max >= 2 && y.max <= 5);
}

/* An accuracy that wavers about 10 % is not blown up to look like something. */
static void test_nothing_learned(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (int i = 0; i < 2000; i++)
    bp_series_append(series, i, 0.1 + 0.01 * sin(i * 0.02));
  g_autoptr(BpPlot) plot = plot_of(series, &(BpPlotLineOptions){.name = "train"});
  bp_plot_set_y_format(plot, BP_FORMAT_PERCENT);
  bp_plot_set_crop_start(plot, true);
  BpAxis y = bp_plot_y_axis(plot);
  nn_check(y.min == 0 && y.max >= 0.2 && y.max <= 0.4);
}

/* A run that is far worse does not flatten the one that is shown; one that is a little worse is
 * seen. */
static void test_y_of_runs(void)
{
  const double others[] = {0.95, 0.1};
  for (int i = 0; i < 2; i++) {
    g_autoptr(BpSeries) own = bp_series_new();
    g_autoptr(BpSeries) other = bp_series_new();
    for (int k = 0; k < 22500; k++) {
      bp_series_append(own, k, typical(k));
      bp_series_append(other, k, fmin(typical(k), others[i]));
    }
    g_autoptr(BpPlot) plot = plot_of(other, &(BpPlotLineOptions){.quiet = true, .label = "other"});
    bp_plot_add_line(plot, own, &(BpPlotLineOptions){.name = "train"});
    bp_plot_set_y_format(plot, BP_FORMAT_PERCENT);
    bp_plot_set_crop_start(plot, true);
    BpAxis y = bp_plot_y_axis(plot);
    nn_check(y.min >= 0.9 && y.min <= 0.95);
  }
}

/* Five learning rates, whichever of them is chosen: the second half of each loss and accuracy is
 * seen, on a linear axis as on a logarithmic one. A sixth that diverges is not, and changes nothing
 * much. */
static void check_five(int chosen, bool percent, bool log_y, bool diverged)
{
  const double ends[] = {0.27, 0.18, 0.11, 0.13, 1.4};
  g_autoptr(BpPlot) plot = bp_plot_new();
  for (int i = 0; i < (diverged ? 6 : 5); i++) {
    g_autoptr(BpSeries) series = bp_series_new();
    for (int k = 0; k < 236; k++) {
      double loss = i < 5 ? ends[i] + (2.35 - ends[i]) * exp(-k / 20.0) : 2.3 + pow(1.3, k);
      bp_series_append(series, k, percent ? fmax(0.1, 1 - loss / 2.5) : loss);
    }
    bp_plot_add_line(plot, series,
                     &(BpPlotLineOptions){.label = "Run", .color = i, .quiet = i != chosen});
  }
  bp_plot_set_y_format(plot, percent ? BP_FORMAT_PERCENT : BP_FORMAT_NUMBER);
  bp_plot_set_log_y(plot, log_y);
  bp_plot_set_crop_start(plot, true);
  BpAxis y = bp_plot_y_axis(plot);
  for (int i = 0; i < 5; i++)
    for (int k = 118; k < 236; k++) {
      double loss = ends[i] + (2.35 - ends[i]) * exp(-k / 20.0);
      double place = bp_axis_place(&y, percent ? 1 - loss / 2.5 : loss);
      nn_check(place >= 0 && place <= 1);
    }
  nn_check(percent ? y.max <= 1 && y.min >= 0 : y.max <= (log_y ? 5 : 3)); /* the round ends */
}

static void test_five_rates(void)
{
  for (int chosen = 0; chosen < 5; chosen++)
    for (int k = 0; k < 8; k++)
      if ((k & 3) != 3) /* percentages are never logarithmic */
        check_five(chosen, k & 1, k & 2, k & 4);
}

/* A good run beside one that has diverged, which is chosen: both are seen. */
static void test_lost_chosen(void)
{
  for (int percent = 0; percent < 2; percent++) {
    g_autoptr(BpSeries) own = bp_series_new();
    g_autoptr(BpSeries) other = bp_series_new();
    for (int k = 0; k < 2000; k++) {
      bp_series_append(own, k, percent ? 0.1 + 0.01 * sin(k) : k < 50 ? 1e20 : 14 + sin(k));
      bp_series_append(other, k, percent ? typical(k) : 3 * (0.98 - typical(k)));
    }
    g_autoptr(BpPlot) plot = plot_of(other, &(BpPlotLineOptions){.quiet = true, .label = "other"});
    bp_plot_add_line(plot, own, &(BpPlotLineOptions){.name = "train"});
    bp_plot_set_y_format(plot, percent ? BP_FORMAT_PERCENT : BP_FORMAT_NUMBER);
    bp_plot_set_crop_start(plot, true);
    BpAxis y = bp_plot_y_axis(plot);
    nn_check(y.min <= 0.1 && y.max >= (percent ? typical(2000) : 14));
    nn_check(y.max <= (percent ? 1 : 30));
  }
}

/* ---- the strip ---- */

static BpPlot *plot_of_rates(BpSeries *loss, BpSeries *rate, double other_rate, size_t n)
{
  g_autoptr(BpSeries) other = bp_series_new();
  fill(other, n, other_rate);
  BpPlotLineOptions options = {.kind = BP_LINE_STRIP, .color = 4, .name = "lr"};
  BpPlot *plot = plot_of(loss, &(BpPlotLineOptions){.name = "train"});
  bp_plot_add_line(plot, rate, &options);
  options.quiet = true;
  options.color = 2;
  if (other_rate > 0)
    bp_plot_add_line(plot, other, &options);
  return plot;
}

/* ExponentialLR with γ = 0.1 for thirty epochs, alone and beside a rate of 100: its line is seen
 * within the strip from the beginning to the end, whether its points are few or many. Its first six
 * decades go down. */
static void test_strip_of_own(void)
{
  const size_t lengths[] = {300, 30000};
  for (int k = 0; k < 4; k++) {
    size_t n = lengths[k / 2];
    g_autoptr(BpSeries) loss = bp_series_new();
    g_autoptr(BpSeries) rate = bp_series_new();
    fill(loss, n, 1);
    for (size_t i = 0; i < n; i++)
      bp_series_append(rate, (double)i, 1e-3 * pow(0.1, (double)(30 * i / n)));
    g_autoptr(BpPlot) plot = plot_of_rates(loss, rate, k % 2 ? 100 : 0, n);
    BpAxis axis = bp_plot_strip_axis(plot);
    nn_check(axis.log && axis.max >= (k % 2 ? 100 : 1e-3) && axis.min <= 1.001e-9);
    Image image = draw(plot, false, 1);
    double below = image.area.y + image.area.height + 5, last = 0;
    BpColor ink = image.style.palette[4];
    for (int x = (int)image.area.x + 2; x < image.area.x + image.area.width - 2; x++) {
      int y = (int)below;
      while (y < HEIGHT && count(&image, ink, x, y, 1, 1) == 0)
        y++;
      nn_check(y < HEIGHT && y + 1 >= last); /* it is there, and never climbs */
      last = y;
    }
    cairo_surface_destroy(image.surface);
  }
}

/* The labels of the two scales above each other are further apart than the lines of a text: between
 * them there is a stretch of the card that is as high as half a line at least. */
static void test_strip_apart(void)
{
  g_autoptr(BpSeries) loss = bp_series_new();
  g_autoptr(BpSeries) rate = bp_series_new();
  fill(loss, 300, 1);
  fill(rate, 300, 100);
  g_autoptr(BpPlot) plot = plot_of_rates(loss, rate, 0, 300);
  Image image = draw(plot, false, 1);
  int longest = 0, empty = 0, bottom = (int)(image.area.y + image.area.height);
  for (int y = bottom - 4; y < bottom + 26; y++) {
    int width = (int)image.area.x - 4;
    empty = count(&image, image.style.background, 0, y, width, 1) == width ? empty + 1 : 0;
    longest = MAX(longest, empty);
  }
  nn_check(longest >= 8 && longest < 24);
  cairo_surface_destroy(image.surface);
}

/* Of a longer run only the visible part decides: what its rate falls to later is beside the point.
 */
static void test_strip_of_longer(void)
{
  g_autoptr(BpSeries) loss = bp_series_new();
  g_autoptr(BpSeries) rate = bp_series_new();
  g_autoptr(BpSeries) other = bp_series_new();
  fill(loss, 100, 1);
  fill(rate, 100, 1e-3);
  for (int i = 0; i < 1000; i++)
    bp_series_append(other, i, i < 200 ? 2e-3 : 1e-9);
  g_autoptr(BpPlot) plot = plot_of_rates(loss, rate, 0, 0);
  BpPlotLineOptions options = {.kind = BP_LINE_STRIP, .color = 2, .quiet = true, .name = "lr"};
  bp_plot_add_line(plot, other, &options);
  BpAxis axis = bp_plot_strip_axis(plot);
  nn_check(!axis.log && axis.min == 0 && axis.max >= 2e-3 && axis.max <= 5e-3);
}

/* The name of the strip keeps away from lines, but not from where one has ended long ago. */
static void test_strip_name(void)
{
  g_autoptr(BpSeries) loss = bp_series_new();
  g_autoptr(BpSeries) rate = bp_series_new();
  g_autoptr(BpSeries) other = bp_series_new();
  fill(loss, 3000, 1);
  fill(other, 300, 100);
  for (int i = 0; i < 3000; i++)
    bp_series_append(rate, i, 1e-3 * pow(0.1, i / 100));
  g_autoptr(BpPlot) plot = plot_of_rates(loss, rate, 0, 0);
  BpPlotLineOptions options = {.kind = BP_LINE_STRIP, .color = 2, .quiet = true, .name = "lr"};
  bp_plot_add_line(plot, other, &options);
  Image image = draw(plot, false, 1);
  double right = image.area.x + image.area.width, below = image.area.y + image.area.height;
  BpColor paper = image.style.background;
  /* Inside the upper right corner, between the edge and the lines of the grid. */
  nn_check(15 * 12 - count(&image, paper, right - 18, below + 20, 15, 12) > 10);
  nn_check(15 * 12 - count(&image, paper, image.area.x + 6, below + 30, 15, 12) < 60);
  cairo_surface_destroy(image.surface);
}

int main(void)
{
  nn_test("the shown run decides the x axis", test_x_of_runs);
  nn_test("epochs make batch sizes comparable", test_x_of_epochs);
  nn_test("most of the height is for what comes late", test_crop_start);
  nn_test("a late collapse is seen", test_collapse);
  nn_test("a run that diverges", test_diverged);
  nn_test("nothing learned looks like nothing", test_nothing_learned);
  nn_test("others do not flatten the shown run", test_y_of_runs);
  nn_test("whichever run is chosen, all ends are seen", test_five_rates);
  nn_test("a good run beside one that is lost", test_lost_chosen);
  nn_test("the chosen run's rate is seen to its end", test_strip_of_own);
  nn_test("the strip is another scale", test_strip_apart);
  nn_test("its name avoids lines that are there", test_strip_name);
  nn_test("what is not visible decides nothing", test_strip_of_longer);
  return nn_test_done();
}
