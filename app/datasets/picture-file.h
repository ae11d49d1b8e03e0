/* picture-file.h: one picture of a folder: whatever GdkPixbuf reads here, made gray and of one
 * size. Drawings without pixels of their own (SVG) are no pictures here. Thread: any. */
#pragma once
#include "engine/error.h"
#include "load-watch.h"
#include <glib.h>

G_BEGIN_DECLS

/* What has been seen, and what was done to it. Paths are owned: of the first such picture. `watch`
 * (borrowed, or NULL) counts them. */
typedef struct {
  int rows, columns;              /* wanted */
  int min_w, min_h, max_w, max_h; /* found so far; 0: none */
  guint n_turned, n_clear;        /* by what the camera says; given a background */
  char *turned, *clear;
  BpLoadWatch *watch;
} BpPictureStats;

void bp_picture_stats_clear(BpPictureStats *stats);

typedef enum {
  BP_PICTURE_READ,
  BP_PICTURE_DAMAGED, /* its content is no picture, or not all of one */
  BP_PICTURE_LARGE,   /* more pixels than would be unpacked in good faith */
  BP_PICTURE_FAILED   /* not its fault: NN_ERR_NOMEM */
} BpPictureResult;

/* Reads `path` into out (rows × columns bytes): turned upright as its EXIF orientation says, gray
 * as Pillow's "L" (ITU-R 601; of 16 bits the upper eight, where Pillow makes most of them white),
 * transparent ones on black where what can be seen is bright, else on
 * white, and scaled without regard to its proportions, as torchvision's Resize((rows, columns))
 * does. *err is filled unless it was read. */
BpPictureResult bp_picture_file_read(const char *path, BpPictureStats *stats, guint8 *out,
                                     NnError *err);

/* By the ending of its name (".png", in small letters): one that can be read here. */
bool bp_picture_ending_is_read(const char *ending);
/* The same, or one of a kind that other systems read: ".webp", ".heic". */
bool bp_picture_ending_is_known(const char *ending);
/* By the content: GdkPixbuf would read it. */
bool bp_picture_file_is_one(const char *path);

G_END_DECLS
