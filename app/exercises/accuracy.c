/* accuracy.c: exercise 4. Beat the tutorial's own accuracy. */
#include "exercise.h"
#include "parts.h"
#include "ui/i18n.h"

static const char start[] = "{\"version\": 1,"
                            " \"data\": " BP_JSON_DATA ","
                            " \"network\": " BP_JSON_NETWORK ","
                            " \"loss\": {\"kind\": \"CrossEntropyLoss\"},"
                            " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.001},"
                            " \"scheduler\": " BP_JSON_SCHEDULER ","
                            " \"loop\": {\"epochs\": 3}, \"seed\": 0}";

/* The newest that has finished, on whatever data. */
static BpRun *last_finished(const BpLesson *lesson)
{
  for (guint i = 0; i < lesson->n_runs; i++)
    if (lesson->runs[i]->status == BP_RUN_FINISHED)
      return lesson->runs[i];
  return NULL;
}

/* The goals are about MNIST, and about nothing else. */
static bool above(const BpLesson *lesson, double goal, char missing[BP_MISSING_TEXT])
{
  BpRun *best = bp_lesson_best_on_mnist(lesson), *last = last_finished(lesson);
  if (best && best->test_accuracy > goal)
    return true;
  if (best)
    return bp_check_unmet(missing, "Best so far: %.2f %%.", 100 * best->test_accuracy);
  if (!last)
    return bp_check_unmet(missing, "No run of this exercise has finished yet.");
  if (last->practice)
    return bp_check_unmet(missing,
                          "The last run reached %.2f %% on practice digits; this is about MNIST.",
                          100 * last->test_accuracy);
  return bp_check_unmet(missing, "The last run was on other data than MNIST.");
}

static bool tutorial(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  return above(lesson, 0.9724, missing);
}

static bool good(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  return above(lesson, 0.98, missing);
}

static bool better(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  return above(lesson, 0.985, missing);
}

static const BpCheck checks[] = {{N_("Test accuracy on MNIST above 97.24 %"), tutorial},
                                 {N_("Test accuracy on MNIST above 98 %"), good},
                                 {N_("Test accuracy on MNIST above 98.5 %"), better},
                                 {NULL, NULL}};

const BpExercise bp_exercise_accuracy = {
    .id = "accuracy",
    .title = N_("Improve the accuracy"),
    .text = N_("Wider layers, more epochs, Dropout, Normalize: each may help or hurt. Look at the "
               "mistakes, change one thing at a time, and compare."),
    .start = start,
    .about = {"network", "data", "optimizer", "loop"},
    .checks = checks,
};
