/* window.h: transforms that only move whole pixels: every row of the new picture is a row of the
 * old one or border, every column likewise. Padding, crops, mirrors and nearest-neighbor resizing
 * are all made of two such maps, and maps follow one another by looking one up in the other. */
#pragma once
#include "transform.h"

/* out[y][x] = in[rows[y]][columns[x]], or `fill` where one of the two is negative. */
typedef struct {
  const int *rows, *columns; /* out.H and out.W entries */
  NnForm in, out;
  double fill;
} NnPixelMap;
void nn_pixel_map_apply(const NnPixelMap *window, const void *in, void *out);

/* Fills map (before + n + after entries) with the indices of a padded side of n pixels; −1 where
 * the padding is constant. numpy.pad's modes: a mirror that is wider than the picture goes there
 * and back. Negative numbers cut pixels away, and must leave some. */
void nn_map_pad(int *map, size_t n, int before, int after, NnBorderMode mode);
/* map[i] = inner[map[i]]: first `inner`, then `map`. Negative entries stay. */
void nn_map_after(int *map, size_t n, const int *inner);
