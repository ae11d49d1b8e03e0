/* device.h: tools for writing kernels, and the one way to launch them.
 *
 * The files of this room compile twice: by nvcc for the GPU, and by a plain C++ compiler together
 * with tests/cuda/emulator/, which runs the same kernels on the host, thread by thread, so that
 * their arithmetic and their synchronization are tested where there is no GPU. What differs between
 * the two stands here. Kernels may use: threadIdx, blockIdx, blockDim, gridDim, __shared__ arrays,
 * __syncthreads(), __syncwarp(), __shfl_xor_sync(), __shfl_down_sync(), and what is below. No
 * atomics: sums are added in an order that does not depend on the machine. */
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <cuda_runtime.h>

extern "C" {
#include "engine/backend/backend.h"
#include "engine/error.h"
#include "engine/tensor.h"
}

enum { NN_WARP = 32, NN_BLOCK = 256 };

/* Where a kernel runs: sizes of grid and block, dynamic shared memory in bytes. */
struct NnLaunch {
  dim3 grid, block;
  size_t shared;
  cudaStream_t stream;
  int cluster = 1;          /* blocks of a cluster, which see each other's shared memory */
  bool cooperative = false; /* all blocks run at the same time and may meet: nn_grid_sync() */
};

#ifndef NN_EMULATOR
#include <cooperative_groups.h>

/* Dynamic shared memory of the block, aligned to 16 bytes. */
__device__ static inline unsigned char *nn_dynamic_shared()
{
  extern __shared__ __align__(16) unsigned char nn_dynamic_memory[];
  return nn_dynamic_memory;
}

/* All threads of all blocks of a cooperative launch meet. */
__device__ static inline void nn_grid_sync()
{
  cooperative_groups::this_grid().sync();
}

/* All threads of the blocks of one cluster meet; before compute capability 9.0 there are none. */
__device__ static inline void nn_cluster_sync()
{
#if __CUDA_ARCH__ >= 900
  cooperative_groups::this_cluster().sync();
#endif
}

/* The place in the shared memory of block `rank` of this cluster that `mine` is in one's own. */
template <typename T> __device__ static inline T *nn_cluster_peer(T *mine, unsigned rank)
{
#if __CUDA_ARCH__ >= 900
  return cooperative_groups::this_cluster().map_shared_rank(mine, rank);
#else
  (void)rank;
  return mine;
#endif
}

template <typename... P, typename... A>
cudaError_t nn_launch(const NnLaunch &where, void (*kernel)(P...), A... values)
{
  cudaLaunchConfig_t config = {};
  cudaLaunchAttribute attributes[2] = {};
  config.gridDim = where.grid;
  config.blockDim = where.block;
  config.dynamicSmemBytes = where.shared;
  config.stream = where.stream;
  config.attrs = attributes;
  if (where.cluster > 1) {
    cudaLaunchAttribute &a = attributes[config.numAttrs++];
    a.id = cudaLaunchAttributeClusterDimension;
    a.val.clusterDim.x = (unsigned)where.cluster;
    a.val.clusterDim.y = a.val.clusterDim.z = 1;
  }
  if (where.cooperative) {
    cudaLaunchAttribute &a = attributes[config.numAttrs++];
    a.id = cudaLaunchAttributeCooperative;
    a.val.cooperative = 1;
  }
  return cudaLaunchKernelEx(&config, kernel, P(values)...);
}
#else
#include "emulator.h"

template <typename... P, typename... A>
cudaError_t nn_launch(const NnLaunch &where, void (*kernel)(P...), A... values)
{
  NnEmulatedLaunch launch = {(const void *)kernel, where.grid,    where.block,
                             where.shared,         where.cluster, where.cooperative};
  return nn_emulator_launch(launch, [=] { kernel(P(values)...); });
}
#endif

/* Element i of n for a grid of one thread per element. */
__device__ static inline size_t nn_index()
{
  return (size_t)blockIdx.x * blockDim.x + threadIdx.x;
}

/* The sum over the threads of a warp, the same in each, always added in the same order. */
template <typename T> __device__ static inline T nn_warp_sum(T value)
{
  for (int distance = NN_WARP / 2; distance > 0; distance /= 2)
    value += __shfl_xor_sync(0xffffffffu, value, distance);
  return value;
}

/* The sum over a block of at most 1024 threads, a multiple of 32, in every thread. `cells`: shared
 * memory for 32 values; free again when the function returns. */
template <typename T> __device__ static inline T nn_block_sum(T value, T *cells)
{
  value = nn_warp_sum(value);
  if (threadIdx.x % NN_WARP == 0)
    cells[threadIdx.x / NN_WARP] = value;
  __syncthreads();
  T sum = 0;
  for (unsigned w = 0; w < blockDim.x / NN_WARP; w++)
    sum += cells[w];
  __syncthreads();
  return sum;
}
