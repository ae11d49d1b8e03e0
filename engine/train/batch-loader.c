/* batch-loader.c: see batch-loader.h. */
#include "batch-loader.h"
#include "engine/backend/float-mode.h"
#include "engine/mem.h"

static void *copy_up(const NnBackend *backend, const void *from, size_t n, size_t size)
{
  void *memory = n <= SIZE_MAX / size ? backend->ops->alloc(backend, n * size) : NULL;
  if (memory)
    backend->ops->upload(backend, memory, from, n * size);
  return memory;
}

void nn_resident_init(NnResident *resident, const NnBackend *backend, const NnSource *source)
{
  NnBytes bytes;
  *resident = (NnResident){0};
  if (backend->host_memory || !source->bytes || !source->bytes(source, &bytes))
    return;
  bytes.indices = NULL;
  *resident = (NnResident){
      .backend = backend,
      .host = bytes,
      .pixels = copy_up(backend, bytes.pixels, bytes.n_samples, bytes.C * bytes.S),
      .classes = copy_up(backend, bytes.classes, bytes.n_samples, sizeof *bytes.classes),
      .table = copy_up(backend, bytes.table, bytes.C * 256, sizeof *bytes.table)};
  if (!resident->pixels || !resident->classes || !resident->table)
    nn_resident_clear(resident);
}

void nn_resident_clear(NnResident *resident)
{
  void *memory[] = {resident->pixels, resident->classes, resident->table};
  for (int i = 0; i < 3; i++)
    if (memory[i])
      resident->backend->ops->free(resident->backend, memory[i]);
  *resident = (NnResident){0};
}

bool nn_batch_loader_init(NnBatchLoader *feed, const NnSource *source, const NnBackend *backend,
                          size_t batch_size)
{
  size_t n = batch_size * nn_shape_size(source->shape);
  bool host = backend->host_memory;
  *feed = (NnBatchLoader){.source = source, .backend = backend};
  feed->x = nn_alloc_array(n, sizeof *feed->x);
  feed->labels = nn_alloc_array(batch_size, sizeof *feed->labels);
  feed->ids = nn_alloc_array(batch_size, sizeof *feed->ids);
  feed->device_x = host ? feed->x : backend->ops->alloc(backend, n * sizeof *feed->x);
  feed->device_labels =
      host ? feed->labels : backend->ops->alloc(backend, batch_size * sizeof *feed->labels);
  return feed->x && feed->labels && feed->ids && feed->device_x && feed->device_labels;
}

void nn_batch_loader_clear(NnBatchLoader *feed)
{
  if (feed->device_x && feed->device_x != feed->x)
    feed->backend->ops->free(feed->backend, feed->device_x);
  if (feed->device_labels && feed->device_labels != feed->labels)
    feed->backend->ops->free(feed->backend, feed->device_labels);
  nn_free(feed->x);
  nn_free(feed->labels);
  nn_free(feed->ids);
  *feed = (NnBatchLoader){0};
}

void nn_batch_loader_use(NnBatchLoader *feed, const NnResident *resident)
{
  NnBytes bytes;
  feed->resident = NULL;
  if (!resident || !resident->pixels || !feed->source->bytes ||
      !feed->source->bytes(feed->source, &bytes) || bytes.pixels != resident->host.pixels ||
      bytes.table != resident->host.table)
    return;
  feed->resident = resident;
  feed->map = bytes.indices;
}

void nn_batch_loader_translate(const NnBatchLoader *feed, const uint32_t *indices, size_t n,
                               uint32_t *ids, int32_t *labels)
{
  const int32_t *classes = feed->resident->host.classes;
  for (size_t i = 0; i < n; i++) {
    ids[i] = feed->map ? feed->map[indices[i]] : indices[i];
    if (labels)
      labels[i] = classes[ids[i]];
  }
}

void nn_batch_loader_load(NnBatchLoader *feed, const uint32_t *indices, size_t n, uint32_t epoch)
{
  const NnBackendOps *ops = feed->backend->ops;
  if (feed->resident) {
    nn_batch_loader_translate(feed, indices, n, feed->ids, feed->labels);
    return;
  }
  /* Samples are the same bits, whichever thread makes them. */
  NnFloatMode mode = nn_float_mode_keep();
  feed->source->gather(feed->source, indices, n, epoch, feed->x, feed->labels);
  nn_float_mode_set(mode);
  if (feed->backend->host_memory)
    return;
  ops->upload(feed->backend, feed->device_x, feed->x,
              n * nn_shape_size(feed->source->shape) * sizeof *feed->x);
  ops->upload(feed->backend, feed->device_labels, feed->labels, n * sizeof *feed->labels);
}

void nn_batch_loader_gather(const NnBatchLoader *feed, size_t n)
{
  const NnResident *resident = feed->resident;
  if (!resident)
    return;
  NnGather gather = {.pixels = resident->pixels,
                     .classes = resident->classes,
                     .table = resident->table,
                     .C = resident->host.C,
                     .S = resident->host.S,
                     .N = n,
                     .ids = feed->ids,
                     .x = feed->device_x,
                     .labels = feed->device_labels};
  feed->backend->ops->gather(feed->backend, &gather);
}
