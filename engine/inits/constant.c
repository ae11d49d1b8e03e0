/* constant.c: torch.nn.init.constant_. Draws nothing. */
#include "init.h"

enum { VAL };

static const NnParamSpec params[] = {{.key = "val",
                                      .label = N_("Value"),
                                      .type = NN_PARAM_FLOAT,
                                      .def = 0,
                                      .min = -INFINITY,
                                      .max = INFINITY,
                                      .soft_min = -1000,
                                      .soft_max = 1000,
                                      .step = 0.01,
                                      .doc = N_("The value that all elements get.")},
                                     {0}};

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)mt;
  size_t n = nn_shape_size(target->shape);
  for (size_t i = 0; i < n; i++)
    target->values[i] = (nn_real)numbers[VAL];
}

const NnInitKind nn_constant_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "constant_",
             .torch = "constant_(tensor, val)",
             .label = N_("Constant"),
             .doc = N_("Sets every value to the same number; units whose initial weights are equal "
                       "stay equal."),
             .source = "torch.nn.init.constant_",
             .params = params},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
