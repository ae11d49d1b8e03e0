/* eye.c: torch.nn.init.eye_: 1 on the diagonal, 0 elsewhere. Draws nothing. */
#include "init.h"

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)numbers, (void)mt;
  size_t rows = target->shape.dims[0], columns = target->shape.dims[1];
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++)
      target->values[r * columns + c] = r == c;
}

const NnInitKind nn_eye_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "eye_",
             .torch = "eye_(tensor, *)",
             .label = N_("Identity"),
             .doc = N_(
                 "Makes every unit pass one input through unchanged, as far as there are units."),
             .source = "torch.nn.init.eye_"},
    .min_dims = 2,
    .max_dims = 2,
    .fill = fill};
