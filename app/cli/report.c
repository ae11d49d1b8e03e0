/* report.c: see report.h. */
#include "report.h"
#include "json-output.h"
#include "signals.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/utf8.h"
#include "ui/i18n.h"
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* ---- the log ---- */

/* printf() writes the sign of a NaN, which says nothing. */
static double unsigned_nan(double value)
{
  return isnan(value) ? NAN : value;
}

static const char header[] = "step,epoch,loss,lr\n";

/* A slip of the fingers must not replace the recipe, or the data. */
static bool check_old_log(const char *path, NnError *err)
{
  struct stat info;
  char start[sizeof header] = "";
  if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0)
    return true;
  FILE *file = fopen(path, "re");
  if (!file)
    return nn_fail(err, NN_ERR_IO, path, "%s could not be opened: %s.", path, strerror(errno));
  bool is_log = fread(start, 1, sizeof start - 2, file) == sizeof start - 2 &&
                memcmp(start, header, sizeof start - 2) == 0; /* any end of line */
  fclose(file);
  return is_log ||
         nn_fail(err, NN_ERR_ARG, path,
                 "%s is not a log of an earlier run, and is not replaced: it does not begin with "
                 "step,epoch,loss,lr; give --log another name.",
                 path);
}

bool cli_log_check(const char *path, NnError *err)
{
  char *kept = NULL;
  if (nn_out_is_straight(path))
    return nn_out_check(path, err);
  if (!check_old_log(path, err) || !nn_out_rescue(path, strlen(header), &kept, err))
    return false;
  if (kept) {
    nn_utf8_clean(kept);
    fprintf(stderr, _("A run with this log was killed; what it had written is kept as %s.\n"),
            kept);
  }
  nn_free(kept);
  return nn_out_check(path, err);
}

bool cli_log_open(NnOutFile *log, const char *path, NnError *err)
{
  *log = (NnOutFile){0};
  if (!path)
    return true;
  if (!nn_out_open(log, path, err))
    return false;
  if (fputs(header, log->file) >= 0 && fflush(log->file) == 0)
    return true;
  nn_out_failed(log, err);
  nn_out_close(log, false, NULL);
  return false;
}

bool cli_log_write(NnOutFile *log, const NnProgress *records, size_t n, NnError *err)
{
  for (size_t i = 0; log->file && i < n; i++)
    if (fprintf(log->file, "%llu,%u,%.9g,%.17g\n", (unsigned long long)records[i].step,
                records[i].epoch, unsigned_nan((double)records[i].loss), records[i].lr) < 0)
      return nn_out_failed(log, err);
  return true;
}

/* ---- the bar ---- */

enum { BAR_CELLS = 24 };

static void format_time(double seconds, char text[16])
{
  int s = seconds < 0 || !isfinite(seconds) ? 0 : seconds > 359999 ? 359999 : (int)(seconds + 0.5);
  if (s >= 3600)
    snprintf(text, 16, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(text, 16, "%02d:%02d", s / 60, s % 60);
}

void cli_bar_draw(const NnProgress *last, uint64_t steps_per_epoch, uint32_t n_epochs,
                  double seconds_of_epoch)
{
  uint64_t done = last->step - last->epoch * steps_per_epoch + 1;
  double fraction = (double)done / (double)steps_per_epoch;
  double rate = seconds_of_epoch > 0 ? (double)done / seconds_of_epoch : 0;
  char bar[BAR_CELLS * 4 + 1] = "", gone[16], left[16];
  for (int i = 0; i < BAR_CELLS; i++)
    strcat(bar, i < fraction * BAR_CELLS ? "█" : "·");
  format_time(seconds_of_epoch, gone);
  format_time(rate > 0 ? (double)(steps_per_epoch - done) / rate : 0, left);
  fputs("\r\033[K", stderr);
  fprintf(stderr, /* Translators: the bar; time gone < time left, iterations per second. */
          _("Epoch %u/%u %3.0f %% %s %llu/%llu [%s < %s, %.0f it/s, loss %.4f]"), last->epoch + 1,
          n_epochs, 100 * fraction, bar, (unsigned long long)done,
          (unsigned long long)steps_per_epoch, gone, left, rate, unsigned_nan((double)last->loss));
  fflush(stderr);
}

void cli_bar_clear(void)
{
  fputs("\r\033[K", stderr);
  fflush(stderr);
}

/* ---- the result ---- */

void cli_report_epoch(const NnEpoch *epoch, uint32_t n_epochs)
{
  printf(_("Epoch: [%u/%u] | Loss: %.3f"), epoch->epoch + 1, n_epochs, unsigned_nan(epoch->loss));
  if (!isnan(epoch->validation_accuracy))
    printf(_(" | Validation loss: %.3f, accuracy: %.2f"), unsigned_nan(epoch->validation_loss),
           100 * epoch->validation_accuracy);
  if (!isnan(epoch->test_accuracy))
    printf(_(" | Test loss: %.3f, accuracy: %.2f"), unsigned_nan(epoch->test_loss),
           100 * epoch->test_accuracy);
  putchar('\n');
  cli_flush();
}

void cli_report_text(const CliReport *report)
{
  bool practice = report->dataset->practice;
  printf(practice ? _("Accuracy on training set: %.2f (practice digits)\n")
                  : _("Accuracy on training set: %.2f\n"),
         100 * report->result->train.accuracy);
  printf(practice ? _("Accuracy on test set: %.2f (practice digits)\n")
                  : _("Accuracy on test set: %.2f\n"),
         100 * report->result->test.accuracy);
  printf(_("Loss on training set: %.4f\n"), report->result->train.loss);
  printf(_("Loss on test set: %.4f\n"), report->result->test.loss);
}

static json_t *number(double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t *epoch_json(const NnEpoch *epoch)
{
  return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "epoch", (int)epoch->epoch,
                   "loss", number(epoch->loss), "lr", number(epoch->lr), "test_accuracy",
                   number(epoch->test_accuracy), "test_loss", number(epoch->test_loss),
                   "validation_accuracy", number(epoch->validation_accuracy), "validation_loss",
                   number(epoch->validation_loss), "seconds", number(epoch->seconds),
                   "iterations_per_second", number(epoch->iterations_per_second));
}

/* jansson's whole numbers are signed; the negative seed that torch.manual_seed maps to the same. */
static json_t *seed_json(const NnConfig *recipe)
{
  return json_integer((json_int_t)nn_config_seed(recipe, "seed"));
}

static json_t *recipe_json(const NnConfig *recipe, NnError *err)
{
  char digits[NN_NUMBER_TEXT];
  json_t *json = NULL;
  NnConfig *copy = nn_config_copy(recipe, err);
  snprintf(digits, sizeof digits, "%lld", (long long)nn_config_seed(recipe, "seed"));
  char *text =
      copy && nn_config_set_seed(copy, "seed", digits, err) ? nn_recipe_text(copy, err) : NULL;
  if (text)
    json = json_loads(text, 0, NULL);
  nn_free(text);
  nn_config_free(copy);
  return json;
}

/* The most memory that this program has had at any time, in bytes, by proc(5); null elsewhere. A
 * process's ru_maxrss would count the program that has started it, too. */
static json_t *peak_memory(void)
{
  char line[128];
  unsigned long long kilobytes = 0;
  FILE *file = fopen("/proc/self/status", "re");
  while (file && fgets(line, sizeof line, file) && sscanf(line, "VmHWM: %llu", &kilobytes) != 1) {
  }
  if (file)
    fclose(file);
  return kilobytes ? json_integer((json_int_t)(kilobytes * 1024)) : json_null();
}

static json_t *class_names(const NnDataset *dataset)
{
  char text[NN_CLASS_TEXT];
  json_t *names = json_array();
  for (int k = 0; k < dataset->n_classes; k++)
    json_array_append_new(names, json_string(nn_dataset_class_name(dataset, k, text)));
  return names;
}

bool cli_report_json(const CliReport *report, NnError *err)
{
  json_t *recipe = recipe_json(report->recipe, err), *epochs = json_array();
  for (uint32_t i = 0; i < report->n_epochs; i++)
    json_array_append_new(epochs, epoch_json(&report->epochs[i]));
  json_t *root = json_pack(
      "{s:s, s:i, s:o, s:I, s:s, s:b, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "device",
      report->backend->ops->name, "threads", report->backend->n_threads, "seed",
      seed_json(report->recipe), "parameters", (json_int_t)report->n_params, "dataset",
      report->dataset->name, "practice_digits", (int)report->dataset->practice, "steps",
      (json_int_t)report->result->steps, "seconds", number(report->result->seconds),
      "start_seconds", number(report->start_seconds), "peak_memory", peak_memory(), "epochs",
      epochs, "train_accuracy", number(report->result->train.accuracy), "test_accuracy",
      number(report->result->test.accuracy), "train_loss", number(report->result->train.loss),
      "test_loss", number(report->result->test.loss), "recipe", recipe ? recipe : json_null());
  if (root && recipe) {
    json_object_set_new(root, "classes", class_names(report->dataset));
    bool ok = cli_json_print(root, err);
    json_decref(root);
    return ok;
  }
  json_decref(root);
  return nn_fail_nomem(err, "the JSON report");
}
