/* metrics.h: what an evaluation gives. */
#pragma once
#include "engine/tensor.h"

typedef struct {
  size_t n_samples, n_correct;
  double accuracy; /* n_correct / n_samples; NAN for no samples */
  double loss;     /* mean cross entropy per sample, without penalties */
} NnMetrics;

/* counts[true * n_classes + predicted] += 1 for each sample; predicted is the argmax of its row of
 * values (N, n_classes), first index on ties. Returns how many were right. */
size_t nn_confusion_add(uint32_t *counts, int n_classes, const nn_real *values,
                        const int32_t *labels, size_t n);
