/* first-weights.h: what a recipe's layers really begin with, for checks of initialization: the
 * values are drawn as a run draws them, not read off the settings. Thread: the window's. */
#pragma once
#include <stdbool.h>
#include "engine/tensor.h"
#include "engine/recipe/config.h"

/* Networks with more parameters are not measured. */
enum { BP_FIRST_WEIGHTS_MOST = 1 << 20 };

typedef struct {
  size_t in, out; /* of the layer's weight */
  double spread;  /* root mean square of the weights */
  double largest; /* of their absolute values */
  bool has_bias;
  double largest_bias; /* of the absolute values; 0 without any */
} BpFirstWeights;

/* Of the layer at `index` of the recipe's network, for pictures of shape `input`. False: the
 * network cannot be built, is too large, or the layer has no weight of two dimensions. */
bool bp_first_weights(const NnConfig *recipe, NnShape input, int index, BpFirstWeights *weights);
