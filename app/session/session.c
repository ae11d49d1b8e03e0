/* session.c: the object, its recipe and its exercises. Data: session-data.c, session-fetch.c; runs:
 * session-run.c, session-shown.c, session-devices.c, session-memory.c.
 */
#include "session-private.h"
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include "app/gerror.h"
#include "ui/i18n.h"
#include <string.h>

G_DEFINE_FINAL_TYPE(BpSession, bp_session, G_TYPE_OBJECT)

enum { USUAL_CLASSES = 10 };

guint bp_session_signals[BP_SESSION_N_SIGNALS];

/* ---- object ---- */

static void bp_session_dispose(GObject *object)
{
  BpSession *self = BP_SESSION(object);
  bp_session_drop_job(self);
  g_clear_object(&self->run);
  g_clear_object(&self->shown);
  g_clear_object(&self->runs);
  for (int i = 0; i < BP_N_LESSONS; i++)
    g_ptr_array_set_size(self->lessons[i].runs, 0);
  G_OBJECT_CLASS(bp_session_parent_class)->dispose(object);
}

static void free_lesson(BpLessonState *lesson)
{
  nn_config_free(lesson->recipe);
  nn_config_free(lesson->clean);
  g_ptr_array_unref(lesson->runs);
}

static void bp_session_finalize(GObject *object)
{
  BpSession *self = BP_SESSION(object);
  for (int i = 0; i < BP_N_LESSONS; i++)
    free_lesson(&self->lessons[i]);
  for (int i = 0; i < self->n_devices; i++)
    g_free(self->device_titles[i]);
  g_free(self->last_choice);
  bp_data_unref(self->data);
  g_free(self->check.outs);
  g_free(self->refusal);
  g_free(self->mirror);
  G_OBJECT_CLASS(bp_session_parent_class)->finalize(object);
}

static void add_signal(int id, const char *name, GType type)
{
  bp_session_signals[id] = g_signal_new(name, BP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, type == G_TYPE_NONE ? 0 : 1, type);
}

static void bp_session_class_init(BpSessionClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_session_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_session_finalize;
  add_signal(BP_SESSION_STATE, "state-changed", G_TYPE_NONE);
  add_signal(BP_SESSION_RECIPE, "recipe-changed", G_TYPE_BOOLEAN);
  add_signal(BP_SESSION_DATA, "data-changed", G_TYPE_NONE);
  add_signal(BP_SESSION_PROGRESS, "progress", G_TYPE_NONE);
  add_signal(BP_SESSION_EVALUATED, "evaluated", G_TYPE_NONE);
  add_signal(BP_SESSION_WATCHED, "watched", G_TYPE_NONE);
  add_signal(BP_SESSION_SHOWN, "shown-changed", G_TYPE_NONE);
  add_signal(BP_SESSION_RUN_STARTED, "run-started", BP_TYPE_RUN);
  add_signal(BP_SESSION_RUN_ENDED, "run-ended", BP_TYPE_RUN);
  add_signal(BP_SESSION_FETCH, "fetch-changed", G_TYPE_NONE);
  add_signal(BP_SESSION_TOLD, "told", G_TYPE_STRING);
  bp_session_signals[BP_SESSION_FAILED] =
      g_signal_new("failed", BP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                   2, G_TYPE_STRING, G_TYPE_STRING);
  add_signal(BP_SESSION_QUIET, "quiet", G_TYPE_NONE);
  add_signal(BP_SESSION_DEVICES, "devices-changed", G_TYPE_NONE);
}

static void bp_session_init(BpSession *self)
{
  self->runs = g_list_store_new(BP_TYPE_RUN);
  for (int i = 0; i < BP_N_LESSONS; i++)
    self->lessons[i].runs = g_ptr_array_new_with_free_func(g_object_unref);
  self->check.bad_layer = -1;
  bp_session_set_compute(self, 0, "auto");
}

BpSession *bp_session_new(GError **error)
{
  NnError err = {0};
  nn_data_register_kinds();
  NnConfig *recipe = bp_exercise_recipe(0, &err);
  if (!recipe) {
    g_propagate_error(error, bp_error_new(&err));
    return NULL;
  }
  BpSession *self = g_object_new(BP_TYPE_SESSION, NULL);
  self->lessons[0].recipe = recipe;
  self->lessons[0].n_classes = USUAL_CLASSES;
  bp_session_check_recipe(self);
  return self;
}

void bp_session_emit(BpSession *self, int signal)
{
  g_signal_emit(self, bp_session_signals[signal], 0);
}

void bp_session_emit_failed(BpSession *self, const char *what, const char *text)
{
  g_signal_emit(self, bp_session_signals[BP_SESSION_FAILED], 0, text, what);
}

void bp_session_tell(BpSession *self, const char *text)
{
  if (self->telling) {
    g_string_append_printf(self->telling, "%s%s", self->telling->len ? "\n" : "", text);
    return;
  }
  g_signal_emit(self, bp_session_signals[BP_SESSION_TOLD], 0, text);
}

gboolean bp_session_is_quiet(BpSession *self)
{
  return !self->job && self->loading == 0 && !self->fetch;
}

void bp_session_emit_if_quiet(BpSession *self)
{
  if (bp_session_is_quiet(self))
    bp_session_emit(self, BP_SESSION_QUIET);
}

/* ---- recipe ---- */

NnConfig *bp_session_get_recipe(BpSession *self)
{
  return self->lessons[self->exercise].recipe;
}

/* The pictures at hand, or MNIST's while such are on their way. */
static void input_shape(BpSession *self, NnShape *shape, int *n_classes)
{
  const NnConfig *data = nn_config_child(bp_session_get_recipe(self), "data");
  bool usual = nn_catalog_find(nn_config_child(data, "dataset")->kind->name) != NULL;
  bool coming = self->loading > 0 && usual && !bp_session_has_wanted_data(self);
  const NnDataset *set = self->data && !coming ? self->data->set : NULL;
  *shape = set ? set->shape : nn_shape_3d(1, 28, 28);
  *n_classes = set ? set->n_classes : USUAL_CLASSES;
}

static void check_shapes(BpSession *self, NnError *err)
{
  BpRecipeCheck *check = &self->check;
  NnConfig *recipe = bp_session_get_recipe(self);
  int n_classes, n = nn_config_count(recipe, "network");
  NnShape pictures;
  input_shape(self, &pictures, &n_classes);
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

static void check_classes(BpSession *self)
{
  BpRecipeCheck *check = &self->check;
  NnShape pictures;
  NnConfig *mended = NULL;
  int n_classes;
  input_shape(self, &pictures, &n_classes);
  check->can_mend = !check->ok && g_str_equal(check->where, "network") &&
                    nn_model_mend(bp_session_get_recipe(self), check->in, n_classes, &mended);
  nn_config_free(mended);
  if (check->ok)
    self->lessons[self->exercise].n_classes = n_classes;
}

void bp_session_check_recipe(BpSession *self)
{
  BpRecipeCheck *check = &self->check;
  NnError err = {0};
  check_shapes(self, &err);
  check->ok = check->ok && nn_recipe_check(bp_session_get_recipe(self), &err);
  g_strlcpy(check->where, err.where, sizeof check->where);
  g_strlcpy(check->text, check->ok ? "" : err.text, sizeof check->text);
  check_classes(self);
  bp_session_check_exercise(self);
}

static void recipe_changed(BpSession *self, gboolean elsewhere)
{
  bp_session_check_recipe(self);
  g_signal_emit(self, bp_session_signals[BP_SESSION_RECIPE], 0, elsewhere);
  bp_session_want_data(self);
  bp_session_emit(self, BP_SESSION_STATE);
}

void bp_session_recipe_edited(BpSession *self)
{
  recipe_changed(self, FALSE);
}

const BpRecipeCheck *bp_session_get_check(BpSession *self)
{
  return &self->check;
}

void bp_session_set_refusal(BpSession *self, const char *text)
{
  if (!g_strcmp0(self->refusal, text))
    return;
  g_free(self->refusal);
  self->refusal = g_strdup(text);
  bp_session_emit(self, BP_SESSION_STATE);
}

/* The old recipe is freed only after every widget has turned to the new one. */
void bp_session_take_recipe(BpSession *self, NnConfig *recipe)
{
  NnConfig *old = bp_session_get_recipe(self);
  self->lessons[self->exercise].recipe = recipe;
  recipe_changed(self, TRUE);
  nn_config_free(old);
}

/* Without memory for the copy it only asks once more than it would have to. */
void bp_session_remember_clean(BpSession *self, int index)
{
  BpLessonState *lesson = &self->lessons[index];
  nn_config_free(lesson->clean);
  lesson->clean = nn_config_copy(lesson->recipe, NULL);
}

/* What nobody edited needs not be saved either. */
void bp_session_take_followed(BpSession *self, NnConfig *recipe)
{
  bool unsaved = bp_session_is_recipe_unsaved(self);
  bp_session_take_recipe(self, recipe);
  if (!unsaved)
    bp_session_remember_clean(self, self->exercise);
}

void bp_session_mend_network(BpSession *self)
{
  NnConfig *mended;
  if (self->check.can_mend &&
      nn_model_mend(bp_session_get_recipe(self), self->check.in,
                    self->data ? self->data->set->n_classes : USUAL_CLASSES, &mended))
    bp_session_take_recipe(self, mended);
}

void bp_session_follow_classes(BpSession *self)
{
  int before = self->lessons[self->exercise].n_classes, n_classes;
  NnShape pictures;
  input_shape(self, &pictures, &n_classes);
  bool fits = before == 0 || before == n_classes || !self->check.can_mend;
  NnConfig *fitted = fits || !bp_session_has_wanted_data(self)
                         ? NULL
                         : nn_config_copy(bp_session_get_recipe(self), NULL);
  if (fitted && nn_model_match_classes(fitted, self->check.in, n_classes) >= 0) {
    g_autofree char *text = g_strdup_printf(
        ngettext("The last layer now has %d output, one for each class",
                 "The last layer now has %d outputs, one for each class", (gulong)n_classes),
        n_classes);
    bp_session_take_followed(self, fitted);
    bp_session_tell(self, text);
  } else {
    nn_config_free(fitted);
  }
}

gboolean bp_session_open_recipe(BpSession *self, const char *path, GError **error)
{
  NnError err = {0};
  NnConfig *recipe;
  if (!nn_recipe_load(path, &recipe, &err)) {
    g_propagate_error(error, bp_error_new(&err));
    return FALSE;
  }
  self->lessons[self->exercise].n_classes = 0; /* whatever it was made for, it was not these */
  bp_session_take_recipe(self, recipe);
  bp_session_remember_clean(self, self->exercise);
  return TRUE;
}

gboolean bp_session_save_recipe(BpSession *self, const char *path, GError **error)
{
  NnError err = {0};
  if (nn_recipe_save(bp_session_get_recipe(self), path, &err)) {
    bp_session_remember_clean(self, self->exercise);
    return TRUE;
  }
  g_propagate_error(error, bp_error_new(&err));
  return FALSE;
}

/* The exercises start with networks for MNIST's classes. */
static void take_start(BpSession *self, NnConfig *recipe)
{
  self->lessons[self->exercise].n_classes = USUAL_CLASSES;
  bp_session_take_recipe(self, recipe);
  if (!self->load) /* else it follows those that are coming */
    bp_session_follow_classes(self);
}

void bp_session_reset_recipe(BpSession *self)
{
  NnError err = {0};
  NnConfig *recipe = bp_exercise_recipe(self->exercise, &err);
  if (recipe)
    take_start(self, recipe);
  else
    bp_session_emit_failed(self, _("The exercise could not be opened"), err.text);
}

bool bp_session_is_lesson_unsaved(BpSession *self, int index)
{
  const BpLessonState *lesson = &self->lessons[index];
  return bp_session_get_edited_recipe(self, index) &&
         !(lesson->clean && nn_config_equal(lesson->recipe, lesson->clean));
}

gboolean bp_session_is_recipe_unsaved(BpSession *self)
{
  return bp_session_is_lesson_unsaved(self, self->exercise);
}

/* ---- exercises ---- */

const NnConfig *bp_session_get_edited_recipe(BpSession *self, int index)
{
  NnConfig *recipe = self->lessons[index].recipe;
  NnConfig *start = recipe ? bp_exercise_recipe(index, NULL) : NULL;
  bool same = start && nn_config_equal(recipe, start);
  nn_config_free(start);
  return same ? NULL : recipe;
}

void bp_session_restore_lesson(BpSession *self, int index, NnConfig *recipe, gboolean done)
{
  BpLessonState *lesson = &self->lessons[index];
  lesson->done |= done;
  if (recipe) {
    nn_config_free(lesson->recipe);
    lesson->recipe = recipe;
  }
  if (index == self->exercise)
    bp_session_check_recipe(self);
}

int bp_session_get_exercise(BpSession *self)
{
  return self->exercise;
}

NnConfig *bp_session_lesson_recipe(BpSession *self, int index, NnError *err)
{
  BpLessonState *lesson = &self->lessons[index];
  if (!lesson->recipe) {
    lesson->recipe = bp_exercise_recipe(index, err);
    lesson->n_classes = USUAL_CLASSES;
  }
  return lesson->recipe;
}

void bp_session_set_exercise(BpSession *self, int index)
{
  NnError err = {0};
  if (index == self->exercise)
    return;
  if (!bp_session_lesson_recipe(self, index, &err)) {
    bp_session_emit_failed(self, _("The exercise could not be opened"), err.text);
    return;
  }
  self->exercise = index;
  recipe_changed(self, TRUE);
  if (!self->load)
    bp_session_follow_classes(self);
}

BpLesson bp_session_get_lesson(BpSession *self)
{
  BpLessonState *state = &self->lessons[self->exercise];
  return (BpLesson){.recipe = state->recipe,
                    .input = self->check.in,
                    .runs = (BpRun *const *)state->runs->pdata,
                    .n_runs = state->runs->len,
                    .blocked = bp_session_why_not(self)};
}

/* Done once is done: what the student tries afterwards takes nothing away. */
void bp_session_check_exercise(BpSession *self)
{
  char missing[BP_MISSING_TEXT];
  BpLesson lesson = bp_session_get_lesson(self);
  const BpCheck *check = bp_exercise_get(self->exercise)->checks;
  if (!check->text)
    return;
  for (; check->text; check++)
    if (!check->holds(&lesson, missing))
      return;
  self->lessons[self->exercise].done = true;
}

gboolean bp_session_is_exercise_done(BpSession *self, int index)
{
  return self->lessons[index].done;
}
