/* accuracy.c: exercise 4. Beat the tutorial's own accuracy. */
#include "app/exercise.h"
#include "parts.h"
#include "ui/i18n.h"

static const char start[] = "{\"version\": 1,"
                            " \"data\": " BP_JSON_DATA ","
                            " \"network\": " BP_JSON_NETWORK ","
                            " \"loss\": {\"kind\": \"CrossEntropyLoss\"},"
                            " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.001},"
                            " \"scheduler\": " BP_JSON_SCHEDULER ","
                            " \"loop\": {\"epochs\": 3}, \"seed\": 0}";

static bool above(const BpLesson *lesson, double goal, char missing[BP_MISSING_TEXT])
{
  if (lesson->best > goal) {
    if (lesson->best_on_practice)
      bp_missing(missing, "Reached on practice digits, which are not comparable with MNIST.");
    return true;
  }
  if (lesson->best == 0)
    return bp_missing(missing, "No run has finished yet.");
  return lesson->best_on_practice
             ? bp_missing(missing, "Best so far: %.2f %% on practice digits.", 100 * lesson->best)
             : bp_missing(missing, "Best so far: %.2f %%.", 100 * lesson->best);
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

static const BpCheck checks[] = {{N_("Test accuracy above 97.24 %"), tutorial},
                                 {N_("Test accuracy above 98 %"), good},
                                 {N_("Test accuracy above 98.5 %"), better},
                                 {NULL, NULL}};

const BpExercise bp_exercise_accuracy = {
    .id = "accuracy",
    .title = N_("Improve the accuracy"),
    .text = N_("Wider layers, more epochs, Dropout, Normalize: each may help or hurt. Look at the "
               "mistakes, change one thing at a time, and compare."),
    .start = start,
    .checks = checks,
};
