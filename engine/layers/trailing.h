/* trailing.h: LayerNorm and RMSNorm normalize each sample over the trailing dimensions that
 * normalized_shape names; empty, which is the default here, means all of them. */
#pragma once
#include "norm.h"

#define NN_TRAILING_SHAPE                                                                          \
  {                                                                                                \
    .key = "normalized_shape", .label = N_("Normalized shape"), .type = NN_PARAM_FLOATS, .min = 1, \
    .max = 16777216, .min_len = 0, .max_len = 3, .flags = NN_PARAM_SINGLE,                         \
    .doc = N_(                                                                                     \
        "The last dimensions of a sample, over which it is normalized; empty means all of them.")  \
  }

/* Checks normalized_shape against `in`; *shape is what gets weights. */
bool nn_trailing_shape(const NnConfig *config, NnShape in, const char *where, NnShape *shape,
                       NnError *err);
/* The NnNorm over `size` trailing values: more, smaller samples. */
NnNorm nn_trailing_norm(const NnLayer *layer, const NnPass *pass);
/* Shape, statistics and slots. */
void nn_trailing_plan(NnLayerPlan *plan, NnShape in, NnShape shape, bool affine, bool bias);
