/* reduce.h: sums whose terms are always added in the same order, on every chip: how many blocks
 * share a sum follows from the sizes alone. Partial sums are kept in double, as in the reference
 * backend.
 *
 * A tile is a block of NN_WARP × n threads over a matrix: x along a row, so that the threads of a
 * warp read neighbors, y from row to row. */
#pragma once
#include "context.h"

constexpr size_t NN_SUM_BLOCKS = 1024, NN_MOST_GRID_Y = 65535;
constexpr unsigned NN_TILE_ROWS = 8;

/* Blocks of NN_BLOCK threads that share a sum of n terms: at least 16 terms for each thread. */
static inline unsigned nn_sum_blocks(size_t n)
{
  size_t each = (size_t)NN_BLOCK * 16, blocks = (n + each - 1) / each;
  return (unsigned)(blocks < 1 ? 1 : blocks < NN_SUM_BLOCKS ? blocks : NN_SUM_BLOCKS);
}

/* Σ term(i) over n, this block's share, in every thread. */
template <typename Term> __device__ static inline double nn_share_of_sum(size_t n, Term term)
{
  __shared__ double cells[NN_WARP];
  double sum = 0;
  size_t step = (size_t)gridDim.x * blockDim.x;
  for (size_t i = nn_index(); i < n; i += step)
    sum += term(i);
  return nn_block_sum(sum, cells);
}

/* The sum of n numbers, by the threads of one block, in every thread. */
__device__ static inline double nn_block_total(const double *numbers, size_t n)
{
  __shared__ double cells[NN_WARP];
  double sum = 0;
  for (size_t i = threadIdx.x; i < n; i += blockDim.x)
    sum += numbers[i];
  return nn_block_sum(sum, cells);
}

/* ---- the largest value of a row ---- */

/* Is value `a` at place i found before value b at place j: larger, or first? A NaN is larger than
 * everything. */
__device__ static inline bool nn_found_before(nn_real a, size_t i, nn_real b, size_t j)
{
  bool a_nan = a != a, b_nan = b != b;
  if (a_nan || b_nan)
    return a_nan && (!b_nan || i < j);
  return a > b || (a == b && i < j);
}

/* Rows with few classes take a thread each, others a warp. */
constexpr size_t NN_CLASSES_OF_A_THREAD = 32;

/* Blocks of NN_BLOCK threads that count rows together. */
static inline unsigned nn_row_blocks(size_t N, size_t C)
{
  size_t rows = NN_BLOCK / (C <= NN_CLASSES_OF_A_THREAD ? 1 : NN_WARP);
  size_t blocks = (N + rows - 1) / rows;
  return (unsigned)(blocks < 1 ? 1 : blocks < NN_SUM_BLOCKS ? blocks : NN_SUM_BLOCKS);
}

/* Place of the largest of z[0 … C − 1], by one thread. */
__device__ static inline size_t nn_thread_argmax(size_t C, const nn_real *z)
{
  size_t best = 0;
  nn_real most = z[0];
  for (size_t c = 1; c < C; c++) {
    nn_real value = z[c];
    if (nn_found_before(value, c, most, best)) {
      most = value;
      best = c;
    }
  }
  return best;
}

/* The same by the threads of a warp, in each of them. */
__device__ static inline size_t nn_warp_argmax(size_t C, const nn_real *z)
{
  size_t lane = threadIdx.x % NN_WARP, best = lane < C ? lane : 0;
  nn_real most = z[best];
  for (size_t c = lane + NN_WARP; c < C; c += NN_WARP) {
    nn_real value = z[c];
    if (nn_found_before(value, c, most, best)) {
      most = value;
      best = c;
    }
  }
  for (int distance = NN_WARP / 2; distance > 0; distance /= 2) {
    nn_real other = __shfl_xor_sync(0xffffffffu, most, distance);
    unsigned place = __shfl_xor_sync(0xffffffffu, (unsigned)best, distance);
    if (nn_found_before(other, place, most, best)) {
      most = other;
      best = place;
    }
  }
  return best;
}

/* How many of the rows that this thread looks at have their largest value at their label. */
__device__ static inline double nn_correct_share(size_t N, size_t C, const nn_real *logits,
                                                 const int32_t *labels)
{
  double correct = 0;
  if (C <= NN_CLASSES_OF_A_THREAD) {
    for (size_t n = nn_index(); n < N; n += (size_t)gridDim.x * blockDim.x)
      correct += nn_thread_argmax(C, logits + n * C) == (size_t)labels[n];
    return correct;
  }
  size_t step = (size_t)gridDim.x * blockDim.x / NN_WARP;
  for (size_t n = nn_index() / NN_WARP; n < N; n += step) {
    bool right = nn_warp_argmax(C, logits + n * C) == (size_t)labels[n];
    correct += right && threadIdx.x % NN_WARP == 0;
  }
  return correct;
}

/* ---- tiles ---- */

/* One thread for each column; rows are visited in turns, see nn_tile_row() and nn_tile_step(). */
static inline NnLaunch nn_tiles(const NnContext *context, size_t rows, size_t columns)
{
  size_t y = (rows + NN_TILE_ROWS - 1) / NN_TILE_ROWS;
  dim3 grid((unsigned)((columns + NN_WARP - 1) / NN_WARP),
            (unsigned)(y < NN_MOST_GRID_Y ? y : NN_MOST_GRID_Y));
  return nn_grid(context, grid, dim3(NN_WARP, NN_TILE_ROWS));
}

__device__ static inline size_t nn_tile_column()
{
  return (size_t)blockIdx.x * NN_WARP + threadIdx.x;
}

__device__ static inline size_t nn_tile_row()
{
  return (size_t)blockIdx.y * blockDim.y + threadIdx.y;
}

__device__ static inline size_t nn_tile_step()
{
  return (size_t)gridDim.y * blockDim.y;
}

/* One warp of a tile for each of `rows` rows: nn_warp_row(). */
static inline NnLaunch nn_warps(const NnContext *context, size_t rows)
{
  return nn_grid(context, dim3((unsigned)((rows + NN_TILE_ROWS - 1) / NN_TILE_ROWS)),
                 dim3(NN_WARP, NN_TILE_ROWS));
}

__device__ static inline size_t nn_warp_row()
{
  return (size_t)blockIdx.x * blockDim.y + threadIdx.y;
}

/* Sum over the rows of a tile for each column, in every thread of the column. `cells`: shared
 * memory for one value a thread; free again when the function returns. */
template <typename T> __device__ static inline T nn_column_sum(T value, T *cells)
{
  cells[threadIdx.y * NN_WARP + threadIdx.x] = value;
  __syncthreads();
  T sum = 0;
  for (unsigned row = 0; row < blockDim.y; row++)
    sum += cells[row * NN_WARP + threadIdx.x];
  __syncthreads();
  return sum;
}

/* Sum over a whole tile, in every thread; cells as above. */
template <typename T> __device__ static inline T nn_tile_sum(T value, T *cells)
{
  value = nn_warp_sum(value);
  if (threadIdx.x == 0)
    cells[threadIdx.y] = value;
  __syncthreads();
  T sum = 0;
  for (unsigned row = 0; row < blockDim.y; row++)
    sum += cells[row];
  __syncthreads();
  return sum;
}
