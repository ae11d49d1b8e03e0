/* exercise.c: see exercise.h. */
#include "exercise.h"
#include "engine/recipe/recipe.h"
#include "ui/i18n.h"
#include <math.h>
#include <string.h>

static const BpCheck no_checks[] = {{NULL, NULL}};

static const BpExercise lab = {
    .id = "lab",
    .title = N_("Free lab"),
    /* xgettext:no-c-format */
    .text = N_("Change whatever you like. It starts with the tutorial's recipe, which reaches "
               "about 97 % on MNIST."),
    .start = "{\"version\": 1}",
    .about = {"network"},
    .checks = no_checks,
};

static const BpExercise *const exercises[BP_N_LESSONS] = {
    &bp_exercise_network, &bp_exercise_optimizers, &bp_exercise_loop, &bp_exercise_accuracy, &lab};

const BpExercise *bp_exercise_get(int index)
{
  g_assert(index >= 0 && index < BP_N_LESSONS);
  return exercises[index];
}

NnConfig *bp_exercise_recipe(int index, NnError *err)
{
  const BpExercise *exercise = bp_exercise_get(index);
  NnConfig *recipe = NULL;
  if (index == BP_LAB)
    return nn_recipe_new(err);
  return nn_recipe_parse(exercise->start, exercise->id, &recipe, err) ? recipe : NULL;
}

int bp_lesson_count(const BpLesson *lesson, const char *kind)
{
  int count = 0;
  while (bp_lesson_layer(lesson, kind, count, NULL))
    count++;
  return count;
}

const NnConfig *bp_lesson_layer(const BpLesson *lesson, const char *kind, int n, int *index)
{
  int layers = nn_config_count(lesson->recipe, "network");
  for (int i = 0; i < layers; i++) {
    const NnConfig *layer = nn_config_at(lesson->recipe, "network", i);
    if (!g_str_equal(layer->kind->name, kind) || n-- > 0)
      continue;
    if (index)
      *index = i;
    return layer;
  }
  return NULL;
}

const char *bp_lesson_kind(const BpLesson *lesson, const char *section)
{
  return nn_config_child(lesson->recipe, section)->kind->name;
}

double bp_lesson_number(const BpLesson *lesson, const char *section, const char *key)
{
  const NnConfig *config = nn_config_child(lesson->recipe, section);
  return nn_param_index(config->kind->params, key) < 0 ? NAN : nn_config_number(config, key);
}

bool bp_check_unmet(char missing[BP_MISSING_TEXT], const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_vsnprintf(missing, BP_MISSING_TEXT, nn_text(format), args);
  va_end(args);
  return false;
}

/* Do all of them hold for the lesson's recipe? */
static bool all_hold(const BpLesson *lesson, const BpHolds *settings)
{
  char missing[BP_MISSING_TEXT];
  for (; *settings; settings++)
    if (!(*settings)(lesson, missing))
      return false;
  return true;
}

static bool run_has(const BpLesson *lesson, BpRun *run, const BpHolds *settings)
{
  BpLesson own = {.recipe = run->recipe, .input = lesson->input};
  return all_hold(&own, settings);
}

/* What to do next, of one whose settings are right. */
static bool say_next(const BpLesson *lesson, const BpHolds *settings, char missing[BP_MISSING_TEXT])
{
  BpRun *last = lesson->n_runs ? lesson->runs[0] : NULL;
  if (last && last->status == BP_RUN_ACTIVE)
    return run_has(lesson, last, settings)
               ? bp_check_unmet(missing, "Training in progress.")
               : bp_check_unmet(missing, "The run in progress has other settings.");
  if (lesson->blocked)
    return bp_check_unmet(missing, "%s", lesson->blocked);
  if (!last)
    return bp_check_unmet(missing, "Press Train.");
  if (!run_has(lesson, last, settings))
    return bp_check_unmet(missing, "The last run had other settings: train again.");
  return bp_check_unmet(missing, "The last run did not finish: train again.");
}

bool bp_check_finished(const BpLesson *lesson, const BpHolds *settings,
                       char missing[BP_MISSING_TEXT])
{
  for (guint i = 0; i < lesson->n_runs; i++)
    if (lesson->runs[i]->status == BP_RUN_FINISHED && run_has(lesson, lesson->runs[i], settings))
      return true;
  if (!all_hold(lesson, settings))
    return bp_check_unmet(missing, "Set what is above first, then train.");
  return say_next(lesson, settings, missing);
}

BpRun *bp_lesson_best_on_mnist(const BpLesson *lesson)
{
  BpRun *best = NULL;
  for (guint i = 0; i < lesson->n_runs; i++) {
    BpRun *run = lesson->runs[i];
    if (run->status == BP_RUN_FINISHED && run->on_mnist && !isnan(run->test_accuracy) &&
        (!best || run->test_accuracy > best->test_accuracy))
      best = run;
  }
  return best;
}
