/* runtime.cpp: the emulator's memory, streams and graphs. See cuda_runtime.h beside this file. */
#include "emulator.h"
#include <cstdio>
#include <cstdlib>
#include <map>
#include <vector>

void nn_emulator_run(dim3 grid, dim3 block, size_t shared, size_t together,
                     const std::function<void()> &body);

struct nn_emulated_graph {
  std::vector<std::function<void()>> works;
  int users = 1;
};

namespace
{

enum { GUARD = 256, GUARD_BYTE = 0x5a, MOST_SHARED = 227 * 1024, MOST_STATIC_SHARED = 48 * 1024 };

nn_emulated_graph *capturing;
std::map<const void *, std::map<int, int>> attributes;
cudaError_t last_error;

int wish(const char *name, int otherwise)
{
  const char *text = getenv(name);
  return text ? atoi(text) : otherwise;
}

cudaError_t answer(cudaError_t error)
{
  if (error != cudaSuccess)
    last_error = error;
  return error;
}

cudaError_t work(const std::function<void()> &f)
{
  if (capturing)
    capturing->works.push_back(f);
  else
    f();
  return cudaSuccess;
}

void release(nn_emulated_graph *graph)
{
  if (--graph->users == 0)
    delete graph;
}

} // namespace

/* As the real one: more than 48 KiB of shared memory, or more than 8 blocks in a cluster, have to
 * be asked for before. */
static bool is_allowed(const NnEmulatedLaunch &l)
{
  unsigned n_threads = l.block.x * l.block.y * l.block.z;
  size_t n_blocks = (size_t)l.grid.x * l.grid.y * l.grid.z;
  std::map<int, int> &asked = attributes[l.kernel];
  int shared = asked[cudaFuncAttributeMaxDynamicSharedMemorySize];
  if (l.shared > (size_t)(shared > MOST_STATIC_SHARED ? shared : MOST_STATIC_SHARED))
    return false;
  if (l.cluster > 8 && !asked[cudaFuncAttributeNonPortableClusterSizeAllowed])
    return false;
  return n_threads > 0 && n_threads <= 1024 && n_blocks > 0 && l.grid.y <= 65535 &&
         l.grid.z <= 65535 && l.cluster >= 1 && l.cluster <= 16 &&
         n_blocks % (size_t)l.cluster == 0;
}

cudaError_t nn_emulator_launch(const NnEmulatedLaunch &l, const std::function<void()> &body)
{
  if (!is_allowed(l))
    return answer(cudaErrorInvalidValue);
  size_t n_blocks = (size_t)l.grid.x * l.grid.y * l.grid.z;
  size_t together = l.cooperative ? n_blocks : (size_t)l.cluster;
  return work([=] { nn_emulator_run(l.grid, l.block, l.shared, together, body); });
}

cudaError_t nn_emulator_set_attribute(const void *function, cudaFuncAttribute attribute, int value)
{
  if (attribute == cudaFuncAttributeMaxDynamicSharedMemorySize && value > MOST_SHARED)
    return answer(cudaErrorInvalidValue);
  attributes[function][attribute] = value;
  return cudaSuccess;
}

/* ---- the device ---- */

cudaError_t cudaGetDeviceCount(int *count)
{
  *count = wish("NN_EMULATOR_DEVICES", 1);
  return answer(*count > 0 ? cudaSuccess : cudaErrorNoDevice);
}

cudaError_t cudaSetDevice(int device)
{
  return answer(device == 0 ? cudaSuccess : cudaErrorInvalidDevice);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device)
{
  memset((void *)p, 0, sizeof *p);
  snprintf(p->name, sizeof p->name, "Emulated GPU");
  p->totalGlobalMem = (size_t)4 << 30;
  p->sharedMemPerBlockOptin = MOST_SHARED;
  p->major = wish("NN_EMULATOR_MAJOR", 9);
  p->multiProcessorCount = 16;
  p->cooperativeLaunch = 1;
  p->warpSize = 32;
  return answer(device == 0 ? cudaSuccess : cudaErrorInvalidDevice);
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int)
{
  bool cluster = attribute == cudaDevAttrClusterLaunch;
  *value = attribute == cudaDevAttrMaxSharedMemoryPerBlockOptin ? MOST_SHARED
           : cluster                                            ? wish("NN_EMULATOR_MAJOR", 9) >= 9
                                                                : 1;
  return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int *version)
{
  *version = wish("NN_EMULATOR_DRIVER", 13000);
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
  *version = 13000;
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t *available, size_t *total)
{
  *available = *total = (size_t)4 << 30;
  return cudaSuccess;
}

/* ---- memory ---- */

cudaError_t cudaMalloc(void **memory, size_t bytes)
{
  if (bytes > (size_t)wish("NN_EMULATOR_MEMORY_MB", 4096) << 20)
    return answer(cudaErrorMemoryAllocation);
  size_t rounded = (bytes + 255) / 256 * 256;
  unsigned char *whole = (unsigned char *)aligned_alloc(256, rounded + 2 * GUARD);
  if (!whole)
    return answer(cudaErrorMemoryAllocation);
  memset(whole, GUARD_BYTE, rounded + 2 * GUARD);
  memcpy(whole, &bytes, sizeof bytes);
  memset(whole + GUARD, 0xff, bytes); /* NaN, as long as nobody wrote there */
  *memory = whole + GUARD;
  return cudaSuccess;
}

cudaError_t cudaFree(void *memory)
{
  if (!memory)
    return cudaSuccess;
  unsigned char *whole = (unsigned char *)memory - GUARD;
  size_t bytes;
  memcpy(&bytes, whole, sizeof bytes);
  for (size_t i = 0; i < GUARD; i++)
    if ((i >= sizeof bytes && whole[i] != GUARD_BYTE) || whole[GUARD + bytes + i] != GUARD_BYTE) {
      fprintf(stderr, "emulator: something wrote beside %zu bytes of device memory\n", bytes);
      abort();
    }
  free(whole);
  return cudaSuccess;
}

cudaError_t cudaMallocHost(void **memory, size_t bytes)
{
  return cudaMalloc(memory, bytes);
}

cudaError_t cudaFreeHost(void *memory)
{
  return cudaFree(memory);
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind)
{
  memcpy(to, from, bytes);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind, cudaStream_t)
{
  return work([=] { memcpy(to, from, bytes); });
}

cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t)
{
  return work([=] { memset(memory, value, bytes); });
}

/* ---- streams, events, graphs ---- */

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned)
{
  *stream = (cudaStream_t)(uintptr_t)1;
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t)
{
  return cudaSuccess;
}

/* NN_EMULATOR_LOST=n: the device is lost at the n-th wait, as a failing GPU shows itself. */
cudaError_t cudaStreamSynchronize(cudaStream_t)
{
  static int waits;
  int lost = wish("NN_EMULATOR_LOST", 0);
  return answer(lost > 0 && ++waits >= lost ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned)
{
  *event = (cudaEvent_t)(uintptr_t)1;
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t)
{
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t)
{
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t)
{
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode)
{
  capturing = new nn_emulated_graph;
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t *graph)
{
  *graph = capturing;
  capturing = nullptr;
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *exec, cudaGraph_t graph, unsigned long long)
{
  graph->users++;
  *exec = graph;
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t)
{
  for (const std::function<void()> &f : exec->works)
    f();
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
  release(graph);
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec)
{
  release(exec);
  return cudaSuccess;
}

cudaError_t cudaGetLastError(void)
{
  cudaError_t error = last_error;
  last_error = cudaSuccess;
  return error;
}

const char *cudaGetErrorName(cudaError_t error)
{
  return error == cudaErrorMemoryAllocation ? "cudaErrorMemoryAllocation"
         : error == cudaErrorLaunchFailure  ? "cudaErrorLaunchFailure"
         : error == cudaErrorNoDevice       ? "cudaErrorNoDevice"
                                            : "cudaErrorUnknown";
}

const char *cudaGetErrorString(cudaError_t error)
{
  return error == cudaErrorMemoryAllocation ? "out of memory"
         : error == cudaErrorLaunchFailure  ? "unspecified launch failure"
         : error == cudaErrorNoDevice       ? "no CUDA-capable device is detected"
                                            : "unknown error";
}
