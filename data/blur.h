/* blur.h: Gaussian blur with a border in a mirror (reflect), in two passes. Source: torchvision's
 * gaussian_blur(), which weighs the same numbers in one pass of a square kernel. */
#pragma once
#include "transform.h"

enum { NN_BLUR_MAX = 511 }; /* odd sides of kernels, at most */

/* One direction: `n` odd, at most 2 · side − 1; weights sum to 1. */
typedef struct {
  size_t n;
  nn_real weights[NN_BLUR_MAX];
} NnBlur;
void nn_blur_make(NnBlur *blur, size_t n, double sigma);

/* in, out: (H, W); they may be the same. scratch: nn_blur_scratch() bytes. */
size_t nn_blur_scratch(size_t H, size_t W);
typedef struct {
  size_t H, W;
  const NnBlur *along, *across; /* horizontal, vertical; n / 2 below W and H */
} NnBlurring;
void nn_blur_apply(const NnBlurring *blurring, void *scratch, const nn_real *in, nn_real *out);
