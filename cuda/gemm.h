/* gemm.h: one tile of a matrix product, from which products (gemm.cu) and convolutions (conv.cu)
 * are made.
 *
 * A block computes BM × BN sums over k. BK steps of k at a time travel from device memory through
 * registers into shared memory, where they lie with k outside, while the block works on the BK
 * steps before; every thread holds TM × TN of the sums in registers. Where there are too few sums
 * to keep a block busy, GROUPS groups of threads share the steps of k, and their sums are added in
 * the order of the groups.
 *
 * Where the numbers come from is said by operands: a class with
 *
 *   ALONG_K          four consecutive k of one row make a quad, else one k of four consecutive rows
 *   Place            what is kept about a row, or four rows
 *   place(row)       finds it out, once
 *   load(place, k, end)  the quad there; rows beyond the matrix and k ≥ end give zeros
 *
 * "Row" is m for the left operand and n for the right one. Sizes fit an int. FP32 throughout:
 * TF32 would drop 13 of the 23 bits that PyTorch's default keeps. */
#pragma once
#include "context.h"

#ifdef NN_EMULATOR
#define NN_UNROLL
#else
#define NN_UNROLL _Pragma("unroll")
#endif

static_assert(sizeof(nn_real) == sizeof(float), "the kernels of products are written for float");

/* ---- division by a number that is known when a kernel starts ---- */

/* Granlund & Montgomery 1994, for n < 2³¹. */
struct NnDivisor {
  uint32_t divisor, multiplier, shift;
};

static inline NnDivisor nn_divisor(size_t divisor)
{
  NnDivisor d = {(uint32_t)divisor, 0, 0};
  while ((uint64_t)1 << d.shift < divisor)
    d.shift++;
  d.multiplier =
      (uint32_t)(((uint64_t)1 << 32) * (((uint64_t)1 << d.shift) - divisor) / divisor + 1);
  return d;
}

__device__ static inline int nn_quotient(int n, const NnDivisor &d)
{
  uint32_t high = (uint32_t)(((uint64_t)(uint32_t)n * d.multiplier) >> 32);
  return (int)((high + (uint32_t)n) >> d.shift);
}

/* ---- tiles ---- */

template <int bm, int bn, int bk, int tm, int tn, int groups = 1> struct NnTile {
  static constexpr int BM = bm, BN = bn, BK = bk, TM = tm, TN = tn, GROUPS = groups;
  static constexpr int ACROSS = bn / tn, GROUP = bm / tm * ACROSS, THREADS = GROUP * groups;
  /* Rows are padded by a quad, so that quads along k are stored to different banks. */
  struct Steps {
    float a[2][bk][bm + 4], b[2][bk][bn + 4];
  };
  union Shared {
    Steps steps;
    float sums[groups > 1 ? groups - 1 : 1][groups > 1 ? tm *tn : 1][GROUP];
  };
};

/* Which part of the product: sums from (m0, n0) on, over k0 ≤ k < end. */
struct NnPart {
  int m0, n0, k0, end;
};

/* The quads of one operand that a thread moves at a time: some of ROWS × BK numbers. */
template <class T, int ROWS, class Operand> struct NnMover {
  static constexpr int QUADS = ROWS * T::BK / 4 / T::THREADS;
  static constexpr int ACROSS = Operand::ALONG_K ? T::BK / 4 : ROWS / 4;
  /* Threads that stay on their rows need to know one place alone. */
  static constexpr bool STAYS = !Operand::ALONG_K && T::THREADS % ACROSS == 0;
  static_assert(QUADS * 4 * T::THREADS == ROWS * T::BK, "a tile is moved by all threads alike");
  typename Operand::Place places[STAYS ? 1 : QUADS];
  float4 held[QUADS];

  __device__ static int row_of(int quad)
  {
    int i = (int)threadIdx.x + quad * T::THREADS;
    return Operand::ALONG_K ? i / ACROSS : i % ACROSS * 4;
  }

  __device__ static int k_of(int quad)
  {
    int i = (int)threadIdx.x + quad * T::THREADS;
    return Operand::ALONG_K ? i % ACROSS * 4 : i / ACROSS;
  }

  __device__ void start(const Operand &from, int row0)
  {
    NN_UNROLL
    for (int q = 0; q < (STAYS ? 1 : QUADS); q++)
      places[q] = from.place(row0 + row_of(q));
  }

  __device__ void fetch(const Operand &from, int k0, int end)
  {
    NN_UNROLL
    for (int q = 0; q < QUADS; q++)
      held[q] = from.load(places[STAYS ? 0 : q], k0 + k_of(q), end);
  }

  __device__ void put(float (&to)[T::BK][ROWS + 4]) const
  {
    NN_UNROLL
    for (int q = 0; q < QUADS; q++) {
      int row = row_of(q), k = k_of(q);
      if (Operand::ALONG_K) {
        to[k][row] = held[q].x;
        to[k + 1][row] = held[q].y;
        to[k + 2][row] = held[q].z;
        to[k + 3][row] = held[q].w;
      } else {
        *(float4 *)&to[k][row] = held[q];
      }
    }
  }
};

/* A thread's sums lie in quads of rows and columns, as far apart as all threads' quads are wide. */
template <class T> __device__ static inline int nn_tile_row(int i)
{
  int t = (int)threadIdx.x % T::GROUP;
  return i / 4 * (T::BM / T::TM * 4) + t / T::ACROSS * 4 + i % 4;
}

template <class T> __device__ static inline int nn_tile_column(int j)
{
  int t = (int)threadIdx.x % T::GROUP;
  return j / 4 * (T::BN / T::TN * 4) + t % T::ACROSS * 4 + j % 4;
}

/* N numbers of a row in shared memory, in quads at the thread's rows or columns. */
template <int N> __device__ static inline void nn_read_quads(const float *from, int step, float *to)
{
  NN_UNROLL
  for (int q = 0; q < N / 4; q++) {
    float4 v = *(const float4 *)(from + q * step);
    to[4 * q] = v.x;
    to[4 * q + 1] = v.y;
    to[4 * q + 2] = v.z;
    to[4 * q + 3] = v.w;
  }
}

template <class T>
__device__ static inline void nn_tile_multiply(const typename T::Steps &steps, int which,
                                               float (&sums)[T::TM][T::TN])
{
  int group = (int)threadIdx.x / T::GROUP, m = nn_tile_row<T>(0), n = nn_tile_column<T>(0);
  NN_UNROLL
  for (int step = 0; step < T::BK / T::GROUPS; step++) {
    int k = step * T::GROUPS + group;
    float a[T::TM], b[T::TN];
    nn_read_quads<T::TM>(&steps.a[which][k][m], T::BM / T::TM * 4, a);
    nn_read_quads<T::TN>(&steps.b[which][k][n], T::BN / T::TN * 4, b);
    NN_UNROLL
    for (int i = 0; i < T::TM; i++)
      NN_UNROLL
    for (int j = 0; j < T::TN; j++)
      sums[i][j] += a[i] * b[j];
  }
}

/* The first group's threads end with the sums of all groups. */
template <class T>
__device__ static inline void nn_tile_gather(typename T::Shared &shared,
                                             float (&sums)[T::TM][T::TN])
{
  int t = (int)threadIdx.x % T::GROUP, group = (int)threadIdx.x / T::GROUP;
  NN_UNROLL
  for (int i = 0; i < T::TM * T::TN; i++)
    if (group > 0)
      shared.sums[group - 1][i][t] = sums[i / T::TN][i % T::TN];
  __syncthreads();
  NN_UNROLL
  for (int g = 0; g < T::GROUPS - 1; g++)
    NN_UNROLL
  for (int i = 0; i < T::TM * T::TN; i++)
    if (group == 0)
      sums[i / T::TN][i % T::TN] += shared.sums[g][i][t];
}

/* Adds up one part; afterwards the threads of the first group hold the sums. */
template <class T, class A, class B>
__device__ static inline void nn_tile_product(const A &left, const B &right, const NnPart &part,
                                              typename T::Shared &shared,
                                              float (&sums)[T::TM][T::TN])
{
  NnMover<T, T::BM, A> a;
  NnMover<T, T::BN, B> b;
  a.start(left, part.m0);
  b.start(right, part.n0);
  a.fetch(left, part.k0, part.end);
  b.fetch(right, part.k0, part.end);
  a.put(shared.steps.a[0]);
  b.put(shared.steps.b[0]);
  __syncthreads();
  int which = 0;
  for (int k = part.k0; k < part.end; k += T::BK, which ^= 1) {
    bool more = k + T::BK < part.end;
    if (more) {
      a.fetch(left, k + T::BK, part.end);
      b.fetch(right, k + T::BK, part.end);
    }
    nn_tile_multiply<T>(shared.steps, which, sums);
    if (more) {
      a.put(shared.steps.a[which ^ 1]);
      b.put(shared.steps.b[which ^ 1]);
    }
    __syncthreads();
  }
  if (T::GROUPS > 1)
    nn_tile_gather<T>(shared, sums);
}

/* Hands the sums, four of a row at a time, to result.put(m, n, quad). */
template <class T, class Result>
__device__ static inline void nn_tile_put(const Result &result, const NnPart &part,
                                          const float (&sums)[T::TM][T::TN])
{
  if ((int)threadIdx.x >= T::GROUP)
    return;
  NN_UNROLL
  for (int i = 0; i < T::TM; i++)
    NN_UNROLL
  for (int j = 0; j < T::TN; j += 4) {
    float4 quad = make_float4(sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]);
    result.put(part.m0 + nn_tile_row<T>(i), part.n0 + nn_tile_column<T>(j), quad);
  }
}

/* ---- matrices in memory ---- */

/* Whether quads can be moved at once: four numbers lie together and aligned. */
static inline bool nn_quads(const void *p, size_t row)
{
  return (uintptr_t)p % 16 == 0 && row % 4 == 0;
}

/* One number of each of `n_rows` rows at each k; along_k: rows lie `row` apart, else k's do. */
template <bool along_k> struct NnMatrix {
  static constexpr bool ALONG_K = along_k;
  const float *values;
  size_t row;
  int n_rows;
  bool quads;

  struct Place {
    const float *at;
    int left; /* rows that there are */
  };

  __device__ Place place(int r) const
  {
    Place p;
    p.left = n_rows - r;
    p.at = values + (p.left > 0 ? (along_k ? (size_t)r * row : (size_t)r) : 0);
    return p;
  }

  __device__ float4 load(const Place &p, int k, int end) const
  {
    int n = along_k ? (p.left > 0 ? end - k : 0) : (k < end ? p.left : 0);
    const float *from = p.at + (along_k ? (size_t)k : (size_t)k * row);
    if (quads && n >= 4)
      return *(const float4 *)from;
    float4 v = make_float4(0, 0, 0, 0);
    if (n > 0)
      v.x = from[0];
    if (n > 1)
      v.y = from[1];
    if (n > 2)
      v.z = from[2];
    if (n > 3)
      v.w = from[3];
    return v;
  }
};

/* C (M, N) = alpha·sums + beta·C. */
struct NnProductResult {
  float *C;
  int M, N;
  float alpha, beta;
  bool quads;

  __device__ void put(int m, int n, float4 v) const
  {
    float *to = C + (size_t)m * N + n, values[4] = {v.x, v.y, v.z, v.w};
    if (m >= M || n >= N)
      return;
    if (quads && beta == 0) {
      *(float4 *)to = make_float4(alpha * v.x, alpha * v.y, alpha * v.z, alpha * v.w);
      return;
    }
    NN_UNROLL
    for (int i = 0; i < 4; i++)
      if (n + i < N)
        to[i] = alpha * values[i] + (beta == 0 ? 0 : beta * to[i]);
  }
};

/* ---- products cut along k ---- */

/* Where a product has too few tiles for the chip, its k are cut into n slices, each summed by
 * blocks of its own into context->parts, and these are added in the order of the slices. How many
 * follows from the sizes alone, so that one recipe gives the same bits on every GPU. */
struct NnSlices {
  int n, size; /* size: steps of k in one slice */
};

NnSlices nn_slices(size_t n_tiles, size_t K, int bk);

/* Slices hold `n` sums each; to[i] = alpha·Σ + beta·to[i]. */
struct NnSliceSum {
  const float *parts;
  float *to;
  size_t n;
  int n_slices;
  float alpha, beta;
};
void nn_add_slices(NnContext *context, const NnSliceSum &sum);

enum {
  NN_FILLED = 128,        /* blocks that keep a large chip busy, and */
  NN_WANTED_BLOCKS = 384, /* how many hide its latencies: three to a multiprocessor */
  NN_LEAST_SLICE = 64,
  NN_PARTS = 2 * NN_WANTED_BLOCKS * 64 * 64 /* floats of context->parts: tiles of at most 64 × 64 */
};
