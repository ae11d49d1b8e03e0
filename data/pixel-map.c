/* window.c: see window.h. */
#include "pixel-map.h"
#include <string.h>

/* Columns that are `before` times fill, then n neighbors from `first` on, then fill: what padding
 * with one value and cutting out always give. */
typedef struct {
  size_t before, n;
  int first;
} Run;

static bool find_run(const int *columns, size_t W, Run *run)
{
  size_t x = 0, start;
  while (x < W && columns[x] < 0)
    x++;
  *run = (Run){.before = start = x, .first = x < W ? columns[x] : 0};
  while (x < W && columns[x] == run->first + (int)(x - start))
    x++;
  run->n = x - start;
  while (x < W && columns[x] < 0)
    x++;
  return x == W;
}

static void copy_run(const Run *run, size_t W, uint8_t fill, const uint8_t *row, uint8_t *out)
{
  size_t after = W - run->before - run->n;
  memcpy(out + run->before, row + run->first, run->n);
  if (run->before)
    memset(out, fill, run->before);
  if (after)
    memset(out + W - after, fill, after);
}

static void rows_bytes(const NnPixelMap *w, const uint8_t *in, uint8_t *out)
{
  const int *columns = w->columns;
  uint8_t fill = (uint8_t)w->fill;
  Run run;
  bool is_run = find_run(columns, w->out.W, &run);
  for (size_t y = 0; y < w->out.H; y++, out += w->out.W) {
    const uint8_t *row = in + (size_t)w->rows[y] * w->in.W;
    if (w->rows[y] < 0)
      memset(out, fill, w->out.W);
    else if (is_run)
      copy_run(&run, w->out.W, fill, row, out);
    else
      for (size_t x = 0; x < w->out.W; x++)
        out[x] = columns[x] < 0 ? fill : row[columns[x]];
  }
}

static void rows_reals(const NnPixelMap *w, const nn_real *in, nn_real *out)
{
  const int *columns = w->columns;
  nn_real fill = (nn_real)w->fill;
  for (size_t y = 0; y < w->out.H; y++, out += w->out.W) {
    const nn_real *row = w->rows[y] < 0 ? NULL : in + (size_t)w->rows[y] * w->in.W;
    for (size_t x = 0; x < w->out.W; x++)
      out[x] = !row || columns[x] < 0 ? fill : row[columns[x]];
  }
}

void nn_pixel_map_apply(const NnPixelMap *window, const void *in, void *out)
{
  size_t from = window->in.H * window->in.W, to = window->out.H * window->out.W;
  for (size_t c = 0; c < window->in.C; c++)
    if (window->in.tensor)
      rows_reals(window, (const nn_real *)in + c * from, (nn_real *)out + c * to);
    else
      rows_bytes(window, (const uint8_t *)in + c * from, (uint8_t *)out + c * to);
}

/* There and back, over and over: 0 … last, and back to 0; the ends count once or twice. */
static int there_and_back(int i, int last, bool ends_twice)
{
  int period = 2 * last + (ends_twice ? 2 : 0);
  int at = period ? (i % period + period) % period : 0;
  return at <= last ? at : period - at - (ends_twice ? 1 : 0);
}

/* Where index i of a side of n pixels comes from when i is outside of it. */
static int mirrored(int i, int n, NnBorderMode mode)
{
  switch (mode) {
  case NN_BORDER_EDGE:
    return i < 0 ? 0 : n - 1;
  case NN_BORDER_REFLECT:
    return there_and_back(i, n - 1, false);
  case NN_BORDER_SYMMETRIC:
    return there_and_back(i, n - 1, true);
  default:
    return -1;
  }
}

/* What a negative border cuts away is gone before the rest is mirrored. */
void nn_map_pad(int *map, size_t n, int before, int after, NnBorderMode mode)
{
  int cut = before < 0 ? -before : 0, rest = (int)n - cut + (after < 0 ? after : 0);
  for (int k = 0; k < before + (int)n + after; k++) {
    int i = k - (before > 0 ? before : 0);
    int from = i >= 0 && i < rest ? i : mirrored(i, rest, mode);
    map[k] = from < 0 ? -1 : from + cut;
  }
}

void nn_map_after(int *map, size_t n, const int *inner)
{
  for (size_t i = 0; i < n; i++)
    map[i] = map[i] < 0 ? map[i] : inner[map[i]];
}
