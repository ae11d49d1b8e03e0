/* exercise.h: the tutorial. An exercise is one table entry: a text, the recipe that it starts with,
 * and checks that look at the student's recipe and runs. The checks run after every change, so
 * they only look, quickly, and change nothing. Thread: the window's. */
#pragma once
#include <glib.h>
#include "engine/recipe/config.h"
#include "app/session/run.h"

G_BEGIN_DECLS

/* What a check may look at. */
typedef struct {
  const NnConfig *recipe; /* as it stands in the window; or a run's own */
  NnShape input;          /* what its network is given */
  BpRun *const *runs; /* all of this exercise, newest first, for as long as the window is open */
  guint n_runs;
  const char *blocked; /* why nothing can be trained now, one sentence; NULL: it can, or it is */
} BpLesson;

enum { BP_MISSING_TEXT = NN_SENTENCE }; /* a sentence of the engine's, too, has room */

typedef struct {
  const char
      *text; /* what has to be so: "Three Linear layers"; marked with N_(), as all texts here */
  /* Is it so? If not, writes in one short sentence what is missing. If it is, it may write a remark
   * (the text is empty before). */
  bool (*holds)(const BpLesson *lesson, char missing[BP_MISSING_TEXT]);
} BpCheck;

typedef struct {
  const char *id;        /* "network" */
  const char *title;     /* "Build the network" */
  const char *text;      /* a few sentences: the idea and the task */
  const char *start;     /* the recipe that it starts with: JSON */
  const char *about[8];  /* keys of the recipe that stand on top, in this order; ends with NULL */
  const BpCheck *checks; /* ends with text NULL */
} BpExercise;

/* The exercises in their order, then the free lab, which has no checks. */
enum { BP_N_EXERCISES = 4, BP_LAB = BP_N_EXERCISES, BP_N_LESSONS };
const BpExercise *bp_exercise_get(int index);
/* Its start recipe, complete. NULL and err when it cannot be: no memory. Caller frees. */
NnConfig *bp_exercise_recipe(int index, NnError *err);

extern const BpExercise bp_exercise_network, bp_exercise_optimizers, bp_exercise_loop,
    bp_exercise_accuracy;

/* ---- for writing checks ---- */

/* Number of layers of that kind. */
int bp_lesson_count(const BpLesson *lesson, const char *kind);
/* The n-th layer of that kind (from 0), or NULL; its place in the network into *index if not NULL.
 */
const NnConfig *bp_lesson_layer(const BpLesson *lesson, const char *kind, int n, int *index);
/* The name of the kind that a section of the recipe has: "optimizer" → "AdamW". */
const char *bp_lesson_kind(const BpLesson *lesson, const char *section);
/* A number of a section: "optimizer", "lr". NAN when the chosen kind has no such parameter. */
double bp_lesson_number(const BpLesson *lesson, const char *section, const char *key);
/* Writes the sentence, translated; returns false, so that `return bp_check_unmet(…)` reads well. */
bool bp_check_unmet(char missing[BP_MISSING_TEXT], const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A run of this exercise has finished whose own recipe has all these settings (ends with NULL),
 * whatever the recipe in the window says now. */
typedef bool (*BpHolds)(const BpLesson *lesson, char missing[BP_MISSING_TEXT]);
bool bp_check_finished(const BpLesson *lesson, const BpHolds *settings,
                       char missing[BP_MISSING_TEXT]);
/* The finished run with the best test accuracy on MNIST itself, or NULL. */
BpRun *bp_lesson_best_on_mnist(const BpLesson *lesson);

G_END_DECLS
