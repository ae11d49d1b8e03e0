/* conv.h: convolution as a product of matrices that are never stored: operands that find the
 * numbers of a patch in the picture, for gemm.h's tile.
 *
 *   forward   y (K, N·places)   = weight (K, patch) · patches (patch, N·places)
 *   dx        dx (C, N·pixels)  = weightᵀ (C, K·kernel) · what of dy looked at each pixel
 *   dweight   dweight (K, patch) = dy (K, N·places) · patchesᵀ, cut along N·places
 *
 * All for each group of channels by itself. */
#pragma once
#include "gemm.h"

/* An NnConv's sizes, as kernels want them. */
struct NnConvShape {
  int N, C, K, groups; /* C and K: of all groups */
  int in[2], out[2], kernel[2], stride[2], dilation[2], before[2], after[2];
  NnPadMode mode;
};

/* How a picture is looked at beside its borders. */
enum NnLook {
  NN_LOOK_INSIDE,  /* never beside them */
  NN_LOOK_ZEROS,   /* zeros are there */
  NN_LOOK_MODE,    /* what the padding mode says */
  NN_LOOK_DIVIDED, /* zeros, and only every stride-th place counts */
};

/* Pictures (N, channels, H, W), seen from a grid of places: place (h, w) looks at row
 * h·stride + start + i·step for element i of a filter; divided: at that row / divide, if whole. */
struct NnPictures {
  const float *x;
  int H, W, pixels, channels, n_places;
  int start[2], stride[2], step[2];
  NnPadMode mode;
  NnDivisor places, width;    /* of one picture's grid */
  NnDivisor kernel, kernel_w; /* elements of a filter, of its rows */
  NnDivisor divide_h, divide_w;
};

/* Where a pixel lies in its plane; −1: a zero. */
template <NnLook look> __device__ static inline int nn_pixel(const NnPictures &p, int h, int w)
{
  if (look == NN_LOOK_INSIDE)
    return h * p.W + w;
  if (look == NN_LOOK_MODE) {
    h = (int)nn_pad_source(p.mode, h, p.H);
    w = (int)nn_pad_source(p.mode, w, p.W);
    return h < 0 || w < 0 ? -1 : h * p.W + w;
  }
  bool there = h >= 0 && w >= 0;
  if (look == NN_LOOK_DIVIDED && there) {
    int row = nn_quotient(h, p.divide_h), column = nn_quotient(w, p.divide_w);
    there = row * (int)p.divide_h.divisor == h && column * (int)p.divide_w.divisor == w;
    h = row;
    w = column;
  }
  return there && h < p.H && w < p.W ? h * p.W + w : -1;
}

/* Rows are places, k is (channel, i, j): quads are four places beside each other. */
template <NnLook look> struct NnPatches {
  static constexpr bool ALONG_K = false;
  NnPictures p;

  struct Place {
    const float *x;            /* the first place's sample */
    int sample[4], h[4], w[4]; /* where the others' samples begin, from there; what is looked at */
  };

  __device__ Place place(int row) const
  {
    Place at = {};
    int first = 0;
    NN_UNROLL
    for (int i = 0; i < 4; i++) {
      int number = row + i < p.n_places ? row + i : p.n_places - 1;
      int n = nn_quotient(number, p.places), rest = number - n * (int)p.places.divisor;
      int h = nn_quotient(rest, p.width), w = rest - h * (int)p.width.divisor;
      first = i == 0 ? n : first;
      at.sample[i] = (n - first) * p.channels * p.pixels;
      at.h[i] = h * p.stride[0] + p.start[0];
      at.w[i] = w * p.stride[1] + p.start[1];
    }
    at.x = p.x + (size_t)first * (size_t)p.channels * (size_t)p.pixels;
    return at;
  }

  __device__ float4 load(const Place &at, int k, int end) const
  {
    float v[4] = {0, 0, 0, 0};
    int c = nn_quotient(k, p.kernel), element = k - c * (int)p.kernel.divisor;
    int i = nn_quotient(element, p.kernel_w), j = element - i * (int)p.kernel_w.divisor;
    const float *x = at.x + (size_t)c * (size_t)p.pixels;
    NN_UNROLL
    for (int q = 0; q < 4; q++) {
      int pixel = nn_pixel<look>(p, at.h[q] + i * p.step[0], at.w[q] + j * p.step[1]);
      if (k < end && (look == NN_LOOK_INSIDE || pixel >= 0))
        v[q] = x[at.sample[q] + pixel];
    }
    return make_float4(v[0], v[1], v[2], v[3]);
  }
};

/* The same numbers the other way round: rows are (channel, i, j), k runs over the places. */
template <NnLook look> struct NnTurnedPatches {
  static constexpr bool ALONG_K = true;
  NnPictures p;
  int n_rows;

  struct Place {
    const float *x;
    int h, w;
  };

  __device__ Place place(int row) const
  {
    int number = row < n_rows ? row : n_rows - 1;
    int c = nn_quotient(number, p.kernel), element = number - c * (int)p.kernel.divisor;
    int i = nn_quotient(element, p.kernel_w), j = element - i * (int)p.kernel_w.divisor;
    Place at = {p.x + (size_t)c * (size_t)p.pixels, i * p.step[0] + p.start[0],
                j * p.step[1] + p.start[1]};
    return at;
  }

  __device__ float4 load(const Place &at, int k, int end) const
  {
    float v[4] = {0, 0, 0, 0};
    int n = nn_quotient(k, p.places), rest = k - n * (int)p.places.divisor;
    int h = nn_quotient(rest, p.width), w = rest - h * (int)p.width.divisor;
    const float *x = at.x + (size_t)n * (size_t)p.channels * (size_t)p.pixels;
    NN_UNROLL
    for (int q = 0; q < 4; q++) {
      int pixel = nn_pixel<look>(p, h * p.stride[0] + at.h, w * p.stride[1] + at.w);
      if (k + q < end && (look == NN_LOOK_INSIDE || pixel >= 0))
        v[q] = x[pixel];
      if (++w == (int)p.width.divisor) {
        w = 0;
        h++;
      }
      if (++rest == (int)p.places.divisor) {
        rest = h = 0;
        x += (size_t)p.channels * (size_t)p.pixels;
      }
    }
    return make_float4(v[0], v[1], v[2], v[3]);
  }
};

/* dy as (channel, N·places). quads: a picture's places are a multiple of four, and aligned. */
struct NnGradients {
  static constexpr bool ALONG_K = true;
  const float *dy;
  int n_rows, channels;
  bool quads;
  NnDivisor places;

  struct Place {
    const float *dy;
    bool there;
  };

  __device__ Place place(int row) const
  {
    Place at = {dy + (size_t)(row < n_rows ? row : 0) * places.divisor, row < n_rows};
    return at;
  }

  __device__ float4 load(const Place &at, int k, int end) const
  {
    float v[4] = {0, 0, 0, 0};
    int n = nn_quotient(k, places), rest = k - n * (int)places.divisor;
    const float *from = at.dy + (size_t)n * (size_t)channels * places.divisor + rest;
    if (quads && at.there && k + 3 < end)
      return *(const float4 *)from;
    NN_UNROLL
    for (int q = 0; q < 4; q++) {
      if (at.there && k + q < end)
        v[q] = *from;
      from++;
      if (++rest == (int)places.divisor) {
        rest = 0;
        from += (size_t)(channels - 1) * places.divisor;
      }
    }
    return make_float4(v[0], v[1], v[2], v[3]);
  }
};

/* weight (K, C, kernel) with rows c and k = (filter, element). */
struct NnTurnedWeight {
  static constexpr bool ALONG_K = false;
  const float *weight;
  int n_rows;
  NnDivisor kernel;

  struct Place {
    const float *weight;
    int left;
  };

  __device__ Place place(int row) const
  {
    Place at = {weight + (size_t)(row < n_rows ? row : 0) * kernel.divisor, n_rows - row};
    return at;
  }

  __device__ float4 load(const Place &at, int k, int end) const
  {
    float v[4] = {0, 0, 0, 0};
    int filter = nn_quotient(k, kernel), element = k - filter * (int)kernel.divisor;
    const float *from = at.weight + (size_t)filter * (size_t)n_rows * kernel.divisor + element;
    NN_UNROLL
    for (int q = 0; q < 4; q++)
      if (k < end && q < at.left)
        v[q] = from[q * (int)kernel.divisor];
    return make_float4(v[0], v[1], v[2], v[3]);
  }
};

/* y (N, channels, places) = sums (rows, N·places) + bias. */
struct NnPicturesResult {
  float *y;
  const float *bias; /* NULL: none */
  int n_rows, n_places, channels;
  bool quads;
  NnDivisor places;

  __device__ void put(int m, int row, float4 sums) const
  {
    if (m >= n_rows || row >= n_places)
      return;
    int n = nn_quotient(row, places), rest = row - n * (int)places.divisor;
    float *to = y + ((size_t)n * (size_t)channels + (size_t)m) * places.divisor + rest;
    float b = bias ? bias[m] : 0, v[4] = {sums.x + b, sums.y + b, sums.z + b, sums.w + b};
    if (quads) {
      *(float4 *)to = make_float4(v[0], v[1], v[2], v[3]);
      return;
    }
    NN_UNROLL
    for (int q = 0; q < 4; q++) {
      if (row + q < n_places)
        *to = v[q];
      to++;
      if (++rest == (int)places.divisor) {
        rest = 0;
        to += (size_t)(channels - 1) * places.divisor;
      }
    }
  }
};
