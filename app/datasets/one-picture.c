/* one-picture.c: see one-picture.h. */
#include "one-picture.h"
#include "picture-file.h"

bool bp_one_picture_read(const char *path, int rows, int columns, uint8_t *out, int *height,
                         int *width, NnError *err)
{
  BpPictureStats stats = {.rows = rows, .columns = columns};
  bool ok = bp_picture_file_read(path, &stats, out, err) == BP_PICTURE_READ;
  *height = stats.max_h;
  *width = stats.max_w;
  bp_picture_stats_clear(&stats);
  return ok;
}
