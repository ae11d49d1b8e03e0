/* emulator.h: runs a kernel on the host, one fiber for each of its threads.
 *
 * The blocks of a launch run one after the other, those of a cluster or of a cooperative launch
 * together. Within them the threads run in turn, each until it waits for others; a barrier that
 * some thread can never reach is reported and ends the program. Dynamic shared memory starts as
 * NaN, device memory too, and both lie between guard words. Because static __shared__ arrays exist
 * once, kernels whose blocks run together may use dynamic shared memory alone.
 *
 * What this cannot show: races between blocks, races within a block that no order of its threads
 * brings out (NN_EMULATOR_ORDER chooses among them), and anything about speed. */
#pragma once
#include <cuda_runtime.h>
#include <functional>

struct NnEmulated {
  uint3 thread, block;
  dim3 threads, blocks;
};
extern NnEmulated nn_emulated; /* of the thread that runs now */
#define threadIdx (nn_emulated.thread)
#define blockIdx  (nn_emulated.block)
#define blockDim  (nn_emulated.threads)
#define gridDim   (nn_emulated.blocks)

struct NnEmulatedLaunch {
  const void *kernel;
  dim3 grid, block;
  size_t shared;
  int cluster;
  bool cooperative;
};
cudaError_t nn_emulator_launch(const NnEmulatedLaunch &launch, const std::function<void()> &body);
unsigned char *nn_dynamic_shared();
void *nn_emulator_peer(void *mine, unsigned rank);
void __syncthreads();
void __syncwarp(unsigned mask = 0xffffffffu);
void nn_grid_sync();
void nn_cluster_sync();
unsigned nn_emulator_lane();
/* Every lane gives 8 bytes; afterwards each can read those of any lane: once around the warp. */
uint64_t nn_emulator_exchange(uint64_t mine, unsigned from);

template <typename T> T *nn_cluster_peer(T *mine, unsigned rank)
{
  return (T *)nn_emulator_peer((void *)mine, rank);
}

template <typename T> T nn_emulator_shuffle(T value, unsigned from)
{
  static_assert(sizeof(T) <= 8, "shuffles move at most 8 bytes");
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof value);
  bits = nn_emulator_exchange(bits, from);
  memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename T> T __shfl_xor_sync(unsigned, T value, int mask)
{
  return nn_emulator_shuffle(value, nn_emulator_lane() ^ (unsigned)mask);
}

template <typename T> T __shfl_down_sync(unsigned, T value, unsigned distance)
{
  unsigned from = nn_emulator_lane() + distance;
  return nn_emulator_shuffle(value, from < 32 ? from : nn_emulator_lane());
}

template <typename T> T __shfl_sync(unsigned, T value, int lane)
{
  return nn_emulator_shuffle(value, (unsigned)lane);
}

template <typename T> T __ldg(const T *p)
{
  return *p;
}
static inline float __fmaf_rn(float a, float b, float c)
{
  return fmaf(a, b, c);
}
