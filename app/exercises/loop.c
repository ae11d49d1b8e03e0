/* loop.c: exercise 3. The settings of the training loop itself. */
#include "exercise.h"
#include "parts.h"
#include "ui/i18n.h"
#include <math.h>

static const char start[] =
    "{\"version\": 1,"
    " \"data\": {\"dataset\": \"mnist\", \"batch_size\": 256, \"shuffle\": false,"
    "  \"transforms\": [{\"kind\": \"ToTensor\"}]},"
    " \"network\": " BP_JSON_NETWORK ","
    " \"loss\": {\"kind\": \"CrossEntropyLoss\"},"
    " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.001},"
    " \"scheduler\": " BP_JSON_SCHEDULER ","
    " \"loop\": {\"epochs\": 1}, \"seed\": 0}";

static bool small_batches(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  double n = bp_lesson_number(lesson, "data", "batch_size");
  return n == 8 || bp_check_unmet(missing, "The batch size is %s.", NN_SHOWN(n));
}

static bool shuffled(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  return bp_lesson_number(lesson, "data", "shuffle") != 0 ||
         bp_check_unmet(missing, "Every epoch uses the images in the same order.");
}

static bool three_epochs(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  int n = (int)bp_lesson_number(lesson, "loop", "epochs");
  return n == 3 ||
         bp_check_unmet(missing, ngettext("There is %d epoch.", "There are %d epochs.", (gulong)n),
                        n);
}

static bool cross_entropy(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  const char *kind = bp_lesson_kind(lesson, "loss");
  return g_str_equal(kind, "CrossEntropyLoss") || bp_check_unmet(missing, "%s is chosen.", kind);
}

static bool tested(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  static const BpHolds settings[] = {small_batches, shuffled, three_epochs, cross_entropy, NULL};
  return bp_check_finished(lesson, settings, missing);
}

static const BpCheck checks[] = {{N_("Batches of 8 images"), small_batches},
                                 {N_("Shuffled every epoch"), shuffled},
                                 {N_("Three epochs"), three_epochs},
                                 {"CrossEntropyLoss", cross_entropy},
                                 {N_("A finished run, evaluated on the test set"), tested},
                                 {NULL, NULL}};

const BpExercise bp_exercise_loop = {
    .id = "loop",
    .title = N_("The training loop"),
    .text = N_("A single epoch of large, unshuffled batches leaves this network undertrained. "
               "Correct the training loop and see the difference."),
    .start = start,
    .about = {"loop", "data", "loss", "network", "optimizer"},
    .checks = checks,
};
