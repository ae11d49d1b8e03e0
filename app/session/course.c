/* course.c: see course.h. Exercises, training, and how both follow the data; recipes:
 * course-recipe.c.
 */
#include "app/gerror.h"
#include "course-private.h"
#include "engine/recipe/recipe.h"
#include "ui/new-signal.h"
#include "ui/i18n.h"

G_DEFINE_FINAL_TYPE(BpCourse, bp_course, G_TYPE_OBJECT)

guint bp_course_signals[BP_COURSE_N_SIGNALS];

/* ---- exercises ---- */

/* The exercises start with networks for MNIST's classes. */
static void take_start(BpCourse *self, NnConfig *recipe)
{
  self->exercises[self->exercise].n_classes = BP_USUAL_CLASSES;
  bp_course_take_recipe(self, recipe);
  if (!bp_data_store_is_loading(self->data)) /* else it follows those that are coming */
    bp_course_follow_classes(self);
}

void bp_course_reset_recipe(BpCourse *self)
{
  NnError err = {0};
  NnConfig *recipe = bp_exercise_recipe(self->exercise, &err);
  if (recipe)
    take_start(self, recipe);
  else
    g_signal_emit(self, bp_course_signals[BP_COURSE_FAILED], 0, err.text,
                  _("The exercise could not be opened"));
}

int bp_course_get_exercise(BpCourse *self)
{
  return self->exercise;
}

static NnConfig *recipe_of(BpCourse *self, int index, NnError *err)
{
  BpCourseExercise *exercise = &self->exercises[index];
  if (!exercise->recipe) {
    exercise->recipe = bp_exercise_recipe(index, err);
    exercise->n_classes = BP_USUAL_CLASSES;
  }
  return exercise->recipe;
}

void bp_course_restore_exercise(BpCourse *self, int index, NnConfig *recipe, gboolean done)
{
  BpCourseExercise *exercise = &self->exercises[index];
  exercise->done |= done;
  if (recipe) {
    nn_config_free(exercise->recipe);
    exercise->recipe = recipe;
  }
  if (index == self->exercise)
    bp_course_check_recipe(self);
}

void bp_course_set_exercise(BpCourse *self, int index)
{
  NnError err = {0};
  if (index == self->exercise)
    return;
  if (!recipe_of(self, index, &err)) {
    g_signal_emit(self, bp_course_signals[BP_COURSE_FAILED], 0, err.text,
                  _("The exercise could not be opened"));
    return;
  }
  self->exercise = index;
  bp_course_recipe_changed(self, TRUE);
  if (!bp_data_store_is_loading(self->data))
    bp_course_follow_classes(self);
}

gboolean bp_course_is_exercise_done(BpCourse *self, int index)
{
  return self->exercises[index].done;
}

/* ---- training ---- */

gboolean bp_course_can_train(BpCourse *self)
{
  return !bp_runner_is_active(self->runner) && !bp_course_why_not(self);
}

void bp_course_train(BpCourse *self, gboolean single_step)
{
  if (!bp_course_can_train(self))
    return;
  g_autoptr(BpRun) run =
      bp_runs_new_run(self->runs, bp_exercise_get(self->exercise)->id, bp_course_get_recipe(self));
  if (!run || !bp_runner_start(self->runner, run, single_step))
    g_signal_emit(self, bp_course_signals[BP_COURSE_FAILED], 0,
                  _("There is not enough memory to start a run."), _("The run could not start"));
}

/* ---- following the data ---- */

static const NnKind *kind_asked(const NnConfig *recipe)
{
  return nn_config_child(nn_config_child(recipe, "data"), "dataset")->kind;
}

/* What was opened is what the recipe trains on from now on, unless the recipe has come to ask for
 * another kind meanwhile. */
static void follow_kind(BpCourse *self)
{
  const NnKind *before = bp_data_store_get_kind(self->data);
  bool same = kind_asked(bp_course_get_recipe(self)) == before;
  NnConfig *recipe = same ? nn_config_copy(bp_course_get_recipe(self), NULL) : NULL;
  if (recipe && bp_data_tell_recipe(bp_course_data(self)->set, recipe, NULL)) {
    bp_data_store_accept_as(self->data, recipe);
    if (kind_asked(recipe) != before) {
      bp_course_take_followed(self, recipe);
      return;
    }
  }
  nn_config_free(recipe);
}

/* The exercises are about MNIST; what else is opened belongs to the free lab, unless it is what the
 * exercise's own recipe asks for, since the student has chosen so. */
static bool belongs_to_lab(BpCourse *self)
{
  const NnDataset *set = bp_course_data(self)->set;
  bool mnist = set->practice || g_str_equal(set->name, nn_catalog[0]->name);
  const char *asked = kind_asked(bp_course_get_recipe(self))->name;
  return self->exercise != BP_LAB && !mnist && !g_str_equal(set->name, asked);
}

/* The recipe that the exercise at hand has stays as it is. */
static void move_to_lab(BpCourse *self)
{
  const NnDataset *set = bp_course_data(self)->set;
  NnConfig *recipe = recipe_of(self, BP_LAB, NULL);
  bool unsaved = recipe && bp_course_is_unsaved(self, BP_LAB);
  if (!recipe || !bp_data_tell_recipe(set, recipe, NULL))
    return;
  if (!unsaved)
    bp_course_remember_clean(self, BP_LAB);
  bp_data_store_accept_as(self->data, recipe);
  g_autofree char *text = g_strdup_printf(_("%s: open in the free lab"), nn_dataset_title(set));
  bp_course_set_exercise(self, BP_LAB);
  bp_course_say(self, text);
}

/* All that is to be said of them is said at once: notifications follow one another, and who closes
 * the first misses the note on the data. */
static void on_loaded(BpCourse *self, gboolean opened)
{
  self->gathered = g_string_new(NULL);
  if (opened && belongs_to_lab(self))
    move_to_lab(self);
  else if (opened || self->exercise == BP_LAB)
    follow_kind(self);
  bp_course_check_recipe(self);
  bp_course_follow_classes(self);
  g_signal_emit(self, bp_course_signals[BP_COURSE_RECIPE_CHANGED], 0, FALSE);
  if (bp_course_data(self)->set->note)
    bp_course_say(self, bp_course_data(self)->set->note);
  g_autoptr(GString) text = g_steal_pointer(&self->gathered);
  if (text->len)
    bp_course_say(self, text->str);
}

/* The row says what is there. */
static void on_size_kept(BpCourse *self, int rows, int columns)
{
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(self), NULL);
  NnConfig *set = recipe ? nn_config_child(nn_config_child(recipe, "data"), "dataset") : NULL;
  if (set && nn_config_set_numbers(set, "image_size", (double[]){rows, columns}, 2, NULL))
    bp_course_take_followed(self, recipe);
  else
    nn_config_free(recipe);
}

static void readiness_changed(BpCourse *self)
{
  bp_course_start_weights(self);
  g_signal_emit(self, bp_course_signals[BP_COURSE_READINESS_CHANGED], 0);
}

/* Runs count for an exercise, and some have come or gone. */
static void on_runs_changed(BpCourse *self)
{
  bp_course_check_exercise(self);
  readiness_changed(self);
}

/* ---- object ---- */

static void bp_course_dispose(GObject *object)
{
  BpCourse *self = BP_COURSE(object);
  g_ptr_array_set_size(self->lesson_runs, 0);
  g_clear_object(&self->runs);
  g_clear_object(&self->runner);
  g_clear_object(&self->data);
  G_OBJECT_CLASS(bp_course_parent_class)->dispose(object);
}

static void bp_course_finalize(GObject *object)
{
  BpCourse *self = BP_COURSE(object);
  for (int i = 0; i < BP_N_LESSONS; i++) {
    nn_config_free(self->exercises[i].recipe);
    nn_config_free(self->exercises[i].clean);
  }
  bp_course_drop_weights(self);
  bp_recipe_check_clear(&self->check);
  g_free(self->refusal);
  g_ptr_array_unref(self->lesson_runs);
  G_OBJECT_CLASS(bp_course_parent_class)->finalize(object);
}

static void bp_course_class_init(BpCourseClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_course_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_course_finalize;
  bp_course_signals[BP_COURSE_RECIPE_CHANGED] =
      bp_signal_new(BP_TYPE_COURSE, "recipe-changed", 1, G_TYPE_BOOLEAN, 0);
  bp_course_signals[BP_COURSE_READINESS_CHANGED] =
      bp_signal_new(BP_TYPE_COURSE, "readiness-changed", 0, 0, 0);
  bp_course_signals[BP_COURSE_NOTICE] =
      bp_signal_new(BP_TYPE_COURSE, "notice", 1, G_TYPE_STRING, 0);
  bp_course_signals[BP_COURSE_FAILED] =
      bp_signal_new(BP_TYPE_COURSE, "failed", 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void bp_course_init(BpCourse *self)
{
  self->lesson_runs = g_ptr_array_new_with_free_func(g_object_unref);
  self->check.bad_layer = -1;
}

BpCourse *bp_course_new(BpDataStore *data, BpRunner *runner, BpRuns *runs, GError **error)
{
  NnError err = {0};
  NnConfig *recipe = bp_exercise_recipe(0, &err);
  if (!recipe) {
    g_propagate_error(error, bp_error_new(&err));
    return NULL;
  }
  BpCourse *self = g_object_new(BP_TYPE_COURSE, NULL);
  self->data = g_object_ref(data);
  self->runner = g_object_ref(runner);
  self->runs = g_object_ref(runs);
  self->exercises[0].recipe = recipe;
  self->exercises[0].n_classes = BP_USUAL_CLASSES;
  bp_course_check_recipe(self);
  g_signal_connect_object(data, "loaded", G_CALLBACK(on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(data, "size-kept", G_CALLBACK(on_size_kept), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(data, "changed", G_CALLBACK(readiness_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(bp_runs_get_list(runs), "items-changed", G_CALLBACK(on_runs_changed),
                          self, G_CONNECT_SWAPPED);
  g_signal_connect_object(runner, "ended", G_CALLBACK(bp_course_check_exercise), self,
                          G_CONNECT_SWAPPED);
  return self;
}
