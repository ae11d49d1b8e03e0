/* optimizers.c: exercise 2. From plain SGD with a constant learning rate to AdamW with a schedule.
 */
#include "exercise.h"
#include "parts.h"
#include "ui/i18n.h"
#include <math.h>

static const char start[] = "{\"version\": 1,"
                            " \"data\": " BP_JSON_DATA ","
                            " \"network\": " BP_JSON_NETWORK ","
                            " \"loss\": {\"kind\": \"CrossEntropyLoss\"},"
                            " \"optimizer\": {\"kind\": \"SGD\", \"lr\": 0.01},"
                            " \"scheduler\": {\"kind\": \"none\"},"
                            " \"loop\": {\"epochs\": 3}, \"seed\": 0}";

static bool nearly(double a, double b)
{
  return fabs(a - b) <= 1e-9 * fabs(b);
}

static bool adamw(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  const char *kind = bp_lesson_kind(lesson, "optimizer");
  return g_str_equal(kind, "AdamW") || bp_check_unmet(missing, "%s is chosen.", kind);
}

static bool right_rate(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  double lr = bp_lesson_number(lesson, "optimizer", "lr");
  return nearly(lr, 1e-3) || bp_check_unmet(missing, "The learning rate is %s.", NN_SHOWN(lr));
}

static bool exponential(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  const char *kind = bp_lesson_kind(lesson, "scheduler");
  if (g_str_equal(kind, "none"))
    return bp_check_unmet(missing, "There is no schedule: the learning rate stays constant.");
  if (!g_str_equal(kind, "ExponentialLR"))
    return bp_check_unmet(missing, "%s is chosen.", kind);
  double gamma = bp_lesson_number(lesson, "scheduler", "gamma");
  return nearly(gamma, 0.1) || bp_check_unmet(missing, "gamma is %s.", NN_SHOWN(gamma));
}

static bool per_epoch(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  double interval = bp_lesson_number(lesson, "scheduler", "interval");
  if (isnan(interval) || g_str_equal(bp_lesson_kind(lesson, "scheduler"), "none"))
    return bp_check_unmet(missing, "Choose a schedule first.");
  return interval == 0 || bp_check_unmet(missing, "It is stepped after every batch: after a few of "
                                                  "them the learning rate is practically zero.");
}

static bool finished(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  static const BpHolds settings[] = {adamw, right_rate, exponential, per_epoch, NULL};
  return bp_check_finished(lesson, settings, missing);
}

static const BpCheck checks[] = {{"AdamW", adamw},
                                 {N_("Learning rate 1e-3"), right_rate},
                                 {N_("ExponentialLR with gamma 0.1"), exponential},
                                 {N_("Stepped once per epoch"), per_epoch},
                                 {N_("A finished run with these settings"), finished},
                                 {NULL, NULL}};

const BpExercise bp_exercise_optimizers = {
    .id = "optimizers",
    .title = N_("Optimizers & schedules"),
    .text = N_("AdamW adapts the step size of each weight; a schedule takes large steps at first "
               "and small ones at the end. Train once with the recipe as it is, then compare."),
    .start = start,
    .about = {"optimizer", "loop"},
    .checks = checks,
};
