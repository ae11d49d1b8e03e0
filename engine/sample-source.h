/* sample-source.h: where the trainer gets its samples from. The data room implements an NnSource
 * (its loader); the engine only sees this table. */
#pragma once
#include "tensor.h"

/* Samples that are bytes, looked up in a table: x[c, s] = table[c·256 + pixels[i, c, s]] for sample
 * i of class classes[i]. All borrowed for the life of the source. */
typedef struct {
  size_t n_samples, C, S;
  const uint8_t *pixels;   /* (n_samples, C, S) */
  const int32_t *classes;  /* (n_samples) */
  const nn_real *table;    /* (C, 256) */
  const uint32_t *indices; /* sample i of the source is sample indices[i] here; NULL: i itself */
} NnBytes;

typedef struct NnSource NnSource;

/* Samples of one source, one after the other. Who counts, what is counted and how many there are
 * travel together: the numbers of a part mean nothing to the whole. */
typedef struct {
  const NnSource *source;  /* borrowed */
  const uint32_t *indices; /* (n), each < source->n_samples; borrowed */
  size_t n;                /* ≤ source->n_samples */
} NnSampleOrder;

struct NnSource {
  size_t n_samples;
  NnShape shape; /* of one sample, after transforms */
  int n_classes;
  /* Writes samples indices[0 … n−1] into x (n, shape) and their classes into labels (n).
   * `epoch` keys random transforms. Allocates nothing, cannot fail. Thread: any, also several at
   * once. Indices must be < n_samples. */
  void (*gather)(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                 nn_real *x, int32_t *labels);
  /* NULL, or a hint at the start of an epoch, given by nn_source_expect() alone: these samples of
   * order->source, which is this one, will be gathered next, batch by batch, so that a source may
   * work ahead. Borrowed for the call. Changes nothing of what gather() gives. */
  void (*expect)(const NnSampleOrder *order, uint32_t epoch);
  /* NULL, or: the same samples as bytes, for a device that is to hold them all. false: they are
   * none, because they are drawn anew in every epoch. It may take a while, once. */
  bool (*bytes)(const NnSource *source, NnBytes *bytes);
};

/* Tells the order's own source, if it wants to know. */
static inline void nn_source_expect(NnSampleOrder order, uint32_t epoch)
{
  if (order.source->expect)
    order.source->expect(&order, epoch);
}
