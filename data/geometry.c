/* geometry.c: see geometry.h. A matrix m maps a place of the new picture to one of the old:
 * x' = m[0] x + m[1] y + m[2], y' = m[3] x + m[4] y + m[5]. */
#include "geometry.h"
#include "grid.h"
#include "pixel-map.h"
#include <math.h>
#include <string.h>

static double radians(double degrees)
{
  return degrees * (M_PI / 180);
}

/* ---- matrices ---- */

/* torchvision's _get_inverse_affine_matrix(): about (cx, cy). */
static void inverse_matrix(const NnAffine *affine, double cx, double cy, double m[6])
{
  double turn = radians(affine->angle), sx = radians(affine->shear_x),
         sy = radians(affine->shear_y);
  double a = cos(turn - sy) / cos(sy);
  double b = -cos(turn - sy) * tan(sx) / cos(sy) - sin(turn);
  double c = sin(turn - sy) / cos(sy);
  double d = -sin(turn - sy) * tan(sx) / cos(sy) + cos(turn);
  double parts[6] = {d, -b, 0, -c, a, 0};
  for (int i = 0; i < 6; i++)
    m[i] = parts[i] / affine->scale;
  m[2] += m[0] * (-cx - affine->tx) + m[1] * (-cy - affine->ty);
  m[5] += m[3] * (-cx - affine->tx) + m[4] * (-cy - affine->ty);
  m[2] += cx;
  m[5] += cy;
}

/* To 15 decimals of the exact value, as Python's round() does; the product alone is not exact. */
static double rounded(double x)
{
  double n = rint(x * 1e15), rest = fma(x, 1e15, -n);
  if (fabs(rest) > 0.5)
    n += rest > 0 ? 1 : -1;
  return n / 1e15;
}

/* Pillow's rotate(): sine and cosine to 15 digits, about the middle. */
static void rotation_matrix(const NnForm *form, double degrees, double m[6])
{
  double angle = -radians(degrees), cx = (double)form->W / 2, cy = (double)form->H / 2;
  m[0] = rounded(cos(angle));
  m[1] = rounded(sin(angle));
  m[3] = -m[1];
  m[4] = m[0];
  m[2] = m[0] * -cx + m[1] * -cy + cx;
  m[5] = m[3] * -cx + m[4] * -cy + cy;
}

/* ---- bytes ---- */

static int fixed(double x)
{
  return (int)floor(x * 65536 + 0.5);
}

/* Where Pillow looks for the pixels of a new picture, in 16.16: (x, y) of the first one, and how
 * far the next column and the next row are from it. All of it is whole numbers, so that the order
 * of the sums does not count. */
typedef struct {
  int x, y, column[2], row[2];
} Walk;

static Walk walk_of(const double m[6])
{
  return (Walk){.x = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5),
                .y = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5),
                .column = {fixed(m[0]), fixed(m[3])},
                .row = {fixed(m[1]), fixed(m[4])}};
}

static void nearest_row(const NnForm *form, const uint8_t *in, const Walk *walk, uint8_t *out)
{
  unsigned W = (unsigned)form->W, H = (unsigned)form->H;
  int x = walk->x, y = walk->y;
  for (unsigned i = 0; i < W; i++, x += walk->column[0], y += walk->column[1]) {
    unsigned column = (unsigned)(x >> 16), row = (unsigned)(y >> 16); /* negative: far outside */
    if (column < W && row < H)
      out[i] = in[row * W + column];
  }
}

/* `out` is full of the fill. */
static void nearest_anywhere(const NnForm *form, Walk walk, const uint8_t *in, uint8_t *out)
{
  for (size_t row = 0; row < form->H; row++, out += form->W) {
    nearest_row(form, in, &walk, out);
    walk.x += walk.row[0];
    walk.y += walk.row[1];
  }
}

/* How far the walk leaves a side of n pixels, before and after it; its ends are at the corners. */
static void beyond(const NnForm *form, int start, int column, int row, int64_t out[2])
{
  int64_t columns = (int64_t)column * ((int64_t)form->W - 1),
          rows = (int64_t)row * ((int64_t)form->H - 1);
  out[0] = (start + (columns < 0 ? columns : 0) + (rows < 0 ? rows : 0)) >> 16;
  out[1] = (start + (columns > 0 ? columns : 0) + (rows > 0 ? rows : 0)) >> 16;
}

enum { ROOM = 1 << 14 };

/* The picture within a border of the fill. */
typedef struct {
  uint8_t pixels[ROOM];
  int left, top, W, H;
} Framed;

/* With as much border as the walk needs; false when that is more than there is room for. */
static bool frame(const NnForm *form, const Walk *walk, uint8_t fill, const uint8_t *in, Framed *f)
{
  int64_t x[2], y[2], W = (int64_t)form->W, H = (int64_t)form->H;
  beyond(form, walk->x, walk->column[0], walk->row[0], x);
  beyond(form, walk->y, walk->column[1], walk->row[1], y);
  if (x[0] < -ROOM || x[1] > ROOM || y[0] < -ROOM || y[1] > ROOM)
    return false;
  f->left = x[0] < 0 ? (int)-x[0] : 0;
  f->top = y[0] < 0 ? (int)-y[0] : 0;
  f->W = f->left + (int)(x[1] < W ? W : x[1] + 1);
  f->H = f->top + (int)(y[1] < H ? H : y[1] + 1);
  if (f->W > ROOM / f->H)
    return false;
  memset(f->pixels, fill, (size_t)(f->W * f->H));
  for (int row = 0; row < H; row++)
    memcpy(f->pixels + (f->top + row) * f->W + f->left, in + row * W, (size_t)W);
  return true;
}

/* Of a row, where in the frame its pixels are: sums of 16 bits, for which processors have wide
 * instructions. */
static void find_row(const Framed *f, size_t n, const Walk *walk, uint16_t *at)
{
  int x = walk->x + f->left * 65536, y = walk->y + f->top * 65536;
  uint16_t W = (uint16_t)f->W;
  for (size_t i = 0; i < n; i++) {
    at[i] = (uint16_t)((uint16_t)(y >> 16) * W + (uint16_t)(x >> 16));
    x += walk->column[0];
    y += walk->column[1];
  }
}

/* No pixel has to be asked whether it is inside. */
static void nearest_framed(const NnForm *form, Walk walk, const Framed *f, uint8_t *out)
{
  uint16_t at[256];
  for (size_t row = 0; row < form->H; row++, out += form->W) {
    find_row(f, form->W, &walk, at);
    for (size_t i = 0; i < form->W; i++)
      out[i] = f->pixels[at[i]];
    walk.x += walk.row[0];
    walk.y += walk.row[1];
  }
}

static void nearest_fixed(const NnForm *form, const double m[6], uint8_t fill, const uint8_t *in,
                          uint8_t *out)
{
  Walk walk = walk_of(m);
  Framed framed;
  if (frame(form, &walk, fill, in, &framed)) {
    nearest_framed(form, walk, &framed, out);
    return;
  }
  memset(out, fill, form->H * form->W);
  nearest_anywhere(form, walk, in, out);
}

/* Is a corner of the new picture looked up where 16.16 can count? */
static bool is_near(const double m[6], double x, double y)
{
  return fabs(m[0] * x + m[1] * y + m[2]) < 32768 && fabs(m[3] * x + m[4] * y + m[5]) < 32768;
}

static bool fits_fixed(const NnForm *form, const double m[6])
{
  double W = (double)form->W, H = (double)form->H;
  double step = fmax(fmax(fabs(m[0]), fabs(m[1])), fmax(fabs(m[3]), fabs(m[4])));
  return step < 32768 && is_near(m, 0, 0) && is_near(m, 0, H) && is_near(m, W, 0) &&
         is_near(m, W, H);
}

/* The same in double, where 16.16 would not reach: for a slant of nearly 90° or a tiny scale. */
static void nearest_double(const NnForm *form, const double m[6], uint8_t fill, const uint8_t *in,
                           uint8_t *out)
{
  for (size_t row = 0; row < form->H; row++)
    for (size_t column = 0; column < form->W; column++) {
      double x = (double)column + 0.5, y = (double)row + 0.5;
      double from_x = m[0] * x + m[1] * y + m[2], from_y = m[3] * x + m[4] * y + m[5];
      bool inside =
          from_x >= 0 && from_x < (double)form->W && from_y >= 0 && from_y < (double)form->H;
      *out++ = inside ? in[(size_t)from_y * form->W + (size_t)from_x] : fill;
    }
}

/* Which pixels a scaled and shifted side takes; −1 is outside. */
static void scale_map(int *map, size_t n, double step, double start)
{
  double at = start + step * 0.5;
  for (size_t i = 0; i < n; i++, at += step)
    map[i] = at < 0 || at >= (double)n ? -1 : (int)at;
}

/* Without a turn Pillow counts rows and columns by themselves, in double. */
static void nearest_scaled(const NnForm *form, const double m[6], double fill, const uint8_t *in,
                           uint8_t *out)
{
  int rows[256], columns[256];
  NnForm plane = {1, form->H, form->W, false};
  scale_map(rows, form->H, m[4], m[5]);
  scale_map(columns, form->W, m[0], m[2]);
  NnPixelMap window = {.rows = rows, .columns = columns, .in = plane, .out = plane, .fill = fill};
  nn_pixel_map_apply(&window, in, out);
}

static int clamped(int i, size_t n)
{
  return i < 0 ? 0 : i < (int)n ? i : (int)n - 1;
}

/* The picture at (x, y), which lies in it. */
static uint8_t between(const NnForm *form, const uint8_t *in, double x, double y)
{
  int column = (int)floor(x - 0.5), row = (int)floor(y - 0.5);
  double dx = x - 0.5 - column, dy = y - 0.5 - row;
  const uint8_t *upper = in + (size_t)clamped(row, form->H) * form->W;
  int left = clamped(column, form->W), right = clamped(column + 1, form->W);
  double above = upper[left] + (upper[right] - upper[left]) * dx, below = above;
  if (row + 1 >= 0 && row + 1 < (int)form->H) {
    const uint8_t *lower = in + (size_t)(row + 1) * form->W;
    below = lower[left] + (lower[right] - lower[left]) * dx;
  }
  return (uint8_t)(above + (below - above) * dy);
}

static void bilinear_bytes(const NnForm *form, const double m[6], const uint8_t *in, uint8_t *out)
{
  double W = (double)form->W, H = (double)form->H;
  for (size_t row = 0; row < form->H; row++)
    for (size_t column = 0; column < form->W; column++, out++) {
      double x = (double)column + 0.5, y = (double)row + 0.5;
      double from_x = m[0] * x + m[1] * y + m[2], from_y = m[3] * x + m[4] * y + m[5];
      if (from_x >= 0 && from_x < W && from_y >= 0 && from_y < H)
        *out = between(form, in, from_x, from_y);
    }
}

static void transform_bytes(const NnSampling *s, const double m[6], const uint8_t *in, uint8_t *out)
{
  const NnForm *form = &s->form;
  size_t plane = form->H * form->W;
  for (size_t c = 0; c < form->C; c++, in += plane, out += plane)
    if (s->bilinear) {
      memset(out, (int)s->fill, plane);
      bilinear_bytes(form, m, in, out);
    } else if (m[1] == 0 && m[3] == 0) {
      nearest_scaled(form, m, s->fill, in, out);
    } else if (fits_fixed(form, m)) {
      nearest_fixed(form, m, (uint8_t)s->fill, in, out);
    } else {
      nearest_double(form, m, (uint8_t)s->fill, in, out);
    }
}

/* Quarter turns, counter-clockwise; 1 and 3 of square pictures. */
static void quarter_turns(const NnForm *form, int turns, const uint8_t *in, uint8_t *out)
{
  size_t H = form->H, W = form->W;
  for (size_t c = 0; c < form->C; c++, in += H * W)
    for (size_t y = 0; y < H; y++)
      for (size_t x = 0; x < W; x++)
        *out++ = turns == 0   ? in[y * W + x]
                 : turns == 1 ? in[x * W + (W - 1 - y)]
                 : turns == 2 ? in[(H - 1 - y) * W + (W - 1 - x)]
                              : in[(H - 1 - x) * W + y];
}

static void rotate_bytes(const NnSampling *s, double angle, const uint8_t *in, uint8_t *out)
{
  double m[6], turned = fmod(angle, 360);
  turned = turned < 0 ? turned + 360 : turned;
  bool square = s->form.H == s->form.W;
  if (turned == 0 || turned == 180 || (square && (turned == 90 || turned == 270))) {
    quarter_turns(&s->form, (int)(turned / 90), in, out);
    return;
  }
  rotation_matrix(&s->form, turned, m);
  transform_bytes(s, m, in, out);
}

/* ---- both forms ---- */

void nn_rotate(const NnSampling *sampling, double angle, const void *in, void *out)
{
  if (!sampling->form.tensor) {
    rotate_bytes(sampling, angle, in, out);
    return;
  }
  double m[6];
  inverse_matrix(&(NnAffine){.angle = -angle, .scale = 1}, 0, 0, m);
  nn_grid_affine(sampling, m, in, out);
}

void nn_affine(const NnSampling *sampling, const NnAffine *affine, const void *in, void *out)
{
  double m[6];
  if (sampling->form.tensor) {
    inverse_matrix(affine, 0, 0, m);
    nn_grid_affine(sampling, m, in, out);
    return;
  }
  inverse_matrix(affine, (double)sampling->form.W * 0.5, (double)sampling->form.H * 0.5, m);
  transform_bytes(sampling, m, in, out);
}
