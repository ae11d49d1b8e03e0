/* curves.h: the curves of one run over the number of updates. Accuracies are fractions.
 *
 * Thread: one at a time; whoever reads them from a file does so on a thread of its own and hands
 * them over. */
#pragma once
#include "engine/train/progress.h"
#include "ui/plot/series.h"

G_BEGIN_DECLS

typedef struct {
  BpSeries *loss;                /* of every batch */
  BpSeries *accuracy;            /* of the latest few hundred training pictures */
  BpSeries *test_loss;           /* whenever the test set was evaluated */
  BpSeries *test_accuracy;       /* the same */
  BpSeries *validation_loss;     /* after each epoch; empty where no validation part is kept */
  BpSeries *validation_accuracy; /* the same */
  BpSeries *lr;                  /* of every batch */
  BpSeries *seconds;             /* of training, at some of the steps; from (0, 0) on */

  guint64 n_steps; /* up to which they go */
  guint n_epochs;

  guint block_size; /* batches that a point of `accuracy` is the mean of, at most */
  double block_sum; /* of the point to come */
  guint block_n;
} BpCurves;

void bp_curves_init(BpCurves *curves, int batch_size);
void bp_curves_clear(BpCurves *curves);
/* Adds what one batch gave. */
void bp_curves_add_record(BpCurves *curves, const NnProgress *record);
/* Adds a point to the test curves; false: it is not finite, or a later one is there. */
bool bp_curves_add_test_point(BpCurves *curves, guint64 step, double accuracy, double loss);
/* Adds what an epoch ended with: points to the curves of test and validation part. */
void bp_curves_add_epoch(BpCurves *curves, const NnEpoch *epoch);

G_END_DECLS
