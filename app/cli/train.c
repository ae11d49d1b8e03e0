/* train.c: backprop-cli train. The run has a thread of its own; this one drains the records
 * into the log and the bar, as the window does. */
#include "app/run/choose-device.h"
#include "options.h"
#include "report.h"
#include "signals.h"
#include "cli.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "app/datasets/open-data.h"
#include "recipes.h"
#include "ui/i18n.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  NnConfig *recipe;
  NnDataset *dataset;
  NnLoaders loaders;
  NnBackend *backend;
  NnTrainer *trainer;
  NnObserver *observer;
  NnEpoch *epochs;
  NnResult result;
  NnError err;
  BpChoice choice; /* of "auto" */
  bool ok;
  _Atomic bool done;
  NnOutFile log;
} Train;

/* ---- before and after ---- */

static bool open_data(Train *t, const CliOptions *options)
{
  BpDataWish wish = bp_data_wish(t->recipe, options->data);
  if (!bp_open_data(&wish, NN_PRACTICE_SEED, NULL, &t->dataset, &t->err) ||
      !bp_data_tell_recipe(t->dataset, t->recipe, &t->err))
    return false;
  if (t->dataset->note)
    fprintf(stderr, "%s\n", t->dataset->note);
  if (t->dataset->practice && !options->data)
    fprintf(stderr, _("MNIST was not found (--data DIR says where it is): training on practice "
                      "digits drawn by this program.\n"));
  return nn_loaders_open(&t->loaders, t->dataset, t->recipe, &t->err);
}

static bool sets_network(const CliOptions *options)
{
  bool any = false;
  for (int i = 0; i < options->n_sets; i++)
    any = any || strncmp(options->sets[i], "network", 7) == 0;
  return any;
}

/* The program's own recipes are for any data; a person's is left as it is, and told what it lacks.
 */
static bool fit_network(Train *t, const CliOptions *options)
{
  NnError err = {0};
  NnShape shape = t->loaders.train.source.shape;
  int n_classes = t->dataset->n_classes, n = nn_config_count(t->recipe, "network");
  if (nn_model_check(t->recipe, shape, n_classes, NULL, NULL, NULL, &err) ||
      strcmp(err.where, "network") != 0 || n == 0)
    return true;
  NnConfig *fitted = nn_config_copy(t->recipe, &t->err);
  if (!fitted)
    return false;
  int layer = nn_model_match_classes(fitted, shape, n_classes);
  bool ours = bp_recipe_is_shipped(options->recipe) && !sets_network(options);
  if (layer >= 0 && ours) {
    nn_config_free(t->recipe);
    t->recipe = fitted;
    fprintf(stderr,
            ngettext("The last layer now has %d output, one for each class.\n",
                     "The last layer now has %d outputs, one for each class.\n",
                     (unsigned long)n_classes),
            n_classes);
    return true;
  }
  nn_config_free(fitted);
  return layer < 0 ||
         nn_fail(&t->err, NN_ERR_SHAPE, "network",
                 nn_text_n("The output size of the network is %d, but there is %d class; --set "
                           "network.%d.out_features=%d makes it fit.",
                           "The output size of the network is %d, but there are %d classes; --set "
                           "network.%d.out_features=%d makes it fit.",
                           (unsigned long)n_classes),
                 nn_config_int(nn_config_at(t->recipe, "network", layer), "out_features"),
                 n_classes, layer, n_classes);
}

/* "auto" is what a short trial finds, and says so where there was a choice. */
static const char *device_of(Train *t, const CliOptions *options)
{
  if (strcmp(options->device, "auto") != 0)
    return options->device;
  BpTrial trial = {.recipe = t->recipe,
                   .train = &t->loaders.train.source,
                   .n_threads = options->threads,
                   .max_steps = options->steps};
  bp_choose_device(&trial, &t->choice);
  if (t->choice.tried)
    fprintf(stderr, "%s\n", t->choice.why);
  return t->choice.device;
}

/* What the data are not needed for is refused before they are read, which may take minutes. Where
 * a graphics card may be chosen, its memory will tell. */
static bool check_early(Train *t, const CliOptions *options)
{
  NnSource source = {0}, test = {0}; /* how many test images there are is not known */
  NnShape picture;
  BpDataWish wish = bp_data_wish(t->recipe, options->data);
  if (!bp_peek_data(&wish, &picture, &source.n_samples))
    return true;
  NnTrainerOptions trainer = {.recipe = t->recipe,
                              .train = &source,
                              .test = &test,
                              .backend = t->backend,
                              .max_steps = options->steps};
  return nn_transforms_check(t->recipe, picture, &source.shape, &t->err) &&
         nn_trainer_check(&trainer, &t->err);
}

/* The processor, where there is no choice. */
static bool open_device_early(Train *t, const CliOptions *options)
{
  NnDeviceInfo cuda = {0};
  bool named = strcmp(options->device, "auto") != 0;
  if (!named)
    nn_backend_describe("cuda", &cuda);
  return cuda.available ||
         nn_backend_open(named ? options->device : "cpu", options->threads, &t->backend, &t->err);
}

/* More threads than cores take turns, and wait for each other in turns: 25 times the time of the
 * processor, for nothing. */
static void cap_threads(CliOptions *options)
{
  int cores = nn_machine_cores();
  bool others = strcmp(options->device, "ref") == 0 || strcmp(options->device, "cuda") == 0;
  if (options->threads <= cores || options->oversubscribe || others)
    return;
  fprintf(stderr,
          ngettext("There is %d core, so %d thread is used; --oversubscribe uses %d.\n",
                   "There are %d cores, so %d threads are used; --oversubscribe uses %d.\n",
                   (unsigned long)cores),
          cores, cores, options->threads);
  options->threads = cores;
}

static bool prepare(Train *t, const CliOptions *options)
{
  if (!cli_options_recipe(options, &t->recipe, &t->err) ||
      (options->log && !cli_log_check(options->log, &t->err)) || !open_device_early(t, options) ||
      !check_early(t, options) || !open_data(t, options) || !fit_network(t, options) ||
      (!t->backend &&
       !nn_backend_open(device_of(t, options), options->threads, &t->backend, &t->err)))
    return false;
  NnTrainerOptions trainer = {.recipe = t->recipe,
                              .train = &t->loaders.train.source,
                              .train_evaluated = nn_loaders_evaluated(&t->loaders),
                              .test = &t->loaders.test.source,
                              .backend = t->backend,
                              .max_steps = options->steps};
  if (!nn_trainer_new(&trainer, &t->trainer, &t->err))
    return false;
  NnObserverSpec spec = nn_trainer_observer_spec(t->trainer);
  spec.lossless = true;
  if (!nn_observer_new(&spec, &t->observer, &t->err))
    return false;
  t->epochs = nn_alloc_array(nn_trainer_n_epochs(t->trainer), sizeof *t->epochs);
  if (!t->epochs)
    return nn_fail_nomem(&t->err, "the epochs' records");
  return cli_log_open(&t->log, options->log, &t->err);
}

static void clear(Train *t)
{
  nn_observer_free(t->observer);
  nn_trainer_free(t->trainer);
  nn_loaders_clear(&t->loaders);
  nn_dataset_free(t->dataset);
  nn_backend_close(t->backend);
  nn_config_free(t->recipe);
  nn_free(t->epochs);
}

/* ---- the run ---- */

static void *run_thread(void *data)
{
  Train *t = data;
  t->ok = nn_trainer_run(t->trainer, t->observer, t->epochs, &t->result, &t->err);
  atomic_store_explicit(&t->done, true, memory_order_release);
  return NULL;
}

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

typedef struct {
  bool bar, text;
  double epoch_started, drawn;
  uint32_t reported;
  NnProgress last;
  bool any, log_ok;
  NnError log_err;
} Watch;

static void report_epochs(Train *t, Watch *w)
{
  for (; w->reported < nn_observer_n_epochs(t->observer); w->reported++) {
    if (w->bar)
      cli_bar_clear();
    if (w->text)
      cli_report_epoch(nn_observer_epoch(t->observer, w->reported),
                       nn_trainer_n_epochs(t->trainer));
  }
}

/* Takes what there is; returns how many records there were. */
static size_t look(Train *t, Watch *w)
{
  NnProgress records[1024];
  size_t n = nn_observer_drain(t->observer, records, 1024);
  if (n == 0)
    return 0;
  if (w->log_ok && !cli_log_write(&t->log, records, n, &w->log_err)) {
    w->log_ok = false;
    nn_observer_abort(t->observer);
  }
  if (!w->any || records[n - 1].epoch != w->last.epoch)
    w->epoch_started = now();
  w->any = true;
  w->last = records[n - 1];
  if (w->bar && now() - w->drawn > 0.1) {
    w->drawn = now();
    cli_bar_draw(&w->last, nn_trainer_steps_per_epoch(t->trainer), nn_trainer_n_epochs(t->trainer),
                 w->drawn - w->epoch_started);
  }
  return n;
}

/* Until the run is over and everything it wrote was taken. */
static void watch(Train *t, Watch *w)
{
  const struct timespec pause = {.tv_nsec = 10000000};
  for (bool last_round = false;;) {
    bool done = atomic_load_explicit(&t->done, memory_order_acquire);
    while (look(t, w) > 0) {
    }
    report_epochs(t, w);
    if (last_round)
      break;
    last_round = done;
    if (cli_signal())
      nn_observer_abort(t->observer);
    if (!done)
      nanosleep(&pause, NULL);
  }
  if (w->bar)
    cli_bar_clear();
}

static int report(Train *t, const CliOptions *options)
{
  CliReport report = {.recipe = t->recipe,
                      .dataset = t->dataset,
                      .backend = t->backend,
                      .n_params = nn_model_n_params(nn_trainer_model(t->trainer)),
                      .epochs = t->epochs,
                      .n_epochs = nn_observer_n_epochs(t->observer),
                      .result = &t->result};
  if (!options->json)
    cli_report_text(&report);
  else if (!cli_report_json(&report, &t->err))
    return cli_failed(&t->err);
  return CLI_OK;
}

/* Whoever has gone away (| head) is told nothing. */
static int stopped(const Train *t)
{
  unsigned long long steps = t->result.steps;
  if (cli_signal() != SIGPIPE)
    fprintf(stderr,
            ngettext("backprop-cli: Stopped after %llu step.\n",
                     "backprop-cli: Stopped after %llu steps.\n", (unsigned long)steps),
            steps);
  return cli_signal_status();
}

static int train(Train *t, const CliOptions *options)
{
  pthread_t thread;
  Watch w = {.bar = isatty(STDERR_FILENO), .text = !options->json, .log_ok = true};
  cli_signals_catch();
  if (pthread_create(&thread, NULL, run_thread, t) != 0) {
    nn_fail(&t->err, NN_ERR_NOMEM, NULL, "The training thread could not be started.");
    return cli_failed(&t->err);
  }
  watch(t, &w);
  pthread_join(thread, NULL);
  if (!nn_out_close(&t->log, w.log_ok, w.log_ok ? &w.log_err : NULL))
    w.log_ok = false;
  if (!w.log_ok)
    return cli_failed(&w.log_err);
  if (cli_signal() && (t->ok || t->err.status == NN_ERR_CANCELLED))
    return stopped(t);
  if (!t->ok)
    return cli_failed(&t->err);
  return report(t, options);
}

int cli_train(int argc, char **argv)
{
  CliOptions options;
  int status = cli_options_parse(&options, true, argc, argv);
  if (status == CLI_OK) {
    Train t = {0};
    cap_threads(&options);
    status = prepare(&t, &options) ? train(&t, &options) : cli_failed(&t.err);
    nn_out_close(&t.log, false, NULL);
    clear(&t);
  }
  cli_options_clear(&options);
  return status;
}
