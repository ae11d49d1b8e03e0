/* run.h: one training run as the window remembers it: its recipe, curves and outcome. Made and
 * changed by the session. Thread: the window's. Signals:
 *   "changed" (): title, caption or status are different now. */
#pragma once
#include <gio/gio.h>
#include "app/run/run-info.h"
#include "engine/recipe/config.h"
#include "evaluation.h"
#include "ui/plot/series.h"

G_BEGIN_DECLS

/* Curves over the number of updates. Accuracies are fractions. */
typedef struct {
  BpSeries *loss;                /* of every batch */
  BpSeries *accuracy;            /* of the latest few hundred training pictures */
  BpSeries *test_loss;           /* whenever the test set was evaluated */
  BpSeries *test_accuracy;       /* the same */
  BpSeries *validation_loss;     /* after each epoch; empty where no validation part is kept */
  BpSeries *validation_accuracy; /* the same */
  BpSeries *lr;                  /* of every batch */
  BpSeries *seconds;             /* of training, at some of the steps; from (0, 0) on */
} BpCurves;

#define BP_TYPE_RUN (bp_run_get_type())
G_DECLARE_FINAL_TYPE(BpRun, bp_run, BP, RUN, GObject)

struct _BpRun {
  GObject parent_instance;
  /* To be read by everyone, written by the session alone. */
  guint number;     /* from 1 */
  int exercise;     /* index of the exercise it belongs to */
  bool practice;    /* on practice digits */
  bool on_mnist;    /* on MNIST itself: what an exercise's goal is about */
  NnConfig *recipe; /* what was run; owned */
  BpData *data;     /* what it ran on; owned; runs on the same pictures have the same */
  char *name; /* what makes it different: "lr 0.01", "+ BatchNorm1d"; see bp_run_take_name() */
  GStrv differences; /* all of them, from the first run of its exercise; empty in that one itself */
  BpCurves curves;
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
  guint block_size;       /* batches that a point of curves.accuracy is the mean of, at most */
  double block_sum;       /* the run's own: of the point to come */
  guint block_n;
  char *what; /* the run's own: its name without a number */
};

/* Copies the recipe and takes a reference to the data; NULL when there is no memory for it. */
BpRun *bp_run_new(guint number, int exercise, const NnConfig *recipe, BpData *data);
/* Names the run by what differs from the first run of its exercise among `runs` (of BpRun, newest
 * first, without this one): the newest change first. The first is named by its optimizer. What
 * would be called as one of another exercise is already also says what it has that this one has
 * not, and what would still be called as another gets a number: "lr 0.01 (2)". Once, before anyone
 * sees it. */
void bp_run_take_name(BpRun *self, GListModel *runs);
/* Emits "changed". */
void bp_run_changed(BpRun *self);
/* "Run 4 · lr 0.01" */
char *bp_run_dup_title(BpRun *self);
/* "97.24 %", "training · 96.1 %", "diverged"; practice digits are named. */
char *bp_run_dup_caption(BpRun *self);
/* Which run at which time a panel shows: "Run 3, iteration 3 000". */
char *bp_run_dup_moment(BpRun *self, guint64 step);
/* Why there are no answers of its network to be shown; NULL is no run. */
char *bp_run_dup_unseen(BpRun *self);
/* Adds what one batch gave. */
void bp_run_add_record(BpRun *self, const NnProgress *record);
/* The mean loss of the newest batches, a hundredth of all, 20 to 1000 of them; NAN: none yet. */
double bp_run_recent_loss(BpRun *self);
/* Adds a point to the test curves, unless a later one is there. */
void bp_run_add_test_point(BpRun *self, guint64 step, double accuracy, double loss);
/* The newest evaluation of the whole test set, which is a point of the test curves, too; and the
 * newest of what is watched. Both (transfer full). */
void bp_run_set_evaluation(BpRun *self, BpEvaluation *evaluation);
void bp_run_set_watched(BpRun *self, BpEvaluation *evaluation);
/* Adds what an epoch ended with: points to the curves of test and validation part. */
void bp_run_add_epoch(BpRun *self, const NnEpoch *epoch);

G_END_DECLS
