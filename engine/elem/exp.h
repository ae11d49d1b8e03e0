/* exp.h: eˣ, eˣ − 1, tanh and the logistic function for nn_real. In float they are written as plain
 * arithmetic without branches, so that a loop over an array is vectorised, which a call of the C
 * library's function prevents; in double and on CUDA they are the library's own.
 *
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r − 1 is its Taylor polynomial of degree 7, whose error
 * there is under 2·10⁻⁸ of r; 2ⁿ is put together from bits, in two halves, so that the range of
 * float is used to its ends. */
#pragma once
#include "engine/elem/elem.h"
#include <stdint.h>
#include <string.h>

#ifndef __CUDACC__
/* 2ⁿ for −126 ≤ n ≤ 127 */
NN_HD float nn_pow2_f32(int32_t n)
{
  int32_t bits = (int32_t)((uint32_t)(n + 127) << 23);
  float power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

/* Splits x into n and e^r − 1. Past the limits the result is 0 or infinite in float anyway; a NaN
 * goes through, because no comparison with it is true. */
NN_HD float nn_split_exp_f32(float x, int32_t *n)
{
  const float shift = 12582912.0f; /* 1.5·2²³: adding it rounds to a whole number */
  int32_t shifted, zero;
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  float sum = x * 1.44269504f + shift, whole = sum - shift;
  memcpy(&shifted, &sum, sizeof shifted);
  memcpy(&zero, &shift, sizeof zero);
  *n = shifted - zero;
  float r = x - whole * 0.693359375f; /* ln 2 in two parts; the first has few bits */
  r = r + whole * 2.12194440e-4f;
  float tail = 1.0f / 720 + r * (1.0f / 5040);
  tail = 1.0f / 120 + r * tail;
  tail = 1.0f / 24 + r * tail;
  tail = 1.0f / 6 + r * tail;
  tail = 0.5f + r * tail;
  return r + r * r * tail;
}

NN_HD float nn_exp_f32(float x)
{
  int32_t n;
  float p = nn_split_exp_f32(x, &n);
  int32_t half = n >> 1;
  return (1 + p) * nn_pow2_f32(half) * nn_pow2_f32(n - half);
}

/* Exact near 0, where eˣ − 1 would lose its digits. */
NN_HD float nn_expm1_f32(float x)
{
  int32_t n;
  float p = nn_split_exp_f32(x, &n);
  int32_t half = n >> 1;
  float first = nn_pow2_f32(half), second = nn_pow2_f32(n - half);
  float power = first * second;
  /* At n = 128 the power itself would be infinite before the sum is. */
  return n > 126 ? (1 + p) * first * second : p * first * second + (power - 1);
}
#endif

NN_HD nn_real nn_exp(nn_real x)
{
#ifndef __CUDACC__
  if (sizeof(nn_real) == sizeof(float))
    return (nn_real)nn_exp_f32((float)x);
#endif
  return NN_M(exp)(x);
}

NN_HD nn_real nn_expm1(nn_real x)
{
#ifndef __CUDACC__
  if (sizeof(nn_real) == sizeof(float))
    return (nn_real)nn_expm1_f32((float)x);
#endif
  return NN_M(expm1)(x);
}

/* tanh |x| = e/(e + 2) with e = e^(2|x|) − 1; from 10 on it is 1 in float. */
NN_HD nn_real nn_tanh(nn_real x)
{
#ifndef __CUDACC__
  if (sizeof(nn_real) == sizeof(float)) {
    float size = x < 0 ? -(float)x : (float)x;
    float e = nn_expm1_f32(2 * (size > 10 ? 10 : size));
    float t = e / (e + 2);
    return (nn_real)(x < 0 ? -t : t);
  }
#endif
  return NN_M(tanh)(x);
}

/* e⁻ˣ may overflow to infinity for very negative x; the quotient is then 0, which is right. */
NN_HD nn_real nn_logistic(nn_real x)
{
  return 1 / (1 + nn_exp(-x));
}

/* ln(1 + eˣ), for any finite x. */
NN_HD nn_real nn_softplus_of(nn_real x)
{
  nn_real size = x < 0 ? -x : x;
  return (x < 0 ? (nn_real)0 : x) + NN_M(log1p)(nn_exp(-size));
}
