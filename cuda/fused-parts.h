/* fused-parts.h: what the kernel of fused.cu is made of: activations, products and updates of one
 * block in its shared memory. */
#pragma once
#include "engine/elem/list.h"
#include "engine/kind-elements.h"
#include "fused.h"

/* ---- activations ---- */

static __device__ __noinline__ nn_real nn_fused_act(int elem, const nn_real *p, nn_real x)
{
  switch (elem) {
#define NN_X(name)    \
  case NN_ACT_##name: \
    return nn_##name##_forward(x, p);
    NN_ACTIVATIONS(NN_X)
#undef NN_X
  default:
    return x;
  }
}

static __device__ __noinline__ nn_real nn_fused_slope(int elem, const nn_real *p, nn_real x,
                                                      nn_real y)
{
  switch (elem) {
#define NN_X(name)    \
  case NN_ACT_##name: \
    return nn_##name##_backward(x, y, p);
    NN_ACTIVATIONS(NN_X)
#undef NN_X
  default:
    return 1;
  }
}

/* ---- four values at a time ---- */

static __device__ inline float4 nn_load4(const float *p)
{
  return *(const float4 *)p;
}

static __device__ inline void nn_store4(float *p, float a, float b, float c, float d)
{
  *(float4 *)p = make_float4(a, b, c, d);
}

/* acc (4) += w·x */
static __device__ inline void nn_add4(float *acc, float w, float4 x)
{
  acc[0] += w * x.x;
  acc[1] += w * x.y;
  acc[2] += w * x.z;
  acc[3] += w * x.w;
}

/* ---- products ---- */

/* partial (shares, Np, Bp): out[n][b] = Σ_k w[k][n]·x[k][b], over each share of the k by itself.
 * One thread, one tile of 4 × 4. */
static __device__ inline void nn_fused_forward(const float *w, unsigned row, const float *x,
                                               unsigned K, unsigned Np, unsigned Bp, float *partial)
{
  unsigned quads = Np / 4, n_tiles = quads * (Bp / 4), shares = nn_fused_shares(n_tiles);
  unsigned per_share = (K + shares - 1) / shares;
#pragma unroll 1
  for (unsigned task = threadIdx.x; task < n_tiles * shares; task += NN_FUSED_THREADS) {
    unsigned tile = task % n_tiles, share = task / n_tiles;
    unsigned n = tile % quads * 4, b = tile / quads * 4;
    unsigned from = share * per_share, to = from + per_share < K ? from + per_share : K;
    float acc[4][4] = {};
#pragma unroll 4
    for (unsigned k = from; k < to; k++) {
      float4 wk = nn_load4(w + k * row + n), xk = nn_load4(x + k * Bp + b);
      nn_add4(acc[0], wk.x, xk);
      nn_add4(acc[1], wk.y, xk);
      nn_add4(acc[2], wk.z, xk);
      nn_add4(acc[3], wk.w, xk);
    }
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
      nn_store4(partial + ((size_t)share * Np + n + i) * Bp + b, acc[i][0], acc[i][1], acc[i][2],
                acc[i][3]);
  }
}

/* partial (shares, K, Bp): out[k][b] = Σ_n w[k][n]·dz[n][b], over each share of the n by itself. */
static __device__ inline void nn_fused_backward(const float *w, unsigned row, const float *dz,
                                                unsigned K, unsigned Np, unsigned Bp,
                                                float *partial)
{
  unsigned n_tiles = K * (Bp / 4), shares = nn_fused_shares(n_tiles), quads = Np / 4;
  unsigned per_share = (quads + shares - 1) / shares;
#pragma unroll 1
  for (unsigned task = threadIdx.x; task < n_tiles * shares; task += NN_FUSED_THREADS) {
    unsigned tile = task % n_tiles, share = task / n_tiles, k = tile % K, b = tile / K * 4;
    unsigned from = share * per_share, to = from + per_share < quads ? from + per_share : quads;
    float acc[4] = {};
#pragma unroll 4
    for (unsigned q = from; q < to; q++) {
      float4 wq = nn_load4(w + k * row + 4 * q);
      nn_add4(acc, wq.x, nn_load4(dz + (4 * q + 0) * Bp + b));
      nn_add4(acc, wq.y, nn_load4(dz + (4 * q + 1) * Bp + b));
      nn_add4(acc, wq.z, nn_load4(dz + (4 * q + 2) * Bp + b));
      nn_add4(acc, wq.w, nn_load4(dz + (4 * q + 3) * Bp + b));
    }
    nn_store4(partial + ((size_t)share * K + k) * Bp + b, acc[0], acc[1], acc[2], acc[3]);
  }
}

/* Value i of n, summed over the shares in their order. */
static __device__ inline float nn_fused_total(const float *partial, unsigned shares, unsigned n,
                                              unsigned i)
{
  float sum = 0;
#pragma unroll 1
  for (unsigned share = 0; share < shares; share++)
    sum += partial[(size_t)share * n + i];
  return sum;
}

/* ---- updates ---- */

/* One weight with its states, `all` floats apart from each other. O: the optimizer's formula. */
template <typename O>
static __device__ inline void nn_fused_update(float *w, unsigned all, int n_state, float g,
                                              const float *scalars)
{
  float s[NN_MAX_STATE];
#pragma unroll
  for (int i = 0; i < NN_MAX_STATE; i++)
    s[i] = i < O::most_state && i < n_state ? w[(i + 1) * all] : 0;
  *w = O::update(*w, g, s, scalars);
#pragma unroll
  for (int i = 0; i < O::most_state; i++)
    if (i < n_state)
      w[(i + 1) * all] = s[i];
}

/* The same for four neighbors, of which `n` are weights; the others stay 0, whatever the formula
 * makes of 0 (0/0, perhaps). */
template <typename O>
static __device__ inline void nn_fused_update4(float *w, unsigned all, int n_state, unsigned n,
                                               const float *g, const float *scalars)
{
  float4 value = nn_load4(w), s4[NN_MAX_STATE];
  float s[4][NN_MAX_STATE];
#pragma unroll
  for (int i = 0; i < NN_MAX_STATE; i++) {
    s4[i] = i < (int)O::most_state && i < n_state ? nn_load4(w + (i + 1) * all)
                                                  : make_float4(0, 0, 0, 0);
    s[0][i] = s4[i].x;
    s[1][i] = s4[i].y;
    s[2][i] = s4[i].z;
    s[3][i] = s4[i].w;
  }
  float a = O::update(value.x, g[0], s[0], scalars), b = O::update(value.y, g[1], s[1], scalars);
  float c = O::update(value.z, g[2], s[2], scalars), d = O::update(value.w, g[3], s[3], scalars);
  nn_store4(w, a, n > 1 ? b : 0, n > 2 ? c : 0, n > 3 ? d : 0);
#pragma unroll
  for (int i = 0; i < O::most_state; i++)
    if (i < n_state)
      nn_store4(w + (i + 1) * all, s[0][i], s[1][i], s[2][i], s[3][i]);
}

/* The gradient of four outputs' weights to one input: Σ_b x[b]·dz[n][b]. */
template <bool SMALL>
static __device__ inline void nn_fused_gradient(const float *x, const float *dz,
                                                const float (*kept)[8], unsigned Bp, float *g)
{
  if (SMALL) {
#pragma unroll
    for (unsigned b = 0; b < 8; b++)
      if (b < Bp)
#pragma unroll
        for (int n = 0; n < 4; n++)
          g[n] += x[b] * kept[n][b];
  } else {
#pragma unroll 1
    for (unsigned b = 0; b < Bp; b++)
#pragma unroll
      for (int n = 0; n < 4; n++)
        g[n] += x[b] * dz[n * Bp + b];
  }
}

/* All weights of a layer to its inputs 0 … K − 1, x (K, Bp). A thread stays with four outputs,
 * whose dz it keeps in registers while the batch has at most 8 samples (SMALL). */
template <typename O, bool SMALL>
static __device__ inline void nn_fused_update_weights(const NnFused &f, const NnFusedLayer &l,
                                                      unsigned K, float *s, const float *x,
                                                      const float *scalars)
{
  unsigned quads = l.Np / 4, threads = NN_FUSED_THREADS;
  unsigned width = quads < threads ? quads : threads;
  unsigned lanes = threads / width, lane = threadIdx.x / width;
  if (lane >= lanes)
    return;
#pragma unroll 1
  for (unsigned q = threadIdx.x % width; q < quads; q += width) {
    const float *dz = s + l.dz + 4 * q * f.Bp;
    float kept[4][8];
#pragma unroll
    for (unsigned b = 0; b < 8; b++)
#pragma unroll
      for (int n = 0; n < 4; n++)
        kept[n][b] = SMALL && b < f.Bp ? dz[n * f.Bp + b] : 0;
#pragma unroll 2
    for (unsigned k = lane; k < K; k += lanes) {
      float g[4] = {};
      nn_fused_gradient<SMALL>(x + k * f.Bp, dz, kept, f.Bp, g);
      nn_fused_update4<O>(s + l.w + k * l.row + 4 * q, f.all, f.n_state, l.N - 4 * q, g, scalars);
    }
  }
}

template <typename O>
static __device__ inline void nn_fused_update_bias(const NnFused &f, const NnFusedLayer &l,
                                                   float *s, const float *scalars)
{
#pragma unroll 1
  for (unsigned n = threadIdx.x; l.has_bias && n < l.N; n += NN_FUSED_THREADS) {
    float g = 0;
#pragma unroll 1
    for (unsigned b = 0; b < f.Bp; b++)
      g += s[l.dz + n * f.Bp + b];
    nn_fused_update<O>(s + l.b + n, f.all, f.n_state, g, scalars);
  }
}
