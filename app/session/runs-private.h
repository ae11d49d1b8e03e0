/* runs-private.h: what the files of the runs share: runs.c has the list, runs-shown.c what is
 * shown of it. */
#pragma once
#include "run-folder.h"
#include "runs.h"

struct _BpRuns {
  GObject parent_instance;
  BpDataStore *data; /* owned, as the next two */
  BpRunner *runner;
  GListStore *list;
  guint n_runs;        /* the highest number of a run */
  BpRunFolder *folder; /* of the files, owned; NULL: runs are in memory alone */
  bool listed;         /* the folder has been read once */
  guint following;     /* timeout */

  BpMoment shown;     /* whose run is owned */
  GQueue recent;      /* owned: the runs that were shown last, the newest first */
  BpLoadWatch *watch; /* of the evaluation that is waited for; NULL: of none */
  guint n_threads;    /* that evaluate and save */
  char *unseen;       /* why the last one failed; NULL: it did not */
};

enum {
  BP_RUNS_SHOWN_CHANGED,
  BP_RUNS_EVALUATED,
  BP_RUNS_WATCHED,
  BP_RUNS_NOTICE,
  BP_RUNS_FAILED,
  BP_RUNS_IDLE,
  BP_RUNS_N_SIGNALS
};
extern guint bp_runs_signals[BP_RUNS_N_SIGNALS];

/* Finds what the network of the shown run says, if that is not known. */
void bp_runs_evaluate_shown(BpRuns *self);
/* Nobody waits for that any more. */
void bp_runs_give_up(BpRuns *self);
/* Emits "idle" if no thread runs. */
void bp_runs_check_idle(BpRuns *self);
