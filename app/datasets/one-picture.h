/* one-picture.h: a single picture of any kind that GdkPixbuf reads, gray and of one size: see
 * picture-file.h. Without GLib. */
#pragma once
#include "engine/error.h"
#include <stdint.h>

/* out: rows × columns bytes; *height and *width are its own. Errors: one sentence with the path. */
bool bp_one_picture_read(const char *path, int rows, int columns, uint8_t *out, int *height,
                         int *width, NnError *err);
