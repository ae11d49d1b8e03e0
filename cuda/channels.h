/* channels.h: sums over x (N, C, S) for each channel c, for kernels that run in tiles.
 *
 * Vectors (S = 1) lie as a matrix (N, C): a block takes NN_WARP channels, its threads side by side
 * along a row. Pictures lie plane by plane: a block takes one channel, and a warp one plane at a
 * time. Either way the N samples are cut into parts, one for each row of the grid, whose partial
 * sums lie in cells and are added in their order. Channels are worked through in ranges that are as
 * wide as cells allow. */
#pragma once
#include "reduce.h"

constexpr size_t NN_MOST_PARTS = 32;

struct NnChannels {
  size_t N, C, S;
  size_t c0, c1; /* this range */
  size_t rows;   /* samples in each part */
  unsigned parts;
  bool vectors;
  double *cells; /* (parts, c1 − c0, 2) */
};

static inline NnChannels nn_channels(const NnContext *context, size_t N, size_t C, size_t S)
{
  NnChannels k = {};
  k.N = N;
  k.C = C;
  k.S = S;
  k.vectors = S == 1;
  size_t least = k.vectors ? 64 : NN_TILE_ROWS, most = (N + NN_MOST_PARTS - 1) / NN_MOST_PARTS;
  k.rows = most > least ? most : least;
  k.parts = (unsigned)((N + k.rows - 1) / k.rows);
  k.cells = context->cells;
  return k;
}

/* Moves on to the next range, the first one to begin with; false at the end. */
static inline bool nn_next_channels(NnChannels *k)
{
  size_t width = NN_CELLS / 2 / (k->parts > 0 ? k->parts : 1);
  k->c0 = k->c1;
  k->c1 = k->c0 + width < k->C ? k->c0 + width : k->C;
  return k->c0 < k->C;
}

static inline NnLaunch nn_on_channels(const NnContext *context, const NnChannels &k)
{
  size_t n = k.c1 - k.c0, x = k.vectors ? (n + NN_WARP - 1) / NN_WARP : n;
  return nn_grid(context, dim3((unsigned)x, k.parts), dim3(NN_WARP, NN_TILE_ROWS));
}

/* The channel of this thread; of a tile's last threads there may be none: it is then ≥ c1. */
__device__ static inline size_t nn_channel(const NnChannels &k)
{
  return k.c0 + (k.vectors ? nn_tile_column() : blockIdx.x);
}

/* One thread for each channel and part: the one that writes what is the channel's. */
__device__ static inline bool nn_writes_channel(const NnChannels &k)
{
  return threadIdx.y == 0 && (k.vectors || threadIdx.x == 0) && nn_channel(k) < k.c1;
}

/* Samples in part p. */
__device__ static inline size_t nn_part_rows(const NnChannels &k, unsigned p)
{
  size_t first = p * k.rows, last = first + k.rows;
  return (last < k.N ? last : k.N) - first;
}

/* visit(n, i) for each element of this thread in its part of the channel: its sample and its
 * index. */
template <typename Visit>
__device__ static inline void nn_visit_channel(const NnChannels &k, Visit visit)
{
  size_t c = nn_channel(k), first = blockIdx.y * k.rows, last = first + k.rows;
  last = c >= k.c1 ? first : last < k.N ? last : k.N;
  for (size_t n = first + threadIdx.y; n < last; n += NN_TILE_ROWS) {
    size_t start = (n * k.C + c) * k.S;
    if (k.vectors)
      visit(n, start);
    else
      for (size_t s = threadIdx.x; s < k.S; s += NN_WARP)
        visit(n, start + s);
  }
}

/* Sum over the threads that share this thread's channel. */
__device__ static inline double nn_channel_sum(const NnChannels &k, double value)
{
  __shared__ double cells[NN_WARP * NN_TILE_ROWS];
  return k.vectors ? nn_column_sum(value, cells) : nn_tile_sum(value, cells);
}

/* This part's two numbers of channel c. */
__device__ static inline double *nn_channel_cells(const NnChannels &k, unsigned part, size_t c)
{
  return k.cells + 2 * (part * (k.c1 - k.c0) + c - k.c0);
}

/* Leaves both numbers of this part in their cells. */
__device__ static inline void nn_keep_channel(const NnChannels &k, double a, double b)
{
  if (!nn_writes_channel(k))
    return;
  double *cells = nn_channel_cells(k, blockIdx.y, nn_channel(k));
  cells[0] = a;
  cells[1] = b;
}

/* Sums of both numbers over all parts; c < c1. */
__device__ static inline void nn_all_parts(const NnChannels &k, size_t c, double *a, double *b)
{
  double sum = 0, other = 0;
  for (unsigned p = 0; p < k.parts; p++) {
    const double *cells = nn_channel_cells(k, p, c);
    sum += cells[0];
    other += cells[1];
  }
  *a = sum;
  *b = other;
}
