/* list.h: the number of every element-wise function, the same on every backend. */
#pragma once
#include "engine/kind-list.h"

#define NN_X(name) NN_ACT_##name,
enum { NN_ACTIVATIONS(NN_X) NN_N_ACTIVATIONS };
#undef NN_X
#define NN_X(name) NN_OPT_##name,
enum { NN_OPTIMIZERS(NN_X) NN_N_OPTIMIZERS };
#undef NN_X
