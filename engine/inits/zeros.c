/* zeros.c: torch.nn.init.zeros_. Draws nothing. */
#include "init.h"

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)numbers;
  (void)mt;
  size_t n = nn_shape_size(target->shape);
  for (size_t i = 0; i < n; i++)
    target->values[i] = 0;
}

const NnInitKind nn_zeros_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "zeros_",
             .torch = "zeros_(tensor, *)",
             .label = N_("Zeros"),
             .doc = N_("Sets every value to zero: right for biases; units whose initial weights "
                       "are equal, however, stay equal."),
             .source = "torch.nn.init.zeros_"},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
