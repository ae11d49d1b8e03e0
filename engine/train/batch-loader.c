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
  bool compiles = backend->ops->compile_step != NULL;
  if ((backend->host_memory && !compiles) || !source->bytes || !source->bytes(source, &bytes))
    return;
  bytes.indices = NULL;
  if (backend->host_memory) {
    *resident = (NnResident){.backend = backend,
                             .host = bytes,
                             .pixels = (uint8_t *)bytes.pixels,
                             .classes = (int32_t *)bytes.classes,
                             .table = (nn_real *)bytes.table};
    return;
  }
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
    if (memory[i] && !resident->backend->host_memory)
      resident->backend->ops->free(resident->backend, memory[i]);
  *resident = (NnResident){0};
}

bool nn_batch_loader_init(NnBatchLoader *loader, const NnSource *source, const NnBackend *backend,
                          size_t batch_size)
{
  size_t n = batch_size * nn_shape_size(source->shape);
  bool host = backend->host_memory;
  *loader = (NnBatchLoader){.source = source, .backend = backend, .batch_size = batch_size};
  loader->x = nn_alloc_array(n, sizeof *loader->x);
  loader->labels = nn_alloc_array(batch_size, sizeof *loader->labels);
  loader->ids = nn_alloc_array(batch_size, sizeof *loader->ids);
  loader->device_x = host ? loader->x : backend->ops->alloc(backend, n * sizeof *loader->x);
  loader->device_labels =
      host ? loader->labels : backend->ops->alloc(backend, batch_size * sizeof *loader->labels);
  return loader->x && loader->labels && loader->ids && loader->device_x && loader->device_labels;
}

void nn_batch_loader_clear(NnBatchLoader *loader)
{
  if (loader->device_x && loader->device_x != loader->x)
    loader->backend->ops->free(loader->backend, loader->device_x);
  if (loader->device_labels && loader->device_labels != loader->labels)
    loader->backend->ops->free(loader->backend, loader->device_labels);
  nn_free(loader->x);
  nn_free(loader->labels);
  nn_free(loader->ids);
  *loader = (NnBatchLoader){0};
}

void nn_batch_loader_use(NnBatchLoader *loader, const NnResident *resident)
{
  NnBytes bytes;
  loader->resident = NULL;
  if (!resident || !resident->pixels || !loader->source->bytes ||
      !loader->source->bytes(loader->source, &bytes) || bytes.pixels != resident->host.pixels ||
      bytes.table != resident->host.table)
    return;
  loader->resident = resident;
  loader->map = bytes.indices;
}

void nn_batch_loader_translate(const NnBatchLoader *loader, const uint32_t *indices, size_t n,
                               uint32_t *ids, int32_t *labels)
{
  const int32_t *classes = loader->resident->host.classes;
  for (size_t i = 0; i < n; i++) {
    ids[i] = loader->map ? loader->map[indices[i]] : indices[i];
    if (labels)
      labels[i] = classes[ids[i]];
  }
}

/* The same bits, whichever thread makes them. */
void nn_batch_loader_prepare(const NnBatchLoader *loader, const uint32_t *indices, size_t n,
                             uint32_t epoch, nn_real *x, int32_t *labels)
{
  NnFloatMode mode = nn_float_mode_keep();
  loader->source->gather(loader->source, indices, n, epoch, x, labels);
  nn_float_mode_set(mode);
}

void nn_batch_loader_load(NnBatchLoader *loader, const uint32_t *indices, size_t n, uint32_t epoch)
{
  const NnBackendOps *ops = loader->backend->ops;
  if (loader->resident) {
    nn_batch_loader_translate(loader, indices, n, loader->ids, loader->labels);
    return;
  }
  nn_batch_loader_prepare(loader, indices, n, epoch, loader->x, loader->labels);
  if (loader->backend->host_memory)
    return;
  ops->upload(loader->backend, loader->device_x, loader->x,
              n * nn_shape_size(loader->source->shape) * sizeof *loader->x);
  ops->upload(loader->backend, loader->device_labels, loader->labels, n * sizeof *loader->labels);
}

void nn_batch_loader_gather(const NnBatchLoader *loader, size_t n)
{
  const NnResident *resident = loader->resident;
  if (!resident)
    return;
  NnGather gather = {.pixels = resident->pixels,
                     .classes = resident->classes,
                     .table = resident->table,
                     .C = resident->host.C,
                     .S = resident->host.S,
                     .N = n,
                     .ids = loader->ids,
                     .x = loader->device_x,
                     .labels = loader->device_labels};
  loader->backend->ops->gather(loader->backend, &gather);
}
