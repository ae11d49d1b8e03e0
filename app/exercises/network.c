/* network.c: exercise 1. A network with two hidden layers, every weight and bias of which starts
 * where it should. */
#include "app/exercise.h"
#include "parts.h"
#include "ui/i18n.h"

static const char start[] =
    "{\"version\": 1,"
    " \"data\": " BP_JSON_DATA ","
    " \"network\": [{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 10}],"
    " \"loss\": {\"kind\": \"CrossEntropyLoss\"},"
    " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.001},"
    " \"scheduler\": " BP_JSON_SCHEDULER ","
    " \"loop\": {\"epochs\": 3}, \"seed\": 0}";

static bool three_layers(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  int n = bp_lesson_count(lesson, "Linear");
  if (n == 3)
    return true;
  if (n > 3)
    return bp_missing(missing, "There are %d: remove %d.", n, n - 3);
  return bp_missing(missing,
                    ngettext("There is %d: add %d more.", "There are %d: add %d more.", (gulong)n),
                    n, 3 - n);
}

static bool right_sizes(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  static const int wanted[] = {64, 64, 10};
  if (bp_lesson_count(lesson, "Flatten") == 0)
    return bp_missing(missing, "Flatten must first turn the image into 784 numbers.");
  for (int i = 0; i < 3; i++) {
    const NnConfig *layer = bp_lesson_layer(lesson, "Linear", i, NULL);
    if (!layer)
      return bp_missing(missing, "Linear layer %d is still missing.", i + 1);
    int n = nn_config_int(layer, "out_features");
    if (n != wanted[i])
      return bp_missing(missing, "Linear layer %d has %d outputs; it should have %d.", i + 1, n,
                        wanted[i]);
  }
  return true;
}

/* A ReLU somewhere between Linear layer n and the next. */
static bool relu_after(const BpLesson *lesson, int n)
{
  int from, to, at;
  if (!bp_lesson_layer(lesson, "Linear", n, &from) ||
      !bp_lesson_layer(lesson, "Linear", n + 1, &to))
    return false;
  for (int i = 0; bp_lesson_layer(lesson, "ReLU", i, &at); i++)
    if (at > from && at < to)
      return true;
  return false;
}

static bool relu_between(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  int n = bp_lesson_count(lesson, "Linear"), at, last;
  if (n < 2)
    return bp_missing(missing, "At least two Linear layers are needed, with ReLU between them.");
  for (int i = 0; i < n - 1; i++)
    if (!relu_after(lesson, i))
      return bp_missing(missing, "No ReLU between Linear layers %d and %d.", i + 1, i + 2);
  bp_lesson_layer(lesson, "Linear", n - 1, &last);
  for (int i = 0; bp_lesson_layer(lesson, "ReLU", i, &at); i++)
    if (at > last)
      return bp_missing(missing, "Remove the ReLU after the last layer: its outputs, the logits, "
                                 "must be able to be negative.");
  return true;
}

/* Every Linear layer's `key` is initialized by `kind`. */
static bool all_inits(const BpLesson *lesson, const char *key, const char *kind,
                      char missing[BP_MISSING_TEXT])
{
  const NnConfig *layer;
  for (int i = 0; (layer = bp_lesson_layer(lesson, "Linear", i, NULL)); i++) {
    const char *name = nn_config_child(layer, key)->kind->name;
    if (!g_str_equal(name, kind))
      return bp_missing(missing, "Linear layer %d uses %s.", i + 1, name);
  }
  return true;
}

static bool xavier_weights(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  if (bp_lesson_count(lesson, "Linear") == 0)
    return bp_missing(missing, "There is no Linear layer.");
  return all_inits(lesson, "weight_init", "xavier_uniform_", missing);
}

static bool zero_biases(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  if (bp_lesson_count(lesson, "Linear") == 0)
    return bp_missing(missing, "There is no Linear layer.");
  return all_inits(lesson, "bias_init", "zeros_", missing);
}

static const BpCheck checks[] = {
    {N_("Three Linear layers"), three_layers},       {"784 → 64 → 64 → 10", right_sizes},
    {N_("ReLU between them"), relu_between},         {N_("Xavier uniform weights"), xavier_weights},
    {N_("Biases initialized to zero"), zero_biases}, {NULL, NULL}};

const BpExercise bp_exercise_network = {
    .id = "network",
    .title = N_("Build the network"),
    .text = N_("A single Linear layer only computes weighted sums of the pixels; two hidden layers "
               "of 64 units can combine them. Click a layer to open it."),
    .start = start,
    .checks = checks,
};
