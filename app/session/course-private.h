/* course-private.h: what the files of the course share: course.c has recipes, exercises and
 * training, course-recipe.c the recipe at hand, course-weights.c weights that are opened. */
#pragma once
#include "course.h"

enum { BP_USUAL_CLASSES = 10 };

/* What is remembered of one exercise. */
typedef struct {
  NnConfig *recipe; /* the student's own; NULL until it is first chosen */
  NnConfig *clean;  /* as it was last opened or saved; NULL: never */
  bool done;
  int n_classes; /* that its network fitted last; 0: it never did */
} BpCourseExercise;

struct _BpCourse {
  GObject parent_instance;
  BpDataStore *data; /* owned, as the next two */
  BpRunner *runner;
  BpRuns *runs;
  BpCourseExercise exercises[BP_N_LESSONS];
  int exercise; /* at hand */
  BpRecipeCheck check;
  char *refusal;          /* of a text that stands in a row, or NULL */
  GPtrArray *lesson_runs; /* of the exercise at hand, when last asked for */
  GString *gathered;      /* notices that are to be one, or NULL */
  NnLearned *weights;     /* opened, and waiting for the data; or NULL */
  char *weights_name;     /* of their file */
};

enum {
  BP_COURSE_RECIPE_CHANGED,
  BP_COURSE_READINESS_CHANGED,
  BP_COURSE_NOTICE,
  BP_COURSE_FAILED,
  BP_COURSE_N_SIGNALS
};
extern guint bp_course_signals[BP_COURSE_N_SIGNALS];

/* ---- course-recipe.c ---- */

void bp_course_say(BpCourse *self, const char *text); /* "notice" */
BpData *bp_course_data(BpCourse *self);               /* at hand; borrowed; NULL: none yet */
/* Done once is done: what the student tries afterwards takes nothing away. */
void bp_course_check_exercise(BpCourse *self);
void bp_course_check_recipe(BpCourse *self);
/* The recipe at hand is another, `elsewhere`: not by the widgets that show it. */
void bp_course_recipe_changed(BpCourse *self, gboolean elsewhere);
/* Takes a recipe out of a file. */
void bp_course_take_opened(BpCourse *self, NnConfig *recipe);
/* Takes a recipe that nobody edited, and that need not be saved if the one before was. */
void bp_course_take_followed(BpCourse *self, NnConfig *recipe);
/* The last layer takes the number of classes, if it had that of others. */
void bp_course_follow_classes(BpCourse *self);
bool bp_course_is_unsaved(BpCourse *self, int index);
/* The exercise's recipe is as it is saved. */
void bp_course_remember_clean(BpCourse *self, int index);

/* ---- course-weights.c ---- */

/* What waits for the data may have them now. */
void bp_course_start_weights(BpCourse *self);
void bp_course_drop_weights(BpCourse *self);
