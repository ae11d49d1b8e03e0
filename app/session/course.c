/* course.c: see course.h. */
#include "course.h"
#include "app/gerror.h"
#include "engine/model/model.h"
#include "engine/recipe/recipe.h"
#include "ui/i18n.h"
#include "signal.h"
#include <string.h>

enum { USUAL_CLASSES = 10 };

/* What is remembered of one exercise. */
typedef struct {
  NnConfig *recipe; /* the student's own; NULL until it is first chosen */
  NnConfig *clean;  /* as it was last opened or saved; NULL: never */
  bool done;
  int n_classes; /* that its network fitted last; 0: it never did */
} Exercise;

struct _BpCourse {
  GObject parent_instance;
  BpDataStore *data; /* owned, as the next two */
  BpRunner *runner;
  BpRuns *runs;
  Exercise exercises[BP_N_LESSONS];
  int exercise; /* at hand */
  BpRecipeCheck check;
  char *refusal;          /* of a text that stands in a row, or NULL */
  GPtrArray *lesson_runs; /* of the exercise at hand, when last asked for */
  GString *gathered;      /* notices that are to be one, or NULL */
};

G_DEFINE_FINAL_TYPE(BpCourse, bp_course, G_TYPE_OBJECT)

enum { RECIPE_CHANGED, READINESS_CHANGED, NOTICE, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void say(BpCourse *self, const char *text)
{
  if (self->gathered)
    g_string_append_printf(self->gathered, "%s%s", self->gathered->len ? "\n" : "", text);
  else
    g_signal_emit(self, signals[NOTICE], 0, text);
}

static BpData *data_at_hand(BpCourse *self)
{
  return bp_data_store_get(self->data);
}

/* ---- the recipe and its check ---- */

NnConfig *bp_course_get_recipe(BpCourse *self)
{
  return self->exercises[self->exercise].recipe;
}

/* The pictures at hand, or MNIST's while such are on their way. */
static void input_shape(BpCourse *self, NnShape *shape, int *n_classes)
{
  bool coming = bp_data_store_awaits_catalog(self->data);
  const NnDataset *set = data_at_hand(self) && !coming ? data_at_hand(self)->set : NULL;
  *shape = set ? set->shape : nn_shape_3d(1, 28, 28);
  *n_classes = set ? set->n_classes : USUAL_CLASSES;
}

/* Done once is done: what the student tries afterwards takes nothing away. */
static void check_exercise(BpCourse *self)
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

static void check_recipe(BpCourse *self)
{
  NnShape pictures;
  int n_classes;
  bp_data_store_ask(self->data, bp_course_get_recipe(self));
  input_shape(self, &pictures, &n_classes);
  bp_recipe_check(&self->check, bp_course_get_recipe(self), pictures, n_classes);
  if (self->check.ok)
    self->exercises[self->exercise].n_classes = n_classes;
  check_exercise(self);
}

static void recipe_changed(BpCourse *self, gboolean elsewhere)
{
  check_recipe(self);
  g_signal_emit(self, signals[RECIPE_CHANGED], 0, elsewhere);
  bp_data_store_load_asked(self->data);
  g_signal_emit(self, signals[READINESS_CHANGED], 0);
}

void bp_course_recipe_edited(BpCourse *self)
{
  recipe_changed(self, FALSE);
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
  g_signal_emit(self, signals[READINESS_CHANGED], 0);
}

/* The old recipe is freed only after every widget has turned to the new one. */
void bp_course_take_recipe(BpCourse *self, NnConfig *recipe)
{
  NnConfig *old = bp_course_get_recipe(self);
  self->exercises[self->exercise].recipe = recipe;
  recipe_changed(self, TRUE);
  nn_config_free(old);
}

/* Without memory for the copy it only asks once more than it would have to. */
static void remember_clean(BpCourse *self, int index)
{
  Exercise *exercise = &self->exercises[index];
  nn_config_free(exercise->clean);
  exercise->clean = nn_config_copy(exercise->recipe, NULL);
}

/* What nobody edited needs not be saved either. */
static void take_followed(BpCourse *self, NnConfig *recipe)
{
  bool unsaved = bp_course_is_recipe_unsaved(self);
  bp_course_take_recipe(self, recipe);
  if (!unsaved)
    remember_clean(self, self->exercise);
}

void bp_course_mend_network(BpCourse *self)
{
  NnConfig *mended;
  if (self->check.can_mend &&
      nn_model_mend(bp_course_get_recipe(self), self->check.in,
                    data_at_hand(self) ? data_at_hand(self)->set->n_classes : USUAL_CLASSES,
                    &mended))
    bp_course_take_recipe(self, mended);
}

static void follow_classes(BpCourse *self)
{
  int before = self->exercises[self->exercise].n_classes, n_classes;
  NnShape pictures;
  input_shape(self, &pictures, &n_classes);
  bool fits = before == 0 || before == n_classes || !self->check.can_mend;
  NnConfig *fitted = fits || !bp_data_store_has_asked(self->data)
                         ? NULL
                         : nn_config_copy(bp_course_get_recipe(self), NULL);
  if (fitted && nn_model_match_classes(fitted, self->check.in, n_classes) >= 0) {
    g_autofree char *text = g_strdup_printf(
        ngettext("The last layer now has %d output, one for each class",
                 "The last layer now has %d outputs, one for each class", (gulong)n_classes),
        n_classes);
    take_followed(self, fitted);
    say(self, text);
  } else {
    nn_config_free(fitted);
  }
}

gboolean bp_course_open_recipe(BpCourse *self, const char *path, GError **error)
{
  NnError err = {0};
  NnConfig *recipe;
  if (!nn_recipe_load(path, &recipe, &err)) {
    g_propagate_error(error, bp_error_new(&err));
    return FALSE;
  }
  self->exercises[self->exercise].n_classes = 0; /* whatever it was made for, it was not these */
  bp_course_take_recipe(self, recipe);
  remember_clean(self, self->exercise);
  return TRUE;
}

gboolean bp_course_save_recipe(BpCourse *self, const char *path, GError **error)
{
  NnError err = {0};
  if (nn_recipe_save(bp_course_get_recipe(self), path, &err)) {
    remember_clean(self, self->exercise);
    return TRUE;
  }
  g_propagate_error(error, bp_error_new(&err));
  return FALSE;
}

/* The exercises start with networks for MNIST's classes. */
static void take_start(BpCourse *self, NnConfig *recipe)
{
  self->exercises[self->exercise].n_classes = USUAL_CLASSES;
  bp_course_take_recipe(self, recipe);
  if (!bp_data_store_is_loading(self->data)) /* else it follows those that are coming */
    follow_classes(self);
}

void bp_course_reset_recipe(BpCourse *self)
{
  NnError err = {0};
  NnConfig *recipe = bp_exercise_recipe(self->exercise, &err);
  if (recipe)
    take_start(self, recipe);
  else
    g_signal_emit(self, signals[FAILED], 0, err.text, _("The exercise could not be opened"));
}

static bool is_unsaved(BpCourse *self, int index)
{
  const Exercise *exercise = &self->exercises[index];
  return bp_course_get_edited_recipe(self, index) &&
         !(exercise->clean && nn_config_equal(exercise->recipe, exercise->clean));
}

gboolean bp_course_is_recipe_unsaved(BpCourse *self)
{
  return is_unsaved(self, self->exercise);
}

/* ---- exercises ---- */

const NnConfig *bp_course_get_edited_recipe(BpCourse *self, int index)
{
  NnConfig *recipe = self->exercises[index].recipe;
  NnConfig *start = recipe ? bp_exercise_recipe(index, NULL) : NULL;
  bool same = start && nn_config_equal(recipe, start);
  nn_config_free(start);
  return same ? NULL : recipe;
}

void bp_course_restore_exercise(BpCourse *self, int index, NnConfig *recipe, gboolean done)
{
  Exercise *exercise = &self->exercises[index];
  exercise->done |= done;
  if (recipe) {
    nn_config_free(exercise->recipe);
    exercise->recipe = recipe;
  }
  if (index == self->exercise)
    check_recipe(self);
}

int bp_course_get_exercise(BpCourse *self)
{
  return self->exercise;
}

static NnConfig *recipe_of(BpCourse *self, int index, NnError *err)
{
  Exercise *exercise = &self->exercises[index];
  if (!exercise->recipe) {
    exercise->recipe = bp_exercise_recipe(index, err);
    exercise->n_classes = USUAL_CLASSES;
  }
  return exercise->recipe;
}

void bp_course_set_exercise(BpCourse *self, int index)
{
  NnError err = {0};
  if (index == self->exercise)
    return;
  if (!recipe_of(self, index, &err)) {
    g_signal_emit(self, signals[FAILED], 0, err.text, _("The exercise could not be opened"));
    return;
  }
  self->exercise = index;
  recipe_changed(self, TRUE);
  if (!bp_data_store_is_loading(self->data))
    follow_classes(self);
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

gboolean bp_course_is_exercise_done(BpCourse *self, int index)
{
  return self->exercises[index].done;
}

/* ---- training ---- */

gboolean bp_course_can_train(BpCourse *self)
{
  return !bp_runner_is_active(self->runner) && !bp_course_why_not(self);
}

const char *bp_course_why_not(BpCourse *self)
{
  if (bp_runner_is_active(self->runner))
    return NULL;
  if (!data_at_hand(self) || bp_data_store_is_loading(self->data))
    return _("The data are still being loaded.");
  if (self->refusal)
    return self->refusal;
  return self->check.ok ? NULL : self->check.text;
}

void bp_course_train(BpCourse *self, gboolean single_step)
{
  if (!bp_course_can_train(self))
    return;
  g_autoptr(BpRun) run =
      bp_runs_new_run(self->runs, bp_exercise_get(self->exercise)->id, bp_course_get_recipe(self));
  if (!run || !bp_runner_start(self->runner, run, single_step))
    g_signal_emit(self, signals[FAILED], 0, _("There is not enough memory to start a run."),
                  _("The run could not start"));
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
  if (recipe && bp_data_tell_recipe(data_at_hand(self)->set, recipe, NULL)) {
    bp_data_store_accept_as(self->data, recipe);
    if (kind_asked(recipe) != before) {
      take_followed(self, recipe);
      return;
    }
  }
  nn_config_free(recipe);
}

/* The exercises are about MNIST; what else is opened belongs to the free lab, unless it is what the
 * exercise's own recipe asks for, since the student has chosen so. */
static bool belongs_to_lab(BpCourse *self)
{
  const NnDataset *set = data_at_hand(self)->set;
  bool mnist = set->practice || g_str_equal(set->name, nn_catalog[0]->name);
  const char *asked = kind_asked(bp_course_get_recipe(self))->name;
  return self->exercise != BP_LAB && !mnist && !g_str_equal(set->name, asked);
}

/* The recipe that the exercise at hand has stays as it is. */
static void move_to_lab(BpCourse *self)
{
  const NnDataset *set = data_at_hand(self)->set;
  NnConfig *recipe = recipe_of(self, BP_LAB, NULL);
  bool unsaved = recipe && is_unsaved(self, BP_LAB);
  if (!recipe || !bp_data_tell_recipe(set, recipe, NULL))
    return;
  if (!unsaved)
    remember_clean(self, BP_LAB);
  bp_data_store_accept_as(self->data, recipe);
  g_autofree char *text = g_strdup_printf(_("%s: open in the free lab"), nn_dataset_title(set));
  bp_course_set_exercise(self, BP_LAB);
  say(self, text);
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
  check_recipe(self);
  follow_classes(self);
  g_signal_emit(self, signals[RECIPE_CHANGED], 0, FALSE);
  if (data_at_hand(self)->set->note)
    say(self, data_at_hand(self)->set->note);
  g_autoptr(GString) text = g_steal_pointer(&self->gathered);
  if (text->len)
    say(self, text->str);
}

/* The row says what is there. */
static void on_size_kept(BpCourse *self, int rows, int columns)
{
  NnConfig *recipe = nn_config_copy(bp_course_get_recipe(self), NULL);
  NnConfig *set = recipe ? nn_config_child(nn_config_child(recipe, "data"), "dataset") : NULL;
  if (set && nn_config_set_numbers(set, "image_size", (double[]){rows, columns}, 2, NULL))
    take_followed(self, recipe);
  else
    nn_config_free(recipe);
}

/* Runs count for an exercise, and some have come or gone. */
static void on_runs_changed(BpCourse *self)
{
  check_exercise(self);
  g_signal_emit(self, signals[READINESS_CHANGED], 0);
}

static void on_data_changed(BpCourse *self)
{
  g_signal_emit(self, signals[READINESS_CHANGED], 0);
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
  bp_recipe_check_clear(&self->check);
  g_free(self->refusal);
  g_ptr_array_unref(self->lesson_runs);
  G_OBJECT_CLASS(bp_course_parent_class)->finalize(object);
}

static void bp_course_class_init(BpCourseClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_course_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_course_finalize;
  signals[RECIPE_CHANGED] = bp_signal_new(BP_TYPE_COURSE, "recipe-changed", 1, G_TYPE_BOOLEAN, 0);
  signals[READINESS_CHANGED] = bp_signal_new(BP_TYPE_COURSE, "readiness-changed", 0, 0, 0);
  signals[NOTICE] = bp_signal_new(BP_TYPE_COURSE, "notice", 1, G_TYPE_STRING, 0);
  signals[FAILED] = bp_signal_new(BP_TYPE_COURSE, "failed", 2, G_TYPE_STRING, G_TYPE_STRING);
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
  self->exercises[0].n_classes = USUAL_CLASSES;
  check_recipe(self);
  g_signal_connect_object(data, "loaded", G_CALLBACK(on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(data, "size-kept", G_CALLBACK(on_size_kept), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(data, "changed", G_CALLBACK(on_data_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(bp_runs_get_list(runs), "items-changed", G_CALLBACK(on_runs_changed),
                          self, G_CONNECT_SWAPPED);
  g_signal_connect_object(runner, "ended", G_CALLBACK(check_exercise), self, G_CONNECT_SWAPPED);
  return self;
}
