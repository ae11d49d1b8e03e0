/* elem.h: what element-wise formulas are written with. One header per activation and per optimizer
 * in the folders beside this file holds the arithmetic of one element as inline functions; the
 * backends compile them into loops (C) and kernels (CUDA), so each formula stands once.
 *
 * Such a header must compile as C11 and as C++17: no designated initializers, no restrict, no
 * implicit conversion from void * outside `#ifdef NN_ELEM_KINDS`. The descriptor for the registry
 * stands inside that guard, which only engine/elem/kinds.c defines. */
#pragma once
#ifndef __CUDACC__
#include "engine/tensor.h"
#define NN_HD static inline __attribute__((always_inline, unused))
#else
#define NN_HD static __host__ __device__ __forceinline__
#ifndef NN_REAL
#define NN_REAL float
#endif
typedef NN_REAL nn_real;
#endif
#include <math.h>

/* The maths function of nn_real's own precision: NN_M(exp)(x) is expf(x) for float. */
#ifdef __cplusplus
#define NN_M(fn) fn
#else
#define NN_M(fn) _Generic((nn_real)0, float : fn##f, double : fn)
#endif

enum {
  NN_MAX_STATE = 4,    /* state tensors of an optimizer, per parameter */
  NN_MAX_SCALARS = 16, /* numbers handed to an element's function */
  NN_MAX_NUMBERS = 24  /* flattened parameters of a kind */
};
