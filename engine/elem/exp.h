/* exp.h: eˣ, eˣ − 1, tanh and the logistic function for nn_real. In float they are written as plain
 * arithmetic without branches, so that a loop over an array is vectorized, which a call of the C
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

/* ln(1 + e) for 0 ≤ e ≤ 1, as 2·artanh(e/(2 + e)): the argument is at most a third, and the series
 * in its square is cut off where float no longer sees the rest. */
NN_HD nn_real nn_log1p_unit(nn_real e)
{
#ifndef __CUDACC__
  if (sizeof(nn_real) == sizeof(float)) {
    float s = (float)e / (2 + (float)e), q = s * s;
    float sum = 1.0f / 13 + q * (1.0f / 15);
    sum = 1.0f / 11 + q * sum;
    sum = 1.0f / 9 + q * sum;
    sum = 1.0f / 7 + q * sum;
    sum = 1.0f / 5 + q * sum;
    sum = 1.0f / 3 + q * sum;
    return (nn_real)(2 * (s + s * q * sum));
  }
#endif
  return NN_M(log1p)(e);
}

/* ln(1 + eˣ), for any finite x. */
NN_HD nn_real nn_softplus_of(nn_real x)
{
  nn_real size = x < 0 ? -x : x;
  return (x < 0 ? (nn_real)0 : x) + nn_log1p_unit(nn_exp(-size));
}

#ifndef __CUDACC__
/* erf(z)/z from q = z² ≤ 1: the series 2/√π·Σ (−q)ᵏ/(k!·(2k + 1)), to k = 10. */
NN_HD float nn_erf_near_f32(float q)
{
  float sum = -1.0f / 6894720 + q * (1.0f / 76204800);
  sum = 1.0f / 685440 + q * sum;
  sum = -1.0f / 75600 + q * sum;
  sum = 1.0f / 9360 + q * sum;
  sum = -1.0f / 1320 + q * sum;
  sum = 1.0f / 216 + q * sum;
  sum = -1.0f / 42 + q * sum;
  sum = 1.0f / 10 + q * sum;
  sum = -1.0f / 3 + q * sum;
  return 1.12837917f * (1 + q * sum);
}

/* erfc(z)·e^(z²) for z ≥ 1: a polynomial in 1/(1 + 0.4z) without a constant, fitted by least
 * squares, weighted so that the largest error of erfc is 4·10⁻¹⁰. */
NN_HD float nn_erfc_far_f32(float z)
{
  float t = 1 / (1 + 0.4f * z);
  float sum = -0.387885201f + t * 0.0739334613f;
  sum = 0.658270555f + t * sum;
  sum = -0.327269489f + t * sum;
  sum = 0.363364787f + t * sum;
  sum = 0.164603898f + t * sum;
  sum = 0.229148045f + t * sum;
  return t * (0.225833945f + t * sum);
}
#endif

/* Φ(x), the share of normal random numbers below x. */
NN_HD nn_real nn_normal_cdf(nn_real x)
{
#ifndef __CUDACC__
  if (sizeof(nn_real) == sizeof(float)) {
    float signed_z = 0.70710678f * (float)x, z = signed_z < 0 ? -signed_z : signed_z, q = z * z;
    float beyond = 0.5f * nn_erfc_far_f32(z) * nn_exp_f32(-q);
    float near = 0.5f + 0.5f * signed_z * nn_erf_near_f32(q);
    float far = signed_z < 0 ? beyond : 1 - beyond;
    return (nn_real)(z < 1 ? near : far);
  }
#endif
  return (nn_real)0.5 * (1 + NN_M(erf)(x * (nn_real)0.70710678118654752440));
}
