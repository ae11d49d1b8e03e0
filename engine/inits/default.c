/* default.c: what torch.nn.Linear and Conv2d do when nothing is chosen: kaiming_uniform_ with
 * a = √5 for the weight, which is U(±1/√fan_in), and the same bound for the bias. */
#include "engine/init.h"
#include <math.h>

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)numbers;
  double bound = 1 / sqrt((double)target->fan_in);
  if (target->shape.n_dims >= 2) /* PyTorch's own way there: the last bit can differ */
    bound = sqrt(3) * (nn_init_gain(NN_GAIN_LEAKY_RELU, sqrt(5)) / sqrt((double)target->fan_in));
  nn_mt_uniform(mt, target->values, nn_shape_size(target->shape), -bound, bound);
}

const NnInitKind nn_default_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "default",
             .label = "PyTorch default",
             .doc =
                 "Draws evenly from a range that narrows with the number of inputs: what a layer "
                 "does when nothing is chosen.",
             .source = "torch.nn.Linear.reset_parameters"},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
