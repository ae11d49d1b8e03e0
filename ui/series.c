/* series.c: growing curves. Read the two curves first (append_value and the blocks over it), then
 * the smoothing, then the public functions.
 *
 * A block is made only when the eight below it are complete, so an append costs a constant time on
 * average, and a query takes the ragged ends of its stretch from the level below. */
#include "series.h"
#include <math.h>

enum { FAN = 8, MAX_LEVELS = 20 };

typedef struct {
  double min, max;
  size_t n_finite;
} Block;

typedef struct {
  GArray *value;             /* double: one per point */
  GArray *level[MAX_LEVELS]; /* Block: level[k] has one per 8^(k+1) points; NULL until needed */
  double min_positive;
} Curve;

struct BpSeries {
  guint n_refs;
  GArray *x; /* double */
  Curve curve[2];
  double weight;
  double mean;  /* m: the average before the correction */
  double power; /* w to the number of finite points */
  guint64 revision;
};

static void curve_init(Curve *curve)
{
  curve->value = g_array_new(FALSE, FALSE, sizeof(double));
  curve->min_positive = NAN;
}

static void curve_reset(Curve *curve)
{
  g_array_set_size(curve->value, 0);
  for (int k = 0; k < MAX_LEVELS && curve->level[k]; k++)
    g_array_set_size(curve->level[k], 0);
  curve->min_positive = NAN;
}

static void curve_clear(Curve *curve)
{
  g_array_unref(curve->value);
  for (int k = 0; k < MAX_LEVELS && curve->level[k]; k++)
    g_array_unref(curve->level[k]);
}

static const Block EMPTY_BLOCK = {.min = INFINITY, .max = -INFINITY};

static void block_merge(Block *block, const Block *other)
{
  block->min = fmin(block->min, other->min);
  block->max = fmax(block->max, other->max);
  block->n_finite += other->n_finite;
}

/* Item i of a level, where level −1 are the points themselves. */
static Block block_at(const Curve *curve, int level, size_t i)
{
  if (level >= 0)
    return g_array_index(curve->level[level], Block, i);
  double y = g_array_index(curve->value, double, i);
  return isfinite(y) ? (Block){y, y, 1} : EMPTY_BLOCK;
}

/* Completes the blocks that end with the last point. */
static void append_blocks(Curve *curve)
{
  size_t n = curve->value->len;
  for (int k = 0; k < MAX_LEVELS && n % FAN == 0; k++) {
    Block block = EMPTY_BLOCK;
    for (size_t i = n - FAN; i < n; i++) {
      Block part = block_at(curve, k - 1, i);
      block_merge(&block, &part);
    }
    if (!curve->level[k])
      curve->level[k] = g_array_new(FALSE, FALSE, sizeof(Block));
    g_array_append_val(curve->level[k], block);
    n = curve->level[k]->len;
  }
}

static void curve_append(Curve *curve, double y)
{
  g_array_append_val(curve->value, y);
  if (isfinite(y) && y > 0)
    curve->min_positive = fmin(curve->min_positive, y);
  append_blocks(curve);
}

/* One step of the average. A point that is not finite leaves a gap and does not move the mean. */
static void append_smooth(BpSeries *series, double y)
{
  double smooth = NAN;
  if (isfinite(y)) {
    series->mean = series->weight * series->mean + (1 - series->weight) * y;
    series->power *= series->weight;
    smooth = series->mean / (1 - series->power);
  }
  curve_append(&series->curve[BP_SERIES_SMOOTH], smooth);
}

static void reset_smooth(BpSeries *series)
{
  series->mean = 0;
  series->power = 1;
  curve_reset(&series->curve[BP_SERIES_SMOOTH]);
}

BpSeries *bp_series_new(void)
{
  BpSeries *series = g_new0(BpSeries, 1);
  series->n_refs = 1;
  series->x = g_array_new(FALSE, FALSE, sizeof(double));
  curve_init(&series->curve[BP_SERIES_RAW]);
  curve_init(&series->curve[BP_SERIES_SMOOTH]);
  series->power = 1;
  return series;
}

BpSeries *bp_series_ref(BpSeries *series)
{
  series->n_refs++;
  return series;
}

void bp_series_unref(BpSeries *series)
{
  if (!series || --series->n_refs > 0)
    return;
  g_array_unref(series->x);
  curve_clear(&series->curve[BP_SERIES_RAW]);
  curve_clear(&series->curve[BP_SERIES_SMOOTH]);
  g_free(series);
}

bool bp_series_append(BpSeries *series, double x, double y)
{
  guint n = series->x->len;
  if (!isfinite(x) || n == G_MAXUINT - 1)
    return false;
  if (n > 0 && x < g_array_index(series->x, double, n - 1))
    return false;
  g_array_append_val(series->x, x);
  curve_append(&series->curve[BP_SERIES_RAW], y);
  append_smooth(series, y);
  series->revision++;
  return true;
}

static size_t curve_memory(const Curve *curve)
{
  size_t bytes = curve->value->len * sizeof(double);
  for (int k = 0; k < MAX_LEVELS && curve->level[k]; k++)
    bytes += curve->level[k]->len * sizeof(Block);
  return bytes;
}

size_t bp_series_memory(const BpSeries *series)
{
  return sizeof *series + series->x->len * sizeof(double) + curve_memory(&series->curve[0]) +
         curve_memory(&series->curve[1]);
}

void bp_series_clear(BpSeries *series)
{
  g_array_set_size(series->x, 0);
  curve_reset(&series->curve[BP_SERIES_RAW]);
  reset_smooth(series);
  series->revision++;
}

void bp_series_set_smoothing(BpSeries *series, double weight)
{
  weight = isnan(weight) ? 0 : CLAMP(weight, 0, 0.9999);
  if (weight == series->weight)
    return;
  series->weight = weight;
  reset_smooth(series);
  const GArray *raw = series->curve[BP_SERIES_RAW].value;
  for (guint i = 0; i < raw->len; i++)
    append_smooth(series, g_array_index(raw, double, i));
  series->revision++;
}

double bp_series_get_smoothing(const BpSeries *series)
{
  return series->weight;
}

size_t bp_series_length(const BpSeries *series)
{
  return series->x->len;
}

guint64 bp_series_revision(const BpSeries *series)
{
  return series->revision;
}

double bp_series_x(const BpSeries *series, size_t i)
{
  return g_array_index(series->x, double, i);
}

double bp_series_y(const BpSeries *series, size_t i, BpSeriesCurve curve)
{
  return g_array_index(series->curve[curve].value, double, i);
}

size_t bp_series_count_below(const BpSeries *series, double x, bool including)
{
  size_t begin = 0;
  size_t end = series->x->len;
  while (begin < end) {
    size_t middle = begin + (end - begin) / 2;
    double found = g_array_index(series->x, double, middle);
    if (found < x || (including && found == x))
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

static Block merge_stretch(const Curve *curve, size_t begin, size_t end)
{
  Block block = EMPTY_BLOCK;
  Block part;
  for (int level = -1; begin < end; level++) {
    while (begin < end && begin % FAN != 0) {
      part = block_at(curve, level, begin++);
      block_merge(&block, &part);
    }
    while (begin < end && end % FAN != 0) {
      part = block_at(curve, level, --end);
      block_merge(&block, &part);
    }
    begin /= FAN;
    end /= FAN;
  }
  return block;
}

BpSeriesExtent bp_series_extent(const BpSeries *series, size_t begin, size_t end,
                                BpSeriesCurve which)
{
  const Curve *curve = &series->curve[which];
  end = MIN(end, (size_t)curve->value->len);
  BpSeriesExtent extent = {.min = NAN, .max = NAN, .first = NAN, .last = NAN};
  Block block = begin < end ? merge_stretch(curve, begin, end) : EMPTY_BLOCK;
  if (block.n_finite == 0)
    return extent;
  size_t first = begin;
  size_t last = end - 1;
  const double *value = (const double *)(void *)curve->value->data;
  while (!isfinite(value[first]))
    first++;
  while (!isfinite(value[last]))
    last--;
  return (BpSeriesExtent){.min = block.min,
                          .max = block.max,
                          .first = value[first],
                          .last = value[last],
                          .first_is_edge = first == begin,
                          .last_is_edge = last == end - 1,
                          .n_finite = block.n_finite};
}

double bp_series_min_positive(const BpSeries *series, BpSeriesCurve curve)
{
  return series->curve[curve].min_positive;
}

bool bp_series_value_at(const BpSeries *series, double x, BpSeriesCurve curve, double *at_x,
                        double *y)
{
  size_t n = isnan(x) ? 0 : bp_series_count_below(series, x, true);
  if (n == 0)
    return false;
  if (at_x)
    *at_x = bp_series_x(series, n - 1);
  *y = bp_series_y(series, n - 1, curve);
  return true;
}
