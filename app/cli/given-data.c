/* given-data.c: see given-data.h. */
#include "given-data.h"
#include "app/datasets/open-data.h"
#include "ui/i18n.h"
#include <stdio.h>

bool cli_open_data(NnConfig *recipe, const char *dir, NnDataset **dataset, NnError *err)
{
  BpDataRequest request = bp_data_request(recipe, dir);
  if (!bp_open_data(&request, NN_PRACTICE_SEED, NULL, dataset, err) ||
      !bp_data_tell_recipe(*dataset, recipe, err))
    return false;
  if ((*dataset)->note)
    fprintf(stderr, "%s\n", (*dataset)->note);
  if ((*dataset)->practice && !dir)
    fprintf(stderr, _("MNIST was not found (--data DIR says where it is): practice digits drawn by "
                      "this program take its place.\n"));
  return true;
}
