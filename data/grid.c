/* grid.c: see grid.h. float32 throughout, as in PyTorch. */
#include "grid.h"
#include <tgmath.h>

/* What a place of the grid is in the picture: its four neighbors, or for nearest only the first.
 */
typedef struct {
  nn_real weight[4]; /* 0 where the neighbor is outside */
  size_t index[4];
  nn_real mask; /* the weights' sum */
} Neighbors;

static bool inside(nn_real x, size_t n)
{
  return x >= 0 && x < (nn_real)n;
}

static void find_nearest(const NnForm *form, nn_real x, nn_real y, Neighbors *at)
{
  nn_real column = rint(x), row = rint(y);
  bool ok = inside(column, form->W) && inside(row, form->H);
  at->mask = ok;
  at->index[0] = ok ? (size_t)row * form->W + (size_t)column : 0;
}

static void find_bilinear(const NnForm *form, nn_real x, nn_real y, Neighbors *at)
{
  nn_real column = floor(x), row = floor(y), dx = x - column, dy = y - row;
  nn_real weights[4] = {(1 - dx) * (1 - dy), dx * (1 - dy), (1 - dx) * dy, dx * dy};
  at->mask = 0;
  for (int k = 0; k < 4; k++) {
    nn_real i = column + (nn_real)(k % 2), j = row + (nn_real)(k / 2);
    bool ok = inside(i, form->W) && inside(j, form->H);
    at->weight[k] = ok ? weights[k] : 0;
    at->index[k] = ok ? (size_t)j * form->W + (size_t)i : 0;
    at->mask += at->weight[k];
  }
}

/* (gx, gy): −1 … 1 between the picture's edges. */
static void find(const NnSampling *s, nn_real gx, nn_real gy, Neighbors *at)
{
  nn_real half = (nn_real)0.5;
  nn_real x = (gx + 1) * ((nn_real)s->form.W * half) - half;
  nn_real y = (gy + 1) * ((nn_real)s->form.H * half) - half;
  if (s->bilinear)
    find_bilinear(&s->form, x, y, at);
  else
    find_nearest(&s->form, x, y, at);
}

/* The sum misses what is outside already, and is weighted by the mask again. */
static nn_real mix(const NnSampling *s, const Neighbors *at, nn_real sum)
{
  nn_real fill = (nn_real)s->fill;
  if (!s->bilinear)
    return at->mask < (nn_real)0.5 ? fill : sum;
  return sum * at->mask + (1 - at->mask) * fill;
}

static nn_real sample_reals(const NnSampling *s, const Neighbors *at, const nn_real *in)
{
  nn_real sum = 0;
  if (!s->bilinear)
    return mix(s, at, in[at->index[0]]);
  for (int k = 0; k < 4; k++)
    sum += in[at->index[k]] * at->weight[k];
  return mix(s, at, sum);
}

static nn_real sample_bytes(const NnSampling *s, const Neighbors *at, const uint8_t *in)
{
  nn_real sum = 0;
  if (!s->bilinear)
    return mix(s, at, in[at->index[0]]);
  for (int k = 0; k < 4; k++)
    sum += (nn_real)in[at->index[k]] * at->weight[k];
  return mix(s, at, sum);
}

void nn_grid_affine(const NnSampling *sampling, const double m[6], const nn_real *in, nn_real *out)
{
  const NnForm *form = &sampling->form;
  size_t H = form->H, W = form->W, plane = H * W;
  nn_real half = (nn_real)0.5, to_x = half * (nn_real)W, to_y = half * (nn_real)H, t[6];
  for (int i = 0; i < 6; i++)
    t[i] = (nn_real)m[i] / (i < 3 ? to_x : to_y);
  for (size_t p = 0; p < plane; p++) {
    nn_real x = (nn_real)(p % W) + half - to_x, y = (nn_real)(p / W) + half - to_y;
    Neighbors at;
    find(sampling, x * t[0] + y * t[1] + t[2], x * t[3] + y * t[4] + t[5], &at);
    for (size_t c = 0; c < form->C; c++)
      out[c * plane + p] = sample_reals(sampling, &at, in + c * plane);
  }
}

/* torch.linspace((1 − n) / n, (n − 1) / n, n)[i], which counts from both ends. */
static nn_real identity(size_t n, size_t i)
{
  nn_real start = (nn_real)((1 - (double)n) / (double)n), end = -start;
  nn_real step = n > 1 ? (end - start) / (nn_real)(n - 1) : 0;
  return i < n / 2 ? start + step * (nn_real)i : end - step * (nn_real)(n - 1 - i);
}

/* As PyTorch casts: only a fill beyond 0 … 255 can give what is none, and it wraps. */
static uint8_t to_byte(nn_real x)
{
  return (uint8_t)(int)rint(x);
}

void nn_displace(const NnSampling *sampling, const nn_real *dx, const nn_real *dy, const void *in,
                 void *out)
{
  const NnForm *form = &sampling->form;
  size_t W = form->W, plane = form->H * W;
  for (size_t p = 0; p < plane; p++) {
    Neighbors at;
    find(sampling, identity(W, p % W) + dx[p], identity(form->H, p / W) + dy[p], &at);
    for (size_t c = 0; c < form->C; c++)
      if (form->tensor)
        ((nn_real *)out)[c * plane + p] =
            sample_reals(sampling, &at, (const nn_real *)in + c * plane);
      else
        ((uint8_t *)out)[c * plane + p] =
            to_byte(sample_bytes(sampling, &at, (const uint8_t *)in + c * plane));
  }
}
