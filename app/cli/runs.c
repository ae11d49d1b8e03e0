/* runs.c: backprop-cli runs: what is kept of earlier runs. */
#include "app/run/run-list.h"
#include "cli.h"
#include "commands.h"
#include "engine/mem.h"
#include "engine/utf8.h"
#include "json-output.h"
#include "ui/i18n.h"
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

typedef struct {
  bool json, csv;
  int n; /* words after the subcommand */
  char **words;
} Request;

/* ---- as JSON ---- */

static json_t *value_json(const BpColumn *column, const BpRunInfo *info)
{
  const void *value = (const char *)info + column->offset;
  const char *text = column->type == BP_COLUMN_TEXT ? *(char *const *)value : NULL;
  double number = column->type == BP_COLUMN_REAL ? *(const double *)value : 0;
  if (column->type == BP_COLUMN_INTEGER)
    return json_integer((json_int_t) * (const int64_t *)value);
  if (column->type == BP_COLUMN_REAL)
    return isfinite(number) ? json_real(number) : json_null();
  return text ? json_string(text) : json_null();
}

/* The columns of the file, but the recipe as itself, and the state as it is known to be. */
static json_t *run_json(const char *path, const BpRunInfo *info)
{
  json_t *run = json_object();
  json_object_set_new(run, "path", cli_json_path(path));
  for (const BpColumn *column = bp_run_columns; column->name; column++)
    json_object_set_new(run, column->name, value_json(column, info));
  json_object_set_new(run, "state", json_string(bp_run_status_name(info->status)));
  json_t *recipe = info->recipe ? json_loads(info->recipe, 0, NULL) : NULL;
  if (recipe)
    json_object_set_new(run, "recipe", recipe);
  return run;
}

/* ---- list ---- */

/* The width for printf() with which a text takes so many columns of a terminal. */
static int width_for(const char *text, int columns)
{
  wchar_t wide[64];
  size_t n = mbstowcs(wide, text, 64);
  int shown = n < 64 ? wcswidth(wide, n) : -1;
  return shown < 0 ? columns : columns + (int)strlen(text) - shown;
}

/* 2026-11-28T15:07:15.123Z without the T and what follows the minutes. */
static void print_line(const BpRunEntry *entry)
{
  const BpRunInfo *info = &entry->info;
  const char *created = info->created ? info->created : "";
  const char *status = nn_text(bp_run_status_name(info->status));
  char accuracy[32] = "–", path[PATH_MAX];
  if (isfinite(info->test_accuracy))
    snprintf(accuracy, sizeof accuracy, "%.2f %%", 100 * info->test_accuracy);
  nn_utf8_copy(path, sizeof path, entry->path, strlen(entry->path));
  printf("%.10s %.5s  %-*s %*s  %9lld  %s  %s\n", created, strlen(created) > 16 ? created + 11 : "",
         width_for(status, 12), status, width_for(accuracy, 9), accuracy, (long long)info->steps,
         info->title ? info->title : "", path);
}

static int list_runs(const Request *request)
{
  NnError err = {0};
  char *folder = NULL;
  BpRunList list = {0};
  if (request->n == 0 && !bp_runs_folder(&folder, &err))
    return cli_failed(&err);
  bool ok = bp_runs_list(folder ? folder : request->words[0], &list, &err);
  json_t *all = json_array();
  for (size_t i = 0; i < list.n; i++) {
    const BpRunEntry *entry = &list.entries[i];
    if (entry->problem)
      fprintf(stderr, "backprop-cli: %s\n", entry->problem);
    else if (request->json)
      json_array_append_new(all, run_json(entry->path, &entry->info));
    else
      print_line(entry);
  }
  if (ok && request->json)
    ok = cli_json_print(all, &err);
  else if (ok && list.n == 0)
    fprintf(stderr, _("There are no runs in %s.\n"), folder ? folder : request->words[0]);
  json_decref(all);
  bp_runs_clear(&list);
  nn_free(folder);
  return ok ? CLI_OK : cli_failed(&err);
}

/* ---- show ---- */

/* "97.24 %, loss 0.0912" */
static void print_figures(const char *what, double accuracy, double loss)
{
  if (isfinite(accuracy))
    /* Translators: what (test set, …), accuracy, loss */
    printf(_("%s: %.2f %%, loss %.4f\n"), what, 100 * accuracy, loss);
}

static void print_run(const BpRunInfo *info, const BpCheckpoint *newest)
{
  printf(_("Title: %s\n"), info->title ? info->title : "");
  printf(_("State: %s\n"), nn_text(bp_run_status_name(info->status)));
  if (info->reason)
    printf(_("Reason: %s\n"), info->reason);
  printf(_("Begun: %s, by version %s\n"), info->created ? info->created : "",
         info->program ? info->program : "");
  printf(_("Data: %s, %lld training and %lld test images of %s, %lld classes\n"),
         info->data_title ? info->data_title : "", (long long)info->data_train,
         (long long)info->data_test, info->data_shape ? info->data_shape : "",
         (long long)info->data_classes);
  printf(_("Device: %s\n"), info->device_title ? info->device_title : "");
  printf(_("Parameters: %lld\n"), (long long)info->n_parameters);
  printf(_("Steps: %lld of %lld, epochs: %lld of %lld\n"), (long long)info->steps,
         (long long)(info->steps_per_epoch * info->n_epochs), (long long)info->epochs,
         (long long)info->n_epochs);
  print_figures(_("Training set"), info->train_accuracy, info->train_loss);
  print_figures(_("Validation set"), info->validation_accuracy, info->validation_loss);
  print_figures(_("Test set"), info->test_accuracy, info->test_loss);
  if (newest->bytes)
    printf(_("Newest checkpoint: after %llu steps\n"), (unsigned long long)newest->step);
}

static int show_run(const Request *request)
{
  NnError err = {0};
  BpRunFile *file = NULL;
  BpRunInfo info = {0};
  BpCheckpoint newest = {0};
  bool ok = bp_run_file_open(request->words[0], BP_RUN_FILE_READ, &file, &err) &&
            bp_run_file_check(file, &err) && bp_run_file_info(file, &info, &err) &&
            bp_run_file_checkpoint(file, 0, &newest, &err);
  if (ok && request->json) {
    json_t *run = run_json(request->words[0], &info);
    json_object_set_new(run, "checkpoint",
                        newest.bytes ? json_integer((json_int_t)newest.step) : json_null());
    ok = cli_json_print(run, &err);
    json_decref(run);
  } else if (ok) {
    print_run(&info, &newest);
  }
  nn_free(newest.bytes);
  bp_run_info_clear(&info);
  bp_run_file_close(file);
  return ok ? CLI_OK : cli_failed(&err);
}

/* ---- rename, delete, export ---- */

static int rename_run(const Request *request)
{
  NnError err = {0};
  return bp_run_rename(request->words[0], request->words[1], &err) ? CLI_OK : cli_failed(&err);
}

static int delete_run(const Request *request)
{
  NnError err = {0};
  char *deleted = NULL;
  if (!bp_run_delete(request->words[0], &deleted, &err))
    return cli_failed(&err);
  fprintf(stderr, _("The run is now %s, and is removed for good after a month.\n"), deleted);
  nn_free(deleted);
  return CLI_OK;
}

static double unsigned_nan(double value)
{
  return isnan(value) ? NAN : value;
}

static bool export_steps(BpRunFile *file, NnError *err)
{
  enum { CHUNK = 4096 };
  NnProgress records[CHUNK];
  size_t n = CHUNK;
  puts("step,epoch,loss,accuracy,lr,seconds");
  for (uint64_t next = 0; n == CHUNK; next = n ? records[n - 1].step + 1 : next) {
    if (!bp_run_file_steps(file, next, records, CHUNK, &n, err))
      return false;
    for (size_t i = 0; i < n; i++)
      printf("%llu,%u,%.9g,%.9g,%.17g,%.6f\n", (unsigned long long)records[i].step,
             records[i].epoch, unsigned_nan((double)records[i].loss),
             unsigned_nan((double)records[i].accuracy), records[i].lr, records[i].seconds);
  }
  return true;
}

static int export_run(const Request *request)
{
  NnError err = {0};
  BpRunFile *file = NULL;
  if (!request->csv)
    return cli_usage("runs export needs --csv, the only format so far");
  bool ok = bp_run_file_open(request->words[0], BP_RUN_FILE_READ, &file, &err) &&
            bp_run_file_check(file, &err) && export_steps(file, &err);
  bp_run_file_close(file);
  return ok ? CLI_OK : cli_failed(&err);
}

/* ---- the command ---- */

static const struct {
  const char *name;
  int least, most; /* words after it */
  const char *takes;
  int (*function)(const Request *request);
} commands[] = {{"list", 0, 1, N_("runs %s takes one folder"), list_runs},
                {"show", 1, 1, N_("runs %s takes one file"), show_run},
                {"rename", 2, 2, N_("runs %s takes a file and a name"), rename_run},
                {"delete", 1, 1, N_("runs %s takes one file"), delete_run},
                {"export", 1, 1, N_("runs %s takes one file"), export_run}};

static int take(void *user, const char *option, const char *text)
{
  Request *request = user;
  *(strcmp(option, "json") == 0 ? &request->json : &request->csv) = true;
  return CLI_OK;
}

int cli_runs(int argc, char **argv)
{
  Request request = {0};
  /* Options may stand before the word, too: "runs --json" lists. */
  const char *name = argc > 1 && argv[1][0] != '-' ? argv[1] : "list";
  int skip = argc > 1 && argv[1][0] != '-';
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(name, commands[i].name) != 0)
      continue;
    int status =
        cli_parse(cli_command_find("runs", name), take, &request, argc - skip, argv + skip);
    if (status != CLI_OK)
      return status;
    request.n = argc - skip - optind;
    request.words = argv + skip + optind;
    if (request.n < commands[i].least || request.n > commands[i].most)
      return cli_usage(commands[i].takes, name);
    return commands[i].function(&request);
  }
  return cli_usage("runs has no command \"%s\"; allowed are list, show, rename, delete and export",
                   name);
}
