/* guarded.h: memory for comparing two backends. It lies between guard words, so that a step too far
 * shows, and outputs start as NaN, so that a missed element does. */
#pragma once
#include "engine/mem.h"
#include "engine/rng.h"
#include "tests/check.h"
#include <math.h>
#include <string.h>

static NnKeyedRng rng;

enum { GUARD = 16 };
static const nn_real guard_value = (nn_real)-12345.5;

/* n floats between guards; filled with normals, or NaN */
__attribute__((unused, noinline)) static nn_real *buffer(size_t n, bool random)
{
  nn_real *whole = nn_alloc_array(n + 2 * GUARD, sizeof *whole);
  for (size_t i = 0; i < n + 2 * GUARD; i++)
    whole[i] = i < GUARD || i >= n + GUARD ? guard_value
               : random                    ? (nn_real)nn_keyed_normal(&rng)
                                           : (nn_real)NAN;
  return whole + GUARD;
}

__attribute__((unused, noinline)) static nn_real *copy_of(const nn_real *values, size_t n)
{
  nn_real *copy = buffer(n, false);
  memcpy(copy, values, n * sizeof *copy);
  return copy;
}

__attribute__((unused, noinline)) static void release(nn_real *values, size_t n)
{
  for (int i = 0; i < GUARD; i++) {
    nn_check(values[i - GUARD] == guard_value);
    nn_check(values[n + (size_t)i] == guard_value);
  }
  nn_free(values - GUARD);
}

__attribute__((unused, noinline)) static void agree(nn_real *a, nn_real *b, size_t n, double atol,
                                                    double rtol)
{
  nn_check_close(a, b, n, atol, rtol);
  release(a, n);
  release(b, n);
}
