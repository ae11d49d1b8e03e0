/* loaders.c: see loaders.h. */
#include "loaders.h"
#include "engine/mem.h"

static NnPipelineSpec list_of(const NnConfig *recipe, bool test)
{
  const NnConfig *data = nn_config_child(recipe, "data");
  const NnValue *transforms = nn_config_value(data, "transforms");
  const NnValue *own = nn_config_value(data, "test_transforms");
  bool has_own = test && own->n > 0;
  const NnValue *list = has_own ? own : transforms;
  return (NnPipelineSpec){.transforms = list->configs,
                          .n_transforms = list->n,
                          .path = has_own ? "data.test_transforms" : "data.transforms",
                          .chance = has_own || !test};
}

/* What a network gets to see must be a tensor: PyTorch's loader refuses PIL's pictures, too. */
static bool plan_list(const NnConfig *recipe, bool test, NnShape in, NnShape *out, NnError *err)
{
  NnPipeline pipeline;
  NnPipelineSpec spec = list_of(recipe, test);
  spec.shape = in;
  if (!nn_pipeline_init(&pipeline, &spec, err))
    return false;
  bool tensor = pipeline.out.tensor;
  *out = nn_pipeline_shape(&pipeline);
  nn_pipeline_clear(&pipeline);
  return tensor || nn_fail(err, NN_ERR_SHAPE, spec.path,
                           "%s: the list does not convert the images to tensors, which a network "
                           "needs; add ToTensor at the end.",
                           spec.path);
}

bool nn_transforms_check(const NnConfig *recipe, NnShape in, NnShape *out, NnError *err)
{
  NnShape test;
  if (!plan_list(recipe, false, in, out, err) || !plan_list(recipe, true, in, &test, err))
    return false;
  if (nn_shape_equal(*out, test))
    return true;
  return nn_fail(
      err, NN_ERR_SHAPE, "data.test_transforms",
      "data.test_transforms: test images become %zu × %zu pixels, but the network is built for %zu "
      "× %zu, the size of the training images; both lists must end with the same size.",
      test.dims[1], test.dims[2], out->dims[1], out->dims[2]);
}

static bool set_test_list(NnConfig *data, NnConfig **list, int n, NnError *err)
{
  bool ok = true;
  for (int i = 0; i < n; i++) {
    ok = ok && nn_config_insert(data, "test_transforms", i, list[i], err);
    list[i] = NULL;
  }
  return ok;
}

bool nn_transforms_spell_out(const NnConfig *recipe, NnShape in, NnConfig **spelled, NnError *err)
{
  NnConfig **list = NULL;
  int n = 0;
  NnPipelineSpec spec = list_of(recipe, false);
  spec.shape = in;
  *spelled = nn_config_copy(recipe, err);
  bool ok = *spelled;
  NnConfig *data = ok ? nn_config_child(*spelled, "data") : NULL;
  if (ok && nn_config_count(data, "test_transforms") == 0) {
    ok = nn_pipeline_spell_out(&spec, &list, &n, err);
    bool same = ok && n == spec.n_transforms;
    for (int i = 0; same && i < n; i++)
      same = nn_config_equal(list[i], spec.transforms[i]);
    if (ok && !same)
      ok = set_test_list(data, list, n, err);
  }
  for (int i = 0; i < n; i++)
    nn_config_free(list[i]);
  nn_free(list);
  if (!ok) {
    nn_config_free(*spelled);
    *spelled = NULL;
  }
  return ok;
}

bool nn_loader_open(NnLoader *loader, const NnDataset *dataset, NnView view, const NnConfig *recipe,
                    NnError *err)
{
  NnShape shape;
  NnLoaderOptions options = {.dataset = dataset,
                             .split = view == NN_VIEW_TEST ? &dataset->test : &dataset->train,
                             .list = list_of(recipe, view != NN_VIEW_TRAIN),
                             .ahead = view == NN_VIEW_TRAIN,
                             .seed = nn_config_seed(recipe, "seed")};
  *loader = (NnLoader){0};
  return nn_transforms_check(recipe, dataset->shape, &shape, err) &&
         nn_loader_init(loader, &options, err);
}

/* The same list, and nothing in it that is drawn. */
static bool needs_own(const NnLoaders *loaders, const NnConfig *recipe)
{
  return list_of(recipe, true).transforms != list_of(recipe, false).transforms ||
         loaders->train.pipeline.drawn_anew;
}

bool nn_loaders_open(NnLoaders *loaders, const NnDataset *dataset, const NnConfig *recipe,
                     NnError *err)
{
  *loaders = (NnLoaders){0};
  if (nn_loader_open(&loaders->train, dataset, NN_VIEW_TRAIN, recipe, err) &&
      nn_loader_open(&loaders->test, dataset, NN_VIEW_TEST, recipe, err) &&
      (!needs_own(loaders, recipe) ||
       nn_loader_open(&loaders->evaluated, dataset, NN_VIEW_TRAIN_EVALUATED, recipe, err)))
    return true;
  nn_loaders_clear(loaders);
  return false;
}

void nn_loaders_clear(NnLoaders *loaders)
{
  nn_loader_clear(&loaders->train);
  nn_loader_clear(&loaders->test);
  nn_loader_clear(&loaders->evaluated);
}

const NnSource *nn_loaders_evaluated(const NnLoaders *loaders)
{
  return loaders->evaluated.dataset ? &loaders->evaluated.source : &loaders->train.source;
}
