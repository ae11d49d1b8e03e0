/* evaluation.h: a network's predictions on the test set, or on a part of it, at one step of a run.
 * Made on the evaluator's thread, read by the window; never changed after it was made. Thread: any.
 */
#pragma once
#include <glib.h>
#include "engine/train/trainer.h"
#include "shared-data.h"

G_BEGIN_DECLS

/* Test pictures first … first + n − 1. */
typedef struct {
  guint first, n;
} BpRange;

typedef struct {
  guint64 step;      /* updates done */
  NnMetrics metrics; /* of these pictures */
  BpData *data;      /* the set that they are of */
  guint first, n;    /* which they are: all of the test set, or some */
  guint n_classes;
  float *probabilities; /* (n, n_classes) */
  int *predicted;       /* (n) */
  float *losses;        /* (n) cross entropy of each */
  guint32 *mistakes; /* (n_mistakes) the wrong ones, by index in the test set, largest loss first */
  guint n_mistakes;
} BpEvaluation;

/* Takes `probabilities` (range.n, n_classes), from g_malloc(); copies metrics. */
BpEvaluation *bp_evaluation_new(BpData *data, guint64 step, BpRange range, const NnMetrics *metrics,
                                float *probabilities);
BpEvaluation *bp_evaluation_ref(BpEvaluation *evaluation);
void bp_evaluation_unref(BpEvaluation *evaluation); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BpEvaluation, bp_evaluation_unref)

gboolean bp_evaluation_covers(const BpEvaluation *evaluation, BpRange range);
/* Of picture `index` of the test set, which it covers: the probabilities (n_classes of them,
 * borrowed), the class that has the largest, and the loss. */
const float *bp_evaluation_row(const BpEvaluation *evaluation, guint index);
int bp_evaluation_predicted(const BpEvaluation *evaluation, guint index);
float bp_evaluation_loss(const BpEvaluation *evaluation, guint index);

G_END_DECLS
