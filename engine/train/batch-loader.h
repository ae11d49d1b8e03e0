/* batch-loader.h: brings batches of a source to where a backend reads them.
 *
 * Where the backend's memory is the host's, a batch is gathered in place. Elsewhere a source that
 * is bytes (NnBytes) is copied there once, and each batch is gathered by the backend; other sources
 * are gathered on the host and uploaded batch by batch. Private to the engine. */
#pragma once
#include "engine/backend/backend.h"
#include "engine/sample-source.h"

/* A source's bytes in backend memory; all zero: not there. They are owned, or the source's own. */
typedef struct {
  const NnBackend *backend;
  NnBytes host; /* what was copied, without indices */
  uint8_t *pixels;
  int32_t *classes;
  nn_real *table;
} NnResident;

/* Leaves *resident empty where that makes no sense or is not possible: the memory is the host's and
 * no step is compiled, the source is not bytes, there is no room. Where the memory is the host's,
 * the source's bytes are borrowed. Waits until a source has made them. */
void nn_resident_init(NnResident *resident, const NnBackend *backend, const NnSource *source);
void nn_resident_clear(NnResident *resident); /* an empty one is allowed */

typedef struct {
  const NnSource *source;     /* borrowed */
  const NnBackend *backend;   /* borrowed */
  size_t batch_size;          /* most samples */
  const NnResident *resident; /* borrowed; NULL: batches come from the host */
  const uint32_t *map;        /* sample i of the source is map[i] of the resident bytes; NULL: i */
  nn_real *x, *device_x; /* owned, one batch; device_*: the same memory where it is the host's */
  int32_t *labels, *device_labels;
  uint32_t *ids; /* owned, one batch */
} NnBatchLoader;

/* For batches of at most batch_size samples. false: not enough memory; clear it all the same. */
bool nn_batch_loader_init(NnBatchLoader *loader, const NnSource *source, const NnBackend *backend,
                          size_t batch_size);
void nn_batch_loader_clear(NnBatchLoader *loader); /* a zeroed one is allowed */
/* From now on out of these bytes, if they are the source's. */
void nn_batch_loader_use(NnBatchLoader *loader, const NnResident *resident);
/* The samples as the source gives them, into host memory. */
void nn_batch_loader_prepare(const NnBatchLoader *loader, const uint32_t *indices, size_t n,
                             uint32_t epoch, nn_real *x, int32_t *labels);
/* Samples indices[0 … n − 1]: loader->labels, on the host, and what has to be uploaded. */
void nn_batch_loader_load(NnBatchLoader *loader, const uint32_t *indices, size_t n, uint32_t epoch);
/* Then, also between step_begin() and step_end(): device_x and device_labels. */
void nn_batch_loader_gather(const NnBatchLoader *loader, size_t n);
/* Where the samples are in the resident bytes, and their classes. Both host; labels may be NULL. */
void nn_batch_loader_translate(const NnBatchLoader *loader, const uint32_t *indices, size_t n,
                               uint32_t *ids, int32_t *labels);
