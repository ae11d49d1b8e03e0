/* picture-folder.h: reads a folder of pictures, one folder per class, as torchvision's ImageFolder
 * does. Thread: any. */
#pragma once
#include "data/dataset.h"
#include "load-watch.h"

/* Does `dir` hold pictures, itself or in its folders, whether they can be read here or not? Also
 * true where it holds so much else that bp_picture_folder_load() refuses it for that. */
bool bp_is_picture_folder(const char *dir);
/* A new data set "folder" of the pictures that bp_picture_list_read() lists; each is read as
 * bp_picture_file_read() says. dataset->note says what was decided, and which files were passed
 * over: hidden ones, those of other kinds, damaged and gigantic pictures. Errors, one sentence
 * each: those of bp_picture_list_read(), NN_ERR_FORMAT (no picture of a half can be read),
 * NN_ERR_ARG (more classes or pictures than allowed), NN_ERR_UNSUPPORTED (built without GdkPixbuf),
 * NN_ERR_NOMEM, NN_ERR_CANCELLED. `watch` (NULL: none) counts the pictures. */
bool bp_picture_folder_load(const char *dir, int rows, int columns, BpLoadWatch *watch,
                            NnDataset **dataset, NnError *err);
