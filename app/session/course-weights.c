/* course-weights.c: weights that a person opens: a run that has them. */
#include "app/gerror.h"
#include "course-private.h"
#include "engine/recipe/recipe.h"
#include "inference.h"
#include "ui/i18n.h"

void bp_course_drop_weights(BpCourse *self)
{
  g_clear_pointer(&self->weights, nn_learned_free);
  g_clear_pointer(&self->weights_name, g_free);
}

static void fail(BpCourse *self, const char *text)
{
  bp_course_drop_weights(self);
  g_signal_emit(self, bp_course_signals[BP_COURSE_FAILED], 0, text,
                _("The weights could not be opened"));
}

/* Do names and shapes fit a recipe's network, for such pictures? */
static bool check_fit(const NnLearned *weights, const NnConfig *recipe, const BpData *data,
                      NnError *err)
{
  BpInference inference;
  bool ok = bp_inference_open(&inference, recipe, data, err) &&
            nn_learned_load(weights, inference.model, err);
  bp_inference_clear(&inference);
  return ok;
}

/* It belongs to no exercise: what others have trained solves none. */
void bp_course_start_weights(BpCourse *self)
{
  NnError err = {0};
  BpData *data = bp_course_data(self);
  if (!self->weights || !data || bp_data_store_is_loading(self->data) ||
      bp_runner_is_active(self->runner))
    return;
  const NnConfig *recipe = bp_course_get_recipe(self);
  const char *why_not = bp_course_why_not(self);
  if (why_not || !check_fit(self->weights, recipe, data, &err)) {
    g_autofree char *text = g_strdup(why_not ? why_not : err.text);
    fail(self, text);
    return;
  }
  g_autoptr(BpRun) run = bp_runs_new_run(self->runs, "", recipe);
  if (run) {
    g_free(run->name);
    run->name = g_strdup(self->weights_name);
  }
  if (!run || !bp_runner_open_weights(self->runner, run, g_steal_pointer(&self->weights)))
    fail(self, _("There is not enough memory to start a run."));
  bp_course_drop_weights(self);
}

/* The recipe that the file names; NULL: it names none. */
static bool read_recipe(const NnLearned *weights, const char *path, NnConfig **recipe, NnError *err)
{
  const char *text = nn_learned_recipe(weights);
  *recipe = NULL;
  return !text || nn_recipe_parse(text, path, recipe, err);
}

gboolean bp_course_open_weights(BpCourse *self, const char *path, GError **error)
{
  NnError err = {0};
  NnLearned *weights = NULL;
  NnConfig *recipe = NULL;
  BpData *data = bp_course_data(self);
  bool ok = nn_learned_open(path, &weights, &err) && read_recipe(weights, path, &recipe, &err) &&
            (recipe || !data || check_fit(weights, bp_course_get_recipe(self), data, &err));
  if (!ok) {
    nn_learned_free(weights);
    g_propagate_error(error, bp_error_new(&err));
    return FALSE;
  }
  bp_course_drop_weights(self);
  if (recipe)
    bp_course_take_opened(self, recipe);
  self->weights = weights;
  self->weights_name = g_path_get_basename(path);
  bp_course_start_weights(self);
  return TRUE;
}

gboolean bp_course_is_replaced_by_weights(BpCourse *self, const char *path)
{
  NnLearned *weights = NULL;
  NnConfig *recipe = NULL;
  bool other = nn_learned_open(path, &weights, NULL) && read_recipe(weights, path, &recipe, NULL) &&
               recipe && !nn_config_equal(recipe, bp_course_get_recipe(self));
  nn_config_free(recipe);
  nn_learned_free(weights);
  return other;
}
