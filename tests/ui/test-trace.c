/* What is drawn of a series: few points, in the right places, and none where there is nothing. */
#include "tests/check.h"
#include "ui/plot/trace.h"
#include <math.h>

static double noise(guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

/* Even noise in 0.5 … 1.5. */
static BpSeries *noisy(size_t n)
{
  BpSeries *series = bp_series_new();
  guint32 state = 7;
  for (size_t i = 0; i < n; i++)
    bp_series_append(series, (double)i, 0.5 + noise(&state));
  return series;
}

static const BpAxis X = {.min = 0, .max = 22500};
static const BpAxis Y = {.min = 0, .max = 10};
static const BpTraceMap MAP = {
    .x = &X, .y = &Y, .area = {.x = 40, .y = 10, .width = 300, .height = 200}, .scale = 1};

static GArray *means_of(const BpTraceMap *map, const BpSeries *series)
{
  GArray *means = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  bp_trace_means(map, series, means);
  return means;
}

/* 22 500 points take no more vertices than 1 000 may: four per column and never more. */
static void test_few_vertices(void)
{
  g_autoptr(BpSeries) series = noisy(22500);
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(BpColumn));
  g_autoptr(GArray) means = means_of(&MAP, series);
  bp_trace_line(&MAP, series, vertices);
  bp_trace_columns(&MAP, series, columns);
  nn_check_int(columns->len, 150);
  nn_check_int(means->len, 150);
  nn_check(vertices->len > 300 && vertices->len <= 4 * 301);
  int in_column[302] = {0};
  for (guint i = 0; i < vertices->len; i++)
    in_column[(int)(g_array_index(vertices, BpVertex, i).x - 40)]++;
  for (int i = 0; i < 302; i++)
    nn_check(in_column[i] <= 4);
}

/* One point of 9 among 22 499 of 1, anywhere, up or down, is within the line and the columns. */
static void check_spike(size_t at, double value)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (size_t i = 0; i < 22500; i++)
    bp_series_append(series, (double)i, i == at ? value : 1);
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(BpColumn));
  bp_trace_line(&MAP, series, vertices);
  bp_trace_columns(&MAP, series, columns);
  double wanted_y = 10 + 200 * (1 - value / 10);
  double wanted_x = 40 + 300 * at / 22500.0;
  bool in_line = false, in_columns = false;
  for (guint i = 0; i < vertices->len; i++) {
    BpVertex v = g_array_index(vertices, BpVertex, i);
    in_line = in_line || (fabs(v.y - wanted_y) < 1e-9 && fabs(v.x - wanted_x) <= 1);
  }
  for (guint i = 0; i < columns->len; i++) {
    BpColumn c = g_array_index(columns, BpColumn, i);
    in_columns = in_columns || (c.top <= wanted_y + 1e-9 && c.bottom >= wanted_y - 1e-9 &&
                                wanted_x >= c.left - 1e-6 && wanted_x <= c.right + 1e-6);
  }
  nn_check(in_line);
  nn_check(in_columns);
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
static void check_gap(const GArray *vertices)
{
  int n_starts = 0;
  for (guint i = 0; i < vertices->len; i++) {
    BpVertex v = g_array_index(vertices, BpVertex, i);
    n_starts += v.starts;
    nn_check(v.x <= 161 || v.x >= 219);
  }
  nn_check_int(n_starts, 2);
}

static void test_gap(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (size_t i = 0; i < 22500; i++)
    bp_series_append(series, (double)i, i >= 9000 && i < 13500 ? NAN : 1);
  g_autoptr(GArray) vertices = g_array_new(FALSE, FALSE, sizeof(BpVertex));
  g_autoptr(GArray) means = means_of(&MAP, series);
  bp_trace_line(&MAP, series, vertices);
  check_gap(vertices);
  check_gap(means);
}

/* ---- the moving mean ---- */

/* Of a straight line it is that line, since its weights are the same on both sides; at the end,
 * where there is nothing to come, it may hang behind by half of what it looks back. */
static void test_mean_of_line(void)
{
  const size_t lengths[] = {40, 300, 22500, 100000};
  for (size_t k = 0; k < G_N_ELEMENTS(lengths); k++) {
    double n = (double)lengths[k];
    BpAxis x = {.max = n};
    BpTraceMap map = {.x = &x, .area = {.width = 400}, .scale = 1};
    g_autoptr(BpSeries) series = bp_series_new();
    for (size_t i = 0; i < lengths[k]; i++)
      bp_series_append(series, (double)i, 3 - 2 * (double)i / n);
    g_autoptr(GArray) means = means_of(&map, series);
    double reach = 0.028 * 400;
    nn_check(means->len >= MIN(lengths[k], 195));
    for (guint i = 0; i < means->len; i++) {
      BpVertex v = g_array_index(means, BpVertex, i);
      double slack = v.x > 400 - reach - 2 ? 2 * reach / 400 : 0;
      /* Columns have not all as many points: to half a column's worth. */
      nn_check_near(v.y, 3 - 2 * v.x / 400, 2 * 1.0 / 400 + slack, 0);
    }
  }
}

/* Of even noise it is the middle, as near as the number of points allows: a triangle of weights 22
 * units wide has 550 points or more here, whose mean strays by 0.29/√(550·¾) = 0.014 (one σ). */
static void test_mean_of_noise(void)
{
  g_autoptr(BpSeries) series = noisy(22500);
  BpTraceMap map = {.x = &X, .area = {.width = 400}, .scale = 1};
  g_autoptr(GArray) means = means_of(&map, series);
  double sum = 0;
  for (guint i = 20; i < means->len; i++) {
    double y = g_array_index(means, BpVertex, i).y;
    nn_check_near(y, 1, 5 * 0.014 * M_SQRT2, 0);
    sum += y / (means->len - 20);
  }
  nn_check_near(sum, 1, 0.01, 0);
}

/* Values that are far apart in the picture are no neighbors: each stands for itself. */
static void test_mean_of_few(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (int i = 0; i < 11; i++)
    bp_series_append(series, i, i % 2);
  BpAxis x = {.max = 10};
  BpTraceMap map = {.x = &x, .area = {.width = 400}, .scale = 1};
  g_autoptr(GArray) means = means_of(&map, series);
  nn_check_int(means->len, 11);
  for (guint i = 0; i < means->len; i++) {
    BpVertex v = g_array_index(means, BpVertex, i);
    nn_check(v.x == 40 * i && v.y == i % 2 && v.starts == (i == 0));
  }
  nn_check_near(bp_trace_mean_at(means, 60), 0.5, 1e-12, 0);
  nn_check(bp_trace_mean_at(means, -5) == 0 && bp_trace_mean_at(means, 500) == 0);
}

/* An accuracy that climbs within 118 steps from 13 % to 93 %. */
static double climbing(int step)
{
  return 0.93 - 0.8 * exp(-step / 15.0) + (step % 2 ? 0.01 : -0.01);
}

static double naive_mean(int begin, int end)
{
  double sum = 0;
  for (int i = begin; i < end; i++)
    sum += climbing(i);
  return sum / (end - begin);
}

/* A short run is the same curve on its own axis and on one for a run a thousand times as long: it
 * ends with the mean of its own last tenth at most, and what it shows at a step is nearer than a
 * tenth of the run to either side. */
static void test_mean_of_short(void)
{
  const double axes[] = {118, 236, 500, 3540, 118000};
  enum { N = 118, NEAR = 12 };
  g_autoptr(BpSeries) series = bp_series_new();
  for (int i = 0; i < N; i++)
    bp_series_append(series, i, climbing(i));
  for (size_t k = 0; k < G_N_ELEMENTS(axes); k++) {
    BpAxis x = {.max = axes[k]};
    BpTraceMap map = {.x = &x, .area = {.width = 480}, .scale = 1};
    g_autoptr(GArray) means = means_of(&map, series);
    nn_check(means->len >= 48 && means->len <= 260);
    const BpVertex *vertex = &g_array_index(means, BpVertex, 0);
    double lowest = fmin(naive_mean(N - NEAR, N), climbing(N - 2));
    double highest = fmax(naive_mean(N - 2, N), climbing(N - 1));
    nn_check(vertex[means->len - 1].y >= lowest && vertex[means->len - 1].y <= highest);
    for (guint i = 0; i < means->len; i++) {
      int step = (int)round(vertex[i].x / 480 * axes[k]);
      double before = climbing(MAX(0, step - NEAR) & ~1), after = climbing((step + NEAR) | 1);
      nn_check(vertex[i].y >= before && vertex[i].y <= after);
    }
  }
}

/* Nothing lies before the first point nor behind the last, in steps, epochs or seconds. */
static void test_within_run(void)
{
  g_autoptr(BpSeries) series = noisy(5000);
  g_autoptr(BpSeries) clock = bp_series_new();
  for (int i = 0; i <= 50; i++)
    bp_series_append(clock, 100 * i, i * i / 100.0);
  const BpRuler rulers[] = {{0}, {.per_unit = 1250}, {.clock = clock}};
  const double ends[] = {5000, 4, 25};
  for (int k = 0; k < 3; k++) {
    BpAxis x = {.max = 2 * ends[k]};
    BpTraceMap map = {
        .x = &x, .y = &Y, .area = {.width = 400, .height = 100}, .scale = 1, .ruler = rulers[k]};
    g_autoptr(GArray) means = means_of(&map, series);
    g_autoptr(GArray) spreads = g_array_new(FALSE, FALSE, sizeof(BpSpread));
    bp_trace_spread(&map, series, means, spreads);
    const BpVertex *first = &g_array_index(means, BpVertex, 0);
    const BpVertex *last = &g_array_index(means, BpVertex, means->len - 1);
    nn_check(first->x >= 0 && first->x < 20 && last->x <= 200 && last->x > 197);
    last = NULL;
    const BpSpread *end = &g_array_index(spreads, BpSpread, spreads->len - 1);
    nn_check(spreads->len > 8 && end->x <= 200 && end->x > 194);
  }
}

/* ---- the spread ---- */

/* Four fifths of even noise in 0.5 … 1.5 lie in 0.6 … 1.4, whatever the mean does. */
static void check_spread(size_t n, double fall, double tolerance)
{
  g_autoptr(BpSeries) series = bp_series_new();
  BpAxis x = {.max = (double)n};
  BpTraceMap map = {.x = &x, .area = {.width = 400}, .scale = 1};
  guint32 state = 7;
  for (size_t i = 0; i < n; i++)
    bp_series_append(series, (double)i, fall * (1 - (double)i / (double)n) + 0.5 + noise(&state));
  g_autoptr(GArray) means = means_of(&map, series);
  g_autoptr(GArray) spreads = g_array_new(FALSE, FALSE, sizeof(BpSpread));
  bp_trace_spread(&map, series, means, spreads);
  nn_check(spreads->len >= 24 && spreads->len <= 68);
  for (guint i = 4; i + 4 < spreads->len; i++) {
    BpSpread spread = g_array_index(spreads, BpSpread, i);
    double base = fall * (1 - spread.x / 400);
    nn_check_near(spread.low, base + 0.6, tolerance, 0);
    nn_check_near(spread.high, base + 1.4, tolerance, 0);
  }
}

static void test_spread(void)
{
  check_spread(22500, 0, 0.07);
  check_spread(225000, 0, 0.07);
  check_spread(225000, 20, 0.1);
  check_spread(354, 0, 0.3); /* three epochs of batches of 512 */
}

static void test_spread_of_few(void)
{
  g_autoptr(BpSeries) series = noisy(23);
  g_autoptr(GArray) means = means_of(&MAP, series);
  g_autoptr(GArray) spreads = g_array_new(FALSE, FALSE, sizeof(BpSpread));
  bp_trace_spread(&MAP, series, means, spreads);
  nn_check_int(spreads->len, 0); /* they say nothing of what most would be */
}

/* A few batches that are far off do not widen it. */
static void test_spread_of_outliers(void)
{
  g_autoptr(BpSeries) series = bp_series_new();
  for (size_t i = 0; i < 22500; i++)
    bp_series_append(series, (double)i, i % 20 == 3 ? 9 : 1);
  g_autoptr(GArray) means = means_of(&MAP, series);
  g_autoptr(GArray) spreads = g_array_new(FALSE, FALSE, sizeof(BpSpread));
  bp_trace_spread(&MAP, series, means, spreads);
  for (guint i = 0; i < spreads->len; i++)
    nn_check(g_array_index(spreads, BpSpread, i).high < 2);
}

/* What share of the points from begin to end − 1 lies between the edges. */
static double share_within(const BpTraceMap *map, const BpSeries *series, const GArray *spreads,
                           size_t begin, size_t end)
{
  const BpSpread *at = (const BpSpread *)(const void *)spreads->data;
  int within = 0;
  for (size_t i = begin; i < end; i++) {
    double x = bp_trace_x(map, bp_series_x(series, i)), y = bp_series_y(series, i);
    guint k = 1;
    while (k + 1 < spreads->len && at[k].x < x)
      k++;
    double part = (x - at[k - 1].x) / (at[k].x - at[k - 1].x);
    double low = at[k - 1].low + part * (at[k].low - at[k - 1].low);
    double high = at[k - 1].high + part * (at[k].high - at[k - 1].high);
    within += y >= low && y <= high;
  }
  return within / (double)(end - begin);
}

/* SGD with a learning rate of 100: for `length` steps the loss is beyond all bounds, and before and
 * behind that between 20 and 80. Wherever one counts, four fifths of the batches are in the band.
 */
static void check_beside_spike(size_t n, size_t at, size_t length, double value)
{
  g_autoptr(BpSeries) series = bp_series_new();
  BpAxis x = {.max = 6000};
  BpTraceMap map = {.x = &x, .area = {.width = 480}, .scale = 1};
  guint32 state = 7;
  for (size_t i = 0; i < n; i++) {
    double usual = 20 + 60 * noise(&state);
    bp_series_append(series, (double)i, i >= at && i < at + length ? value * usual : usual);
  }
  g_autoptr(GArray) means = means_of(&map, series);
  g_autoptr(GArray) spreads = g_array_new(FALSE, FALSE, sizeof(BpSpread));
  bp_trace_spread(&map, series, means, spreads);
  for (size_t i = 0; i + 200 <= n; i += 100) {
    if (i + 250 > at && i < at + length + 50)
      continue; /* nearer than the 45 points that are looked at to either side */
    double share = share_within(&map, series, spreads, i, i + 200);
    nn_check(share > 0.7 && share < 0.9); /* 0.8, five times its σ of √(0.8·0.2/200) at most */
  }
}

static void test_spread_beside_spike(void)
{
  check_beside_spike(5700, 100, 100, 1e21);
  check_beside_spike(5700, 100, 1, 1e21);
  check_beside_spike(5700, 3000, 400, 1e3);
  check_beside_spike(5700, 3000, 400, 1e21);
}

int main(void)
{
  nn_test("at most four vertices per column", test_few_vertices);
  nn_test("no spike is lost", test_spike);
  nn_test("gaps stay gaps", test_gap);
  nn_test("the mean of a line is the line", test_mean_of_line);
  nn_test("the mean of noise is its middle", test_mean_of_noise);
  nn_test("the mean of few points is they", test_mean_of_few);
  nn_test("the mean of a short run is its own", test_mean_of_short);
  nn_test("nothing lies beyond the run", test_within_run);
  nn_test("four fifths lie in the spread", test_spread);
  nn_test("few points have no spread", test_spread_of_few);
  nn_test("outliers do not widen it", test_spread_of_outliers);
  nn_test("nor does a spike beside it", test_spread_beside_spike);
  return nn_test_done();
}
