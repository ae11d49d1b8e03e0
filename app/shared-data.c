/* shared-data.c: see shared-data.h. */
#include "shared-data.h"

BpData *bp_data_new(NnDataset *set)
{
  BpData *data = g_atomic_rc_box_new0(BpData);
  data->set = set;
  return data;
}

BpData *bp_data_ref(BpData *data)
{
  return g_atomic_rc_box_acquire(data);
}

static void clear(gpointer data)
{
  nn_dataset_free(((BpData *)data)->set);
}

void bp_data_unref(BpData *data)
{
  if (data)
    g_atomic_rc_box_release_full(data, clear);
}

bool bp_data_loader(const BpData *data, bool training, const NnConfig *recipe, NnLoader *loader,
                    NnError *err)
{
  const NnValue *transforms = nn_config_value(nn_config_child(recipe, "data"), "transforms");
  NnLoaderOptions options = {.dataset = data->set,
                             .split = training ? &data->set->train : &data->set->test,
                             .transforms = transforms->configs,
                             .n_transforms = transforms->n,
                             .training = training,
                             .seed = (uint64_t)nn_config_number(recipe, "seed")};
  return nn_loader_init(loader, &options, err);
}
