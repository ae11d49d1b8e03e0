/* test-moves.c: transforms that move pixels, which have quick ways for common cases, against one
 * way, pixel by pixel; and what keeps their results. */
#include "data/geometry.h"
#include "data/picture-cache.h"
#include "data/mirror.h"
#include "data/resample.h"
#include "data/pixel-map.h"
#include "engine/mem.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 200 * 200, GUARD = 0xa5, FILL = 77 };

static uint8_t picture[MOST], found[MOST + 1];

static void make_picture(void)
{
  uint32_t state = 1;
  for (size_t p = 0; p < MOST; p++)
    picture[p] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
  memset(found, GUARD, sizeof found);
}

/* ---- rotation ---- */

/* To 15 decimals, by way of the text. */
static double decimals(double x)
{
  char text[64];
  snprintf(text, sizeof text, "%.15f", x);
  return strtod(text, NULL);
}

/* Column or row of the old picture, as Pillow counts: 16.16 fixed point. */
static int64_t place(const double m[3], int64_t column, int64_t row)
{
  int64_t start = (int64_t)floor((m[2] + m[0] * 0.5 + m[1] * 0.5) * 65536 + 0.5);
  int64_t right = (int64_t)floor(m[0] * 65536 + 0.5), down = (int64_t)floor(m[1] * 65536 + 0.5);
  return (start + column * right + row * down) >> 16;
}

static void check_rotation(int64_t H, int64_t W, double degrees)
{
  NnSampling sampling = {{1, (size_t)H, (size_t)W, false}, false, FILL};
  double angle = -fmod(degrees + 360, 360) * (M_PI / 180), cx = (double)W / 2, cy = (double)H / 2;
  double x[3] = {decimals(cos(angle)), decimals(sin(angle)), 0};
  double y[3] = {decimals(-sin(angle)), decimals(cos(angle)), 0};
  x[2] = x[0] * -cx + x[1] * -cy + cx;
  y[2] = y[0] * -cx + y[1] * -cy + cy;
  make_picture();
  nn_rotate(&sampling, degrees, picture, found);
  size_t wrong = 0;
  for (int64_t row = 0; row < H; row++)
    for (int64_t column = 0; column < W; column++) {
      int64_t c = place(x, column, row), r = place(y, column, row);
      bool inside = c >= 0 && c < W && r >= 0 && r < H;
      wrong += found[row * W + column] != (inside ? picture[r * W + c] : FILL);
    }
  if (!nn_check_int(wrong, 0))
    printf("# %d × %d by %g°\n", (int)H, (int)W, degrees);
  nn_check_int(found[H * W], GUARD);
}

/* Small pictures are rotated within a border, large ones and long ones are not. */
static void test_rotation(void)
{
  static const int64_t sizes[][2] = {{1, 1},   {5, 7},     {32, 32}, {33, 18}, {84, 84},
                                     {90, 90}, {200, 200}, {3, 200}, {200, 9}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (int k = 0; k < 25; k++)
      check_rotation(sizes[s][0], sizes[s][1], -179.3 + k * 14.86);
}

/* ---- affine ---- */

/* Far shifts and strong zooms leave the picture altogether, or repeat a pixel. With a turn of 0 and
 * no scale, an affine transform is a shift by whole pixels. */
static void test_shift(void)
{
  enum { SIDE = 20 };
  NnSampling sampling = {{1, SIDE, SIDE, false}, false, FILL};
  static const int shifts[] = {-250, -21, -20, -3, 0, 1, 19, 20, 250};
  for (size_t i = 0; i < 9; i++)
    for (size_t j = 0; j < 9; j++) {
      int tx = shifts[i], ty = shifts[j];
      NnAffine affine = {.tx = tx, .ty = ty, .scale = 1};
      make_picture();
      nn_affine(&sampling, &affine, picture, found);
      size_t wrong = 0;
      for (int p = 0; p < SIDE * SIDE; p++) {
        int x = p % SIDE - tx, y = p / SIDE - ty;
        bool inside = x >= 0 && x < SIDE && y >= 0 && y < SIDE;
        wrong += found[p] != (inside ? picture[y * SIDE + x] : FILL);
      }
      nn_check_int(wrong, 0);
      nn_check_int(found[SIDE * SIDE], GUARD);
    }
}

/* A turn by so little that every pixel stays, with the shifts above: the walk leaves the picture
 * by little and by much. */
static void test_shift_turned(void)
{
  enum { SIDE = 20 };
  NnSampling sampling = {{1, SIDE, SIDE, false}, false, FILL};
  static const int shifts[] = {-250, -30, -3, 2, 30, 250};
  for (size_t i = 0; i < 6; i++)
    for (size_t j = 0; j < 6; j++) {
      NnAffine affine = {.angle = 0.1, .tx = shifts[i], .ty = shifts[j], .scale = 1};
      make_picture();
      nn_affine(&sampling, &affine, picture, found);
      size_t wrong = 0;
      for (int p = 0; p < SIDE * SIDE; p++) {
        int x = p % SIDE - shifts[i], y = p / SIDE - shifts[j];
        bool inside = x >= 0 && x < SIDE && y >= 0 && y < SIDE;
        wrong += found[p] != (inside ? picture[y * SIDE + x] : FILL);
      }
      nn_check_int(wrong, 0);
      nn_check_int(found[SIDE * SIDE], GUARD);
    }
}

/* ---- mirrors and windows ---- */

static void test_mirrors(void)
{
  for (size_t W = 1; W <= 40; W++) {
    NnForm form = {2, 3, W, false};
    for (int rows = 0; rows < 2; rows++) {
      make_picture();
      (rows ? nn_mirror_rows : nn_mirror_columns)(&form, picture, found);
      size_t wrong = 0;
      for (size_t c = 0; c < 2; c++)
        for (size_t y = 0; y < 3; y++)
          for (size_t x = 0; x < W; x++)
            wrong += found[(c * 3 + y) * W + x] !=
                     picture[(c * 3 + (rows ? 2 - y : y)) * W + (rows ? x : W - 1 - x)];
      nn_check_int(wrong, 0);
      nn_check_int(found[6 * W], GUARD);
    }
  }
}

/* Every map of five columns that point into a picture of three, or outside of it. */
static void test_windows(void)
{
  enum { W = 5, FROM = 3, MAPS = 4 * 4 * 4 * 4 * 4 };
  int rows[3] = {2, -1, 0};
  size_t wrong = 0;
  for (int k = 0; k < MAPS; k++) {
    int columns[W];
    for (int x = 0, rest = k; x < W; x++, rest /= 4)
      columns[x] = rest % 4 - 1;
    make_picture();
    NnPixelMap window = {rows, columns, {1, 3, FROM, false}, {1, 3, W, false}, FILL};
    nn_pixel_map_apply(&window, picture, found);
    for (int y = 0; y < 3; y++)
      for (int x = 0; x < W; x++) {
        bool inside = rows[y] >= 0 && columns[x] >= 0;
        wrong += found[y * W + x] != (inside ? picture[rows[y] * FROM + columns[x]] : FILL);
      }
    wrong += found[3 * W] != GUARD;
  }
  nn_check_int(wrong, 0);
}

/* ---- growing ---- */

/* Value i of a side that grows from n_in to n_out, `step` apart: Pillow's triangle over the
 * neighbors, in parts of 2^22. */
static uint8_t grown(const uint8_t *in, int n_in, int n_out, int i, int step)
{
  double center = (i + 0.5) * n_in / n_out, sum = 0;
  int64_t result = 1 << 21;
  for (int k = 0; k < n_in; k++)
    sum += fmax(0, 1 - fabs(k + 0.5 - center));
  for (int k = 0; k < n_in; k++) {
    double weight = fmax(0, 1 - fabs(k + 0.5 - center)) / sum;
    result += in[k * step] * (int64_t)(0.5 + weight * (1 << 22));
  }
  return (uint8_t)(result >> 22 > 255 ? 255 : result >> 22);
}

static void check_growth(const NnForm *in, const NnForm *out)
{
  static uint8_t between[MOST];
  int H = (int)in->H, W = (int)in->W, h = (int)out->H, w = (int)out->W;
  void *plan = nn_alloc(nn_resize_plan_bytes(in, out)),
       *scratch = nn_alloc(nn_resize_bytes(in, out));
  make_picture();
  memset(picture, 255, (size_t)W); /* whose sum may be one too much */
  nn_resize_plan(&(NnResize){*in, *out, true, true}, plan);
  nn_resize_run(plan, scratch, picture, found);
  for (int p = 0; p < H * w; p++)
    between[p] = grown(picture + p / w * W, W, w, p % w, 1);
  size_t wrong = 0;
  for (int p = 0; p < h * w; p++)
    wrong += found[p] != grown(between + p % w, H, h, p / w, w);
  if (!nn_check_int(wrong, 0))
    printf("# %d × %d to %d × %d\n", H, W, h, w);
  nn_check_int(found[h * w], GUARD);
  nn_free(plan);
  nn_free(scratch);
}

static void test_growth(void)
{
  static const size_t sizes[][4] = {{28, 28, 36, 36}, {1, 1, 7, 5},     {2, 3, 3, 30},
                                    {17, 40, 33, 41}, {40, 15, 47, 16}, {16, 16, 32, 100},
                                    {33, 64, 34, 65}, {70, 20, 71, 199}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    NnForm in = {1, sizes[s][0], sizes[s][1], false}, out = {1, sizes[s][2], sizes[s][3], false};
    check_growth(&in, &out);
  }
}

/* ---- keeping ---- */

static void test_kept(void)
{
  NnPictureCache *kept = NULL;
  uint8_t *spot, *again;
  nn_check(nn_picture_cache_new(3, 10, &kept, NULL));
  nn_check(nn_picture_cache_find(kept, 1, &spot) == NULL && spot != NULL);
  nn_check(nn_picture_cache_find(kept, 1, &again) == NULL && again == NULL);
  memset(spot, 9, 10);
  nn_picture_cache_done(kept, 1);
  nn_check(nn_picture_cache_find(kept, 1, &again) == spot && again == NULL);
  nn_check(nn_picture_cache_find(kept, 2, &again) == NULL && again == spot + 10);
  nn_check(nn_picture_cache_find(kept, 3, &again) == NULL && again == NULL);
  nn_picture_cache_free(kept);
  nn_picture_cache_free(NULL);
}

/* Of pictures that do not all fit, the first ones are kept. */
static void test_kept_limit(void)
{
  NnPictureCache *kept = NULL;
  uint8_t *spot;
  nn_check(nn_picture_cache_new(1000, NN_PICTURE_CACHE_BYTES / 2 - 1, &kept, NULL));
  nn_check(nn_picture_cache_find(kept, 1, &spot) == NULL && spot != NULL);
  nn_check(nn_picture_cache_find(kept, 2, &spot) == NULL && spot == NULL);
  nn_picture_cache_free(kept);
}

int main(void)
{
  nn_test("rotates as pixel by pixel", test_rotation);
  nn_test("shifts by whole pixels", test_shift);
  nn_test("shifts and turns by little", test_shift_turned);
  nn_test("mirrors as pixel by pixel", test_mirrors);
  nn_test("windows as pixel by pixel", test_windows);
  nn_test("grows as pixel by pixel", test_growth);
  nn_test("keeps what was made", test_kept);
  nn_test("keeps no more than there is room for", test_kept_limit);
  return nn_test_done();
}
