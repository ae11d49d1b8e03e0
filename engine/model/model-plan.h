/* model-plan.h: the plan of a network, computed from its recipe before any allocation. Private. */
#pragma once
#include "engine/layers/layer.h"

enum { NN_MAX_LAYERS = 256 };

/* One step of the network. A layer that holds others (Residual) stands twice in the list, before
 * and after them, so that the model stays a plain sequence. */
typedef struct {
  const NnConfig *config; /* borrowed from the recipe */
  char where[NN_PATH];    /* dotted path: "network.2", "network.2.layers.0" */
  NnShape in;
  NnLayerPlan plan;
  int top;     /* index of the outermost layer that it belongs to */
  int partner; /* index of the other half of a block; −1 for a plain layer */
  bool opens;  /* the first half */
} NnPlanned;

typedef struct {
  int n;
  NnPlanned layers[NN_MAX_LAYERS];
} NnNetworkPlan;

/* Runs every layer's plan() in order. n_classes 0 leaves the last shape unchecked. Errors as of
 * nn_model_check(); the plan then holds what came before. */
bool nn_model_plan(const NnConfig *recipe, NnShape input, int n_classes, NnNetworkPlan *plan,
                   int *bad_layer, NnError *err);
/* See nn_model_evaluation_batch(). */
size_t nn_plan_evaluation_batch(const NnNetworkPlan *plan, const NnConfig *recipe, NnShape input);
/* Sum over all parameters; SIZE_MAX when it overflows. */
size_t nn_plan_n_params(const NnNetworkPlan *plan);
