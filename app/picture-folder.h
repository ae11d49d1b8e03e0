/* picture-folder.h: reads a folder of pictures, one folder per class, as torchvision's ImageFolder
 * does: classes in the order of their names, pictures in the order of theirs. Thread: any. */
#pragma once
#include "data/dataset.h"

/* Does `dir` hold PNG or JPEG files, itself or up to two folders deep? */
bool bp_is_picture_folder(const char *dir);
/* A new data set "folder" from DIR/train and DIR/test (or DIR/val) where there is a train folder;
 * else from DIR alone, and then every 7th picture is for testing. Pictures become gray as Pillow's
 * "L" (ITU-R 601), transparent ones on white, and are then scaled to rows × columns without regard
 * to their proportions: pixel by pixel what torchvision's Grayscale and Resize((rows, columns))
 * make of them. Each is in memory at its full size, one after the other. dataset->note says what
 * was decided. Files with other endings and hidden ones are passed over. Errors, one sentence each:
 * NN_ERR_IO (no folder, no pictures), NN_ERR_FORMAT (a class without pictures, a broken picture, a
 * class for testing that is not trained), NN_ERR_ARG (more classes or pictures than allowed),
 * NN_ERR_UNSUPPORTED (built without GdkPixbuf), NN_ERR_NOMEM. */
bool bp_picture_folder_load(const char *dir, int rows, int columns, NnDataset **dataset,
                            NnError *err);
