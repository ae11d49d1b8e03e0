/* job.c: see job.h. The training thread makes everything, then sets `running`; from then on the
 * window's thread may use execution and evaluator, until bp_job_free(). */
#include "job.h"
#include "app/run/execution.h"
#include "app/run/run-number.h"
#include "engine/mem.h"
#include "evaluator.h"
#include "stored-run.h"
#include <stdatomic.h>

enum { MOST_NAMES = 10 }; /* that are tried for a new file, while others take them */

struct BpJob {
  NnConfig *recipe;
  BpData *data;
  char *device, *folder, *title, *exercise, *resume, *where, *checksum;
  int n_threads;
  guint number;
  bool single_step;
  BpRange watched; /* at the start */

  BpLoadWatch loading; /* of the data of a run that goes on */
  BpChoice choice;     /* of "auto" */
  BpCheckpoint from;   /* of a run that goes on */
  NnLearned *weights;  /* of a run that begins with them, and stops there; owned */
  BpExecution *execution;
  NnObserver *observer; /* the execution's */
  BpEvaluator *evaluator;
  char *path;      /* of the file, or NULL */
  NnError unkept;  /* why there is none; no text: there is, or shall be none */
  BpCurves curves; /* of a run that goes on, until they are taken */

  GThread *thread;
  _Atomic bool stop;     /* asked for; the observer may not exist yet */
  _Atomic bool abort;    /* the same */
  _Atomic bool running;  /* the fields above are complete */
  _Atomic bool finished; /* the fields below are complete */
  bool ok;
  NnResult result;
  NnError error;
};

/* ---- the thread ---- */

/* A run that cannot be kept is trained all the same. Another program may take the name first. */
static void keep(BpJob *self)
{
  NnError err = {0};
  bool ok = false;
  for (int i = 0; i < MOST_NAMES && !ok && (i == 0 || err.status == NN_ERR_ARG); i++) {
    char *path = NULL;
    BpKept kept = {.title = self->title, .exercise = self->exercise};
    ok = bp_runs_new_path(self->folder, &path, &err);
    kept.path = path;
    ok = ok && bp_execution_keep(self->execution, &kept, &err);
    if (ok)
      self->path = g_strdup(path);
    nn_free(path);
  }
  if (ok)
    bp_run_number_keep(self->folder, self->number, self->path);
  else
    self->unkept = err;
}

/* The file of a run that goes on, at its newest checkpoint. */
static bool open_resumed(BpJob *self, BpRunFile **file, NnError *err)
{
  if (!bp_run_file_open(self->resume, BP_RUN_FILE_TRAIN, file, err) ||
      !bp_run_file_checkpoint(*file, 0, &self->from, err))
    return false;
  if (!self->from.bytes)
    return nn_fail(err, NN_ERR_ARG, NULL, "The run has no checkpoint to go on from.");
  return (self->data || bp_stored_open_data(self->recipe, self->where, self->checksum,
                                            &self->loading, &self->data, err)) &&
         bp_load_watch_go_on(&self->loading, err);
}

static bool prepare_execution(BpJob *self, NnError *err)
{
  BpRunSpec spec = {.recipe = self->recipe,
                    .dataset = self->data->set,
                    .device = self->device,
                    .n_threads = self->n_threads,
                    .from = self->from.bytes ? &self->from : NULL,
                    .checkpoints = self->folder || self->resume,
                    .stop = &self->stop,
                    .choice = &self->choice};
  if (!bp_execution_prepare(&spec, &self->execution, err))
    return false;
  self->observer = bp_execution_observer(self->execution);
  return true;
}

static bool prepare_resumed(BpJob *self, NnError *err)
{
  BpRunFile *file = NULL;
  if (!open_resumed(self, &file, err) || !prepare_execution(self, err)) {
    bp_run_file_close(file);
    return false;
  }
  self->path = g_strdup(self->resume);
  return bp_execution_keep_on(self->execution, file, err) &&
         bp_stored_read_curves(self->path, self->recipe, &self->curves, err);
}

static bool prepare(BpJob *self)
{
  NnError *err = &self->error;
  if (!(self->resume ? prepare_resumed(self, err) : prepare_execution(self, err)) ||
      (self->weights &&
       !nn_learned_load(self->weights, nn_trainer_model(bp_execution_trainer(self->execution)),
                        err)))
    return false;
  if (self->folder && !self->resume)
    keep(self);
  BpEvaluatorOptions options = {.recipe = self->recipe,
                                .data = self->data,
                                .observer = self->observer,
                                .watched = self->watched};
  return bp_evaluator_new(&options, &self->evaluator, err);
}

static gpointer job_thread(gpointer data)
{
  BpJob *self = data;
  if (prepare(self)) {
    if (self->single_step)
      nn_observer_step(self->observer);
    atomic_store(&self->running, true);
    /* bp_job_stop() sets its flag first and looks for `running` then, so one of us sees it. */
    if (atomic_load(&self->stop) || self->weights)
      nn_observer_stop(self->observer);
    if (atomic_load(&self->abort))
      nn_observer_abort(self->observer);
    self->ok = bp_execution_run(self->execution, &self->result, &self->error);
    bp_evaluator_finish(self->evaluator);
  }
  atomic_store(&self->finished, true);
  return NULL;
}

/* ---- object ---- */

BpJob *bp_job_new(const BpJobOptions *options)
{
  BpJob *self = g_new0(BpJob, 1);
  self->data = options->data ? bp_data_ref(options->data) : NULL;
  self->device = g_strdup(options->device);
  self->folder = g_strdup(options->folder);
  self->title = g_strdup(options->title);
  self->exercise = g_strdup(options->exercise);
  self->resume = g_strdup(options->resume);
  self->where = g_strdup(options->where);
  self->checksum = g_strdup(options->checksum);
  self->n_threads = options->n_threads;
  self->number = options->number;
  self->single_step = options->single_step;
  self->watched = options->watched;
  self->weights = options->weights;
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
  nn_free(self->from.bytes);
  nn_learned_free(self->weights);
  bp_curves_clear(&self->curves);
  nn_config_free(self->recipe);
  bp_data_unref(self->data);
  char *texts[] = {self->device, self->folder, self->title,    self->exercise,
                   self->resume, self->where,  self->checksum, self->path};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
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

/* ---- steering ---- */

void bp_job_stop(BpJob *self)
{
  atomic_store(&self->stop, true);
  atomic_store(&self->loading.stop, true);
  if (bp_job_is_running(self))
    nn_observer_stop(self->observer);
}

void bp_job_abort(BpJob *self)
{
  atomic_store(&self->abort, true);
  atomic_store(&self->loading.stop, true);
  if (bp_job_is_running(self)) {
    nn_observer_abort(self->observer);
    bp_evaluator_stop(self->evaluator);
  }
}

/* ---- what it gives ---- */

NnObserver *bp_job_observer(BpJob *self)
{
  return self->observer;
}

const NnTrainer *bp_job_trainer(BpJob *self)
{
  return bp_execution_trainer(self->execution);
}

BpData *bp_job_data(BpJob *self)
{
  return self->data;
}

const char *bp_job_path(BpJob *self)
{
  return self->path;
}

bool bp_job_take_curves(BpJob *self, BpCurves *curves)
{
  *curves = self->curves;
  self->curves = (BpCurves){0};
  return curves->loss != NULL;
}

gsize bp_job_drain(BpJob *self, NnProgress *records, gsize max)
{
  return bp_job_is_running(self) ? bp_execution_drain(self->execution, records, max) : 0;
}

/* A point of the run's curves, in its file, too. */
BpEvaluation *bp_job_take_evaluation(BpJob *self)
{
  BpEvaluation *evaluation = bp_job_is_running(self) ? bp_evaluator_take(self->evaluator) : NULL;
  if (evaluation && !bp_job_is_finished(self))
    bp_execution_add_test_point(self->execution,
                                &(BpTestPoint){.step = evaluation->step,
                                               .loss = evaluation->metrics.loss,
                                               .accuracy = evaluation->metrics.accuracy});
  return evaluation;
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

bool bp_job_is_lost(BpJob *self, NnError *err)
{
  if (!bp_job_is_running(self))
    return false;
  if (!self->unkept.text[0])
    return bp_execution_is_lost(self->execution, err);
  *err = self->unkept;
  return true;
}

const NnResult *bp_job_result(BpJob *self)
{
  return &self->result;
}

const NnError *bp_job_error(BpJob *self)
{
  return self->ok ? NULL : &self->error;
}
