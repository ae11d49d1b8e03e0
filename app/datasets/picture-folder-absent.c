/* picture-folder-absent.c: picture-folder.h in a build without GdkPixbuf. */
#include "picture-folder.h"

bool bp_is_picture_folder(const char *dir)
{
  return false;
}

bool bp_picture_folder_load(const char *dir, int rows, int columns, BpLoadWatch *watch,
                            NnDataset **dataset, NnError *err)
{
  return nn_fail(err, NN_ERR_UNSUPPORTED, dir,
                 "This build of Backprop cannot read a folder of images because it was made "
                 "without GdkPixbuf.");
}
