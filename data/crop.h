/* crop.h: borders and cut-outs of whole pixels, made of a window's two maps; what Pad, CenterCrop,
 * RandomCrop and RandomResizedCrop share. */
#pragma once
#include "pixel-map.h"

/* Pixels; negative: so many are cut away. */
typedef struct {
  int left, top, right, bottom;
} NnBorder;

/* A picture within borders, one around the other, as maps: rows, then columns. */
typedef struct {
  NnForm in;   /* the picture's own */
  size_t H, W; /* with its borders */
  int *maps;   /* H + W entries, owned; NULL: not yet */
} NnCanvas;

bool nn_canvas_init(NnCanvas *canvas, const NnForm *in, NnError *err);
/* Puts a border around it; false on NN_ERR_NOMEM only. The caller has checked its size. */
bool nn_canvas_pad(NnCanvas *canvas, const NnBorder *border, NnBorderMode mode, NnError *err);

/* Reads a list of 1, 2 or 4 numbers as torchvision does: all sides; left and right, top and bottom;
 * left, top, right, bottom. */
NnBorder nn_border_read(const NnValue *padding);
/* Can a picture (H, W) of that step have it? torchvision mirrors tensors only as far as they have
 * pixels, and bytes as far as one likes. */
bool nn_border_check(const NnStep *step, const NnCanvas *canvas, const NnBorder *border,
                     NnBorderMode mode, NnError *err);

/* Cuts form `out` out of the canvas, `top` and `left` from its corner. */
typedef struct {
  const int *maps; /* of the canvas */
  size_t H;        /* of the canvas */
  NnForm in, out;
  size_t top, left;
  double fill;
} NnCrop;
void nn_crop_apply(const NnCrop *crop, const void *in, void *out);
