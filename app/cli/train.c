/* train.c: backprop-cli train. The run has a thread of its own; this one drains the records
 * into the log and the bar, as the window does. */
#include "train.h"
#include "cli.h"
#include "signals.h"
#include "ui/i18n.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static void *run_thread(void *data)
{
  CliTrain *t = data;
  t->ok = bp_execution_run(t->execution, &t->result, &t->err);
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
  uint32_t reported; /* epochs */
  NnProgress last;
  bool any, log_ok, lost;
  NnError log_err;
} Watch;

static void report_epochs(CliTrain *t, Watch *w)
{
  const NnObserver *observer = bp_execution_observer(t->execution);
  for (; w->reported < nn_observer_n_epochs(observer); w->reported++) {
    const NnEpoch *epoch = nn_observer_epoch(observer, w->reported);
    t->epochs[t->n_earlier + w->reported] = *epoch;
    if (w->bar)
      cli_bar_clear();
    if (w->text)
      cli_report_epoch(epoch, nn_trainer_n_epochs(bp_execution_trainer(t->execution)));
  }
}

/* Once. */
static void report_lost(CliTrain *t, Watch *w)
{
  NnError err;
  if (w->lost || !bp_execution_is_lost(t->execution, &err))
    return;
  w->lost = true;
  if (w->bar)
    cli_bar_clear();
  /* Translators: a whole sentence says why */
  fprintf(stderr, _("backprop-cli: %s Training goes on, but is no longer kept.\n"), err.text);
}

/* Takes what there is; returns how many records there were. */
static size_t look(CliTrain *t, Watch *w)
{
  NnProgress records[1024];
  const NnTrainer *trainer = bp_execution_trainer(t->execution);
  size_t n = bp_execution_drain(t->execution, records, 1024);
  if (n == 0)
    return 0;
  if (w->log_ok && !cli_log_write(&t->log, records, n, &w->log_err)) {
    w->log_ok = false;
    nn_observer_abort(bp_execution_observer(t->execution));
  }
  if (!w->any || records[n - 1].epoch != w->last.epoch)
    w->epoch_started = now();
  w->any = true;
  w->last = records[n - 1];
  if (w->bar && now() - w->drawn > 0.1) {
    w->drawn = now();
    cli_bar_draw(&w->last, nn_trainer_steps_per_epoch(trainer), nn_trainer_n_epochs(trainer),
                 w->drawn - w->epoch_started);
  }
  return n;
}

/* Until the run is over and everything it wrote was taken. */
static void watch(CliTrain *t, Watch *w)
{
  const struct timespec pause = {.tv_nsec = 10000000};
  for (bool last_round = false;;) {
    bool done = atomic_load_explicit(&t->done, memory_order_acquire);
    while (look(t, w) > 0) {
    }
    report_epochs(t, w);
    report_lost(t, w);
    if (last_round)
      break;
    last_round = done;
    if (cli_signal())
      nn_observer_abort(bp_execution_observer(t->execution));
    if (!done)
      nanosleep(&pause, NULL);
  }
  if (w->bar)
    cli_bar_clear();
}

static int report(CliTrain *t, const CliOptions *options, const Watch *w)
{
  CliReport report = {.recipe = t->recipe,
                      .dataset = t->dataset,
                      .backend = bp_execution_backend(t->execution),
                      .n_params =
                          nn_model_n_params(nn_trainer_model(bp_execution_trainer(t->execution))),
                      .epochs = t->epochs,
                      .n_epochs = t->n_earlier + w->reported,
                      .start_seconds = t->start_seconds,
                      .result = &t->result};
  if (!options->json)
    cli_report_text(&report);
  else if (!cli_report_json(&report, &t->err))
    return cli_failed(&t->err);
  return w->lost ? CLI_FAILED : CLI_OK; /* why has been said */
}

/* Says nothing where nobody reads any more (| head). */
static int stopped(const CliTrain *t)
{
  unsigned long long steps = t->result.steps;
  if (cli_signal() != SIGPIPE)
    fprintf(stderr,
            ngettext("backprop-cli: Stopped after %llu step.\n",
                     "backprop-cli: Stopped after %llu steps.\n", (unsigned long)steps),
            steps);
  return cli_signal_status();
}

/* What has been learned, also by a run that was stopped. */
static bool save(CliTrain *t, const CliOptions *options)
{
  NnTrainer *trainer = bp_execution_trainer(t->execution);
  if (!options->save)
    return true;
  nn_trainer_sync(trainer);
  return nn_learned_save(options->save, nn_trainer_model(trainer), t->recipe, &t->err);
}

static int train(CliTrain *t, const CliOptions *options)
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
  if (!w.log_ok) { /* which costs the log, not what was learned until then */
    if (!save(t, options))
      cli_failed(&t->err);
    return cli_failed(&w.log_err);
  }
  if (cli_signal() && (t->ok || t->err.status == NN_ERR_CANCELLED))
    return save(t, options) ? stopped(t) : cli_failed(&t->err);
  if (!t->ok || !save(t, options))
    return cli_failed(&t->err);
  return report(t, options, &w);
}

int cli_train(int argc, char **argv)
{
  CliOptions options;
  double began = now();
  int status = cli_options_parse(&options, cli_command_find("train", NULL), argc, argv);
  if (status == CLI_OK) {
    CliTrain t = {0};
    bool ok = cli_train_prepare(&t, &options);
    t.start_seconds = now() - began;
    status = ok ? train(&t, &options) : cli_failed(&t.err);
    cli_train_clear(&t);
  }
  cli_options_clear(&options);
  return status;
}
