/* recipe-check.h: whether a recipe can be trained on the data that there are, and the shapes of its
 * network. Thread: any, one object by one. */
#pragma once
#include "engine/recipe/config.h"
#include "engine/tensor.h"

typedef struct {
  bool ok;
  char where[NN_PATH];    /* dotted key of what cannot be */
  char text[NN_SENTENCE]; /* one sentence; empty when ok */
  int bad_layer;          /* index of the layer that cannot be, −1: none */
  bool can_mend;          /* nn_model_mend() would make it fit the classes */
  int n_outs;             /* entries of outs that are known */
  NnShape *outs;          /* owned */
  NnShape in;             /* what the network is given, after the transforms */
  size_t n_params;        /* 0 when unknown */
} BpRecipeCheck;

/* Fills *check, which begins as zeros, for such pictures and classes. */
void bp_recipe_check(BpRecipeCheck *check, const NnConfig *recipe, NnShape pictures, int n_classes);
void bp_recipe_check_clear(BpRecipeCheck *check);
