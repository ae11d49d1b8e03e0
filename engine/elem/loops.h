/* loops.h: the element-wise formulas as loops over arrays, for the backends that run on the host.
 * Included by ref.c and, once per instruction set, by kernels.c, so that each formula
 * is compiled for each of them. A private header: everything here is static. */
#pragma once
#include "engine/elem/list.h"
#include "engine/kind-elements.h"
#include <string.h>

typedef void (*NnActForward)(const nn_real *p, size_t n, const nn_real *x, nn_real *y);
typedef void (*NnActBackward)(const nn_real *p, size_t n, const nn_real *x, const nn_real *y,
                              const nn_real *dy, nn_real *dx);

#define NN_X(name)                                                                        \
  static void name##_forward_loop(const nn_real *p, size_t n, const nn_real *restrict x,  \
                                  nn_real *restrict y)                                    \
  {                                                                                       \
    for (size_t i = 0; i < n; i++)                                                        \
      y[i] = nn_##name##_forward(x[i], p);                                                \
  }                                                                                       \
  static void name##_backward_loop(const nn_real *p, size_t n, const nn_real *restrict x, \
                                   const nn_real *restrict y, const nn_real *restrict dy, \
                                   nn_real *restrict dx)                                  \
  {                                                                                       \
    for (size_t i = 0; i < n; i++)                                                        \
      dx[i] = dy[i] * nn_##name##_backward(x[i], y[i], p);                                \
  }
NN_ACTIVATIONS(NN_X)
#undef NN_X

#define NN_X(name) name##_forward_loop,
static const NnActForward forward_loops[] = {NN_ACTIVATIONS(NN_X)};
#undef NN_X
#define NN_X(name) name##_backward_loop,
static const NnActBackward backward_loops[] = {NN_ACTIVATIONS(NN_X)};
#undef NN_X

/* One update of n elements. The number of state tensors is a constant in each case of the switch,
 * so that the compiler keeps the states in registers and drops those that are not there. */
typedef void (*NnOptLoop)(int n_state, const nn_real *scalars, size_t n, const nn_real *g,
                          nn_real *const *state, nn_real *w);

#define NN_OPT_BODY(name, count)                                \
  case count:                                                   \
    if (count > NN_N_STATE_##name)                              \
      break;                                                    \
    _Pragma("GCC ivdep") /* no two states or weights overlap */ \
        for (size_t i = 0; i < n; i++)                          \
    {                                                           \
      nn_real s[NN_MAX_STATE] = {0};                            \
      if (count > 0)                                            \
        s[0] = s0[i];                                           \
      if (count > 1)                                            \
        s[1] = s1[i];                                           \
      if (count > 2)                                            \
        s[2] = s2[i];                                           \
      if (count > 3)                                            \
        s[3] = s3[i];                                           \
      w[i] = nn_##name##_update(w[i], g[i], s, k);              \
      if (count > 0)                                            \
        s0[i] = s[0];                                           \
      if (count > 1)                                            \
        s1[i] = s[1];                                           \
      if (count > 2)                                            \
        s2[i] = s[2];                                           \
      if (count > 3)                                            \
        s3[i] = s[3];                                           \
    }                                                           \
    break;

/* `k` is a copy: no store to a weight or state could change it, and it stays in registers. */
#define NN_X(name)                                                                 \
  static void name##_update_loop(int n_state, const nn_real *scalars, size_t n,    \
                                 const nn_real *restrict g, nn_real *const *state, \
                                 nn_real *restrict w)                              \
  {                                                                                \
    nn_real k[NN_MAX_SCALARS];                                                     \
    memcpy(k, scalars, sizeof k);                                                  \
    nn_real *restrict s0 = state[0], *restrict s1 = state[1];                      \
    nn_real *restrict s2 = state[2], *restrict s3 = state[3];                      \
    (void)s0, (void)s1, (void)s2, (void)s3;                                        \
    switch (n_state) {                                                             \
      NN_OPT_BODY(name, 0)                                                         \
      NN_OPT_BODY(name, 1)                                                         \
      NN_OPT_BODY(name, 2)                                                         \
      NN_OPT_BODY(name, 3)                                                         \
      NN_OPT_BODY(name, 4)                                                         \
    }                                                                              \
  }
NN_OPTIMIZERS(NN_X)
#undef NN_X

#define NN_X(name) name##_update_loop,
static const NnOptLoop update_loops[] = {NN_OPTIMIZERS(NN_X)};
#undef NN_X
