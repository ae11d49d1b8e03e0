/* mirror.c: see mirror.h. */
#include "mirror.h"
#include <string.h>

void nn_mirror_columns(const NnForm *form, const void *in, void *out)
{
  size_t W = form->W, rows = form->C * form->H;
  for (size_t y = 0; y < rows; y++)
    for (size_t x = 0; x < W; x++)
      if (form->tensor)
        ((nn_real *)out)[y * W + x] = ((const nn_real *)in)[y * W + W - 1 - x];
      else
        ((uint8_t *)out)[y * W + x] = ((const uint8_t *)in)[y * W + W - 1 - x];
}

void nn_mirror_rows(const NnForm *form, const void *in, void *out)
{
  size_t row = form->W * nn_form_value_size(form);
  for (size_t c = 0; c < form->C; c++)
    for (size_t y = 0; y < form->H; y++)
      memcpy((char *)out + (c * form->H + y) * row,
             (const char *)in + (c * form->H + form->H - 1 - y) * row, row);
}
