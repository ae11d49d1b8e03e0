/* series.c: growing curves. Read the blocks first, then where points lie, then the rest.
 *
 * A block is made only when the eight below it are complete, so an append costs a constant time on
 * average, and a query takes the ragged ends of its stretch from the level below. */
#include "series.h"
#include <math.h>

enum { FAN = 8, MAX_LEVELS = 20 };

typedef struct {
  double min, max, sum;
  size_t n_finite;
} Block;

struct BpSeries {
  guint n_refs;
  double x0, dx;             /* of an even series: point i lies at x0 + i·dx */
  GArray *x;                 /* double: one per point; NULL as long as the series is even */
  GArray *y;                 /* the same */
  GArray *level[MAX_LEVELS]; /* Block: level[k] has one per 8^(k+1) points; NULL until needed */
  double min_positive;
  guint64 revision;
};

static const Block EMPTY_BLOCK = {.min = INFINITY, .max = -INFINITY};

static void block_merge(Block *block, const Block *other)
{
  block->min = fmin(block->min, other->min);
  block->max = fmax(block->max, other->max);
  block->sum += other->sum;
  block->n_finite += other->n_finite;
}

/* Item i of a level, where level −1 are the points themselves. */
static Block block_at(const BpSeries *series, int level, size_t i)
{
  if (level >= 0)
    return g_array_index(series->level[level], Block, i);
  double y = g_array_index(series->y, double, i);
  return isfinite(y) ? (Block){y, y, y, 1} : EMPTY_BLOCK;
}

/* Completes the blocks that end with the last point. */
static void append_blocks(BpSeries *series)
{
  size_t n = series->y->len;
  for (int k = 0; k < MAX_LEVELS && n % FAN == 0; k++) {
    Block block = EMPTY_BLOCK;
    for (size_t i = n - FAN; i < n; i++) {
      Block part = block_at(series, k - 1, i);
      block_merge(&block, &part);
    }
    if (!series->level[k])
      series->level[k] = g_array_new(FALSE, FALSE, sizeof(Block));
    g_array_append_val(series->level[k], block);
    n = series->level[k]->len;
  }
}

static Block merge_stretch(const BpSeries *series, size_t begin, size_t end)
{
  Block block = EMPTY_BLOCK;
  Block part;
  for (int level = -1; begin < end; level++) {
    while (begin < end && begin % FAN != 0) {
      part = block_at(series, level, begin++);
      block_merge(&block, &part);
    }
    while (begin < end && end % FAN != 0) {
      part = block_at(series, level, --end);
      block_merge(&block, &part);
    }
    begin /= FAN;
    end /= FAN;
  }
  return block;
}

BpSeries *bp_series_new(void)
{
  BpSeries *series = g_new0(BpSeries, 1);
  series->n_refs = 1;
  series->y = g_array_new(FALSE, FALSE, sizeof(double));
  series->min_positive = NAN;
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
  g_clear_pointer(&series->x, g_array_unref);
  g_array_unref(series->y);
  for (int k = 0; k < MAX_LEVELS && series->level[k]; k++)
    g_array_unref(series->level[k]);
  g_free(series);
}

/* Steps follow each other without a gap, as a rule: then nothing has to be kept for x, and nothing
 * to be searched. The first point that lies elsewhere ends that. */
static void append_x(BpSeries *series, double x)
{
  guint n = series->y->len;
  if (n == 0)
    series->x0 = x;
  if (n == 1)
    series->dx = x - series->x0;
  if (!series->x && (n == 0 || (series->dx > 0 && x == series->x0 + n * series->dx)))
    return;
  if (!series->x) {
    series->x = g_array_sized_new(FALSE, FALSE, sizeof(double), n + 1);
    for (guint i = 0; i < n; i++) {
      double before = series->x0 + i * series->dx;
      g_array_append_val(series->x, before);
    }
  }
  g_array_append_val(series->x, x);
}

double bp_series_x(const BpSeries *series, size_t i)
{
  return series->x ? g_array_index(series->x, double, i) : series->x0 + (double)i * series->dx;
}

double bp_series_y(const BpSeries *series, size_t i)
{
  return g_array_index(series->y, double, i);
}

static bool is_below(const BpSeries *series, size_t i, double x, bool including)
{
  double found = bp_series_x(series, i);
  return found < x || (including && found == x);
}

static size_t count_even(const BpSeries *series, double x, bool including)
{
  size_t n = series->y->len;
  double place = (x - series->x0) / (series->dx > 0 ? series->dx : 1);
  size_t i = place > 0 ? (size_t)fmin(place, (double)n) : 0; /* right but for rounding */
  while (i > 0 && !is_below(series, i - 1, x, including))
    i--;
  while (i < n && is_below(series, i, x, including))
    i++;
  return i;
}

size_t bp_series_count_below(const BpSeries *series, double x, bool including)
{
  if (!series->x)
    return count_even(series, x, including);
  size_t begin = 0;
  size_t end = series->y->len;
  while (begin < end) {
    size_t middle = begin + (end - begin) / 2;
    if (is_below(series, middle, x, including))
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

bool bp_series_append(BpSeries *series, double x, double y)
{
  guint n = series->y->len;
  if (!isfinite(x) || n == G_MAXUINT - 1 || (n > 0 && x < bp_series_x(series, n - 1)))
    return false;
  append_x(series, x);
  g_array_append_val(series->y, y);
  if (isfinite(y) && y > 0)
    series->min_positive = fmin(series->min_positive, y);
  append_blocks(series);
  series->revision++;
  return true;
}

void bp_series_clear(BpSeries *series)
{
  g_clear_pointer(&series->x, g_array_unref);
  g_array_set_size(series->y, 0);
  for (int k = 0; k < MAX_LEVELS && series->level[k]; k++)
    g_array_set_size(series->level[k], 0);
  series->min_positive = NAN;
  series->revision++;
}

size_t bp_series_memory(const BpSeries *series)
{
  size_t bytes = sizeof *series + (series->x ? 2 : 1) * series->y->len * sizeof(double);
  for (int k = 0; k < MAX_LEVELS && series->level[k]; k++)
    bytes += series->level[k]->len * sizeof(Block);
  return bytes;
}

size_t bp_series_length(const BpSeries *series)
{
  return series->y->len;
}

guint64 bp_series_revision(const BpSeries *series)
{
  return series->revision;
}

/* Sums of huge values may leave the range of numbers; their mean lies between the extremes. */
static double mean_of(const Block *block)
{
  double mean = block->sum / (double)block->n_finite;
  return isnan(mean) ? block->min / 2 + block->max / 2 : CLAMP(mean, block->min, block->max);
}

BpSeriesExtent bp_series_extent(const BpSeries *series, size_t begin, size_t end)
{
  end = MIN(end, (size_t)series->y->len);
  BpSeriesExtent extent = {.min = NAN, .max = NAN, .mean = NAN, .first = NAN, .last = NAN};
  Block block = begin < end ? merge_stretch(series, begin, end) : EMPTY_BLOCK;
  if (block.n_finite == 0)
    return extent;
  size_t first = begin;
  size_t last = end - 1;
  const double *value = (const double *)(void *)series->y->data;
  while (!isfinite(value[first]))
    first++;
  while (!isfinite(value[last]))
    last--;
  return (BpSeriesExtent){.min = block.min,
                          .max = block.max,
                          .mean = mean_of(&block),
                          .first = value[first],
                          .last = value[last],
                          .first_is_edge = first == begin,
                          .last_is_edge = last == end - 1,
                          .n_finite = block.n_finite};
}

double bp_series_min_positive(const BpSeries *series)
{
  return series->min_positive;
}

bool bp_series_value_at(const BpSeries *series, double x, double *at_x, double *y)
{
  size_t n = isnan(x) ? 0 : bp_series_count_below(series, x, true);
  if (n == 0)
    return false;
  if (at_x)
    *at_x = bp_series_x(series, n - 1);
  *y = bp_series_y(series, n - 1);
  return true;
}
