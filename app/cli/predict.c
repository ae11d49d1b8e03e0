/* predict.c: backprop-cli predict: which class pictures have, by the weights of a file. */
#include "app/datasets/one-picture.h"
#include "app/datasets/open-data.h"
#include "cli.h"
#include "data/box.h"
#include "engine/mem.h"
#include "engine/model/model-plan.h"
#include "engine/train/evaluate.h"
#include "engine/utf8.h"
#include "json-output.h"
#include "learned.h"
#include "ui/i18n.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SIDE = 560 }; /* of a picture before it is brought to size: enough for any digit */

/* ---- pictures ---- */

/* With its proportions, and then boxed. */
static bool read_digit(const char *path, uint8_t *out, NnError *err)
{
  int h, w;
  uint8_t one;
  if (!bp_one_picture_read(path, 1, 1, &one, &h, &w, err))
    return false;
  int longest = h > w ? h : w;
  double scale = longest > MOST_SIDE ? (double)MOST_SIDE / longest : 1;
  int rows = (int)fmax(1, rint(h * scale)), columns = (int)fmax(1, rint(w * scale));
  uint8_t *gray = nn_alloc((size_t)rows * (size_t)columns);
  NnError why;
  bool ok = (gray || nn_fail_nomem(err, "a picture")) &&
            bp_one_picture_read(path, rows, columns, gray, &h, &w, err) &&
            (nn_box_digit(gray, (size_t)rows, (size_t)columns, out, &why) ||
             nn_fail(err, why.status, path, "%s cannot be read as a digit: %s.", path, why.text));
  nn_free(gray);
  return ok;
}

/* Digits and letters in ink are boxed; clothes and whatever a person has are scaled. */
static bool is_boxed(const NnKind *set, const CliOptions *options)
{
  bool ink = strcmp(set->group, "digits") == 0 || strcmp(set->group, "letters") == 0 ||
             strcmp(set->name, "idx") == 0;
  return ink && !options->as_is;
}

/* As many as the network has outputs. */
static bool count_classes(const NnConfig *recipe, NnShape pictures, int *n, NnError *err)
{
  NnShape in, outs[NN_MAX_LAYERS];
  int n_layers = nn_config_count(recipe, "network");
  if (!nn_transforms_check(recipe, pictures, &in, err) ||
      !nn_model_check(recipe, in, 0, outs, NULL, NULL, err))
    return false;
  *n = n_layers > 0 ? (int)nn_shape_size(outs[n_layers - 1]) : 0;
  return true;
}

static bool name_classes(NnDataset *dataset, const char *set, NnError *err)
{
  for (int i = 0; nn_catalog[i]; i++)
    if (strcmp(nn_catalog[i]->name, set) == 0 && nn_catalog[i]->classes && dataset->n_classes == 10)
      return nn_dataset_name_classes(dataset, nn_catalog[i]->classes, err);
  return true;
}

/* A data set whose test half is the pictures. */
static bool open_pictures(CliLearned *learned, const CliOptions *options, NnError *err)
{
  BpDataRequest request = bp_data_request(learned->recipe, NULL);
  size_t H = (size_t)request.rows, W = (size_t)request.columns;
  NnShape shape = nn_shape_3d(1, H, W);
  int n_classes;
  if (!count_classes(learned->recipe, shape, &n_classes, err) ||
      !nn_dataset_new("pictures", N_("Pictures"), shape, n_classes, &learned->dataset, err) ||
      !name_classes(learned->dataset, request.set->name, err) ||
      !nn_split_alloc(&learned->dataset->test, shape, (size_t)options->n_words, err))
    return false;
  for (int i = 0; i < options->n_words; i++) {
    uint8_t *out = learned->dataset->test.images + (size_t)i * H * W;
    int h, w;
    if (is_boxed(request.set, options)
            ? !read_digit(options->words[i], out, err)
            : !bp_one_picture_read(options->words[i], (int)H, (int)W, out, &h, &w, err))
      return false;
  }
  return true;
}

/* ---- answers ---- */

static bool print_json(const CliLearned *learned, const CliOptions *options, const nn_real *values,
                       NnError *err)
{
  int C = learned->dataset->n_classes;
  char text[NN_CLASS_TEXT];
  json_t *list = json_array();
  for (int i = 0; i < options->n_words; i++) {
    json_t *each = json_array();
    int best = nn_argmax(values + i * C, C);
    for (int k = 0; k < C; k++)
      json_array_append_new(each, json_real((double)values[i * C + k]));
    json_array_append_new(
        list, json_pack("{s:o, s:i, s:s, s:f, s:o}", "picture", cli_json_path(options->words[i]),
                        "class", best, "name", nn_dataset_class_name(learned->dataset, best, text),
                        "probability", (double)values[i * C + best], "probabilities", each));
  }
  bool ok = cli_json_print(list, err);
  json_decref(list);
  return ok;
}

static void print_text(const CliLearned *learned, const CliOptions *options, const nn_real *values)
{
  char text[NN_CLASS_TEXT], path[PATH_MAX];
  int C = learned->dataset->n_classes;
  for (int i = 0; i < options->n_words; i++) {
    nn_utf8_copy(path, sizeof path, options->words[i], strlen(options->words[i]));
    int best = nn_argmax(values + i * C, C);
    /* Translators: a file, its class, and how probable that is, in percent */
    printf(_("%s: %s (%.1f %%)\n"), path, nn_dataset_class_name(learned->dataset, best, text),
           100 * (double)values[i * C + best]);
  }
}

/* Weights may be finite and yet so large that what they compute is not. */
static bool check_answers(const CliOptions *options, const nn_real *values, int C, NnError *err)
{
  for (int i = 0; i < options->n_words * C; i++)
    if (!isfinite((double)values[i]))
      return nn_fail(err, NN_ERR_NONFINITE, options->weights,
                     "With the weights of %s the network computes no finite numbers for %s, so it "
                     "has no class.",
                     options->weights, options->words[i / C]);
  return true;
}

static bool predict(CliLearned *learned, const CliOptions *options, NnError *err)
{
  NnMetrics metrics;
  const char *instead = _("name the recipe: backprop-cli predict --recipe RECIPE");
  if (!cli_learned_open(learned, options, instead, err) || !open_pictures(learned, options, err) ||
      !cli_learned_build(learned, err))
    return false;
  size_t n = (size_t)options->n_words, C = (size_t)learned->dataset->n_classes;
  nn_real *values = nn_alloc_array(n, C * sizeof *values);
  bool ok =
      (values || nn_fail_nomem(err, "the answers")) &&
      nn_evaluate(learned->model, &learned->loader.source, NULL, values, NULL, &metrics, err) &&
      check_answers(options, values, (int)C, err);
  if (ok && options->json)
    ok = print_json(learned, options, values, err);
  else if (ok)
    print_text(learned, options, values);
  nn_free(values);
  return ok;
}

int cli_predict(int argc, char **argv)
{
  CliOptions options;
  NnError err;
  CliLearned learned = {0};
  int status = cli_options_parse(&options, cli_command_find("predict", NULL), argc, argv);
  if (status == CLI_OK && !options.weights)
    status = cli_usage("predict needs --weights FILE");
  if (status == CLI_OK && options.n_words == 0)
    status = cli_usage("predict needs a picture: a PNG or JPEG file");
  if (status == CLI_OK)
    status = predict(&learned, &options, &err) ? CLI_OK : cli_failed(&err);
  cli_learned_clear(&learned);
  cli_options_clear(&options);
  return status;
}
