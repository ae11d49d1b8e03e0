/* loader.c: see loader.h. Every transform so far treats each pixel alike, and a pixel has 256
 * values: what the whole chain makes of each is worked out once, and the loop looks it up. */
#include "loader.h"
#include "kinds.h"
#include <string.h>

enum { MAX_NUMBERS = 16 }; /* of one transform */

static void loader_gather(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                          nn_real *x, int32_t *labels)
{
  const NnLoader *loader = (const NnLoader *)source;
  const NnSplit *split = loader->split;
  const nn_real *table = loader->table;
  size_t size = nn_shape_size(source->shape);
  for (size_t i = 0; i < n; i++, x += size) {
    const uint8_t *pixels = split->images + indices[i] * size;
    for (size_t p = 0; p < size; p++)
      x[p] = table[pixels[p]];
    labels[i] = split->labels[indices[i]];
  }
}

static void apply(const NnConfig *config, nn_real table[256])
{
  const NnTransformKind *kind = (const NnTransformKind *)config->kind;
  double numbers[MAX_NUMBERS];
  nn_config_flatten(config, numbers, MAX_NUMBERS);
  for (int v = 0; v < 256; v++)
    table[v] = kind->pixel(numbers, table[v]);
}

bool nn_loader_init(NnLoader *loader, const NnDataset *dataset, const NnSplit *split,
                    NnConfig *const *transforms, int n, NnError *err)
{
  for (int i = 0; i < n; i++)
    if (transforms[i]->kind->klass != NN_CLASS_TRANSFORM)
      return nn_fail(err, NN_ERR_ARG, "data.transforms",
                     "data.transforms.%d is %s, which is no transform; give ToTensor or Normalize.",
                     i, transforms[i]->kind->name);
  *loader = (NnLoader){.source = {.n_samples = split->n,
                                  .shape = dataset->shape,
                                  .n_classes = dataset->n_classes,
                                  .gather = loader_gather},
                       .dataset = dataset,
                       .split = split};
  for (int v = 0; v < 256; v++)
    loader->table[v] = (nn_real)v;
  for (int i = 0; i < n; i++)
    apply(transforms[i], loader->table);
  return true;
}
