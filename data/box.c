/* box.c: see box.h. */
#include "box.h"
#include "engine/mem.h"
#include "resample.h"
#include <string.h>

enum { INNER = 20, LEAST_CONTRAST = 32, MIDDLE = NN_BOX_SIDE / 2 };

typedef struct {
  size_t top, left, h, w;
} Part;

/* The mean of the picture's edge. */
static double background_of(const uint8_t *gray, size_t H, size_t W)
{
  double sum = 0;
  for (size_t x = 0; x < W; x++)
    sum += gray[x] + gray[(H - 1) * W + x];
  for (size_t y = 0; y < H; y++)
    sum += gray[y * W] + gray[y * W + W - 1];
  return sum / (double)(2 * (H + W));
}

/* Paper and its noise, a fifth of the way to the strongest ink, become 0, that ink 255. */
static bool separate_ink(uint8_t *gray, size_t H, size_t W)
{
  double background = background_of(gray, H, W), most = 0;
  bool dark = background > 127;
  for (size_t i = 0; i < H * W; i++) {
    double ink = dark ? background - gray[i] : gray[i] - background;
    most = ink > most ? ink : most;
  }
  double least = 0.2 * most;
  for (size_t i = 0; i < H * W; i++) {
    double ink = dark ? background - gray[i] : gray[i] - background;
    double share = ink <= least ? 0 : (ink - least) / (most - least);
    gray[i] = (uint8_t)(255 * share + 0.5);
  }
  return most >= LEAST_CONTRAST;
}

static Part find_ink(const uint8_t *gray, size_t H, size_t W)
{
  size_t top = H, left = W, bottom = 0, right = 0;
  for (size_t y = 0; y < H; y++)
    for (size_t x = 0; x < W; x++)
      if (gray[y * W + x] > 0) {
        top = y < top ? y : top;
        bottom = y > bottom ? y : bottom;
        left = x < left ? x : left;
        right = x > right ? x : right;
      }
  return (Part){top, left, bottom - top + 1, right - left + 1};
}

static size_t scaled(size_t side, size_t longest)
{
  size_t n = (2 * side * INNER + longest) / (2 * longest);
  return n > 0 ? n : 1;
}

/* Where `side` values that begin at `from` have to begin for their center of mass to be nearest to
 * the middle of pixel 14. */
static size_t place(double mass, double moment, size_t side)
{
  double at = MIDDLE + 1 - moment / mass;
  size_t most = NN_BOX_SIDE - side;
  return at < 0 ? 0 : (size_t)at > most ? most : (size_t)at;
}

static void center(const uint8_t *ink, size_t h, size_t w, uint8_t *out)
{
  double mass = 0, moment_x = 0, moment_y = 0;
  for (size_t i = 0; i < h * w; i++) {
    mass += ink[i];
    moment_x += ink[i] * ((double)(i % w) + 0.5);
    moment_y += ink[i] * ((double)(i / w) + 0.5);
  }
  size_t top = place(mass, moment_y, h), left = place(mass, moment_x, w);
  memset(out, 0, NN_BOX_SIDE * NN_BOX_SIDE);
  for (size_t y = 0; y < h; y++)
    memcpy(out + (top + y) * NN_BOX_SIDE + left, ink + y * w, w);
}

bool nn_box_digit(uint8_t *gray, size_t H, size_t W, uint8_t out[NN_BOX_SIDE * NN_BOX_SIDE],
                  NnError *err)
{
  if (!separate_ink(gray, H, W))
    return nn_fail(err, NN_ERR_ARG, NULL, N_("there is nothing on it but background"));
  Part part = find_ink(gray, H, W);
  for (size_t y = 0; y < part.h; y++)
    memmove(gray + y * part.w, gray + (part.top + y) * W + part.left, part.w);
  size_t longest = part.h > part.w ? part.h : part.w;
  NnResize resize = {.in = {1, part.h, part.w, false},
                     .out = {1, scaled(part.h, longest), scaled(part.w, longest), false},
                     .bilinear = true,
                     .antialias = true};
  uint8_t ink[INNER * INNER];
  if (!nn_resize_once(&resize, gray, ink, err))
    return false;
  center(ink, resize.out.H, resize.out.W, out);
  return true;
}
