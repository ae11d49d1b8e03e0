/* Series against naive loops. */
#include "tests/check.h"
#include "ui/plot/ruler.h"
#include "ui/plot/series.h"
#include <math.h>

/* A plain congruential generator: the test's own numbers, the same everywhere. */
static double noise(guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

static void check_extent(const BpSeries *series, size_t begin, size_t end)
{
  double min = INFINITY, max = -INFINITY, sum = 0;
  size_t n_finite = 0;
  for (size_t i = begin; i < end; i++) {
    double y = bp_series_y(series, i);
    if (!isfinite(y))
      continue;
    n_finite++;
    sum += y;
    min = fmin(min, y);
    max = fmax(max, y);
  }
  BpSeriesExtent found = bp_series_extent(series, begin, end);
  nn_check_int(found.n_finite, n_finite);
  nn_check(n_finite == 0 ? isnan(found.min) : found.min == min && found.max == max);
  if (n_finite > 0)
    nn_check_near(found.mean, sum / (double)n_finite, 1e-12, 1e-12);
  else
    nn_check(isnan(found.mean));
}

static void test_extent(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  guint32 state = 3;
  for (size_t i = 0; i < 5000; i++)
    bp_series_append(series, (double)i, i % 97 == 5 || (i > 700 && i < 730) ? NAN : noise(&state));
  for (int i = 0; i < 2000; i++) {
    size_t begin = (size_t)(noise(&state) * 5000);
    size_t end = begin + (size_t)(noise(&state) * (5000 - begin));
    check_extent(series, begin, end);
  }
  check_extent(series, 0, 5000);
  check_extent(series, 701, 730);
  check_extent(series, 0, 4096);
  nn_check_int(bp_series_extent(series, 9, 9).n_finite, 0);
}

/* The mean lies between the extremes, whatever happens to the sum. */
static void test_huge(void)
{
  const double values[][2] = {{1.7e308, 1.7e308}, {-1.7e308, 1.7e308}, {1e-310, 1e-310}};
  for (int i = 0; i < 3; i++) {
    g_autoptr(BpSeries) series = bp_series_new();
    for (int k = 0; k < 100; k++)
      bp_series_append(series, k, values[i][k % 2]);
    BpSeriesExtent all = bp_series_extent(series, 0, 100);
    nn_check(all.mean >= all.min && all.mean <= all.max);
  }
}

static void test_points(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  double x, y;
  nn_check(!bp_series_value_at(series, 5, &x, &y));
  nn_check(bp_series_append(series, 10, 1));
  nn_check(bp_series_append(series, 20, -2));
  nn_check(bp_series_append(series, 20, 3));
  nn_check(!bp_series_append(series, 19, 4)); /* not backwards */
  nn_check(!bp_series_append(series, NAN, 4));
  nn_check_int(bp_series_length(series), 3);
  nn_check(!bp_series_value_at(series, 9.9, &x, &y));
  nn_check(!bp_series_value_at(series, NAN, &x, &y));
  nn_check(bp_series_value_at(series, 19, &x, &y) && x == 10 && y == 1);
  nn_check(bp_series_value_at(series, 99, &x, &y) && x == 20 && y == 3);
  nn_check_int(bp_series_count_below(series, 20, false), 1);
  nn_check_int(bp_series_count_below(series, 20, true), 3);
  nn_check(bp_series_min_positive(series) == 1);
  bp_series_clear(series);
  nn_check_int(bp_series_length(series), 0);
  nn_check(isnan(bp_series_min_positive(series)));
  nn_check(bp_series_append(series, 1, 7) && bp_series_x(series, 0) == 1);
}

/* Points that follow each other evenly are found by arithmetic, others by search: both find what a
 * loop finds, before, at and between the points. */
static void check_counts(const BpSeries *series, const double *x, int n)
{
  nn_check_int(bp_series_length(series), n);
  for (int i = 0; i < n; i++)
    nn_check(bp_series_x(series, (size_t)i) == x[i]);
  for (int i = 0; i < n; i++) {
    const double places[] = {x[i], nextafter(x[i], -1e9), nextafter(x[i], 1e9), x[i] + 0.3};
    for (int k = 0; k < 4; k++) {
      size_t below = 0, including = 0;
      for (int j = 0; j < n; j++) {
        below += x[j] < places[k];
        including += x[j] <= places[k];
      }
      nn_check_int(bp_series_count_below(series, places[k], false), below);
      nn_check_int(bp_series_count_below(series, places[k], true), including);
    }
  }
}

static void test_even(void)
{
  const double steps[] = {1, 50, 0.1, 1.0 / 3};
  for (int broken = 0; broken < 3; broken++) { /* nowhere, in the middle, from the start */
    for (int k = 0; k < 4; k++) {
      g_autoptr(BpSeries) series = bp_series_new();
      double x[60];
      for (int i = 0; i < 60; i++) {
        x[i] = -3 + i * steps[k] + (broken == 1 && i >= 30 ? 0.25 : 0);
        x[i] = broken == 2 && i == 1 ? x[0] : x[i];
        nn_check(bp_series_append(series, x[i], i));
      }
      check_counts(series, x, 60);
    }
  }
}

/* What follows evenly takes half the memory. */
static void test_memory(void)
{
  g_autoptr(BpSeries) even = bp_series_new();
  g_autoptr(BpSeries) uneven = bp_series_new();
  for (int i = 0; i < 10000; i++) {
    bp_series_append(even, i, 1);
    bp_series_append(uneven, i + (i > 0), 1);
  }
  nn_check_int(bp_series_memory(uneven) - bp_series_memory(even), 10000 * sizeof(double));
}

static void test_revision(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  guint64 before = bp_series_revision(series);
  bp_series_append(series, 1, NAN);
  nn_check(bp_series_revision(series) != before);
  before = bp_series_revision(series);
  nn_check(!bp_series_append(series, 0, 1) && bp_series_revision(series) == before);
  bp_series_clear(series);
  nn_check(bp_series_revision(series) != before);
}

/* ---- rulers ---- */

static void test_epochs(void)
{
  BpRuler none = {0}, epochs = {.per_unit = 7500};
  nn_check(bp_ruler_place(&none, 13950) == 13950 && bp_ruler_step(&none, 13950) == 13950);
  nn_check_near(bp_ruler_place(&epochs, 13950), 1.86, 1e-12, 0);
  nn_check_near(bp_ruler_step(&epochs, 3), 22500, 1e-9, 0);
}

/* A clock that goes 10 steps a second, stands for a while, then goes 100 steps a second. */
static void test_clock(void)
{
  g_autoptr(BpSeries) clock = bp_series_new();
  BpRuler ruler = {.clock = clock};
  bp_series_append(clock, 0, 0);
  nn_check(bp_ruler_place(&ruler, 7) == 7); /* it has not gone yet */
  bp_series_append(clock, 20, 2);
  nn_check_near(bp_ruler_place(&ruler, 40), 4, 1e-12, 0); /* on and on as so far */
  bp_series_append(clock, 20, 5);
  bp_series_append(clock, 120, 6);
  nn_check_near(bp_ruler_place(&ruler, 5), 0.5, 1e-12, 0);
  nn_check_near(bp_ruler_place(&ruler, 70), 5.5, 1e-12, 0);
  nn_check_near(bp_ruler_step(&ruler, 5.5), 70, 1e-9, 0);
  nn_check_near(bp_ruler_step(&ruler, 3), 20, 1e-9, 0);
  nn_check_near(bp_ruler_place(&ruler, 140), 7, 1e-9, 0); /* 20 steps a second in all */
  nn_check_near(bp_ruler_step(&ruler, 7), 140, 1e-9, 0);
}

static void test_any_clock(void)
{
  g_autoptr(BpSeries) clock = bp_series_new();
  guint32 state = 11;
  double step = 0, place = 0, before = -1;
  bp_series_append(clock, 0, 0);
  for (int i = 0; i < 500; i++) {
    step += 1 + floor(100 * noise(&state));
    place += 0.01 + noise(&state);
    bp_series_append(clock, step, place);
  }
  BpRuler ruler = {.clock = clock};
  for (double s = 0; s < 1.2 * step; s += 3.7) {
    double found = bp_ruler_place(&ruler, s);
    nn_check(found >= before);
    nn_check_near(bp_ruler_step(&ruler, found), s, 1e-6, 1e-9);
    before = found;
  }
}

int main(void)
{
  nn_test("extremes and mean of any stretch", test_extent);
  nn_test("huge values have a mean", test_huge);
  nn_test("points, order and look-up", test_points);
  nn_test("even or not, the same is found", test_even);
  nn_test("even points take half the memory", test_memory);
  nn_test("the revision tells of changes", test_revision);
  nn_test("steps and epochs", test_epochs);
  nn_test("a clock", test_clock);
  nn_test("any clock goes there and back", test_any_clock);
  return nn_test_done();
}
