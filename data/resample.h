/* resample.h: pictures of another size.
 *
 * Bytes follow Pillow: a triangle filter whose weights are whole numbers of 22 bits, one direction
 * after the other with a rounding to bytes between: along the rows first, unless H shrinks, and by
 * more than twice what W does; nearest takes the pixel under the center. nn_real follows PyTorch's
 * interpolate(): the same filter in float32, or, without antialias, the two neighbors; nearest
 * takes pixel floor(i · scale). One thing is not followed: where a tensor becomes one pixel wide,
 * PyTorch 2.15 gives all rows the value of the first. Sources: Pillow, Resample.c and Geometry.c;
 * PyTorch, UpSample.h and UpSampleKernel.cpp. */
#pragma once
#include "transform.h"
#include "engine/error.h"

typedef enum { NN_RESAMPLE_BYTES, NN_RESAMPLE_AREA, NN_RESAMPLE_TWO } NnResampleRule;

/* Weights of one direction: out[i] = Σ weight[i][k] · in[first[i] + k], k < count[i]. */
typedef struct {
  size_t n_in, n_out, width; /* width: entries in a row of weights */
  int *first, *count;
  int32_t *whole; /* NN_RESAMPLE_BYTES */
  nn_real *real;  /* the others */
} NnWeights;

/* How much memory nn_weights_make() wants for sides up to these. */
size_t nn_weights_bytes(size_t n_in, size_t n_out);
void nn_weights_make(NnWeights *weights, void *memory, size_t n_in, size_t n_out,
                     NnResampleRule rule);
/* in (C, H, W) → out; `between`: as many values as the larger of
 * in.H · out.W and out.H · in.W. */
typedef struct {
  NnForm in, out;
  NnWeights rows, columns;
} NnResample;
void nn_resample_apply(const NnResample *resample, const void *in, void *between, void *out);
/* Which pixel nearest takes, for each of n_out. */
void nn_map_nearest(int *map, size_t n_in, size_t n_out, bool tensor);

/* All of it: a plan for one pair of forms, into nn_resize_plan_bytes() of memory, and pictures
 * through it, with nn_resize_bytes() of scratch. Both sizes are enough for smaller inputs, too. */
typedef struct {
  NnForm in, out;
  bool bilinear, antialias;
} NnResize;
size_t nn_resize_plan_bytes(const NnForm *in, const NnForm *out);
size_t nn_resize_bytes(const NnForm *in, const NnForm *out);
void nn_resize_plan(const NnResize *resize, void *memory);
void nn_resize_run(const void *memory, void *scratch, const void *in, void *out);
/* A plan and a run for a single picture, which may be of any size. NN_ERR_NOMEM. */
bool nn_resize_once(const NnResize *resize, const void *in, void *out, NnError *err);
