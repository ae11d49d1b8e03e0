/* geometry.h: turning, shearing, scaling, shifting and bending pictures: every pixel of the new
 * picture is looked up at a place of the old one.
 *
 * Bytes follow Pillow's transform() and rotate(): nearest counts in 16.16 fixed point, bilinear
 * clamps neighbors and cuts the result to a byte. nn_real follows torchvision's grid_sample() with
 * a mask for the fill: neighbors outside count 0, and the sum is weighted by the mask once more.
 * The result has the form of the input. Sources: Pillow, Geometry.c and Image.py; torchvision,
 * _functional_tensor.py; PyTorch, GridSamplerKernel.cpp. */
#pragma once
#include "transform.h"

typedef struct {
  NnForm form;
  bool bilinear;
  double fill;
} NnSampling;

/* functional.rotate(): degrees, counter-clockwise, about the center. */
void nn_rotate(const NnSampling *sampling, double angle, const void *in, void *out);

/* functional.affine(): degrees, clockwise; whole pixels to the right and down; shear in degrees. */
typedef struct {
  double angle, tx, ty, scale, shear_x, shear_y;
} NnAffine;
void nn_affine(const NnSampling *sampling, const NnAffine *affine, const void *in, void *out);

/* functional.elastic_transform(): dx, dy (H, W) in halves of the width and of the height. Bytes are
 * sampled as numbers and rounded. */
void nn_displace(const NnSampling *sampling, const nn_real *dx, const nn_real *dy, const void *in,
                 void *out);
