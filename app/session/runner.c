/* runner.c: see runner.h. */
#include "runner.h"
#include "job.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <math.h>

enum {
  DRAIN_MS = 100, /* how often it looks after a run when no window does */
  DRAIN_RECORDS = 512,
  RATE_WINDOW_US = 400000 /* over which the speed is measured */
};

struct _BpRunner {
  GObject parent_instance;
  BpDevices *devices; /* owned */
  BpState state;
  BpJob *job; /* lives on after the end until its last evaluation has come */
  BpRun *run; /* of the job, or NULL */
  guint epochs_seen;
  BpStatus status;
  BpRange watched;
  guint timeout;     /* while there is a job */
  char *last_choice; /* the device that was last said to be what "auto" has chosen, or NULL */
  gint64 mark_time;  /* since when the rate is measured; 0: not yet */
  guint64 mark_step;
  char *folder;              /* of the runs' files; NULL: there are none */
  bool known;                /* what the job says once it is running has been taken */
  bool said_lost;            /* that the run is not kept */
  BpRunStatus status_before; /* of a run that goes on */
  NnConfig *recipe_before;   /* of one that goes on for longer, until it does; owned */
};

G_DEFINE_FINAL_TYPE(BpRunner, bp_runner, G_TYPE_OBJECT)

enum { STARTED, STATE_CHANGED, PROGRESS, EVALUATED, ENDED, NOTICE, IDLE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- object ---- */

static void drop_job(BpRunner *self)
{
  g_clear_handle_id(&self->timeout, g_source_remove);
  g_clear_pointer(&self->job, bp_job_free);
}

static void bp_runner_dispose(GObject *object)
{
  BpRunner *self = BP_RUNNER(object);
  drop_job(self);
  g_clear_object(&self->run);
  g_clear_object(&self->devices);
  G_OBJECT_CLASS(bp_runner_parent_class)->dispose(object);
}

static void bp_runner_finalize(GObject *object)
{
  g_free(BP_RUNNER(object)->last_choice);
  g_free(BP_RUNNER(object)->folder);
  nn_config_free(BP_RUNNER(object)->recipe_before);
  G_OBJECT_CLASS(bp_runner_parent_class)->finalize(object);
}

static void bp_runner_class_init(BpRunnerClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_runner_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_runner_finalize;
  signals[STARTED] = bp_signal_new(BP_TYPE_RUNNER, "started", 1, BP_TYPE_RUN, 0);
  signals[STATE_CHANGED] = bp_signal_new(BP_TYPE_RUNNER, "state-changed", 0, 0, 0);
  signals[PROGRESS] = bp_signal_new(BP_TYPE_RUNNER, "progress", 0, 0, 0);
  signals[EVALUATED] = bp_signal_new(BP_TYPE_RUNNER, "evaluated", 2, BP_TYPE_RUN, G_TYPE_BOOLEAN);
  signals[ENDED] = bp_signal_new(BP_TYPE_RUNNER, "ended", 1, BP_TYPE_RUN, 0);
  signals[NOTICE] = bp_signal_new(BP_TYPE_RUNNER, "notice", 1, G_TYPE_STRING, 0);
  signals[IDLE] = bp_signal_new(BP_TYPE_RUNNER, "idle", 0, 0, 0);
}

static void bp_runner_init(BpRunner *self) {}

BpRunner *bp_runner_new(BpDevices *devices)
{
  BpRunner *self = g_object_new(BP_TYPE_RUNNER, NULL);
  self->devices = g_object_ref(devices);
  return self;
}

/* ---- state ---- */

static void set_state(BpRunner *self, BpState state)
{
  if (self->state == state)
    return;
  self->state = state;
  self->mark_time = 0;
  bp_devices_set_in_use(self->devices, state != BP_STATE_IDLE);
  if (self->run && self->run->paused != (state == BP_STATE_PAUSED)) {
    self->run->paused = state == BP_STATE_PAUSED;
    bp_run_changed(self->run);
  }
  g_signal_emit(self, signals[STATE_CHANGED], 0);
}

BpState bp_runner_get_state(BpRunner *self)
{
  return self->state;
}

gboolean bp_runner_is_active(BpRunner *self)
{
  return self->state != BP_STATE_IDLE;
}

gboolean bp_runner_is_idle(BpRunner *self)
{
  return !self->job;
}

const BpStatus *bp_runner_get_status(BpRunner *self)
{
  return &self->status;
}

BpRun *bp_runner_get_run(BpRunner *self)
{
  return self->run;
}

/* ---- starting ---- */

static gboolean on_timeout(gpointer user_data)
{
  bp_runner_drain(user_data);
  return G_SOURCE_CONTINUE;
}

/* Weights (taken) that are only evaluated are no matter for a device to be chosen for. */
static bool start_job(BpRunner *self, BpRun *run, bool single_step, NnLearned *weights)
{
  int n;
  const BpDevice *devices = bp_devices_get_all(self->devices, &n);
  const BpDevice *device = &devices[bp_devices_get_chosen(self->devices)];
  BpJobOptions options = {.recipe = run->recipe,
                          .data = run->data,
                          .device = weights ? "cpu" : device->name,
                          .n_threads = device->n_threads,
                          .watched = self->watched,
                          .single_step = single_step,
                          .folder = self->folder,
                          .number = run->number,
                          .title = run->name,
                          .exercise = run->exercise,
                          .resume = run->path,
                          .where = run->data_where,
                          .checksum = run->data_checksum,
                          .weights = weights};
  drop_job(self);
  self->job = bp_job_new(&options);
  if (!self->job)
    return false;
  self->timeout = g_timeout_add(DRAIN_MS, on_timeout, self);
  return true;
}

static void begin(BpRunner *self, BpRun *run)
{
  NnConfig *loop = nn_config_child(run->recipe, "loop");
  g_set_object(&self->run, run);
  self->epochs_seen = 0;
  self->said_lost = false;
  self->known = false;
  self->status = (BpStatus){.step = run->steps,
                            .n_steps = run->n_steps,
                            .epoch = run->epochs + 1,
                            .n_epochs = (guint)nn_config_int(loop, "epochs"),
                            .loss = NAN,
                            .lr = NAN,
                            .rate = NAN,
                            .seconds_left = NAN};
  g_signal_emit(self, signals[STARTED], 0, run);
  set_state(self, BP_STATE_STARTING);
}

gboolean bp_runner_start(BpRunner *self, BpRun *run, gboolean single_step)
{
  g_return_val_if_fail(self->state == BP_STATE_IDLE && !run->path, FALSE);
  if (!start_job(self, run, single_step, NULL))
    return FALSE;
  begin(self, run);
  return TRUE;
}

gboolean bp_runner_open_weights(BpRunner *self, BpRun *run, NnLearned *weights)
{
  g_return_val_if_fail(self->state == BP_STATE_IDLE && !run->path, FALSE);
  run->opened = true;
  if (!start_job(self, run, false, weights))
    return FALSE;
  begin(self, run);
  return TRUE;
}

gboolean bp_runner_resume_stored(BpRunner *self, BpRun *run)
{
  g_return_val_if_fail(self->state == BP_STATE_IDLE && run->stored, FALSE);
  if (!start_job(self, run, false, NULL))
    return FALSE;
  self->status_before = run->status;
  run->status = BP_RUN_ACTIVE;
  run->stored = run->opened = false;
  g_clear_pointer(&run->error, g_free);
  begin(self, run);
  return TRUE;
}

/* Whoever sees the recipe of a run keeps no part of it, so that it may be another. */
static void take_recipe_before(BpRunner *self, BpRun *run)
{
  if (!self->recipe_before)
    return;
  nn_config_free(run->recipe);
  run->recipe = g_steal_pointer(&self->recipe_before);
}

gboolean bp_runner_train_on(BpRunner *self, BpRun *run, guint more)
{
  NnConfig *longer = nn_config_copy(run->recipe, NULL);
  if (!longer || !nn_config_set_number(nn_config_child(longer, "loop"), "epochs",
                                       (double)(run->epochs + more), NULL)) {
    nn_config_free(longer);
    return FALSE;
  }
  self->recipe_before = run->recipe;
  run->recipe = longer;
  if (bp_runner_resume_stored(self, run))
    return TRUE;
  take_recipe_before(self, run);
  return FALSE;
}

void bp_runner_set_folder(BpRunner *self, const char *folder)
{
  g_free(self->folder);
  self->folder = g_strdup(folder);
}

/* ---- steering ---- */

void bp_runner_resume(BpRunner *self)
{
  if (self->state != BP_STATE_PAUSED)
    return;
  nn_observer_resume(bp_job_observer(self->job));
  set_state(self, BP_STATE_TRAINING);
}

void bp_runner_pause(BpRunner *self)
{
  if (self->state != BP_STATE_TRAINING)
    return;
  nn_observer_pause(bp_job_observer(self->job));
  set_state(self, BP_STATE_PAUSED);
}

void bp_runner_step(BpRunner *self)
{
  if (self->state != BP_STATE_TRAINING && self->state != BP_STATE_PAUSED)
    return;
  nn_observer_step(bp_job_observer(self->job));
  set_state(self, BP_STATE_PAUSED);
}

void bp_runner_stop(BpRunner *self)
{
  if (self->state == BP_STATE_IDLE)
    return;
  if (self->state == BP_STATE_STOPPING)
    bp_job_abort(self->job);
  else
    bp_job_stop(self->job);
  set_state(self, BP_STATE_STOPPING);
}

void bp_runner_abort(BpRunner *self)
{
  if (self->job)
    bp_job_abort(self->job);
  if (self->state != BP_STATE_IDLE)
    set_state(self, BP_STATE_STOPPING);
}

void bp_runner_watch(BpRunner *self, BpRange range)
{
  self->watched = range;
}

/* ---- looking after a run ---- */

/* Which device "auto" has become, and why; not the same with every run. */
static void say_choice(BpRunner *self)
{
  const char *why = bp_job_choice(self->job), *device = bp_job_device(self->job);
  if (!why || g_strcmp0(device, self->last_choice) == 0)
    return;
  g_free(self->last_choice);
  self->last_choice = g_strdup(device);
  g_signal_emit(self, signals[NOTICE], 0, why);
}

static void job_is_running(BpRunner *self)
{
  BpRun *run = self->run;
  BpCurves curves;
  self->known = true;
  g_clear_pointer(&self->recipe_before, nn_config_free); /* its file has the other now */
  const NnTrainer *trainer = bp_job_trainer(self->job);
  run->n_steps = self->status.n_steps = nn_trainer_n_steps(trainer);
  run->steps_per_epoch = nn_trainer_steps_per_epoch(trainer);
  if (!run->data)
    run->data = bp_data_ref(bp_job_data(self->job));
  if (!run->path)
    run->path = g_strdup(bp_job_path(self->job));
  if (bp_job_take_curves(self->job, &curves))
    bp_run_take_curves(run, &curves);
  bp_run_changed(run);
  say_choice(self);
  if (self->state == BP_STATE_STARTING)
    set_state(self, nn_observer_is_paused(bp_job_observer(self->job)) ? BP_STATE_PAUSED
                                                                      : BP_STATE_TRAINING);
}

static bool take_records(BpRunner *self)
{
  NnProgress records[DRAIN_RECORDS];
  gsize n, total = 0;
  while ((n = bp_job_drain(self->job, records, DRAIN_RECORDS)) > 0) {
    for (gsize i = 0; i < n; i++)
      bp_run_add_record(self->run, &records[i]);
    self->status.step = records[n - 1].step + 1;
    self->status.epoch = records[n - 1].epoch + 1;
    self->status.lr = records[n - 1].lr;
    total += n;
  }
  return total > 0;
}

static bool take_epochs(BpRunner *self)
{
  const NnObserver *observer = bp_job_observer(self->job);
  guint n = self->known ? nn_observer_n_epochs(observer) : 0;
  bool any = self->epochs_seen < n;
  for (; self->epochs_seen < n; self->epochs_seen++)
    bp_run_add_epoch(self->run, nn_observer_epoch(observer, self->epochs_seen));
  return any;
}

static bool take_evaluations(BpRunner *self)
{
  BpEvaluation *watched = bp_job_take_watched(self->job, self->watched);
  BpEvaluation *all = bp_job_take_evaluation(self->job);
  if (watched) {
    bp_run_set_watched(self->run, watched);
    g_signal_emit(self, signals[EVALUATED], 0, self->run, FALSE);
  }
  if (all) {
    bp_run_set_evaluation(self->run, all);
    g_signal_emit(self, signals[EVALUATED], 0, self->run, TRUE);
  }
  return watched || all;
}

static void measure_rate(BpRunner *self)
{
  BpStatus *status = &self->status;
  gint64 now = g_get_monotonic_time(), passed = now - self->mark_time;
  if (self->state != BP_STATE_TRAINING || (self->mark_time && passed < RATE_WINDOW_US))
    return;
  if (self->mark_time && status->step > self->mark_step) {
    double rate = (double)(status->step - self->mark_step) * G_USEC_PER_SEC / (double)passed;
    status->rate = isnan(status->rate) ? rate : 0.6 * status->rate + 0.4 * rate;
    status->seconds_left = (double)(status->n_steps - status->step) / status->rate;
  }
  self->mark_time = now;
  self->mark_step = status->step;
}

bool bp_runner_is_time(BpRunner *self, gint64 *last, int ms)
{
  gint64 now = g_get_monotonic_time();
  if (self->state == BP_STATE_TRAINING && now - *last < ms * G_TIME_SPAN_MILLISECOND)
    return false;
  *last = now;
  return true;
}

static void take_result(BpRun *run, const NnResult *result, const NnError *error)
{
  run->steps = result->steps;
  run->seconds = result->seconds;
  run->train_accuracy = result->train.accuracy;
  run->train_loss = result->train.loss;
  if (!error)
    run->status = result->stopped ? BP_RUN_STOPPED : BP_RUN_FINISHED;
  else
    run->status = error->status == NN_ERR_NONFINITE ? BP_RUN_DIVERGED : BP_RUN_FAILED;
  if (isfinite(result->test.accuracy)) {
    run->test_accuracy = result->test.accuracy;
    run->test_loss = result->test.loss;
  }
  if (error)
    run->error = g_strdup(error->text);
}

/* Another device may do what this one could not. */
static bool device_failed(BpRunner *self)
{
  const NnError *error = bp_job_error(self->job);
  return error && error->status != NN_ERR_NONFINITE &&
         g_str_equal(bp_job_device(self->job), "cuda");
}

/* Nothing has happened to a run that could not go on, or was stopped before it did. */
static bool could_not_resume(BpRunner *self)
{
  BpRun *run = self->run;
  const NnError *error = bp_job_error(self->job);
  if (!run->path || bp_job_is_running(self->job))
    return false;
  run->status = self->status_before;
  run->stored = true;
  take_recipe_before(self, run);
  bp_run_changed(run);
  set_state(self, BP_STATE_IDLE);
  g_autofree char *text =
      g_strdup_printf(_("Run %u cannot be resumed: %s"), run->number, error->text);
  if (error->status != NN_ERR_CANCELLED)
    g_signal_emit(self, signals[NOTICE], 0, text);
  return true;
}

static void say_lost(BpRunner *self)
{
  NnError err = {0};
  if (self->said_lost || !bp_job_is_lost(self->job, &err))
    return;
  self->said_lost = true;
  g_autofree char *text =
      g_strdup_printf(_("Run %u is not saved: %s"), self->run->number, err.text);
  g_signal_emit(self, signals[NOTICE], 0, text);
}

static void finish(BpRunner *self)
{
  if (could_not_resume(self))
    return;
  self->run->device_failed = device_failed(self);
  take_result(self->run, bp_job_result(self->job), bp_job_error(self->job));
  self->status.seconds_left = NAN;
  if (self->run->path && !self->said_lost)
    bp_run_set_stored(self->run);
  bp_run_changed(self->run);
  set_state(self, BP_STATE_IDLE);
  g_signal_emit(self, signals[ENDED], 0, self->run);
}

/* One look at the job. The order matters: whether it has finished is asked before its records are
 * taken, so that none can come after the last look. */
static void look_after_job(BpRunner *self)
{
  BpJob *job = self->job;
  bool finished = bp_job_is_finished(job), idle = bp_job_is_idle(job);
  if (!self->known && bp_job_is_running(job))
    job_is_running(self);
  bool any = take_records(self);
  any |= take_epochs(self);
  any |= take_evaluations(self);
  if (any) {
    self->status.loss = bp_run_recent_loss(self->run);
    measure_rate(self);
    bp_run_changed(self->run);
    g_signal_emit(self, signals[PROGRESS], 0);
  }
  say_lost(self);
  if (finished && self->state != BP_STATE_IDLE)
    finish(self);
  if (idle && self->job == job) /* nobody has started another one on hearing that this ended */
    drop_job(self);
}

void bp_runner_drain(BpRunner *self)
{
  if (!self->job)
    return;
  g_object_ref(self);
  look_after_job(self);
  if (!self->job)
    g_signal_emit(self, signals[IDLE], 0);
  g_object_unref(self);
}
