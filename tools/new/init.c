/* @file@.c: torch.nn.init.@Name@. FILL IN what it fills a tensor with. */
#include "init.h"

/* FILL IN its parameters, with PyTorch's names, order and defaults (engine/recipe/param.h). */
static const NnParamSpec params[] = {{0}};

/* Draws from mt as torch.nn.init does: as many numbers, in the same order. */
static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  (void)numbers;
  nn_mt_normal(mt, target->values, nn_shape_size(target->shape), 0, 1); /* FILL IN */
}

const NnInitKind nn_@name@_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "@Name@",
             .torch = "@Name@(tensor, *)",
             .label = N_("FILL IN its name in the window"),
             .doc = N_("FILL IN one sentence for a student: what are the first weights?"),
             .source = "torch.nn.init.@Name@",
             .params = params},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
