/* recipe-check.c: see recipe-check.h. */
#include "recipe-check.h"
#include "data/loaders.h"
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include <glib.h>

static void check_shapes(BpRecipeCheck *check, const NnConfig *recipe, NnShape pictures,
                         int n_classes, NnError *err)
{
  int n = nn_config_count(recipe, "network");
  check->in = pictures;
  check->outs = g_renew(NnShape, check->outs, n + 1);
  check->bad_layer = -1;
  check->n_params = 0;
  bool seen = nn_transforms_check(recipe, pictures, &check->in, err);
  check->ok = nn_model_check(recipe, check->in, n_classes, check->outs, &check->n_params,
                             &check->bad_layer, seen ? err : NULL);
  if (check->ok || !seen)
    check->bad_layer = -1;
  check->ok = check->ok && seen;
  check->n_outs = check->ok ? n : CLAMP(check->bad_layer, 0, n);
}

void bp_recipe_check(BpRecipeCheck *check, const NnConfig *recipe, NnShape pictures, int n_classes)
{
  NnError err = {0};
  NnConfig *mended = NULL;
  check_shapes(check, recipe, pictures, n_classes, &err);
  check->ok = check->ok && nn_recipe_check(recipe, &err);
  g_strlcpy(check->where, err.where, sizeof check->where);
  g_strlcpy(check->text, check->ok ? "" : err.text, sizeof check->text);
  check->can_mend = !check->ok && g_str_equal(check->where, "network") &&
                    nn_model_mend(recipe, check->in, n_classes, &mended);
  nn_config_free(mended);
}

void bp_recipe_check_clear(BpRecipeCheck *check)
{
  g_free(check->outs);
  *check = (BpRecipeCheck){0};
}
