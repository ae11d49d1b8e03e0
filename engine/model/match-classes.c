/* match-classes.c: adapts a network made for other classes to the classes of the data. */
#include "engine/text.h"
#include "model.h"
#include <stdio.h>
#include <string.h>

int nn_model_match_classes(NnConfig *recipe, NnShape input, int n_classes)
{
  int last = nn_config_count(recipe, "network") - 1;
  NnConfig *layer = last < 0 ? NULL : nn_config_at(recipe, "network", last);
  if (!layer || strcmp(layer->kind->name, "Linear") != 0)
    return -1;
  double before = nn_config_number(layer, "out_features");
  if (!nn_config_set_number(layer, "out_features", n_classes, NULL))
    return -1;
  if (nn_model_check(recipe, input, n_classes, NULL, NULL, NULL, NULL))
    return last;
  nn_config_set_number(layer, "out_features", before, NULL);
  return -1;
}

const char *nn_model_matched_text(int n_classes, char text[NN_MATCHED_TEXT])
{
  snprintf(text, NN_MATCHED_TEXT,
           nn_text_n("The last layer now has %d output, one for each class.",
                     "The last layer now has %d outputs, one for each class.",
                     (unsigned long)n_classes),
           n_classes);
  return text;
}

static bool insert(NnConfig *recipe, int index, const char *kind)
{
  NnConfig *layer = nn_config_new(nn_kind_find(NN_CLASS_LAYER, kind), NULL);
  return layer && nn_config_insert(recipe, "network", index, layer, NULL);
}

static bool extend(NnConfig *recipe, NnShape input, int n_classes)
{
  int n = nn_config_count(recipe, "network");
  if (nn_model_match_classes(recipe, input, n_classes) >= 0)
    return true;
  if (!insert(recipe, n, "Linear"))
    return false;
  return nn_model_match_classes(recipe, input, n_classes) >= 0 ||
         (insert(recipe, n, "Flatten") && nn_model_match_classes(recipe, input, n_classes) >= 0);
}

bool nn_model_mend(const NnConfig *recipe, NnShape input, int n_classes, NnConfig **mended)
{
  NnConfig *copy = nn_config_copy(recipe, NULL);
  if (copy && extend(copy, input, n_classes)) {
    *mended = copy;
    return true;
  }
  nn_config_free(copy);
  return false;
}
