/* @Name@: FILL IN y = f(x). */
#pragma once
#include "engine/elem/elem.h"

/* p: the parameters, in the order of the table below. */
NN_HD nn_real nn_@name@_forward(nn_real x, const nn_real *p)
{
  (void)p;
  return x; /* FILL IN */
}

/* The slope at x, where y = f(x). */
NN_HD nn_real nn_@name@_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)x;
  (void)y;
  (void)p;
  return 1; /* FILL IN */
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_@name@_params[] = {{0}};

const NnLayerKind nn_@name@_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "@Name@",
             .torch = "@Name@(*)",
             .group = "activation",
             .doc = N_("FILL IN one sentence for a student: what does it do?"),
             .source = "FILL IN authors and year; torch.nn.@Name@",
             .params = nn_@name@_params},
    NN_ACTIVATION_LAYER(@name@)};
#endif
