/* session-run.c: starting and steering runs, and moving what they publish into their curves. */
#include "session-private.h"
#include "ui/i18n.h"
#include <math.h>

enum {
  DRAIN_MS = 100, /* how often the session looks after a run when no window does */
  DRAIN_RECORDS = 512,
  RATE_WINDOW_US = 400000 /* over which the speed is measured */
};

/* ---- state ---- */

static void set_state(BpSession *self, BpState state)
{
  if (self->state == state)
    return;
  self->state = state;
  self->mark_time = 0;
  if (self->run && self->run->paused != (state == BP_STATE_PAUSED)) {
    self->run->paused = state == BP_STATE_PAUSED;
    bp_run_changed(self->run);
  }
  bp_session_emit(self, BP_SESSION_STATE);
}

BpState bp_session_get_state(BpSession *self)
{
  return self->state;
}

gboolean bp_session_is_active(BpSession *self)
{
  return self->state != BP_STATE_IDLE;
}

gboolean bp_session_can_train(BpSession *self)
{
  return self->state == BP_STATE_IDLE && self->data && !self->load && self->check.ok &&
         !self->refusal;
}

const char *bp_session_why_not(BpSession *self)
{
  if (self->state != BP_STATE_IDLE)
    return NULL;
  if (!self->data || self->load)
    return _("The data are still being loaded.");
  if (self->refusal)
    return self->refusal;
  return self->check.ok ? NULL : self->check.text;
}

const BpStatus *bp_session_get_status(BpSession *self)
{
  return &self->status;
}

GListModel *bp_session_get_runs(BpSession *self)
{
  return G_LIST_MODEL(self->runs);
}

BpRun *bp_session_get_run(BpSession *self)
{
  return self->run;
}

/* ---- starting ---- */

void bp_session_drop_job(BpSession *self)
{
  g_clear_handle_id(&self->timeout, g_source_remove);
  g_clear_pointer(&self->job, bp_job_free);
}

static gboolean on_timeout(gpointer user_data)
{
  bp_session_drain(user_data);
  return G_SOURCE_CONTINUE;
}

static bool start_job(BpSession *self, bool single_step)
{
  const BpDevice *device = &self->devices[self->device];
  BpJobOptions options = {.recipe = bp_session_get_recipe(self),
                          .data = self->data,
                          .device = device->name,
                          .n_threads = device->n_threads,
                          .watched = self->range,
                          .single_step = single_step};
  bp_session_drop_job(self);
  self->job = bp_job_new(&options);
  if (!self->job)
    return false;
  self->timeout = g_timeout_add(DRAIN_MS, on_timeout, self);
  return true;
}

static void new_run(BpSession *self, BpRun *run)
{
  NnConfig *loop = nn_config_child(run->recipe, "loop");
  g_set_object(&self->run, run);
  g_ptr_array_insert(self->lessons[self->exercise].runs, 0, g_object_ref(run));
  self->n_runs++;
  self->epochs_seen = 0;
  self->status = (BpStatus){.epoch = 1,
                            .n_epochs = (guint)nn_config_int(loop, "epochs"),
                            .loss = NAN,
                            .lr = NAN,
                            .rate = NAN,
                            .seconds_left = NAN};
  g_list_store_insert(self->runs, 0, run);
  bp_session_show_run(self, run);
  g_signal_emit(self, bp_session_signals[BP_SESSION_RUN_STARTED], 0, run);
  bp_session_keep_memory(self);
  set_state(self, BP_STATE_STARTING);
}

static void start(BpSession *self, bool single_step)
{
  if (!bp_session_can_train(self))
    return;
  g_autoptr(BpRun) run =
      bp_run_new(self->n_runs + 1, self->exercise, bp_session_get_recipe(self), self->data);
  if (run)
    bp_run_take_name(run, G_LIST_MODEL(self->runs));
  if (run && start_job(self, single_step))
    new_run(self, run);
  else
    bp_session_emit_failed(self, _("The run could not start"),
                           _("There is not enough memory to start a run."));
}

/* ---- steering ---- */

void bp_session_train(BpSession *self)
{
  if (self->state == BP_STATE_PAUSED) {
    bp_job_resume(self->job);
    set_state(self, BP_STATE_TRAINING);
  } else {
    start(self, false);
  }
}

void bp_session_pause(BpSession *self)
{
  if (self->state != BP_STATE_TRAINING)
    return;
  bp_job_pause(self->job);
  set_state(self, BP_STATE_PAUSED);
}

void bp_session_step(BpSession *self)
{
  if (self->state == BP_STATE_IDLE) {
    start(self, true);
  } else if (self->state == BP_STATE_TRAINING || self->state == BP_STATE_PAUSED) {
    bp_job_step(self->job);
    set_state(self, BP_STATE_PAUSED);
  }
}

void bp_session_stop(BpSession *self)
{
  if (self->state == BP_STATE_IDLE)
    return;
  if (self->state == BP_STATE_STOPPING)
    bp_job_abort(self->job);
  else
    bp_job_stop(self->job);
  set_state(self, BP_STATE_STOPPING);
}

void bp_session_abort(BpSession *self)
{
  bp_session_cancel_fetch(self);
  if (self->job)
    bp_job_abort(self->job);
  if (self->state != BP_STATE_IDLE)
    set_state(self, BP_STATE_STOPPING);
}

/* ---- looking after a run ---- */

/* Which device "auto" has become, and why; not the same with every run. */
static void tell_choice(BpSession *self)
{
  const char *why = bp_job_choice(self->job), *device = bp_job_device(self->job);
  if (!why || g_strcmp0(device, self->last_choice) == 0)
    return;
  g_free(self->last_choice);
  self->last_choice = g_strdup(device);
  bp_session_tell(self, why);
}

static void job_is_running(BpSession *self)
{
  self->run->n_steps = self->status.n_steps = bp_job_n_steps(self->job);
  self->run->steps_per_epoch = bp_job_steps_per_epoch(self->job);
  bp_run_changed(self->run);
  tell_choice(self);
  if (self->state == BP_STATE_STARTING)
    set_state(self, bp_job_is_paused(self->job) ? BP_STATE_PAUSED : BP_STATE_TRAINING);
}

static void take_record(BpSession *self, const NnProgress *record)
{
  bp_run_add_record(self->run, record);
  self->status.step = record->step + 1;
  self->status.epoch = record->epoch + 1;
  self->status.lr = record->lr;
}

static bool take_records(BpSession *self)
{
  NnProgress records[DRAIN_RECORDS];
  gsize n, total = 0;
  while ((n = bp_job_drain(self->job, records, DRAIN_RECORDS)) > 0) {
    for (gsize i = 0; i < n; i++)
      take_record(self, &records[i]);
    total += n;
  }
  return total > 0;
}

static bool take_epochs(BpSession *self)
{
  guint n = bp_job_n_epochs(self->job);
  bool any = self->epochs_seen < n;
  for (; self->epochs_seen < n; self->epochs_seen++)
    bp_run_add_epoch(self->run, bp_job_epoch(self->job, self->epochs_seen));
  self->run->epochs = n;
  return any;
}

static bool take_evaluation(BpSession *self)
{
  BpEvaluation *watched = bp_job_take_watched(self->job, self->range);
  BpEvaluation *evaluation = bp_job_take_evaluation(self->job);
  if (watched)
    bp_session_take_watched(self, watched);
  if (evaluation)
    bp_session_take_evaluation(self, evaluation);
  return watched || evaluation;
}

static void measure_rate(BpSession *self)
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

bool bp_session_is_time(BpSession *self, gint64 *last, int ms)
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
static bool device_failed(BpSession *self)
{
  const NnError *error = bp_job_error(self->job);
  return error && error->status != NN_ERR_NONFINITE &&
         g_str_equal(bp_job_device(self->job), "cuda");
}

static void finish(BpSession *self)
{
  self->run->device_failed = device_failed(self);
  take_result(self->run, bp_job_result(self->job), bp_job_error(self->job));
  self->status.seconds_left = NAN;
  bp_session_check_exercise(self);
  bp_run_changed(self->run);
  set_state(self, BP_STATE_IDLE);
  g_signal_emit(self, bp_session_signals[BP_SESSION_RUN_ENDED], 0, self->run);
}

/* One look at the job. The order matters: whether it has finished is asked before its records are
 * taken, so that none can come after the last look. */
static void look_after_job(BpSession *self)
{
  BpJob *job = self->job;
  bool finished = bp_job_is_finished(job), idle = bp_job_is_idle(job);
  if (self->run->n_steps == 0 && bp_job_is_running(self->job))
    job_is_running(self);
  bool any = take_records(self);
  any |= take_epochs(self);
  any |= take_evaluation(self);
  if (any) {
    self->status.loss = bp_run_recent_loss(self->run);
    measure_rate(self);
    bp_session_keep_memory(self);
    bp_run_changed(self->run);
    bp_session_emit(self, BP_SESSION_PROGRESS);
  }
  if (finished && self->state != BP_STATE_IDLE)
    finish(self);
  if (idle && self->job == job) /* nobody has started another one on hearing that this ended */
    bp_session_drop_job(self);
}

void bp_session_drain(BpSession *self)
{
  if (!self->job)
    return;
  g_object_ref(self);
  look_after_job(self);
  bp_session_emit_if_quiet(self);
  g_object_unref(self);
}
