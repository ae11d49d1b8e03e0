/* mirror.c: see mirror.h. */
#include "mirror.h"
#include <string.h>

/* Eight at a time, then what is left. */
static void mirror_bytes(size_t W, const uint8_t *in, uint8_t *out)
{
  size_t x = 0;
  for (uint64_t eight; x + sizeof eight <= W; x += sizeof eight) {
    memcpy(&eight, in + W - x - sizeof eight, sizeof eight);
    eight = __builtin_bswap64(eight);
    memcpy(out + x, &eight, sizeof eight);
  }
  for (; x < W; x++)
    out[x] = in[W - 1 - x];
}

static void mirror_reals(size_t W, const nn_real *in, nn_real *out)
{
  for (size_t x = 0; x < W; x++)
    out[x] = in[W - 1 - x];
}

void nn_mirror_columns(const NnForm *form, const void *in, void *out)
{
  size_t W = form->W, rows = form->C * form->H;
  for (size_t at = 0; at < rows * W; at += W)
    if (form->tensor)
      mirror_reals(W, (const nn_real *)in + at, (nn_real *)out + at);
    else
      mirror_bytes(W, (const uint8_t *)in + at, (uint8_t *)out + at);
}

void nn_mirror_rows(const NnForm *form, const void *in, void *out)
{
  size_t row = form->W * nn_form_value_size(form);
  for (size_t c = 0; c < form->C; c++)
    for (size_t y = 0; y < form->H; y++)
      memcpy((char *)out + (c * form->H + y) * row,
             (const char *)in + (c * form->H + form->H - 1 - y) * row, row);
}
