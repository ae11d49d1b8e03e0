/* job.h: one run of the trainer on a thread of its own, with everything that it needs: a copy of
 * the recipe, the data, an execution (app/run/execution.h), which keeps it in a file, and an
 * evaluator.
 *
 * Nothing is sent to the window: it asks, once per frame. Thread: the window's. */
#pragma once
#include "app/run/execution.h"
#include "engine/export/weights.h"
#include "curves.h"
#include "evaluation.h"

G_BEGIN_DECLS

typedef struct BpJob BpJob;

/* Texts are copied. */
typedef struct {
  const NnConfig *recipe;       /* copied */
  BpData *data;                 /* a reference is taken; NULL: opened, of a run that goes on */
  const char *device;           /* "cpu", "cuda", "ref"; "auto": what a short trial finds faster */
  int n_threads;                /* 0: all */
  BpRange watched;              /* see bp_job_take_watched() */
  bool single_step;             /* pause after the first batch */
  const char *folder;           /* a new file is made here; NULL: none */
  guint number;                 /* of the run in that folder */
  const char *title, *exercise; /* of BpRunInfo */
  const char *resume;           /* file of a run, which goes on from there; NULL: a new run */
  const char *where, *checksum; /* of that run's data */
  NnLearned *weights;           /* NULL, or: taken; a new run that has these and does no step yet */
} BpJobOptions;

/* Starts the thread, which reports its own failure; NULL only when there is no memory. */
BpJob *bp_job_new(const BpJobOptions *options);
/* Stops, joins both threads, frees. NULL is allowed. */
void bp_job_free(BpJob *job);

/* The trainer exists: pausing and stepping work, the numbers below are known. */
bool bp_job_is_running(BpJob *job);
/* The training thread has nothing more to say; result and error are there, and the file is whole.
 */
bool bp_job_is_finished(BpJob *job);
/* The same, and the last evaluation has been made. */
bool bp_job_is_idle(BpJob *job);

/* At any time. stop: after the batch, then both sets are evaluated; abort: without that. A run that
 * was to go on, and whose data are still being loaded, ends with NN_ERR_CANCELLED. */
void bp_job_stop(BpJob *job);
void bp_job_abort(BpJob *job);

/* Both borrowed, while it is running and later: for pausing, and for what is known of it. Epochs
 * count from when it was started. */
NnObserver *bp_job_observer(BpJob *job);
const NnTrainer *bp_job_trainer(BpJob *job);
BpData *bp_job_data(BpJob *job); /* borrowed */
/* The file of the run; NULL: it is not kept. Borrowed. */
const char *bp_job_path(BpJob *job);
/* Of a run that goes on: its curves until now, once; false: there are none. */
bool bp_job_take_curves(BpJob *job, BpCurves *curves);
gsize bp_job_drain(BpJob *job, NnProgress *records, gsize max);
BpEvaluation *bp_job_take_evaluation(BpJob *job); /* (transfer full), NULL: nothing new */
/* The same about what somebody looks at, from now on this; see evaluator.h. */
BpEvaluation *bp_job_take_watched(BpJob *job, BpRange range);

/* The device's name; for "auto" the one chosen, once it is running or has ended. */
const char *bp_job_device(BpJob *job);
/* Of "auto", while it is running and later: which device it is and why, one sentence; NULL: there
 * was nothing to choose. Borrowed. */
const char *bp_job_choice(BpJob *job);
/* Why the run is not kept in a file, or no longer, one sentence, if it should be; while it is
 * running and later. */
bool bp_job_is_lost(BpJob *job, NnError *err);

/* After the end. error: NULL when it went well (stopped runs, too). */
const NnResult *bp_job_result(BpJob *job);
const NnError *bp_job_error(BpJob *job);

G_END_DECLS
