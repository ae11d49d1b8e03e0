/* evaluator.h: evaluates a network during training, on a thread of its own.
 *
 * It asks the trainer for a snapshot of the parameters now and then, puts it into a model of its
 * own and evaluates the whole test set. Where that takes long, the pictures that somebody is
 * looking at are evaluated before it, in the midst of it and between two of them, each time with
 * the newest parameters. The newest results lie in letter boxes with room for one; the window
 * empties them once per frame. It takes care to use a small part of one processor only. Thread: the
 * functions below may be called from any one thread at a time. */
#pragma once
#include "evaluation.h"

G_BEGIN_DECLS

typedef struct BpEvaluator BpEvaluator;

typedef struct {
  const NnConfig *recipe; /* copied */
  BpData *data;           /* a reference is taken */
  NnObserver *observer;   /* borrowed: must outlive the evaluator */
  BpRange watched;        /* see bp_evaluator_watch() */
} BpEvaluatorOptions;

/* Starts the thread. Errors: as of nn_model_new(). */
bool bp_evaluator_new(const BpEvaluatorOptions *options, BpEvaluator **evaluator, NnError *err);
/* Stops it in the midst of an evaluation if need be, joins, frees. NULL is allowed. */
void bp_evaluator_free(BpEvaluator *evaluator);
/* The run has ended: the last snapshot is evaluated, then the thread ends by itself. */
void bp_evaluator_finish(BpEvaluator *evaluator);
/* It ends soon, without another result. */
void bp_evaluator_stop(BpEvaluator *evaluator);
/* The thread has ended; a last result may still be in the box. */
bool bp_evaluator_is_done(BpEvaluator *evaluator);
/* What somebody looks at, of the test set; n 0: at none of it. */
void bp_evaluator_watch(BpEvaluator *evaluator, BpRange range);
/* The newest result about (at least) what was watched, by itself; (transfer full), NULL: nothing
 * new. Never older than the one before. */
BpEvaluation *bp_evaluator_take_watched(BpEvaluator *evaluator);
/* The newest result that was not taken yet, or NULL; (transfer full). */
BpEvaluation *bp_evaluator_take(BpEvaluator *evaluator);

G_END_DECLS
