/* picture-folder-absent.c: picture-folder.h in a build without GdkPixbuf. */
#include "one-picture.h"
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

bool bp_one_picture_read(const char *path, int rows, int columns, uint8_t *out, int *height,
                         int *width, NnError *err)
{
  return nn_fail(err, NN_ERR_UNSUPPORTED, path,
                 "%s cannot be read: this program was built without GdkPixbuf.", path);
}
