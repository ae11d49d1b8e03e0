/* loader.c: see loader.h. */
#include "loader.h"
#include <string.h>

/* A picture after the first stage, which is kept where it does something. */
static const uint8_t *fixed_picture(const NnLoader *loader, uint32_t index, void *memory)
{
  const NnPipeline *pipeline = &loader->pipeline;
  const uint8_t *in = loader->split->images + index * nn_form_count(&pipeline->in), *found;
  uint8_t *slot;
  if (!loader->cache)
    return in;
  found = nn_picture_cache_find(loader->cache, index, &slot);
  if (found)
    return found;
  found = nn_pipeline_fix(pipeline, memory, in);
  if (slot) {
    memcpy(slot, found, nn_form_bytes(&pipeline->fixed));
    nn_picture_cache_done(loader->cache, index);
  }
  return found;
}

/* After the second; in `memory`, or where nothing was to do. */
static const void *drawn_picture(const NnLoader *loader, uint32_t index, uint32_t epoch,
                                 void *memory)
{
  NnKeyedRng rng;
  const uint8_t *in = fixed_picture(loader, index, memory);
  if (!loader->pipeline.draws)
    return in;
  nn_keyed_init(&rng, loader->seed, NN_PURPOSE_TRANSFORM, epoch, index);
  return nn_pipeline_draw(&loader->pipeline, &rng, memory, in);
}

/* For the thread that works ahead. */
static void make_ahead(const void *user, uint32_t index, uint32_t epoch, void *cell)
{
  const NnLoader *loader = user;
  void *memory;
  int slot = nn_slots_take(loader->slots, &memory);
  memcpy(cell, drawn_picture(loader, index, epoch, memory), nn_form_bytes(&loader->pipeline.drawn));
  nn_slots_give(loader->slots, slot);
}

static void deliver_ahead(const void *user, const void *cell, nn_real *x)
{
  const NnLoader *loader = user;
  nn_pipeline_deliver(&loader->pipeline, cell, x);
}

static void gather_here(const NnLoader *loader, const uint32_t *indices, size_t n, uint32_t epoch,
                        nn_real *x)
{
  size_t size = nn_shape_size(loader->source.shape);
  void *memory;
  int slot = nn_slots_take(loader->slots, &memory);
  for (size_t i = 0; i < n; i++)
    nn_pipeline_deliver(&loader->pipeline, drawn_picture(loader, indices[i], epoch, memory),
                        x + i * size);
  nn_slots_give(loader->slots, slot);
}

static void loader_gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                          nn_real *x, int32_t *labels)
{
  const NnLoader *loader = (const NnLoader *)source;
  for (size_t i = 0; i < n; i++)
    labels[i] = loader->split->labels[indices[i]];
  if (!loader->prefetch || !nn_prefetch_take(loader->prefetch, indices, n, epoch, x))
    gather_here(loader, indices, n, epoch, x);
}

static void loader_expect(const NnSampleOrder *order, uint32_t epoch)
{
  const NnLoader *loader = (const NnLoader *)order->source;
  if (loader->prefetch)
    nn_prefetch_order(loader->prefetch, order->indices, order->n, epoch);
}

/* Pictures after the first stage, all of them: what is missing is made now. NULL: there is no room
 * to keep them. */
static const uint8_t *all_fixed(const NnLoader *loader)
{
  void *memory;
  const uint8_t *all;
  size_t n = loader->split->n;
  if (!loader->cache)
    return loader->split->images;
  if (n > NN_PICTURE_CACHE_BYTES / nn_form_bytes(&loader->pipeline.fixed))
    return NULL;
  int slot = nn_slots_take(loader->slots, &memory);
  while (
      !(all = nn_picture_cache_all(loader->cache, n))) /* another thread may be at work on some */
    for (uint32_t i = 0; i < n; i++)
      fixed_picture(loader, i, memory);
  nn_slots_give(loader->slots, slot);
  return all;
}

static bool loader_bytes(const NnSource *source, NnBytes *bytes)
{
  const NnLoader *loader = (const NnLoader *)source;
  const NnPipeline *pipeline = &loader->pipeline;
  const uint8_t *pixels = pipeline->draws || !pipeline->table ? NULL : all_fixed(loader);
  if (!pixels)
    return false;
  size_t C = loader->source.shape.dims[0];
  *bytes = (NnBytes){.n_samples = loader->split->n,
                     .C = C,
                     .S = nn_shape_size(loader->source.shape) / C,
                     .pixels = pixels,
                     .classes = loader->split->labels,
                     .table = pipeline->table};
  return true;
}

static bool start_ahead(NnLoader *loader, NnError *err)
{
  NnPrefetchSpec ahead = {.make = make_ahead,
                          .deliver = deliver_ahead,
                          .user = loader,
                          .bytes = nn_form_bytes(&loader->pipeline.drawn),
                          .size = nn_shape_size(loader->source.shape),
                          .n_samples = loader->split->n};
  return nn_prefetch_new(&ahead, &loader->prefetch, err);
}

/* Where nothing is drawn, there is no work to hand over: pixels are looked up by who needs them. */
static bool fill(NnLoader *loader, const NnLoaderOptions *options, NnError *err)
{
  NnPipeline *pipeline = &loader->pipeline;
  NnPipelineSpec spec = options->list;
  spec.shape = options->dataset->shape;
  if (!nn_pipeline_init(pipeline, &spec, err) ||
      !nn_slots_new(nn_pipeline_memory(pipeline), &loader->slots, err))
    return false;
  loader->source.shape = nn_pipeline_shape(pipeline);
  if (pipeline->n_fixed && !nn_picture_cache_new(options->split->n, nn_form_bytes(&pipeline->fixed),
                                                 &loader->cache, err))
    return false;
  return !options->ahead || !pipeline->draws || start_ahead(loader, err);
}

bool nn_loader_init(NnLoader *loader, const NnLoaderOptions *options, NnError *err)
{
  *loader = (NnLoader){.source = {.n_samples = options->split->n,
                                  .n_classes = options->dataset->n_classes,
                                  .gather = loader_gather,
                                  .expect = loader_expect,
                                  .bytes = loader_bytes},
                       .dataset = options->dataset,
                       .split = options->split,
                       .seed = options->seed};
  if (fill(loader, options, err))
    return true;
  nn_loader_clear(loader);
  return false;
}

void nn_loader_clear(NnLoader *loader)
{
  nn_prefetch_free(loader->prefetch);
  nn_picture_cache_free(loader->cache);
  nn_slots_free(loader->slots);
  nn_pipeline_clear(&loader->pipeline);
  *loader = (NnLoader){0};
}
