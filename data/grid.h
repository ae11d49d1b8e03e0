/* grid.h: torchvision's way of looking pictures up at places of a grid, private to geometry.c: the
 * middle is (0, 0), the edges are ±1; see geometry.h. */
#pragma once
#include "geometry.h"

/* `m` maps pixels counted from the middle. Pictures of nn_real. */
void nn_grid_affine(const NnSampling *sampling, const double m[6], const nn_real *in, nn_real *out);
