/* evaluation.h: a network's predictions on the whole test set at one step of a run. Made on the
 * evaluator's thread, read by the window; never changed after it was made. Thread: any. */
#pragma once
#include <glib.h>
#include "engine/trainer.h"
#include "shared-data.h"

G_BEGIN_DECLS

typedef struct {
  guint64 step;      /* updates done */
  NnMetrics metrics; /* of the test set */
  BpData *data;      /* the pictures that it was about */
  guint n;           /* test pictures */
  guint n_classes;
  float *probabilities; /* (n, n_classes) */
  int *predicted;       /* (n) */
  float *losses;        /* (n) cross entropy of each */
  guint32 *mistakes;    /* (n_mistakes) indices of the wrong ones, largest loss first */
  guint n_mistakes;
} BpEvaluation;

/* Takes `probabilities` (n, n_classes), from g_malloc(); copies metrics. */
BpEvaluation *bp_evaluation_new(BpData *data, guint64 step, const NnMetrics *metrics,
                                float *probabilities);
BpEvaluation *bp_evaluation_ref(BpEvaluation *evaluation);
void bp_evaluation_unref(BpEvaluation *evaluation); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BpEvaluation, bp_evaluation_unref)

/* Bytes of it, without its data. */
gsize bp_evaluation_memory(const BpEvaluation *evaluation);
/* The probabilities of one picture (n_classes of them), borrowed. */
const float *bp_evaluation_row(const BpEvaluation *evaluation, guint index);

G_END_DECLS
