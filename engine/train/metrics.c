/* metrics.c: see metrics.h. */
#include "metrics.h"

size_t nn_confusion_add(uint32_t *counts, int n_classes, const nn_real *values,
                        const int32_t *labels, size_t n)
{
  size_t n_correct = 0;
  for (size_t i = 0; i < n; i++) {
    int predicted = nn_argmax(values + i * (size_t)n_classes, n_classes);
    counts[(size_t)labels[i] * (size_t)n_classes + (size_t)predicted]++;
    n_correct += predicted == labels[i];
  }
  return n_correct;
}
