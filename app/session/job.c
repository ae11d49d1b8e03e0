/* job.c: see job.h. The training thread makes everything, then sets `running`; from then on the
 * window's thread may use execution and evaluator, until bp_job_free(). */
#include "job.h"
#include "app/run/execution.h"
#include "evaluator.h"
#include <stdatomic.h>

struct BpJob {
  NnConfig *recipe;
  BpData *data;
  char *device;
  int n_threads;
  bool single_step;
  BpRange watched; /* at the start */

  BpChoice choice; /* of "auto" */
  BpExecution *execution;
  BpEvaluator *evaluator;

  GThread *thread;
  _Atomic bool stop;     /* asked for; the observer may not exist yet */
  _Atomic bool abort;    /* the same */
  _Atomic bool running;  /* the fields above are complete */
  _Atomic bool finished; /* the fields below are complete */
  bool ok;
  NnResult result;
  NnError error;
};

static bool prepare(BpJob *self)
{
  NnError *err = &self->error;
  BpRunSpec spec = {.recipe = self->recipe,
                    .dataset = self->data->set,
                    .device = self->device,
                    .n_threads = self->n_threads,
                    .stop = &self->stop,
                    .choice = &self->choice};
  if (!bp_execution_prepare(&spec, &self->execution, err))
    return false;
  BpEvaluatorOptions options = {.recipe = self->recipe,
                                .data = self->data,
                                .observer = bp_execution_observer(self->execution),
                                .watched = self->watched};
  return bp_evaluator_new(&options, &self->evaluator, err);
}

static NnObserver *observer_of(BpJob *self)
{
  return bp_execution_observer(self->execution);
}

static gpointer job_thread(gpointer data)
{
  BpJob *self = data;
  if (prepare(self)) {
    if (self->single_step)
      nn_observer_step(observer_of(self));
    atomic_store(&self->running, true);
    /* bp_job_stop() sets the wish first and looks for `running` then, so one of us sees it. */
    if (atomic_load(&self->stop))
      nn_observer_stop(observer_of(self));
    if (atomic_load(&self->abort))
      nn_observer_abort(observer_of(self));
    self->ok = bp_execution_run(self->execution, &self->result, &self->error);
    bp_evaluator_finish(self->evaluator);
  }
  atomic_store(&self->finished, true);
  return NULL;
}

BpJob *bp_job_new(const BpJobOptions *options)
{
  BpJob *self = g_new0(BpJob, 1);
  self->data = bp_data_ref(options->data);
  self->device = g_strdup(options->device);
  self->n_threads = options->n_threads;
  self->single_step = options->single_step;
  self->watched = options->watched;
  self->recipe = nn_config_copy(options->recipe, NULL);
  if (!self->recipe) {
    bp_job_free(self);
    return NULL;
  }
  self->thread = g_thread_new("trainer", job_thread, self);
  return self;
}

void bp_job_free(BpJob *self)
{
  if (!self)
    return;
  bp_job_abort(self);
  if (self->thread)
    g_thread_join(self->thread);
  bp_evaluator_free(self->evaluator);
  bp_execution_free(self->execution);
  nn_config_free(self->recipe);
  bp_data_unref(self->data);
  g_free(self->device);
  g_free(self);
}

bool bp_job_is_running(BpJob *self)
{
  return atomic_load(&self->running);
}

bool bp_job_is_finished(BpJob *self)
{
  return atomic_load(&self->finished);
}

bool bp_job_is_idle(BpJob *self)
{
  if (!bp_job_is_finished(self))
    return false;
  return !self->evaluator || bp_evaluator_is_done(self->evaluator);
}

void bp_job_stop(BpJob *self)
{
  atomic_store(&self->stop, true);
  if (bp_job_is_running(self))
    nn_observer_stop(observer_of(self));
}

void bp_job_abort(BpJob *self)
{
  atomic_store(&self->abort, true);
  if (bp_job_is_running(self)) {
    nn_observer_abort(observer_of(self));
    bp_evaluator_stop(self->evaluator);
  }
}

void bp_job_pause(BpJob *self)
{
  nn_observer_pause(observer_of(self));
}

void bp_job_resume(BpJob *self)
{
  nn_observer_resume(observer_of(self));
}

void bp_job_step(BpJob *self)
{
  nn_observer_step(observer_of(self));
}

bool bp_job_is_paused(BpJob *self)
{
  return nn_observer_is_paused(observer_of(self));
}

guint64 bp_job_n_steps(BpJob *self)
{
  return nn_trainer_n_steps(bp_execution_trainer(self->execution));
}

guint64 bp_job_steps_per_epoch(BpJob *self)
{
  return nn_trainer_steps_per_epoch(bp_execution_trainer(self->execution));
}

gsize bp_job_drain(BpJob *self, NnProgress *records, gsize max)
{
  return bp_job_is_running(self) ? bp_execution_drain(self->execution, records, max) : 0;
}

guint bp_job_n_epochs(BpJob *self)
{
  return bp_job_is_running(self) ? nn_observer_n_epochs(observer_of(self)) : 0;
}

const NnEpoch *bp_job_epoch(BpJob *self, guint index)
{
  return nn_observer_epoch(observer_of(self), index);
}

BpEvaluation *bp_job_take_evaluation(BpJob *self)
{
  return bp_job_is_running(self) ? bp_evaluator_take(self->evaluator) : NULL;
}

BpEvaluation *bp_job_take_watched(BpJob *self, BpRange range)
{
  if (!bp_job_is_running(self))
    return NULL;
  bp_evaluator_watch(self->evaluator, range);
  return bp_evaluator_take_watched(self->evaluator);
}

const char *bp_job_device(BpJob *self)
{
  return self->choice.device ? self->choice.device : self->device;
}

const char *bp_job_choice(BpJob *self)
{
  return bp_job_is_running(self) && self->choice.tried ? self->choice.why : NULL;
}

const NnResult *bp_job_result(BpJob *self)
{
  return &self->result;
}

const NnError *bp_job_error(BpJob *self)
{
  return self->ok ? NULL : &self->error;
}
