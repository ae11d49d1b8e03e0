/* eval.c: backprop-cli eval: how good the weights of a file are on the test images. */
#include "cli.h"
#include "engine/mem.h"
#include "engine/train/evaluate.h"
#include "given-data.h"
#include "json-output.h"
#include "learned.h"
#include "ui/i18n.h"
#include <math.h>
#include <stdio.h>

typedef struct {
  CliLearned learned;
  NnMetrics metrics;
  uint32_t *confusion; /* (C, C): true class, then the predicted one */
} Eval;

/* Of the images of class k, those that were recognized; NAN: there are none. */
static double accuracy_of(const Eval *e, int k)
{
  int C = e->learned.dataset->n_classes;
  double all = 0;
  for (int i = 0; i < C; i++)
    all += e->confusion[k * C + i];
  return all > 0 ? e->confusion[k * C + k] / all : NAN;
}

static bool print_json(const Eval *e, NnError *err)
{
  const NnDataset *set = e->learned.dataset;
  char text[NN_CLASS_TEXT];
  int C = set->n_classes;
  json_t *names = json_array(), *each = json_array(), *rows = json_array();
  for (int k = 0; k < C; k++) {
    json_t *row = json_array();
    for (int i = 0; i < C; i++)
      json_array_append_new(row, json_integer(e->confusion[k * C + i]));
    double accuracy = accuracy_of(e, k);
    json_array_append_new(names, json_string(nn_dataset_class_name(set, k, text)));
    json_array_append_new(each, isnan(accuracy) ? json_null() : json_real(accuracy));
    json_array_append_new(rows, row);
  }
  json_t *root =
      json_pack("{s:s, s:b, s:I, s:f, s:o, s:o, s:o, s:o}", "dataset", set->name, "practice_digits",
                (int)set->practice, "images", (json_int_t)e->metrics.n_samples, "accuracy",
                e->metrics.accuracy, "loss",
                isfinite(e->metrics.loss) ? json_real(e->metrics.loss) : json_null(), "classes",
                names, "per_class", each, "confusion", rows);
  bool ok = root ? cli_json_print(root, err) : nn_fail_nomem(err, "the JSON report");
  json_decref(root);
  return ok;
}

static void print_text(const Eval *e)
{
  const NnDataset *set = e->learned.dataset;
  char text[NN_CLASS_TEXT];
  printf(set->practice ? _("Accuracy on test set: %.2f (practice digits)\n")
                       : _("Accuracy on test set: %.2f\n"),
         100 * e->metrics.accuracy);
  printf(_("Loss on test set: %.4f\n"), e->metrics.loss);
  for (int k = 0; k < set->n_classes; k++)
    if (!isnan(accuracy_of(e, k)))
      /* Translators: a class, and which part of its images was recognized, in percent */
      printf(_("%12s: %6.2f\n"), nn_dataset_class_name(set, k, text), 100 * accuracy_of(e, k));
}

static bool evaluate(Eval *e, const CliOptions *options, NnError *err)
{
  CliLearned *learned = &e->learned;
  if (!cli_learned_open(learned, options, _("name the recipe: backprop-cli eval RECIPE"), err) ||
      !cli_open_data(learned->recipe, options->data, &learned->dataset, err) ||
      !cli_learned_build(learned, err))
    return false;
  size_t C = (size_t)learned->dataset->n_classes;
  e->confusion = nn_alloc_array(C, C * sizeof *e->confusion);
  return (e->confusion || nn_fail_nomem(err, "the confusion matrix")) &&
         nn_evaluate(learned->model, &learned->loader.source, e->confusion, NULL, NULL, &e->metrics,
                     err) &&
         nn_dataset_is_whole(learned->dataset, err) &&
         (!isnan(e->metrics.loss) ||
          nn_fail(err, NN_ERR_NONFINITE, options->weights,
                  "With the weights of %s the loss on the test images is not a number, so there is "
                  "no accuracy.",
                  options->weights));
}

int cli_eval(int argc, char **argv)
{
  CliOptions options;
  NnError err;
  Eval e = {0};
  int status = cli_options_parse(&options, cli_command_find("eval", NULL), argc, argv);
  if (status == CLI_OK && !options.weights)
    status = cli_usage("eval needs --weights FILE");
  if (status == CLI_OK) {
    bool ok = evaluate(&e, &options, &err);
    if (ok && !options.json)
      print_text(&e);
    else if (ok)
      ok = print_json(&e, &err);
    status = ok ? CLI_OK : cli_failed(&err);
  }
  nn_free(e.confusion);
  cli_learned_clear(&e.learned);
  cli_options_clear(&options);
  return status;
}
