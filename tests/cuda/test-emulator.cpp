/* test-emulator.cpp: the emulator itself: whether its barriers, shuffles, clusters and graphs mean
 * what CUDA's mean, and whether it notices a step too far and threads that wait for ever. */
#include "cuda/device.h"
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include "tests/check.h"
}

static NnLaunch on(unsigned blocks, unsigned threads, size_t shared = 0)
{
  NnLaunch launch;
  launch.grid = dim3(blocks);
  launch.block = dim3(threads);
  launch.shared = shared;
  launch.stream = NULL;
  return launch;
}

template <typename T> static T *memory(size_t n)
{
  void *found = NULL;
  nn_check(cudaMalloc(&found, n * sizeof(T)) == cudaSuccess);
  return (T *)found;
}

/* ---- within a block ---- */

/* Backwards through shared memory: wrong without the barrier, for threads run in order. */
static __global__ void reverse_kernel(int *x)
{
  __shared__ int cells[96];
  cells[threadIdx.x] = (int)(blockIdx.x * 1000 + threadIdx.x);
  __syncthreads();
  x[nn_index()] = cells[blockDim.x - 1 - threadIdx.x];
}

static void test_barrier()
{
  int *x = memory<int>(3 * 96), wrong = 0;
  nn_check(nn_launch(on(3, 96), reverse_kernel, x) == cudaSuccess);
  for (int i = 0; i < 3 * 96; i++)
    wrong += x[i] != i / 96 * 1000 + 95 - i % 96;
  nn_check_int(wrong, 0);
  cudaFree(x);
}

static __global__ void shuffle_kernel(int *x, double *sums)
{
  __shared__ double cells[NN_WARP];
  int mine = (int)threadIdx.x;
  x[3 * threadIdx.x] = __shfl_xor_sync(0xffffffffu, mine, 5);
  x[3 * threadIdx.x + 1] = __shfl_down_sync(0xffffffffu, mine, 3);
  x[3 * threadIdx.x + 2] = __shfl_sync(0xffffffffu, mine, 7);
  sums[threadIdx.x] = nn_block_sum((double)mine, cells);
}

static void test_shuffles()
{
  int *x = memory<int>(3 * 64), wrong = 0;
  double *sums = memory<double>(64);
  nn_check(nn_launch(on(1, 64), shuffle_kernel, x, sums) == cudaSuccess);
  for (int t = 0; t < 64; t++) {
    int lane = t % 32, warp = t - lane;
    wrong += x[3 * t] != warp + (lane ^ 5);
    wrong += x[3 * t + 1] != (lane + 3 < 32 ? t + 3 : t);
    wrong += x[3 * t + 2] != warp + 7;
    wrong += sums[t] != 64 * 63 / 2;
  }
  nn_check_int(wrong, 0);
  cudaFree(x);
  cudaFree(sums);
}

/* ---- blocks that run together ---- */

/* Each block reads its right neighbor's shared memory. */
static __global__ void peers_kernel(int *x)
{
  int *mine = (int *)nn_dynamic_shared();
  mine[threadIdx.x] = (int)(100 * blockIdx.x + threadIdx.x);
  nn_cluster_sync();
  x[nn_index()] = nn_cluster_peer(mine, (blockIdx.x + 1) % 4)[threadIdx.x];
  nn_cluster_sync();
}

static __global__ void grid_kernel(int *x, int *y)
{
  x[nn_index()] = (int)nn_index();
  nn_grid_sync();
  y[nn_index()] = x[gridDim.x * blockDim.x - 1 - nn_index()];
}

static void test_together()
{
  int *x = memory<int>(4 * 32), *y = memory<int>(4 * 32), wrong = 0;
  NnLaunch launch = on(4, 32, 32 * sizeof(int));
  launch.cluster = 4;
  nn_check(nn_launch(launch, peers_kernel, x) == cudaSuccess);
  for (int i = 0; i < 128; i++)
    wrong += x[i] != 100 * ((i / 32 + 1) % 4) + i % 32;
  launch = on(4, 32);
  launch.cooperative = true;
  nn_check(nn_launch(launch, grid_kernel, x, y) == cudaSuccess);
  for (int i = 0; i < 128; i++)
    wrong += y[i] != 127 - i;
  nn_check_int(wrong, 0);
  launch.cooperative = false;
  launch.cluster = 3; /* does not divide the grid */
  nn_check(nn_launch(launch, peers_kernel, x) == cudaErrorInvalidValue);
  cudaFree(x);
  cudaFree(y);
}

/* ---- graphs ---- */

static __global__ void add_kernel(int *x, int a)
{
  *x += a;
}

static void test_graph()
{
  int *x = memory<int>(1);
  cudaGraph_t graph;
  cudaGraphExec_t exec;
  *x = 0;
  cudaStreamBeginCapture(NULL, cudaStreamCaptureModeThreadLocal);
  nn_check(nn_launch(on(1, 1), add_kernel, x, 5) == cudaSuccess);
  nn_check(nn_launch(on(1, 1), add_kernel, x, 2) == cudaSuccess);
  cudaStreamEndCapture(NULL, &graph);
  nn_check_int(*x, 0); /* nothing has run yet */
  nn_check(cudaGraphInstantiate(&exec, graph, 0) == cudaSuccess);
  cudaGraphDestroy(graph);
  for (int i = 0; i < 3; i++)
    nn_check(cudaGraphLaunch(exec, NULL) == cudaSuccess);
  nn_check_int(*x, 21);
  cudaGraphExecDestroy(exec);
  cudaFree(x);
}

static void test_limits()
{
  int *x = memory<int>(1);
  nn_check(nn_launch(on(1, 1025), add_kernel, x, 1) == cudaErrorInvalidValue);
  nn_check(nn_launch(on(0, 32), add_kernel, x, 1) == cudaErrorInvalidValue);
  nn_check(nn_launch(on(1, 32, 49 * 1024), add_kernel, x, 1) == cudaErrorInvalidValue);
  nn_check_int(*x, -1); /* as it was found: every byte 0xff */
  cudaFree(x);
}

/* ---- what ends the program ---- */

static bool dies(void (*function)())
{
  int status = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("/dev/null", "w", stderr))
      _exit(2);
    signal(SIGABRT, SIG_DFL);
    function();
    _exit(0);
  }
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static __global__ void store_kernel(int *x, int i)
{
  x[i] = 1;
}

static __global__ void store_shared_kernel(int i)
{
  ((int *)nn_dynamic_shared())[i] = 1;
}

static __global__ void half_wait_kernel()
{
  if (threadIdx.x < 16)
    __syncthreads();
  else
    __syncwarp();
}

static void store(int i)
{
  int *x = memory<int>(8);
  nn_launch(on(1, 1), store_kernel, x, i);
  cudaFree(x);
}

static void test_guards()
{
  nn_check(!dies([] { store(7); }));
  nn_check(dies([] { store(8); }));
  nn_check(dies([] { store(-1); }));
  nn_check(!dies([] { nn_launch(on(1, 1, 32), store_shared_kernel, 7); }));
  nn_check(dies([] { nn_launch(on(1, 1, 32), store_shared_kernel, 8); }));
}

static void test_deadlock()
{
  nn_check(dies([] { nn_launch(on(1, 32), half_wait_kernel); }));
}

int main(void)
{
  nn_test("barriers", test_barrier);
  nn_test("shuffles", test_shuffles);
  nn_test("clusters and whole grids", test_together);
  nn_test("graphs", test_graph);
  nn_test("limits of a launch", test_limits);
  nn_test("writing too far", test_guards);
  nn_test("waiting for ever", test_deadlock);
  return nn_test_done();
}
