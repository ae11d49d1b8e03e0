/* blur.c: see blur.h. */
#include "blur.h"
#include <math.h>
#include <string.h>

void nn_blur_make(NnBlur *blur, size_t n, double sigma)
{
  double half = ((double)n - 1) * 0.5, sum = 0, weight[NN_BLUR_MAX];
  blur->n = n;
  for (size_t i = 0; i < n; i++) {
    double x = ((double)i - half) / sigma;
    sum += weight[i] = exp(-0.5 * x * x);
  }
  for (size_t i = 0; i < n; i++)
    blur->weights[i] = (nn_real)(weight[i] / sum);
}

/* The picture between the passes, and one row with its mirrored ends. */
size_t nn_blur_scratch(size_t H, size_t W)
{
  return (H * W + 3 * W) * sizeof(nn_real);
}

static size_t mirrored(ptrdiff_t i, size_t n)
{
  ptrdiff_t last = (ptrdiff_t)n - 1;
  return (size_t)(i < 0 ? -i : i > last ? 2 * last - i : i);
}

static void blur_row(const NnBlur *blur, size_t W, nn_real *padded, const nn_real *in, nn_real *out)
{
  ptrdiff_t r = (ptrdiff_t)(blur->n / 2);
  for (ptrdiff_t i = -r; i < (ptrdiff_t)W + r; i++)
    padded[i + r] = in[mirrored(i, W)];
  memset(out, 0, W * sizeof *out);
  for (size_t k = 0; k < blur->n; k++)
    for (size_t x = 0; x < W; x++)
      out[x] += padded[x + k] * blur->weights[k];
}

void nn_blur_apply(const NnBlurring *blurring, void *scratch, const nn_real *in, nn_real *out)
{
  size_t H = blurring->H, W = blurring->W;
  const NnBlur *across = blurring->across;
  nn_real *between = scratch, *padded = between + H * W;
  for (size_t y = 0; y < H; y++)
    blur_row(blurring->along, W, padded, in + y * W, between + y * W);
  memset(out, 0, H * W * sizeof *out);
  for (size_t y = 0; y < H; y++)
    for (size_t k = 0; k < across->n; k++) {
      ptrdiff_t from = (ptrdiff_t)(y + k) - (ptrdiff_t)(across->n / 2);
      const nn_real *row = between + mirrored(from, H) * W;
      for (size_t x = 0; x < W; x++)
        out[y * W + x] += row[x] * across->weights[k];
    }
}
