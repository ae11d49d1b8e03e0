/* course.h: the exercises, each with its recipe and progress; the recipe at hand and its check; and
 * starting a run of it.
 *
 * The recipe follows the data: what a person opens is what the recipe at hand trains on, and its
 * network turns to their classes, if it fitted the last. In an exercise, whose recipe asks for
 * MNIST, other data than these open in the free lab; the exercise's recipe stays as it is.
 *
 * Thread: the window's. Signals:
 *   "recipe-changed" (bool elsewhere): the recipe or its check; `elsewhere` when widgets must read
 *       it again (another recipe), not when a widget itself reported the edit.
 *   "readiness-changed" (): bp_course_can_train() or bp_course_why_not() may say something else. It
 *       is not emitted when that is only because the runner's state is another one.
 *   "notice" (string):  one sentence worth a passing notice.
 *   "failed" (string, string): why something asked for did not work, one sentence; what it was. */
#pragma once
#include "app/exercises/exercise.h"
#include "engine/export/python.h"
#include "recipe-check.h"
#include "runs.h"

G_BEGIN_DECLS

#define BP_TYPE_COURSE (bp_course_get_type())
G_DECLARE_FINAL_TYPE(BpCourse, bp_course, BP, COURSE, GObject)

/* Takes up the first exercise. NULL and `error`: no memory, or a broken start recipe. */
BpCourse *bp_course_new(BpDataStore *data, BpRunner *runner, BpRuns *runs, GError **error);

/* ---- the recipe at hand ---- */
/* Borrowed; widgets edit it in place and then call bp_course_recipe_edited(). It is another object
 * after "recipe-changed" with elsewhere = true. */
NnConfig *bp_course_get_recipe(BpCourse *self);
void bp_course_recipe_edited(BpCourse *self);
const BpRecipeCheck *bp_course_get_check(BpCourse *self);
/* Widgets show a text that is no value of the recipe, and this is why: nothing is trained until
 * then. NULL: none does. Copied. */
void bp_course_set_refusal(BpCourse *self, const char *text);
/* Makes the network give one value for each class, where that is all that it lacks. */
void bp_course_mend_network(BpCourse *self);
/* On false the recipe stays as it was. */
gboolean bp_course_open_recipe(BpCourse *self, const char *path, GError **error);
gboolean bp_course_save_recipe(BpCourse *self, const char *path, GError **error);
/* The same as a PyTorch program: *text is freed with nn_free(), *map with nn_python_map_clear()
 * (also on false). */
bool bp_course_write_program(BpCourse *self, char **text, NnPythonMap *map, NnError *err);
/* In a file; a notebook if the name ends in .ipynb. */
gboolean bp_course_save_program(BpCourse *self, const char *path, GError **error);
/* What a file of weights holds becomes a run that is shown, and can be resumed: with the recipe
 * that the file names, which takes the place of the one at hand, or else with the latter. Data that
 * it asks for may have to be loaded first; "failed" says what is not possible then. On false
 * nothing has happened: the file is none, or of another network. Not while a run is active. */
gboolean bp_course_open_weights(BpCourse *self, const char *path, GError **error);
/* Would that replace the recipe at hand by another? */
gboolean bp_course_is_replaced_by_weights(BpCourse *self, const char *path);
/* Back to the exercise's start. */
void bp_course_reset_recipe(BpCourse *self);
/* Another recipe in its place, which the course takes; as if a file had been opened. */
void bp_course_take_recipe(BpCourse *self, NnConfig *recipe);
/* It is neither the exercise's start nor what was last opened or saved: opening another would lose
 * work. */
gboolean bp_course_is_recipe_unsaved(BpCourse *self);

/* ---- training it ---- */
gboolean bp_course_can_train(BpCourse *self); /* nothing is trained, and data and recipe allow it */
/* Why it cannot be started now, one sentence; NULL: it can, or a run goes on. Borrowed. */
const char *bp_course_why_not(BpCourse *self);
/* Starts a run, if one can be started. `single_step`: pauses after the first batch. */
void bp_course_train(BpCourse *self, gboolean single_step);

/* ---- exercises ---- */
void bp_course_set_exercise(BpCourse *self, int index); /* 0 … BP_LAB; each keeps its recipe */
int bp_course_get_exercise(BpCourse *self);
gboolean bp_course_is_at_hand(BpCourse *self, const char *id);
/* Of the exercise at hand; borrowed until the next call. */
BpLesson bp_course_get_lesson(BpCourse *self);
gboolean bp_course_is_exercise_done(BpCourse *self, int index);
/* What the student has made of it; borrowed. NULL: it is still the start, or was never opened. */
const NnConfig *bp_course_get_edited_recipe(BpCourse *self, int index);
/* As an earlier session left it: `recipe` (taken) may be NULL for the start. Emits no signal. */
void bp_course_restore_exercise(BpCourse *self, int index, NnConfig *recipe, gboolean done);

G_END_DECLS
