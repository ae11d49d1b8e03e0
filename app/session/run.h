/* run.h: one training run as the window remembers it: its recipe, curves and outcome. Made and
 * changed by the session. Thread: the window's. Signals:
 *   "changed" ():       title, caption or status are different now.
 *   "curves-loaded" (): its curves have come from its file, and are other objects.
 *   "curves-grown" ():  another program that trains it has made them longer. */
#pragma once
#include <gio/gio.h>
#include "app/run/run-info.h"
#include "engine/recipe/config.h"
#include "curves.h"
#include "evaluation.h"

G_BEGIN_DECLS

#define BP_TYPE_RUN (bp_run_get_type())
G_DECLARE_FINAL_TYPE(BpRun, bp_run, BP, RUN, GObject)

struct _BpRun {
  GObject parent_instance;
  /* To be read by everyone, written by the session alone. */
  guint number;         /* from 1 */
  const char *exercise; /* identifier of the exercise it belongs to; interned */
  bool practice;        /* on practice digits */
  bool on_mnist;        /* on MNIST itself: what an exercise's goal is about */
  NnConfig *recipe;     /* what was run; owned */
  char *path;           /* its file; NULL: it is in memory alone; owned */
  bool stored;          /* the file has all of it */
  char *deleted;        /* where the file lies since it was deleted, or NULL; owned */
  bool pinned;
  bool opened;         /* its weights have come from a file, in this session */
  BpData *data;        /* what it ran on; owned; NULL: it is not in memory */
  char *data_title;    /* of it, owned; as the next two */
  char *data_checksum; /* of its pictures; NULL: not known */
  char *data_where;    /* the directory that they came from; NULL: drawn, or not known */
  char *name; /* what makes it different: "lr 0.01", "+ BatchNorm1d"; see bp_run_take_name() */
  GStrv differences; /* all of them, from the first run of its exercise; empty in that one itself;
                        NULL: not looked for yet, see bp_run_compare() */
  BpCurves curves;   /* empty while !has_curves; see bp_run_hold_curves() */
  bool has_curves;
  BpEvaluation *evaluation; /* what its network said last about the test set, or NULL; owned */
  BpEvaluation *watched;    /* about what is looked at, after that; or NULL; owned */
  BpRunStatus status;
  bool paused;                      /* an active one */
  guint64 n_steps, steps_per_epoch; /* 0 until the trainer exists */
  guint epochs;                     /* finished */
  /* Over the whole parts: test and validation newest, NAN while there is none; training at the end,
   * NAN before. Accuracies are fractions; losses are mean cross entropies. */
  double test_accuracy, test_loss;
  double validation_accuracy, validation_loss;
  double train_accuracy, train_loss;
  guint64 steps;          /* done */
  double seconds;         /* at the end */
  char *error;            /* sentence of a failed or diverged run, or NULL; owned */
  gboolean device_failed; /* it failed on a graphics card: the processor may do it */
  char *what;             /* the run's own: its name without a number */
  guint n_holders;        /* the run's own: of its curves */
  bool loading_curves;
};

/* Copies the recipe and takes a reference to the data; NULL when there is no memory for it. */
BpRun *bp_run_new(guint number, const char *exercise, const NnConfig *recipe, BpData *data);
/* The run of a file, without curves and data. NULL and `err`: its recipe cannot be read. */
BpRun *bp_run_new_stored(guint number, const char *path, const BpRunInfo *info, NnError *err);
/* What the file says of it now. */
void bp_run_take_info(BpRun *self, const BpRunInfo *info);
/* Were both trained on the same pictures? */
bool bp_run_same_data(const BpRun *self, const BpRun *other);
/* Somebody draws its curves, until bp_run_release_curves(). Those of a stored run are read from its
 * file, on another thread, and let go with the last who drew them. */
void bp_run_hold_curves(BpRun *self);
void bp_run_release_curves(BpRun *self);
/* Reads them again, if somebody draws them; or only what has come since, of a run that another
 * program trains. */
void bp_run_reload_curves(BpRun *self);
void bp_run_follow_curves(BpRun *self);
/* Takes what *curves holds. */
void bp_run_take_curves(BpRun *self, BpCurves *curves);
/* All of it is in its file from now on. */
void bp_run_set_stored(BpRun *self);
/* Finds its differences from the runs of its exercise that come after it in the list, all of them
 * where it is not there. */
void bp_run_compare(BpRun *self, GListModel *runs);
/* Names the run by what differs from the first run of its exercise among `runs` (of BpRun, newest
 * first, without this one): the newest change first. The first is named by its optimizer. What
 * would be called as one of another exercise is already also says what it has that this one has
 * not, and what would still be called as another gets a number: "lr 0.01 (2)". Once, before anyone
 * sees it. */
void bp_run_take_name(BpRun *self, GListModel *runs);
/* Emits "changed". */
void bp_run_changed(BpRun *self);
/* It has been interrupted or stopped, and its file has what it takes to go on. */
bool bp_run_can_resume(const BpRun *self);
/* It has ended well, or early, and can go on for more epochs than it was to have. */
bool bp_run_can_train_on(const BpRun *self);
/* "Run 4 · lr 0.01" */
char *bp_run_dup_title(BpRun *self);
/* "97.24 %", "training · 96.1 %", "diverged"; practice digits are named. */
char *bp_run_dup_caption(BpRun *self);
/* Which run at which time a panel shows: "Run 3, iteration 3 000". */
char *bp_run_dup_moment(BpRun *self, guint64 step);
/* Adds what one batch gave. */
void bp_run_add_record(BpRun *self, const NnProgress *record);
/* The mean loss of the newest batches, a hundredth of all, 20 to 1000 of them; NAN: none yet. */
double bp_run_recent_loss(BpRun *self);
/* The newest evaluation of the whole test set, which is a point of the test curves, too; and the
 * newest of what is watched. Both (transfer full). */
void bp_run_set_evaluation(BpRun *self, BpEvaluation *evaluation);
void bp_run_set_watched(BpRun *self, BpEvaluation *evaluation);
/* Adds what an epoch ended with: points to the curves of test and validation part. */
void bp_run_add_epoch(BpRun *self, const NnEpoch *epoch);

G_END_DECLS
