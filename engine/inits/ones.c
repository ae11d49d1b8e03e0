/* ones.c: torch.nn.init.ones_. Draws nothing. */
#include "init.h"

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)numbers;
  (void)mt;
  size_t n = nn_shape_size(target->shape);
  for (size_t i = 0; i < n; i++)
    target->values[i] = 1;
}

const NnInitKind nn_ones_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "ones_",
             .torch = "ones_(tensor, *)",
             .label = N_("Ones"),
             .doc = N_("Sets every value to one: the initial scale of a normalization layer."),
             .source = "torch.nn.init.ones_"},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
