/* kaiming_uniform.c: torch.nn.init.kaiming_uniform_: U(±√3·gain/√fan), gain of the nonlinearity. */
#include "kaiming.h"
#include <math.h>

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  double bound = sqrt(3) * nn_kaiming_std(target, numbers);
  nn_mt_uniform(mt, target->values, nn_shape_size(target->shape), -bound, bound);
}

const NnInitKind nn_kaiming_uniform_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "kaiming_uniform_",
             .torch = "kaiming_uniform_(tensor, *)",
             .label = N_("Kaiming uniform"),
             .doc = N_("Draws from a uniform distribution whose range compensates for the variance "
                       "lost in ReLU and similar activations."),
             .source = "He et al. 2015; torch.nn.init.kaiming_uniform_",
             .params = nn_kaiming_params},
    .min_dims = 2,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
