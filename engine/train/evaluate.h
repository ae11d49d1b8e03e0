/* evaluate.h: nn_evaluate() for callers whose data are already on the device. Private. */
#pragma once
#include "batch-loader.h"
#include "trainer.h"

typedef struct {
  uint32_t *confusion;        /* (n_classes²), host, added to; NULL: not wanted */
  nn_real *values;            /* (n_samples, n_classes), host, probabilities; NULL: not wanted */
  const _Atomic bool *stop;   /* NULL, or: ends it soon after it becomes true */
  const NnResident *resident; /* NULL, or bytes that may be the source's */
} NnEvaluation;

/* Otherwise as nn_evaluate(). */
bool nn_evaluate_resident(NnModel *model, const NnSource *source, const NnEvaluation *wanted,
                          NnMetrics *metrics, NnError *err);
