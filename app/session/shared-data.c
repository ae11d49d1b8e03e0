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

static gsize picture_bytes(const NnDataset *set, const NnSplit *split)
{
  return split->n * nn_shape_size(set->shape);
}

static bool same_pictures(const NnDataset *set, const NnSplit *a, const NnSplit *b)
{
  return a->n == b->n && memcmp(a->labels, b->labels, a->n * sizeof *a->labels) == 0 &&
         memcmp(a->images, b->images, picture_bytes(set, a)) == 0;
}

static bool same_names(const NnDataset *a, const NnDataset *b)
{
  char x[NN_CLASS_TEXT], y[NN_CLASS_TEXT];
  for (int i = 0; i < a->n_classes; i++)
    if (!g_str_equal(nn_dataset_class_name(a, i, x), nn_dataset_class_name(b, i, y)))
      return false;
  return g_str_equal(a->name, b->name) && g_str_equal(a->title, b->title);
}

bool bp_data_equal(const BpData *a, const BpData *b)
{
  const NnDataset *x = a->set, *y = b->set;
  return x == y ||
         (nn_shape_equal(x->shape, y->shape) && x->n_classes == y->n_classes && same_names(x, y) &&
          same_pictures(x, &x->train, &y->train) && same_pictures(x, &x->test, &y->test));
}
