/* shared-data.c: see shared-data.h. */
#include "shared-data.h"

BpData *bp_data_new(NnDataset *set)
{
  BpData *data = g_atomic_rc_box_new0(BpData);
  data->set = set;
  nn_dataset_checksum(set, data->checksum);
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

bool bp_data_equal(const BpData *a, const BpData *b)
{
  char x[NN_CLASS_TEXT], y[NN_CLASS_TEXT];
  bool same = g_str_equal(a->checksum, b->checksum) && g_str_equal(a->set->name, b->set->name) &&
              g_str_equal(a->set->title, b->set->title) && a->set->n_classes == b->set->n_classes;
  for (int i = 0; same && i < a->set->n_classes; i++)
    same = g_str_equal(nn_dataset_class_name(a->set, i, x), nn_dataset_class_name(b->set, i, y));
  return same;
}
