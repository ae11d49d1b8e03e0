/* data.c: backprop-cli data info and data get. A transfer has a thread of its own; this one
 * draws the bar and hears Ctrl+C. */
#include "signals.h"
#include "cli.h"
#include "commands.h"
#include "engine/utf8.h"
#include "app/datasets/fetch.h"
#include "app/datasets/open-data.h"
#include "ui/i18n.h"
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- data info ---- */

/* A set's own name asks for it where it was fetched to. */
static bool open_named(const char *name, NnDataset **dataset, NnError *err)
{
  const NnKind *kind = nn_kind_find(NN_CLASS_DATASET, name);
  BpDataRequest request = {.dir = kind ? NULL : name, .set = kind, .rows = 28, .columns = 28};
  if (!kind)
    request.set = nn_kind_find(NN_CLASS_DATASET, nn_catalog[0]->name);
  return bp_open_data(&request, 0, NULL, dataset, err);
}

/* The first of many are enough to recognize a set by. */
static void print_classes(const NnDataset *dataset)
{
  enum { MOST = 20 };
  char text[NN_CLASS_TEXT];
  int n = dataset->n_classes;
  fputs(_("Classes: "), stdout);
  for (int k = 0; k < n && k < MOST; k++)
    printf("%s%s", k ? ", " : "", nn_dataset_class_name(dataset, k, text));
  puts(n > MOST ? ", …" : "");
}

static int show_info(const char *name)
{
  NnError err;
  NnDataset *dataset;
  char text[NN_SUMMARY_TEXT];
  if (!open_named(name, &dataset, &err))
    return cli_failed(&err);
  if (dataset->practice && strcmp(name, "practice") != 0)
    fprintf(stderr,
            _("%s was not found; backprop-cli data get %s downloads it. Instead, practice digits "
              "stand in for it:\n"),
            nn_catalog[0]->title, nn_catalog[0]->name);
  puts(nn_dataset_summary(dataset, text));
  print_classes(dataset);
  if (dataset->note)
    puts(dataset->note);
  nn_dataset_free(dataset);
  return CLI_OK;
}

/* ---- data get ---- */

typedef struct {
  BpFetch *fetch;
  NnError err;
  bool ok;
  _Atomic bool done;
} Get;

static void *get_thread(void *data)
{
  Get *get = data;
  get->ok = bp_fetch_run(get->fetch, &get->err);
  atomic_store(&get->done, true);
  return NULL;
}

static void draw_bar(const BpFetch *fetch)
{
  enum { CELLS = 24 };
  BpFetchProgress progress = bp_fetch_progress(fetch);
  double fraction = (double)progress.done / (double)progress.total;
  char bar[CELLS * 4 + 1] = "";
  for (int i = 0; i < CELLS; i++)
    strcat(bar, i < fraction * CELLS ? "█" : "·");
  fprintf(stderr, "\r\033[K%s %3.0f %% %s %.1f/%.1f MB", bp_fetch_set(fetch)->title, 100 * fraction,
          bar, (double)progress.done / 1e6, (double)progress.total / 1e6);
  fflush(stderr);
}

static void watch(Get *get)
{
  const struct timespec pause = {.tv_nsec = 50000000};
  bool bar = isatty(STDERR_FILENO);
  while (!atomic_load(&get->done)) {
    if (cli_signal())
      bp_fetch_cancel(get->fetch);
    if (bar)
      draw_bar(get->fetch);
    nanosleep(&pause, NULL);
  }
  if (bar)
    fputs("\r\033[K", stderr);
}

static int get_set(Get *get)
{
  pthread_t thread;
  cli_signals_catch();
  if (pthread_create(&thread, NULL, get_thread, get) != 0) {
    nn_fail_nomem(&get->err, "a thread");
    return cli_failed(&get->err);
  }
  watch(get);
  pthread_join(thread, NULL);
  if (bp_fetch_note(get->fetch)[0])
    fprintf(stderr, "%s\n", bp_fetch_note(get->fetch));
  if (!get->ok) {
    cli_failed(&get->err);
    return get->err.status == NN_ERR_CANCELLED ? cli_signal_status() : CLI_FAILED;
  }
  char dir[4096];
  nn_utf8_copy(dir, sizeof dir, bp_fetch_dir(get->fetch), strlen(bp_fetch_dir(get->fetch)));
  printf(_("%s is in %s.\n"), bp_fetch_set(get->fetch)->title, dir);
  return CLI_OK;
}

static int get_named(const char *name, const char *from, const char *to)
{
  const NnCatalogSet *set = nn_catalog_find(name);
  if (!set)
    return cli_usage(
        "there is no dataset \"%s\" to download; allowed are mnist, fashion-mnist and kmnist",
        name);
  Get get = {0};
  if (!bp_fetch_new(set, from, to, &get.fetch, &get.err))
    return cli_failed(&get.err);
  int status = get_set(&get);
  bp_fetch_free(get.fetch);
  return status;
}

typedef struct {
  const char *from, *to;
} Places;

static int take_place(void *user, const char *option, const char *text)
{
  Places *places = user;
  *(strcmp(option, "from") == 0 ? &places->from : &places->to) = text;
  return CLI_OK;
}

static int parse_get(int argc, char **argv)
{
  Places places = {0};
  int status = cli_parse(cli_command_find("data", "get"), take_place, &places, argc, argv);
  if (status != CLI_OK)
    return status;
  if (argc - optind != 1)
    return cli_usage("data get takes one dataset: mnist, fashion-mnist or kmnist");
  return get_named(argv[optind], places.from, places.to);
}

int cli_data(int argc, char **argv)
{
  if (argc >= 2 && strcmp(argv[1], "get") == 0)
    return parse_get(argc - 1, argv + 1);
  if (argc == 3 && strcmp(argv[1], "info") == 0 && argv[2][0])
    return show_info(argv[2]);
  return cli_usage("data has two commands: data info DIR|SET and data get SET");
}
