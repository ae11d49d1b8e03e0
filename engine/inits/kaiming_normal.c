/* kaiming_normal.c: torch.nn.init.kaiming_normal_: N(0, gain²/fan), gain of the nonlinearity. */
#include "kaiming.h"

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  nn_mt_normal(mt, target->values, nn_shape_size(target->shape), 0,
               nn_kaiming_std(target, numbers));
}

const NnInitKind nn_kaiming_normal_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "kaiming_normal_",
             .torch = "kaiming_normal_(tensor, *)",
             .label = N_("Kaiming normal"),
             .doc = N_("Draws from a normal distribution whose standard deviation compensates for "
                       "the variance lost in ReLU and similar activations."),
             .source = "He et al. 2015; torch.nn.init.kaiming_normal_",
             .params = nn_kaiming_params},
    .min_dims = 2,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
