/* Series against naive formulas, and the promise of the decimation: few vertices, no peak lost. */
#include "tests/check.h"
#include "ui/series.h"
#include "ui/trace.h"
#include <math.h>

/* A plain congruential generator: the test's own numbers, the same everywhere. */
static double noise(guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

static BpSeries *noisy(size_t n, double weight)
{
  BpSeries *series = bp_series_new();
  guint32 state = 7;
  bp_series_set_smoothing(series, weight);
  for (size_t i = 0; i < n; i++)
    bp_series_append(series, (double)i, 0.5 + noise(&state));
  return series;
}

/* The definition: Σ w^(k−j)·y_j / Σ w^(k−j), over the finite points up to k. */
static double naive_average(const BpSeries *series, size_t k, double weight)
{
  double sum = 0, total = 0, factor = 1;
  for (size_t j = k + 1; j-- > 0;) {
    double y = bp_series_y(series, j, BP_SERIES_RAW);
    if (!isfinite(y))
      continue;
    sum += factor * y;
    total += factor;
    factor *= weight;
  }
  return sum / total;
}

static void test_average(void)
{
  g_autoptr(BpSeries) series = noisy(400, 0.98);
  bp_series_append(series, 400, NAN);
  bp_series_append(series, 401, INFINITY);
  bp_series_append(series, 402, 3);
  for (size_t i = 0; i < 400; i += 7)
    nn_check_near(bp_series_y(series, i, BP_SERIES_SMOOTH), naive_average(series, i, 0.98), 1e-12,
                  0);
  nn_check(isnan(bp_series_y(series, 400, BP_SERIES_SMOOTH)));
  nn_check(isnan(bp_series_y(series, 401, BP_SERIES_SMOOTH)));
  nn_check_near(bp_series_y(series, 402, BP_SERIES_SMOOTH), naive_average(series, 402, 0.98), 1e-12,
                0);
  nn_check_near(bp_series_y(series, 0, BP_SERIES_SMOOTH), bp_series_y(series, 0, BP_SERIES_RAW),
                1e-15, 0); /* corrected from the first point on */
}

static void test_average_anew(void)
{
  g_autoptr(BpSeries) series = noisy(300, 0.5);
  guint64 before = bp_series_revision(series);
  bp_series_set_smoothing(series, 0.9);
  nn_check(bp_series_revision(series) != before);
  nn_check_near(bp_series_y(series, 299, BP_SERIES_SMOOTH), naive_average(series, 299, 0.9), 1e-12,
                0);
  bp_series_set_smoothing(series, 0);
  for (size_t i = 0; i < 300; i++)
    nn_check(bp_series_y(series, i, BP_SERIES_SMOOTH) == bp_series_y(series, i, BP_SERIES_RAW));
  before = bp_series_revision(series);
  bp_series_set_smoothing(series, 0);
  nn_check(bp_series_revision(series) == before);
  bp_series_set_smoothing(series, NAN);
  nn_check(bp_series_get_smoothing(series) == 0);
}

static void check_extent(const BpSeries *series, size_t begin, size_t end)
{
  double min = INFINITY, max = -INFINITY;
  size_t n_finite = 0;
  for (size_t i = begin; i < end; i++) {
    double y = bp_series_y(series, i, BP_SERIES_RAW);
    if (!isfinite(y))
      continue;
    n_finite++;
    min = fmin(min, y);
    max = fmax(max, y);
  }
  BpSeriesExtent found = bp_series_extent(series, begin, end, BP_SERIES_RAW);
  nn_check_int(found.n_finite, n_finite);
  nn_check(n_finite == 0 ? isnan(found.min) : found.min == min && found.max == max);
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
  nn_check_int(bp_series_extent(series, 9, 9, BP_SERIES_RAW).n_finite, 0);
}

static void test_points(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  double x, y;
  nn_check(!bp_series_value_at(series, 5, BP_SERIES_RAW, &x, &y));
  nn_check(bp_series_append(series, 10, 1));
  nn_check(bp_series_append(series, 20, -2));
  nn_check(bp_series_append(series, 20, 3));
  nn_check(!bp_series_append(series, 19, 4)); /* not backwards */
  nn_check(!bp_series_append(series, NAN, 4));
  nn_check_int(bp_series_length(series), 3);
  nn_check(!bp_series_value_at(series, 9.9, BP_SERIES_RAW, &x, &y));
  nn_check(!bp_series_value_at(series, NAN, BP_SERIES_RAW, &x, &y));
  nn_check(bp_series_value_at(series, 19, BP_SERIES_RAW, &x, &y) && x == 10 && y == 1);
  nn_check(bp_series_value_at(series, 99, BP_SERIES_RAW, &x, &y) && x == 20 && y == 3);
  nn_check_int(bp_series_count_below(series, 20, false), 1);
  nn_check_int(bp_series_count_below(series, 20, true), 3);
  nn_check(bp_series_min_positive(series, BP_SERIES_RAW) == 1);
  bp_series_clear(series);
  nn_check_int(bp_series_length(series), 0);
  nn_check(isnan(bp_series_min_positive(series, BP_SERIES_RAW)));
  nn_check(bp_series_append(series, 1, 7));
  nn_check_near(bp_series_y(series, 0, BP_SERIES_SMOOTH), 7, 1e-12, 0);
}

static const BpAxis X = {.min = 0, .max = 22500};
static const BpAxis Y = {.min = 0, .max = 10};
static const BpTraceMap MAP = {
    .x = &X, .y = &Y, .area = {.x = 40, .y = 10, .width = 300, .height = 200}, .scale = 1};

/* 22 500 points take no more vertices than 1 000 may: four per column and never more. */
static void test_few_vertices(void)
{
  g_autoptr(BpSeries) series = noisy(22500, 0.98);
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  g_autoptr(GArray) bars = g_array_new(FALSE, FALSE, sizeof(BpBar));
  bp_trace_line(&MAP, series, BP_SERIES_RAW, vertices);
  bp_trace_bars(&MAP, series, BP_SERIES_RAW, bars);
  nn_check_int(bars->len, 300);
  nn_check(vertices->len > 300 && vertices->len <= 4 * 301);
  int in_column[302] = {0};
  for (guint i = 0; i < vertices->len; i++)
    in_column[(int)(g_array_index(vertices, BpVertex, i).x - 40)]++;
  for (int i = 0; i < 302; i++)
    nn_check(in_column[i] <= 4);
}

/* One point of 9 among 22 499 of 1, anywhere, up or down, is within the line and the bars. */
static void check_spike(size_t at, double value)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (size_t i = 0; i < 22500; i++)
    bp_series_append(series, (double)i, i == at ? value : 1);
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  g_autoptr(GArray) bars = g_array_new(FALSE, FALSE, sizeof(BpBar));
  bp_trace_line(&MAP, series, BP_SERIES_RAW, vertices);
  bp_trace_bars(&MAP, series, BP_SERIES_RAW, bars);
  double wanted_y = 10 + 200 * (1 - value / 10);
  double wanted_x = 40 + 300 * at / 22500.0;
  bool in_line = false, in_bars = false;
  for (guint i = 0; i < vertices->len; i++) {
    BpVertex v = g_array_index(vertices, BpVertex, i);
    in_line = in_line || (fabs(v.y - wanted_y) < 1e-9 && fabs(v.x - wanted_x) <= 1);
  }
  for (guint i = 0; i < bars->len; i++) {
    BpBar b = g_array_index(bars, BpBar, i);
    in_bars = in_bars || (b.top <= wanted_y + 1e-9 && b.bottom >= wanted_y - 1e-9 &&
                          wanted_x >= b.x - 1e-6 && wanted_x <= b.x + 1 + 1e-6);
  }
  nn_check(in_line);
  nn_check(in_bars);
}

static void test_spike(void)
{
  const size_t places[] = {0, 1, 74, 75, 76, 11111, 15000, 22498, 22499};
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
    check_spike(places[i], 9);
    check_spike(places[i], 0.1);
  }
}

/* A gap of many columns is not bridged; the vertex behind it starts a new piece. */
static void test_gap(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (size_t i = 0; i < 22500; i++)
    bp_series_append(series, (double)i, i >= 9000 && i < 13500 ? NAN : 1);
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  g_autoptr(GArray) bars = g_array_new(FALSE, FALSE, sizeof(BpBar));
  bp_trace_line(&MAP, series, BP_SERIES_RAW, vertices);
  bp_trace_bars(&MAP, series, BP_SERIES_RAW, bars);
  int n_starts = 0;
  for (guint i = 0; i < vertices->len; i++) {
    BpVertex v = g_array_index(vertices, BpVertex, i);
    n_starts += v.starts;
    nn_check(v.x <= 161 || v.x >= 219);
  }
  nn_check_int(n_starts, 2);
  nn_check_int(bars->len, 240);
}

int main(void)
{
  nn_test("the average is the definition's", test_average);
  nn_test("a new weight computes it anew", test_average_anew);
  nn_test("extremes of any stretch", test_extent);
  nn_test("points, order and look-up", test_points);
  nn_test("at most four vertices per column", test_few_vertices);
  nn_test("no spike is lost", test_spike);
  nn_test("gaps stay gaps", test_gap);
  return nn_test_done();
}
