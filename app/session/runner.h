/* runner.h: trains one run at a time: a state machine over a job (job.h), whose records it moves
 * into the run. It owns the training thread; nothing here waits for that thread, but the last
 * unref, which stops and joins it.
 *
 * Thread: the window's. Signals:
 *   "started" (BpRun):    a run begins.
 *   "state-changed" ():
 *   "progress" ():        new records in the run's curves; once per frame.
 *   "evaluated" (BpRun, bool all): the run has another evaluation, of the whole test set or of
 *                         what is watched.
 *   "ended" (BpRun):      its outcome is known.
 *   "notice" (string):    one sentence worth a passing notice.
 *   "idle" ():            no thread of it runs any more. */
#pragma once
#include "devices.h"
#include "engine/export/weights.h"
#include "run.h"

G_BEGIN_DECLS

typedef enum {
  BP_STATE_IDLE,     /* nothing is being trained */
  BP_STATE_STARTING, /* the model is being built */
  BP_STATE_TRAINING,
  BP_STATE_PAUSED,
  BP_STATE_STOPPING /* asked to stop; the last evaluation is being made */
} BpState;

/* For the footer. */
typedef struct {
  guint64 step, n_steps;
  guint epoch, n_epochs; /* epoch from 1 */
  double loss;           /* moving average of the batches; NAN: none yet */
  double lr;             /* NAN: none yet */
  double rate;           /* iterations per second; NAN: not known yet */
  double seconds_left;   /* NAN: not known yet */
} BpStatus;

#define BP_TYPE_RUNNER (bp_runner_get_type())
G_DECLARE_FINAL_TYPE(BpRunner, bp_runner, BP, RUNNER, GObject)

BpRunner *bp_runner_new(BpDevices *devices);
BpState bp_runner_get_state(BpRunner *self);
gboolean bp_runner_is_active(BpRunner *self); /* any state but idle */
/* Nor is the last run being evaluated any more: it can be let go without waiting. */
gboolean bp_runner_is_idle(BpRunner *self);
const BpStatus *bp_runner_get_status(BpRunner *self);
BpRun *bp_runner_get_run(BpRunner *self); /* the newest; borrowed; NULL: none yet */

/* Runs that are started from now on are kept in files of this folder. */
void bp_runner_set_folder(BpRunner *self, const char *folder);
/* Starts the run on the chosen device, while none is active. `single_step`: pauses after the first
 * batch. False: there is no memory for it. */
gboolean bp_runner_start(BpRunner *self, BpRun *run, gboolean single_step);
/* A stored run goes on from its newest checkpoint; else as bp_runner_start(). */
gboolean bp_runner_resume_stored(BpRunner *self, BpRun *run);
/* The same for `more` epochs beyond those that it has finished: its recipe has another number of
 * epochs from then on. See nn_scheduler_resume() for its schedule. */
gboolean bp_runner_train_on(BpRunner *self, BpRun *run, guint more);
/* As bp_runner_start(), but with these weights (taken), which fit; the run stops before its first
 * step, is evaluated, and can be resumed. */
gboolean bp_runner_open_weights(BpRunner *self, BpRun *run, NnLearned *weights);
void bp_runner_pause(BpRunner *self);
void bp_runner_resume(BpRunner *self);
void bp_runner_step(BpRunner *self);  /* one batch more of an active run, then a pause */
void bp_runner_stop(BpRunner *self);  /* the second time without a last evaluation */
void bp_runner_abort(BpRunner *self); /* without one; "idle" follows */
/* Moves what the trainer has published into the run. It happens by itself several times a second
 * while a run is active; a window does it once per frame. */
void bp_runner_drain(BpRunner *self);
/* These test pictures are looked at: where all of them take long to evaluate, these are evaluated
 * more often. n 0: none are. */
void bp_runner_watch(BpRunner *self, BpRange range);
/* For those who follow "progress", but not with every frame: has it been `ms` since *last? Then
 * *last is now. Always true when nothing is being trained, so that the last numbers are not missed.
 */
bool bp_runner_is_time(BpRunner *self, gint64 *last, int ms);

G_END_DECLS
