/* default.c: what torch.nn.Linear and Conv2d do when nothing is chosen: U(±1/√fan_in), for the bias
 * too. PyTorch writes the weight's bound as kaiming_uniform_ with a = √5; for every fan up to
 * 200 000 that is the same float32. */
#include "init.h"
#include <math.h>

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)numbers;
  double bound = 1 / sqrt((double)target->fan_in);
  nn_mt_uniform(mt, target->values, nn_shape_size(target->shape), -bound, bound);
}

const NnInitKind nn_default_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "default",
             .torch = "",
             .label = N_("PyTorch default"),
             .doc = N_("Draws from a uniform distribution whose range shrinks with the number of "
                       "inputs: what a layer does when nothing is chosen."),
             .source = "torch.nn.Linear.reset_parameters"},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
