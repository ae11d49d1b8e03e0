/* batch.h: where the trainer gets its samples from. The data room implements an NnSource (its
 * loader); the engine only sees this table. */
#pragma once
#include "tensor.h"

typedef struct NnSource NnSource;
struct NnSource {
  size_t n_samples;
  NnShape shape; /* of one sample, after transforms */
  int n_classes;
  /* Writes samples indices[0 … n−1] into x (n, shape) and their classes into labels (n).
   * `epoch` keys random transforms. Allocates nothing, cannot fail. Thread: any, also several at
   * once. Indices must be < n_samples. */
  void (*gather)(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                 nn_real *x, int32_t *labels);
  /* NULL, or a hint at the start of an epoch: these n ≤ n_samples samples will be gathered next, in
   * this order, batch by batch, so that a source may work ahead. `indices` is borrowed for the
   * call. Changes nothing of what gather() gives. */
  void (*expect)(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch);
};
