/* network.c: exercise 1. A network with two hidden layers, every weight and bias of which starts
 * where it should. */
#include "exercise.h"
#include "first-weights.h"
#include "parts.h"
#include "ui/i18n.h"
#include <math.h>

static const char start[] =
    "{\"version\": 1,"
    " \"data\": " BP_JSON_DATA ","
    " \"network\": [{\"kind\": \"Flatten\"}, {\"kind\": \"Linear\", \"out_features\": 10}],"
    " \"loss\": {\"kind\": \"CrossEntropyLoss\"},"
    " \"optimizer\": {\"kind\": \"AdamW\", \"lr\": 0.001},"
    " \"scheduler\": " BP_JSON_SCHEDULER ","
    " \"loop\": {\"epochs\": 3}, \"seed\": 0}";

enum { PIXELS = 784 }; /* 28 × 28 */

static bool three_layers(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  int n = bp_lesson_count(lesson, "Linear");
  if (n == 3)
    return true;
  if (n > 3)
    return bp_check_unmet(missing, "There are %d: remove %d.", n, n - 3);
  return bp_check_unmet(
      missing, ngettext("There is %d: add %d more.", "There are %d: add %d more.", (gulong)n), n,
      3 - n);
}

static bool right_sizes(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  static const int wanted[] = {64, 64, 10};
  gsize n_pixels = nn_shape_size(lesson->input);
  if (n_pixels != PIXELS)
    return bp_check_unmet(missing,
                          "The images have %zu values here; MNIST's have %d: look at dataset and "
                          "transforms.",
                          n_pixels, PIXELS);
  int flatten, linear;
  bool both = bp_lesson_layer(lesson, "Linear", 0, &linear);
  if (!bp_lesson_layer(lesson, "Flatten", 0, &flatten) || (both && flatten > linear))
    return bp_check_unmet(missing, "Flatten must first turn the image into 784 numbers.");
  for (int i = 0; i < 3; i++) {
    const NnConfig *layer = bp_lesson_layer(lesson, "Linear", i, NULL);
    if (!layer)
      return bp_check_unmet(missing, "Linear layer %d is still missing.", i + 1);
    int n = nn_config_int(layer, "out_features");
    if (n != wanted[i])
      return bp_check_unmet(missing, "Linear layer %d has %d outputs; it should have %d.", i + 1, n,
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
    return bp_check_unmet(missing,
                          "At least two Linear layers are needed, with ReLU between them.");
  for (int i = 0; i < n - 1; i++)
    if (!relu_after(lesson, i))
      return bp_check_unmet(missing, "No ReLU between Linear layers %d and %d.", i + 1, i + 2);
  bp_lesson_layer(lesson, "Linear", n - 1, &last);
  for (int i = 0; bp_lesson_layer(lesson, "ReLU", i, &at); i++)
    if (at > last)
      return bp_check_unmet(missing,
                            "Remove the ReLU after the last layer: its outputs, the logits, "
                            "must be able to be negative.");
  return true;
}

/* What Linear layer n begins with; false, with what is missing, when there is nothing to measure.
 */
static bool first_weights(const BpLesson *lesson, int n, BpFirstWeights *weights,
                          char missing[BP_MISSING_TEXT])
{
  int index;
  if (!bp_lesson_layer(lesson, "Linear", n, &index))
    return bp_check_unmet(missing, "There is no Linear layer.");
  return bp_first_weights(lesson->recipe, lesson->input, index, weights) ||
         bp_check_unmet(missing, "The layers do not fit together yet.");
}

/* torch.nn.init.xavier_uniform_ draws from ±√(6/(in + out)): no weight lies outside, and their root
 * mean square is that bound by √3. That of n draws is off by 0.45/√n at most times; five times as
 * much never happens. */
static bool is_xavier(const BpFirstWeights *weights, double *wanted)
{
  double bound = sqrt(6.0 / (double)(weights->in + weights->out));
  double n = (double)(weights->in * weights->out);
  *wanted = bound / sqrt(3);
  return weights->largest <= bound * (1 + 1e-6) &&
         fabs(weights->spread - *wanted) <= 5 * 0.45 / sqrt(n) * *wanted;
}

static bool xavier_weights(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  int n = MAX(bp_lesson_count(lesson, "Linear"), 1);
  for (int i = 0; i < n; i++) {
    BpFirstWeights weights;
    double wanted;
    if (!first_weights(lesson, i, &weights, missing))
      return false;
    if (!is_xavier(&weights, &wanted))
      return bp_check_unmet(
          missing,
          "The initial weights of Linear layer %d have a standard deviation of %.3g "
          "instead of %.3g: choose Xavier uniform.",
          i + 1, weights.spread, wanted);
  }
  return true;
}

static bool zero_biases(const BpLesson *lesson, char missing[BP_MISSING_TEXT])
{
  int n = MAX(bp_lesson_count(lesson, "Linear"), 1);
  for (int i = 0; i < n; i++) {
    BpFirstWeights weights;
    if (!first_weights(lesson, i, &weights, missing))
      return false;
    if (!weights.has_bias)
      return bp_check_unmet(missing, "Linear layer %d has no bias: turn it on.", i + 1);
    if (weights.largest_bias != 0)
      return bp_check_unmet(
          missing,
          "The initial biases of Linear layer %d are up to %.3g instead of 0: choose Zeros.", i + 1,
          weights.largest_bias);
  }
  return true;
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
    .about = {"network"},
    .checks = checks,
};
