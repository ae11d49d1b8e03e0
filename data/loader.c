/* loader.c: see loader.h. */
#include "loader.h"

static void make(const NnLoader *loader, uint32_t index, uint32_t epoch, void *memory, nn_real *x)
{
  const NnForm *form = &loader->pipeline.in;
  NnKeyedRng rng;
  nn_keyed_init(&rng, loader->seed, NN_PURPOSE_TRANSFORM, epoch, index);
  nn_pipeline_run(&loader->pipeline, &rng, memory,
                  loader->split->images + index * nn_form_count(form), x);
}

/* For the thread that works ahead. */
static void make_ahead(const void *user, uint32_t index, uint32_t epoch, nn_real *x)
{
  const NnLoader *loader = user;
  void *memory;
  int slot = nn_slots_take(loader->slots, &memory);
  make(loader, index, epoch, memory, x);
  nn_slots_give(loader->slots, slot);
}

static void gather_here(const NnLoader *loader, const uint32_t *indices, size_t n, uint32_t epoch,
                        nn_real *x)
{
  size_t size = nn_shape_size(loader->source.shape);
  void *memory;
  int slot = nn_slots_take(loader->slots, &memory);
  for (size_t i = 0; i < n; i++)
    make(loader, indices[i], epoch, memory, x + i * size);
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

static void loader_expect(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch)
{
  const NnLoader *loader = (const NnLoader *)source;
  if (loader->prefetch)
    nn_prefetch_order(loader->prefetch, indices, n, epoch);
}

/* A table look-up is quicker than handing its result over. */
static bool is_worth_a_thread(const NnLoader *loader, bool training)
{
  return training && loader->pipeline.last >= 0 && !loader->pipeline.table;
}

static bool fill(NnLoader *loader, const NnLoaderOptions *options, NnError *err)
{
  NnPipelineSpec spec = {.shape = options->dataset->shape,
                         .transforms = options->transforms,
                         .n_transforms = options->n_transforms,
                         .training = options->training};
  if (!nn_pipeline_init(&loader->pipeline, &spec, err) ||
      !nn_slots_new(nn_pipeline_memory(&loader->pipeline), &loader->slots, err))
    return false;
  loader->source.shape = nn_pipeline_shape(&loader->pipeline);
  NnPrefetchSpec ahead = {.make = make_ahead,
                          .user = loader,
                          .size = nn_shape_size(loader->source.shape),
                          .n_samples = options->split->n};
  return !is_worth_a_thread(loader, options->training) ||
         nn_prefetch_new(&ahead, &loader->prefetch, err);
}

bool nn_loader_init(NnLoader *loader, const NnLoaderOptions *options, NnError *err)
{
  *loader = (NnLoader){.source = {.n_samples = options->split->n,
                                  .n_classes = options->dataset->n_classes,
                                  .gather = loader_gather,
                                  .expect = loader_expect},
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
  nn_slots_free(loader->slots);
  nn_pipeline_clear(&loader->pipeline);
  *loader = (NnLoader){0};
}

bool nn_transforms_check(NnConfig *const *transforms, int n, NnShape in, NnShape *out, NnError *err)
{
  NnPipeline pipeline;
  NnPipelineSpec spec = {
      .shape = in, .transforms = transforms, .n_transforms = n, .training = true};
  if (!nn_pipeline_init(&pipeline, &spec, err))
    return false;
  *out = nn_pipeline_shape(&pipeline);
  nn_pipeline_clear(&pipeline);
  return true;
}
