/* resample.c: see resample.h. */
#include "resample.h"
#include "pixel-map.h"
#include "engine/mem.h"
#include <math.h>
#include <string.h>

enum { BITS = 22 }; /* of a weight; 8 more for the pixel, 2 to spare */

static size_t round_up(size_t bytes)
{
  return (bytes + 63) / 64 * 64;
}

/* Entries in a row of weights: the filter's support on both sides of the center. */
static size_t taps(size_t n_in, size_t n_out)
{
  double scale = (double)n_in / (double)n_out;
  return (size_t)ceil(scale < 1 ? 1 : scale) * 2 + 1;
}

size_t nn_weights_bytes(size_t n_in, size_t n_out)
{
  size_t one = sizeof(nn_real) > sizeof(int32_t) ? sizeof(nn_real) : sizeof(int32_t);
  return 2 * round_up(n_out * sizeof(int)) + round_up(n_out * taps(n_in, n_out) * one);
}

static double triangle(double x)
{
  x = fabs(x);
  return x < 1 ? 1 - x : 0;
}

/* What pixel k counts for a center, before all of them are brought to a sum of 1. */
static double share(int k, double center, double wide)
{
  return triangle((k - center + 0.5) * (1 / wide));
}

/* Pillow's window and weights of output i, in double. */
static void weigh_bytes(NnWeights *w, size_t i)
{
  double scale = (double)w->n_in / (double)w->n_out, wide = scale < 1 ? 1 : scale, sum = 0;
  double center = ((double)i + 0.5) * scale;
  int32_t *weights = w->whole + i * w->width;
  int first = (int)(center - wide + 0.5), last = (int)(center + wide + 0.5);
  first = first < 0 ? 0 : first;
  last = last > (int)w->n_in ? (int)w->n_in : last;
  for (int k = 0; k < last - first; k++)
    sum += share(k + first, center, wide);
  for (int k = 0; k < last - first; k++)
    weights[k] = (int32_t)(0.5 + share(k + first, center, wide) / sum * (1 << BITS));
  w->first[i] = first;
  w->count[i] = last - first;
}

/* PyTorch's, in float32. */
static void weigh_area(NnWeights *w, size_t i)
{
  nn_real scale = (nn_real)w->n_in / (nn_real)w->n_out, wide = scale < 1 ? 1 : scale, sum = 0;
  nn_real center = scale * ((nn_real)i + (nn_real)0.5), *share = w->real + i * w->width;
  int first = (int)(center - wide + (nn_real)0.5), last = (int)(center + wide + (nn_real)0.5);
  first = first < 0 ? 0 : first;
  last = last > (int)w->n_in ? (int)w->n_in : last;
  for (int k = 0; k < last - first; k++)
    sum += share[k] =
        (nn_real)triangle(((nn_real)(k + first) - center + (nn_real)0.5) * (1 / wide));
  for (int k = 0; k < last - first; k++)
    share[k] /= sum;
  w->first[i] = first;
  w->count[i] = last - first;
}

static void weigh_two(NnWeights *w, size_t i)
{
  nn_real scale = (nn_real)w->n_in / (nn_real)w->n_out;
  nn_real at = scale * ((nn_real)i + (nn_real)0.5) - (nn_real)0.5, *share = w->real + i * w->width;
  at = at < 0 ? 0 : at;
  int first = (int)at, last = (int)w->n_in - 1;
  w->first[i] = first > last ? last : first;
  w->count[i] = w->first[i] < last ? 2 : 1;
  share[1] = at - (nn_real)first;
  share[0] = w->count[i] == 1 ? 1 : 1 - share[1];
}

void nn_weights_make(NnWeights *weights, void *memory, size_t n_in, size_t n_out,
                     NnResampleRule rule)
{
  char *at = memory;
  *weights = (NnWeights){.n_in = n_in, .n_out = n_out, .width = taps(n_in, n_out)};
  weights->first = (int *)at;
  weights->count = (int *)(at += round_up(n_out * sizeof(int)));
  at += round_up(n_out * sizeof(int));
  weights->whole = (int32_t *)at;
  weights->real = (nn_real *)at;
  for (size_t i = 0; i < n_out; i++)
    if (rule == NN_RESAMPLE_BYTES)
      weigh_bytes(weights, i);
    else if (rule == NN_RESAMPLE_AREA)
      weigh_area(weights, i);
    else
      weigh_two(weights, i);
}

static uint8_t to_byte(int32_t sum)
{
  sum >>= BITS;
  return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* out = two rows, weighted. The weights are split in two parts, so that products of 16 bits do, for
 * which processors have wide instructions: both together are 2^22 or one more, never negative, and
 * 255 · 2^7 < 2^15. */
static void blend_rows(size_t n, const uint8_t *a, const uint8_t *b, const int32_t weights[2],
                       uint8_t *restrict out)
{
  int16_t low_a = (int16_t)(weights[0] & 0x7fff), high_a = (int16_t)(weights[0] >> 15);
  int16_t low_b = (int16_t)(weights[1] & 0x7fff), high_b = (int16_t)(weights[1] >> 15);
  for (size_t x = 0; x < n; x++) {
    int16_t va = a[x], vb = b[x], high = (int16_t)(va * high_a + vb * high_b);
    int32_t low = (int32_t)va * low_a + (int32_t)vb * low_b + (1 << (BITS - 1));
    int16_t sum = (int16_t)((low + high * 0x8000) >> BITS);
    out[x] = (uint8_t)(sum > 255 ? 255 : sum);
  }
}

enum { PIECE = 256 }; /* so many sums stand on the stack */

/* n ≤ PIECE values of output y, from rows that are `stride` apart */
static void sum_piece(const NnWeights *w, size_t y, size_t n, size_t stride, const uint8_t *from,
                      uint8_t *restrict out)
{
  int32_t sums[PIECE];
  for (size_t x = 0; x < n; x++)
    sums[x] = 1 << (BITS - 1);
  for (int k = 0; k < w->count[y]; k++, from += stride)
    for (size_t x = 0; x < n; x++)
      sums[x] += from[x] * w->whole[y * w->width + (size_t)k];
  for (size_t x = 0; x < n; x++)
    out[x] = to_byte(sums[x]);
}

static void sum_rows(const NnWeights *w, size_t n, size_t y, const uint8_t *from,
                     uint8_t *restrict out)
{
  for (size_t x = 0; x < n; x += PIECE)
    sum_piece(w, y, n - x < PIECE ? n - x : PIECE, n, from + x, out + x);
}

/* n_in → n_out rows of n values; a side that grows needs two neighbors, or one at an edge */
static void across_bytes(const NnWeights *w, size_t n, const uint8_t *in, uint8_t *restrict out)
{
  for (size_t y = 0; y < w->n_out; y++, out += n) {
    const uint8_t *from = in + (size_t)w->first[y] * n;
    const int32_t *weights = w->whole + y * w->width;
    if (w->count[y] == 2)
      blend_rows(n, from, from + n, weights, out);
    else
      sum_rows(w, n, y, from, out);
  }
}

typedef uint8_t Sixteen __attribute__((vector_size(16)));

/* 16 × 16 values laid on their side: four times the rows are shuffled like two halves of a pack of
 * cards. */
static void turn_block(const uint8_t *in, size_t step_in, uint8_t *out, size_t step_out)
{
  Sixteen rows[2][16];
  for (int i = 0; i < 16; i++)
    memcpy(&rows[0][i], in + (size_t)i * step_in, 16);
  for (int round = 0; round < 4; round++)
    for (int i = 0; i < 8; i++) {
      Sixteen a = rows[round % 2][i], b = rows[round % 2][i + 8];
      rows[1 - round % 2][2 * i] =
          __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      rows[1 - round % 2][2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27,
                                                               12, 28, 13, 29, 14, 30, 15, 31);
    }
  for (int i = 0; i < 16; i++)
    memcpy(out + (size_t)i * step_out, &rows[0][i], 16);
}

static size_t block_at(size_t at, size_t n)
{
  return at + 16 < n ? at : n - 16;
}

/* out[x][y] = in[y][x], y < H, x < W, in blocks, the last of which lie over the ones before. */
static void turn(size_t H, size_t W, const uint8_t *in, size_t step_in, uint8_t *out,
                 size_t step_out)
{
  if (H < 16 || W < 16) {
    for (size_t y = 0; y < H; y++)
      for (size_t x = 0; x < W; x++)
        out[x * step_out + y] = in[y * step_in + x];
    return;
  }
  for (size_t i = 0; i < H; i += 16)
    for (size_t j = 0; j < W; j += 16) {
      size_t y = block_at(i, H), x = block_at(j, W);
      turn_block(in + y * step_in + x, step_in, out + x * step_out + y, step_out);
    }
}

enum { BAND = 32, MOST = 256 };

/* The same along rows, where a side grows: a band of rows at a time is laid on its side, so that
 * it is the other direction. What is beside a band that is not full is 0 and counts for nothing. */
static void along_bands(const NnWeights *w, size_t n, const uint8_t *in, uint8_t *out)
{
  uint8_t upright[MOST * BAND], result[MOST * BAND];
  for (size_t first = 0; first < n; first += BAND) {
    size_t rows = n - first < BAND ? n - first : BAND;
    if (rows < BAND)
      memset(upright, 0, w->n_in * BAND);
    turn(rows, w->n_in, in + first * w->n_in, w->n_in, upright, BAND);
    across_bytes(w, BAND, upright, result);
    turn(w->n_out, rows, result, BAND, out + first * w->n_out, w->n_out);
  }
}

/* n rows of n_in → n_out values */
static void along_bytes(const NnWeights *w, size_t n, const uint8_t *in, uint8_t *out)
{
  if (w->n_in <= w->n_out) {
    along_bands(w, n, in, out);
    return;
  }
  for (size_t y = 0; y < n; y++, in += w->n_in, out += w->n_out)
    for (size_t x = 0; x < w->n_out; x++) {
      const int32_t *weight = w->whole + x * w->width;
      const uint8_t *from = in + w->first[x];
      int32_t sum = 1 << (BITS - 1);
      for (int k = 0; k < w->count[x]; k++)
        sum += from[k] * weight[k];
      out[x] = to_byte(sum);
    }
}

static void along_reals(const NnWeights *w, size_t n, const nn_real *in, nn_real *out)
{
  for (size_t y = 0; y < n; y++, in += w->n_in, out += w->n_out)
    for (size_t x = 0; x < w->n_out; x++) {
      const nn_real *weight = w->real + x * w->width, *from = in + w->first[x];
      nn_real sum = 0;
      for (int k = 0; k < w->count[x]; k++)
        sum += from[k] * weight[k];
      out[x] = sum;
    }
}

static void across_reals(const NnWeights *w, size_t n, const nn_real *in, nn_real *out)
{
  memset(out, 0, w->n_out * n * sizeof *out);
  for (size_t y = 0; y < w->n_out; y++, out += n) {
    const nn_real *weight = w->real + y * w->width, *from = in + (size_t)w->first[y] * n;
    for (int k = 0; k < w->count[y]; k++, from += n)
      for (size_t x = 0; x < n; x++)
        out[x] += from[x] * weight[k];
  }
}

/* Pillow's choice, by what each order has to do. Between the passes lies a rounding, so that the
 * order shows in the pixels. */
static bool rows_first(const NnForm *in, const NnForm *out)
{
  return in->H > out->H && 2 * ((int64_t)in->W - (int64_t)out->W) < (int64_t)(in->H - out->H);
}

/* A direction whose size stays is left out: its weights would be 1. */
static void bytes_plane(const NnResample *r, const uint8_t *in, uint8_t *between, uint8_t *out)
{
  bool rows = r->in.H != r->out.H, columns = r->in.W != r->out.W;
  if (rows && columns && rows_first(&r->in, &r->out)) {
    across_bytes(&r->rows, r->in.W, in, between);
    along_bytes(&r->columns, r->out.H, between, out);
  } else if (rows && columns) {
    along_bytes(&r->columns, r->in.H, in, between);
    across_bytes(&r->rows, r->out.W, between, out);
  } else if (columns) {
    along_bytes(&r->columns, r->in.H, in, out);
  } else {
    across_bytes(&r->rows, r->out.W, in, out);
  }
}

static void reals_plane(const NnResample *r, const nn_real *in, nn_real *between, nn_real *out)
{
  along_reals(&r->columns, r->in.H, in, between);
  across_reals(&r->rows, r->out.W, between, out);
}

void nn_resample_apply(const NnResample *resample, const void *in, void *between, void *out)
{
  size_t from = resample->in.H * resample->in.W, to = resample->out.H * resample->out.W;
  for (size_t c = 0; c < resample->in.C; c++)
    if (resample->in.tensor)
      reals_plane(resample, (const nn_real *)in + c * from, between, (nn_real *)out + c * to);
    else
      bytes_plane(resample, (const uint8_t *)in + c * from, between, (uint8_t *)out + c * to);
}

/* Pillow adds the scale up from pixel to pixel, which rounds otherwise than multiplying. */
void nn_map_nearest(int *map, size_t n_in, size_t n_out, bool tensor)
{
  float scale = (float)n_in / (float)n_out;
  double step = (double)n_in / (double)n_out, at = step * 0.5;
  for (size_t i = 0; i < n_out; i++, at += step) {
    int index = tensor ? (int)floorf((float)i * scale) : (int)at;
    map[i] = index < (int)n_in ? index : (int)n_in - 1;
  }
}

/* ---- resizing, with everything that it needs ---- */

/* What a plan's memory starts with; the tables stand behind it. */
typedef struct {
  NnResize resize;
  NnResample resample; /* bilinear */
  int *rows, *columns; /* nearest */
} Plan;

size_t nn_resize_bytes(const NnForm *in, const NnForm *out)
{
  size_t columns_first = in->H * out->W, rows_first = out->H * in->W;
  return round_up((columns_first > rows_first ? columns_first : rows_first) *
                  nn_form_value_size(in));
}

size_t nn_resize_plan_bytes(const NnForm *in, const NnForm *out)
{
  size_t maps = round_up(out->H * sizeof(int)) + round_up(out->W * sizeof(int));
  size_t weights = nn_weights_bytes(in->H, out->H) + nn_weights_bytes(in->W, out->W);
  return round_up(sizeof(Plan)) + (maps > weights ? maps : weights);
}

void nn_resize_plan(const NnResize *resize, void *memory)
{
  const NnForm *in = &resize->in, *out = &resize->out;
  Plan *plan = memory;
  char *at = (char *)memory + round_up(sizeof *plan);
  *plan = (Plan){.resize = *resize, .resample = {.in = *in, .out = *out}};
  if (resize->bilinear) {
    NnResampleRule rule = !in->tensor         ? NN_RESAMPLE_BYTES
                          : resize->antialias ? NN_RESAMPLE_AREA
                                              : NN_RESAMPLE_TWO;
    nn_weights_make(&plan->resample.rows, at, in->H, out->H, rule);
    nn_weights_make(&plan->resample.columns, at + nn_weights_bytes(in->H, out->H), in->W, out->W,
                    rule);
    return;
  }
  plan->rows = (int *)at;
  plan->columns = (int *)(at + round_up(out->H * sizeof(int)));
  nn_map_nearest(plan->rows, in->H, out->H, in->tensor);
  nn_map_nearest(plan->columns, in->W, out->W, in->tensor);
}

void nn_resize_run(const void *memory, void *scratch, const void *in, void *out)
{
  const Plan *plan = memory;
  const NnResize *resize = &plan->resize;
  if (resize->in.H == resize->out.H && resize->in.W == resize->out.W)
    memcpy(out, in, nn_form_bytes(&resize->in));
  else if (resize->bilinear)
    nn_resample_apply(&plan->resample, in, scratch, out);
  else
    nn_pixel_map_apply(
        &(NnPixelMap){
            .rows = plan->rows, .columns = plan->columns, .in = resize->in, .out = resize->out},
        in, out);
}

bool nn_resize_once(const NnResize *resize, const void *in, void *out, NnError *err)
{
  void *plan = nn_alloc(nn_resize_plan_bytes(&resize->in, &resize->out));
  void *scratch = nn_alloc(nn_resize_bytes(&resize->in, &resize->out));
  bool ok = (plan && scratch) || nn_fail_nomem(err, "an image that is resized");
  if (ok) {
    nn_resize_plan(resize, plan);
    nn_resize_run(plan, scratch, in, out);
  }
  nn_free(plan);
  nn_free(scratch);
  return ok;
}
