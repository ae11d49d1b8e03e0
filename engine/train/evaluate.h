/* evaluate.h: how good a model is on a whole set of samples. Everything that it needs is its own:
 * a model made for it, loaded from a snapshot or a checkpoint, may be evaluated on another thread
 * and another backend while a run goes on. */
#pragma once
#include "batch-loader.h"
#include "engine/model/model.h"
#include "metrics.h"

/* Evaluates `model` on a whole source: eval mode, no penalties. confusion (n_classes², NULL
 * allowed) is added to; values (n_samples, n_classes), host, NULL allowed, receives probabilities.
 * stop (NULL allowed): returns false with NN_ERR_CANCELLED soon after it becomes true. */
bool nn_evaluate(NnModel *model, const NnSource *source, uint32_t *confusion, nn_real *values,
                 const _Atomic bool *stop, NnMetrics *metrics, NnError *err);

/* ---- for callers whose data may be on the device already; private to the engine ---- */

typedef struct {
  uint32_t *confusion;        /* (n_classes²), host, added to; NULL: not wanted */
  nn_real *values;            /* (n_samples, n_classes), host, probabilities; NULL: not wanted */
  const _Atomic bool *stop;   /* NULL, or: ends it soon after it becomes true */
  const NnResident *resident; /* NULL, or bytes that may be the source's */
} NnEvaluation;

/* Otherwise as nn_evaluate(). */
bool nn_evaluate_resident(NnModel *model, const NnSource *source, const NnEvaluation *wanted,
                          NnMetrics *metrics, NnError *err);
