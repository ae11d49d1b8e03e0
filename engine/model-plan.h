/* model-plan.h: what a network will be, worked out from its recipe without memory. Private. */
#pragma once
#include "layer.h"

enum { NN_MAX_LAYERS = 256 };

/* Runs every layer's plan() in order. plans (count of layers) receives the answers. n_classes 0
 * leaves the last shape unchecked. Errors as of nn_model_check(). */
bool nn_model_plan(const NnConfig *recipe, NnShape input, int n_classes, NnLayerPlan *plans,
                   int *bad_layer, NnError *err);
/* Sum over the layers' parameters. */
size_t nn_plan_n_params(const NnLayerPlan *plans, int n_layers);
