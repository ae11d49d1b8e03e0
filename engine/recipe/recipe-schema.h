/* recipe-schema.h: the fixed parts of a recipe. Private to the engine; the rest of the program
 * meets them as configs inside a recipe. */
#pragma once
#include "kind.h"

extern const NnKind nn_recipe_section;
extern const NnKind nn_data_section;
extern const NnKind nn_regularization_section;
extern const NnKind nn_loop_section;

enum { NN_RECIPE_VERSION = 1 };
