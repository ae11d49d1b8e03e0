/* recipe.h: the complete description of a run, as JSON and as an NnConfig of the section kind
 * "recipe". Version 1. Unknown keys, wrong types and values out of range are errors that name the
 * key, the line and what is allowed; a missing key is the default. */
#pragma once
#include "config.h"

/* The default recipe: the tutorial's. Caller frees with nn_config_free(). */
NnConfig *nn_recipe_new(NnError *err);
/* name: for the error texts ("recipe.json"). text: NUL-terminated JSON. */
bool nn_recipe_parse(const char *text, const char *name, NnConfig **recipe, NnError *err);
bool nn_recipe_load(const char *path, NnConfig **recipe, NnError *err);
/* Complete, defaults filled in, two-space indentation, newline at the end. Caller frees with
 * nn_free(); NULL when out of memory. */
char *nn_recipe_text(const NnConfig *recipe, NnError *err);
/* Writes it beside `path` first, then renames: never half a file. */
bool nn_recipe_save(const NnConfig *recipe, const char *path, NnError *err);
/* All rules between parameters (nn_config_check). Shapes: nn_model_check(). */
bool nn_recipe_check(const NnConfig *recipe, NnError *err);
