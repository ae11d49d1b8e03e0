/* context.cu: memory, waiting and failures of one GPU. */
#include "context.h"
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

bool nn_cuda_ok(NnContext *context, cudaError_t code, const char *what)
{
  if (code == cudaSuccess)
    return true;
  cudaGetLastError(); /* a failure that is not for good is taken off CUDA's own list */
  if (context->error == cudaSuccess) {
    context->error = code;
    context->error_what = what;
  }
  return false;
}

/* For tests: with BACKPROP_CUDA_PINNED=1 in the environment all memory is the host's, which the GPU
 * reads and writes where it lies, so that a test can look into every buffer. */
static cudaError_t find_memory(const NnContext *context, void **memory, size_t bytes)
{
  return context->pinned ? cudaMallocHost(memory, bytes) : cudaMalloc(memory, bytes);
}

static void give_back(const NnContext *context, void *memory)
{
  if (context->pinned)
    cudaFreeHost(memory);
  else
    cudaFree(memory);
}

/* Zeroed, as the table promises; NULL when there is no room, which is no failure of the device. */
static void *cuda_alloc(const NnBackend *backend, size_t bytes)
{
  NnContext *context = nn_context(backend);
  void *memory = NULL;
  if (context->error != cudaSuccess)
    return NULL;
  if (find_memory(context, &memory, bytes > 0 ? bytes : 1) != cudaSuccess) {
    cudaGetLastError();
    return NULL;
  }
  if (nn_cuda_ok(context, cudaMemsetAsync(memory, 0, bytes, context->stream), "clearing memory"))
    return memory;
  give_back(context, memory);
  return NULL;
}

/* What is listed may still read it. */
static void cuda_free(const NnBackend *backend, void *memory)
{
  NnContext *context = nn_context(backend);
  nn_flush(context);
  cudaStreamSynchronize(context->stream);
  give_back(context, memory);
}

/* From pageable memory the copy has left the host when the call returns. */
static void cuda_upload(const NnBackend *backend, void *to, const void *from_host, size_t bytes)
{
  NnContext *context = nn_context(backend);
  nn_flush(context);
  if (context->error == cudaSuccess && bytes > 0)
    nn_cuda_ok(context,
               cudaMemcpyAsync(to, from_host, bytes, cudaMemcpyHostToDevice, context->stream),
               "copying to the GPU");
}

static void cuda_download(const NnBackend *backend, void *to_host, const void *from, size_t bytes)
{
  NnContext *context = nn_context(backend);
  nn_flush(context);
  if (context->error == cudaSuccess && bytes > 0 &&
      nn_cuda_ok(context,
                 cudaMemcpyAsync(to_host, from, bytes, cudaMemcpyDeviceToHost, context->stream),
                 "copying from the GPU"))
    nn_cuda_ok(context, cudaStreamSynchronize(context->stream), "waiting for the GPU");
}

struct ZeroNode {
  void *x;
  size_t bytes;
};

static void run_zero(NnContext *context, const void *values, const NnLive &)
{
  const ZeroNode *node = (const ZeroNode *)values;
  if (context->error == cudaSuccess && node->bytes > 0)
    nn_cuda_ok(context, cudaMemsetAsync(node->x, 0, node->bytes, context->stream),
               "clearing memory");
}

static void cuda_zero(const NnBackend *backend, nn_real *x, size_t n)
{
  ZeroNode node = nn_zeroed<ZeroNode>();
  node.x = x;
  node.bytes = n * sizeof *x;
  nn_submit(backend, run_zero, node);
}

struct CopyNode {
  const void *from;
  void *to;
  size_t bytes;
};

static void run_copy(NnContext *context, const void *values, const NnLive &)
{
  const CopyNode *node = (const CopyNode *)values;
  if (context->error == cudaSuccess && node->bytes > 0)
    nn_cuda_ok(context,
               cudaMemcpyAsync(node->to, node->from, node->bytes, cudaMemcpyDeviceToDevice,
                               context->stream),
               "copying on the GPU");
}

static void cuda_copy(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n)
{
  CopyNode node = nn_zeroed<CopyNode>();
  node.from = x;
  node.to = y;
  node.bytes = n * sizeof *x;
  nn_submit(backend, run_copy, node);
}

/* The module is loaded beside the program and shares no code with it, so it has a nn_fail() of its
 * own. */
bool nn_cuda_fail(NnError *err, NnStatus status, const char *format, ...)
{
  va_list list;
  if (err) {
    err->status = status;
    snprintf(err->where, sizeof err->where, "device");
    va_start(list, format);
    vsnprintf(err->text, sizeof err->text, format, list);
    va_end(list);
  }
  return false;
}

bool nn_cuda_report(NnContext *context, NnError *err)
{
  if (context->error == cudaSuccess)
    return true;
  if (context->error == cudaErrorMemoryAllocation)
    return nn_cuda_fail(err, NN_ERR_DEVICE,
                        "The GPU %s ran out of memory while %s; a smaller batch or network needs "
                        "less, or train on the CPU.",
                        context->properties.name, context->error_what);
  return nn_cuda_fail(err, NN_ERR_DEVICE,
                      "The GPU %s stopped working while %s (%s: %s); what was trained so far is "
                      "kept, and the run can be started again on the CPU.",
                      context->properties.name, context->error_what,
                      cudaGetErrorName(context->error), cudaGetErrorString(context->error));
}

static bool cuda_sync(const NnBackend *backend, NnError *err)
{
  NnContext *context = nn_context(backend);
  nn_flush(context);
  if (context->error == cudaSuccess)
    nn_cuda_ok(context, cudaStreamSynchronize(context->stream), "computing");
  return nn_cuda_report(context, err);
}

bool nn_read_cells(NnContext *context, size_t n)
{
  nn_flush(context);
  if (context->error == cudaSuccess &&
      nn_cuda_ok(context,
                 cudaMemcpyAsync(context->host_cells, context->cells, n * sizeof *context->cells,
                                 cudaMemcpyDeviceToHost, context->stream),
                 "copying from the GPU"))
    nn_cuda_ok(context, cudaStreamSynchronize(context->stream), "computing");
  for (size_t i = 0; context->error != cudaSuccess && i < n; i++)
    context->host_cells[i] = NAN;
  return context->error == cudaSuccess;
}

void nn_flush(NnContext *context)
{
  nn_steps_flush(context);
}

void nn_submit(const NnBackend *backend, NnNodeRun run, const void *values, size_t n_bytes,
               const void *live, size_t n_live)
{
  NnContext *context = nn_context(backend);
  if (context->error != cudaSuccess || nn_steps_list(context, run, values, n_bytes, live, n_live))
    return;
  nn_flush(context); /* what was listed comes first */
  run(context, values, nn_steps_live_now(context, live, n_live));
}

void nn_context_free(NnContext *context)
{
  if (context->stream)
    cudaStreamSynchronize(context->stream);
  nn_steps_free(context);
  cudaFree(context->halted);
  cudaFree(context->cells);
  cudaFree(context->parts);
  cudaFreeHost(context->host_cells);
  if (context->stream)
    cudaStreamDestroy(context->stream);
  delete context;
}

static void cuda_close(NnBackend *backend)
{
  nn_context_free(nn_context(backend));
}

void nn_cuda_add_memory(NnBackendOps *ops)
{
  ops->close = cuda_close;
  ops->alloc = cuda_alloc;
  ops->free = cuda_free;
  ops->upload = cuda_upload;
  ops->download = cuda_download;
  ops->zero = cuda_zero;
  ops->copy = cuda_copy;
  ops->sync = cuda_sync;
}
