/* course-recipe.c: the recipe at hand: its check, and what takes its place. */
#include "app/gerror.h"
#include "app/run/program.h"
#include "course-private.h"
#include "engine/mem.h"
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include "ui/i18n.h"

void bp_course_say(BpCourse *self, const char *text)
{
  if (self->gathered)
    g_string_append_printf(self->gathered, "%s%s", self->gathered->len ? "\n" : "", text);
  else
    g_signal_emit(self, bp_course_signals[BP_COURSE_NOTICE], 0, text);
}

BpData *bp_course_data(BpCourse *self)
{
  return bp_data_store_get(self->data);
}

/* ---- the recipe and its check ---- */

NnConfig *bp_course_get_recipe(BpCourse *self)
{
  return self->exercises[self->exercise].recipe;
}

static void input_shape(BpCourse *self, NnShape *shape, int *n_classes)
{
  bool coming = bp_data_store_awaits_catalog(self->data);
  const NnDataset *set = bp_course_data(self) && !coming ? bp_course_data(self)->set : NULL;
  *shape = set ? set->shape : nn_shape_3d(1, 28, 28);
  *n_classes = set ? set->n_classes : BP_USUAL_CLASSES;
}

const BpRecipeCheck *bp_course_get_check(BpCourse *self)
{
  return &self->check;
}

void bp_course_set_refusal(BpCourse *self, const char *text)
{
  if (!g_strcmp0(self->refusal, text))
    return;
  g_free(self->refusal);
  self->refusal = g_strdup(text);
  g_signal_emit(self, bp_course_signals[BP_COURSE_READINESS_CHANGED], 0);
}

const char *bp_course_why_not(BpCourse *self)
{
  if (bp_runner_is_active(self->runner))
    return NULL;
  if (!bp_course_data(self) || bp_data_store_is_loading(self->data))
    return _("The data are still being loaded.");
  if (self->refusal)
    return self->refusal;
  return self->check.ok ? NULL : self->check.text;
}

/* All runs of the list that belong to the exercise at hand. */
static void find_runs(BpCourse *self)
{
  GListModel *list = bp_runs_get_list(self->runs);
  g_ptr_array_set_size(self->lesson_runs, 0);
  for (guint i = 0; i < g_list_model_get_n_items(list); i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(list, i);
    if (bp_course_is_at_hand(self, run->exercise))
      g_ptr_array_add(self->lesson_runs, g_steal_pointer(&run));
  }
}

gboolean bp_course_is_at_hand(BpCourse *self, const char *id)
{
  return g_str_equal(bp_exercise_get(self->exercise)->id, id);
}

BpLesson bp_course_get_lesson(BpCourse *self)
{
  find_runs(self);
  return (BpLesson){.recipe = bp_course_get_recipe(self),
                    .input = self->check.in,
                    .runs = (BpRun *const *)self->lesson_runs->pdata,
                    .n_runs = self->lesson_runs->len,
                    .blocked = bp_course_why_not(self)};
}

/* Done once is done: what the student tries afterwards takes nothing away. */
void bp_course_check_exercise(BpCourse *self)
{
  char missing[BP_MISSING_TEXT];
  BpLesson lesson = bp_course_get_lesson(self);
  const BpCheck *check = bp_exercise_get(self->exercise)->checks;
  if (!check->text)
    return;
  for (; check->text; check++)
    if (!check->holds(&lesson, missing))
      return;
  self->exercises[self->exercise].done = true;
}

void bp_course_check_recipe(BpCourse *self)
{
  NnShape pictures;
  int n_classes;
  bp_data_store_ask(self->data, bp_course_get_recipe(self));
  input_shape(self, &pictures, &n_classes);
  bp_recipe_check(&self->check, bp_course_get_recipe(self), pictures, n_classes);
  if (self->check.ok)
    self->exercises[self->exercise].n_classes = n_classes;
  bp_course_check_exercise(self);
}

void bp_course_recipe_changed(BpCourse *self, gboolean elsewhere)
{
  bp_course_check_recipe(self);
  g_signal_emit(self, bp_course_signals[BP_COURSE_RECIPE_CHANGED], 0, elsewhere);
  bp_data_store_load_asked(self->data);
  g_signal_emit(self, bp_course_signals[BP_COURSE_READINESS_CHANGED], 0);
}

void bp_course_recipe_edited(BpCourse *self)
{
  bp_course_recipe_changed(self, FALSE);
}

/* ---- another in its place ---- */

/* The old recipe is freed only after every widget has turned to the new one. */
void bp_course_take_recipe(BpCourse *self, NnConfig *recipe)
{
  NnConfig *old = bp_course_get_recipe(self);
  self->exercises[self->exercise].recipe = recipe;
  bp_course_recipe_changed(self, TRUE);
  nn_config_free(old);
}

bool bp_course_is_unsaved(BpCourse *self, int index)
{
  const BpCourseExercise *exercise = &self->exercises[index];
  return bp_course_get_edited_recipe(self, index) &&
         !(exercise->clean && nn_config_equal(exercise->recipe, exercise->clean));
}

gboolean bp_course_is_recipe_unsaved(BpCourse *self)
{
  return bp_course_is_unsaved(self, self->exercise);
}

const NnConfig *bp_course_get_edited_recipe(BpCourse *self, int index)
{
  NnConfig *recipe = self->exercises[index].recipe;
  NnConfig *start = recipe ? bp_exercise_recipe(index, NULL) : NULL;
  bool same = start && nn_config_equal(recipe, start);
  nn_config_free(start);
  return same ? NULL : recipe;
}

/* Without memory for the copy it only asks once more than it would have to. */
void bp_course_remember_clean(BpCourse *self, int index)
{
  BpCourseExercise *exercise = &self->exercises[index];
  nn_config_free(exercise->clean);
  exercise->clean = nn_config_copy(exercise->recipe, NULL);
}

/* What nobody edited needs not be saved either. */
void bp_course_take_followed(BpCourse *self, NnConfig *recipe)
{
  bool unsaved = bp_course_is_recipe_unsaved(self);
  bp_course_take_recipe(self, recipe);
  if (!unsaved)
    bp_course_remember_clean(self, self->exercise);
}

void bp_course_mend_network(BpCourse *self)
{
  NnConfig *mended;
  if (self->check.can_mend &&
      nn_model_mend(bp_course_get_recipe(self), self->check.in,
                    bp_course_data(self) ? bp_course_data(self)->set->n_classes : BP_USUAL_CLASSES,
                    &mended))
    bp_course_take_recipe(self, mended);
}

void bp_course_follow_classes(BpCourse *self)
{
  int before = self->exercises[self->exercise].n_classes, n_classes;
  NnShape pictures;
  input_shape(self, &pictures, &n_classes);
  bool fits = before == 0 || before == n_classes || !self->check.can_mend;
  NnConfig *fitted = fits || !bp_data_store_has_asked(self->data)
                         ? NULL
                         : nn_config_copy(bp_course_get_recipe(self), NULL);
  if (fitted && nn_model_match_classes(fitted, self->check.in, n_classes) >= 0) {
    char text[NN_MATCHED_TEXT];
    bp_course_take_followed(self, fitted);
    bp_course_say(self, nn_model_matched_text(n_classes, text));
  } else {
    nn_config_free(fitted);
  }
}

void bp_course_take_opened(BpCourse *self, NnConfig *recipe)
{
  self->exercises[self->exercise].n_classes = 0; /* whatever it was made for, it was not these */
  bp_course_take_recipe(self, recipe);
  bp_course_remember_clean(self, self->exercise);
}

gboolean bp_course_open_recipe(BpCourse *self, const char *path, GError **error)
{
  NnError err = {0};
  NnConfig *recipe;
  if (!nn_recipe_load(path, &recipe, &err)) {
    g_propagate_error(error, bp_error_new(&err));
    return FALSE;
  }
  bp_course_take_opened(self, recipe);
  return TRUE;
}

gboolean bp_course_save_recipe(BpCourse *self, const char *path, GError **error)
{
  NnError err = {0};
  if (nn_recipe_save(bp_course_get_recipe(self), path, &err)) {
    bp_course_remember_clean(self, self->exercise);
    return TRUE;
  }
  g_propagate_error(error, bp_error_new(&err));
  return FALSE;
}

static bool write_program(BpCourse *self, bool notebook, char **text, NnPythonMap *map,
                          NnError *err)
{
  NnShape pictures;
  int n_classes;
  input_shape(self, &pictures, &n_classes);
  return bp_program_write(bp_course_get_recipe(self), pictures, notebook, text, map, err);
}

bool bp_course_write_program(BpCourse *self, char **text, NnPythonMap *map, NnError *err)
{
  return write_program(self, false, text, map, err);
}

gboolean bp_course_save_program(BpCourse *self, const char *path, GError **error)
{
  NnError err = {0};
  char *text = NULL;
  if (!write_program(self, g_str_has_suffix(path, ".ipynb"), &text, NULL, &err)) {
    g_propagate_error(error, bp_error_new(&err));
    return FALSE;
  }
  gboolean ok = g_file_set_contents(path, text, -1, error);
  nn_free(text);
  return ok;
}
