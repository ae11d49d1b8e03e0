/* recipe-difference.h: what one recipe has that another has not, in the few words that a run is
 * called by. Thread: any. */
#pragma once
#include <glib.h>
#include "engine/recipe/config.h"

G_BEGIN_DECLS

/* Every difference of `recipe` from `base` in a word or two, each once: "lr 0.01", "batch 64",
 * "SGD", "shuffle off", "+ BatchNorm1d", "− Dropout", "ReLU → GELU", "Linear 128", "seed 3". What
 * differs from `before` too comes first: the newest change. `before` may be NULL or `base`.
 * (transfer full): g_strfreev(). */
GStrv bp_recipe_differences(const NnConfig *base, const NnConfig *before, const NnConfig *recipe);

/* What a recipe is about, without another to compare it with: "AdamW 1e-3". (transfer full) */
char *bp_recipe_title(const NnConfig *recipe);

/* The first two of them, and how many more there are: "lr 0.01, seed 3, +2 more"; NULL when there
 * are none. (transfer full) */
char *bp_differences_title(const char *const *differences);

G_END_DECLS
