/* module.cu: the one function that the program finds in this module. */
#include "gemm.h"
#include <cstdio>
#include <cstdlib>
#include <new>

/* The oldest driver that runs what this module was compiled with: drivers of one major version of
 * CUDA run everything made for it (CUDA Compatibility guide, minor version compatibility). */
static bool check_driver(NnError *err)
{
  int driver = 0, runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  if (driver == 0)
    return nn_cuda_fail(err, NN_ERR_UNSUPPORTED,
                        "CUDA is not available: this machine has no NVIDIA driver.");
  if (driver / 1000 < runtime / 1000)
    return nn_cuda_fail(err, NN_ERR_UNSUPPORTED,
                        "CUDA is not available: the NVIDIA driver is for CUDA %d.%d, too old for "
                        "this program, which needs %d.0 or newer.",
                        driver / 1000, driver % 1000 / 10, runtime / 1000);
  return true;
}

static bool check_device(int device, NnError *err)
{
  int n = 0;
  cudaError_t code = cudaGetDeviceCount(&n);
  if (code != cudaSuccess && code != cudaErrorNoDevice) {
    cudaGetLastError();
    return nn_cuda_fail(err, NN_ERR_DEVICE, "CUDA is not available: the driver reports %s (%s).",
                        cudaGetErrorString(code), cudaGetErrorName(code));
  }
  if (n == 0) {
    cudaGetLastError();
    return nn_cuda_fail(err, NN_ERR_UNSUPPORTED,
                        "CUDA is not available: the NVIDIA driver finds no GPU.");
  }
  if (device < 0 || device >= n)
    return nn_cuda_fail(err, NN_ERR_ARG, "There is no GPU number %d; this machine has %d.", device,
                        n);
  return true;
}

/* Older chips than the kernels were compiled for cannot run them. */
static bool check_chip(const NnContext *context, NnError *err)
{
  const cudaDeviceProp *p = &context->properties;
  if (10 * p->major + p->minor >= 75)
    return true;
  return nn_cuda_fail(err, NN_ERR_UNSUPPORTED,
                      "CUDA is not available: the GPU %s has compute capability %d.%d; 7.5 is the "
                      "oldest that works.",
                      p->name, p->major, p->minor);
}

static bool prepare(NnContext *context)
{
  return nn_cuda_ok(context, cudaSetDevice(context->device), "choosing the GPU") &&
         nn_cuda_ok(context, cudaStreamCreateWithFlags(&context->stream, cudaStreamNonBlocking),
                    "starting") &&
         nn_cuda_ok(context, cudaMalloc((void **)&context->halted, sizeof *context->halted),
                    "starting") &&
         nn_cuda_ok(context,
                    cudaMemsetAsync(context->halted, 0, sizeof *context->halted, context->stream),
                    "starting") &&
         nn_cuda_ok(context, cudaMalloc((void **)&context->cells, NN_CELLS * sizeof(double)),
                    "starting") &&
         nn_cuda_ok(context,
                    cudaMallocHost((void **)&context->host_cells, NN_CELLS * sizeof(double)),
                    "starting") &&
         nn_cuda_ok(context,
                    cudaMalloc((void **)&context->parts, NN_PARTS * sizeof *context->parts),
                    "starting") &&
         nn_steps_new(context) &&
         nn_cuda_ok(context, cudaStreamSynchronize(context->stream), "starting");
}

static const NnBackendOps *operations()
{
  static NnBackendOps ops;
  ops.api = NN_BACKEND_API;
  ops.name = "cuda";
  nn_cuda_add_memory(&ops);
  nn_cuda_add_steps(&ops);
  nn_cuda_add_elementwise(&ops);
  nn_cuda_add_gemm(&ops);
  nn_cuda_add_conv(&ops);
  nn_cuda_add_pools(&ops);
  nn_cuda_add_fused(&ops);
  nn_cuda_add_vector(&ops);
  nn_cuda_add_reductions(&ops);
  nn_cuda_add_rows(&ops);
  nn_cuda_add_norms(&ops);
  nn_cuda_add_prelu(&ops);
  nn_cuda_add_loss(&ops);
  nn_cuda_add_objective(&ops);
  nn_cuda_add_random(&ops);
  nn_cuda_add_optimizers(&ops);
  nn_cuda_add_adafactor(&ops);
  return &ops;
}

static void describe(NnContext *context)
{
  NnBackend *backend = &context->backend;
  backend->ops = operations();
  backend->n_threads = 1;
  backend->host_memory = false;
  backend->steps_ahead = NN_STEPS_AHEAD;
  backend->context = context;
  snprintf(backend->device, sizeof backend->device, "CUDA · %.80s · %.0f GiB",
           context->properties.name, (double)context->properties.totalGlobalMem / (1 << 30));
}

/* api: the caller's NN_BACKEND_API. device: number of the GPU, from 0. On success *backend is to be
 * closed with its own close(). Errors: NN_ERR_UNSUPPORTED, NN_ERR_ARG, NN_ERR_DEVICE, NN_ERR_NOMEM,
 * each with one sentence. */
extern "C" __attribute__((visibility("default"))) bool
nn_cuda_open(int api, int device, NnBackend **backend, NnError *err)
{
  if (api != NN_BACKEND_API)
    return nn_cuda_fail(err, NN_ERR_UNSUPPORTED,
                        "CUDA is not available: the CUDA module belongs to another version of "
                        "Backprop (interface %d, this program's is %d).",
                        NN_BACKEND_API, api);
  if (!check_driver(err) || !check_device(device, err))
    return false;
  NnContext *context = new (std::nothrow) NnContext();
  if (!context)
    return nn_cuda_fail(err, NN_ERR_NOMEM, "There is not enough memory to use the GPU.");
  const char *pinned = getenv("BACKPROP_CUDA_PINNED");
  context->device = device;
  context->pinned = pinned && strcmp(pinned, "1") == 0;
  bool ok = nn_cuda_ok(context, cudaGetDeviceProperties(&context->properties, device),
                       "asking for the GPU's properties");
  ok = ok ? check_chip(context, err) && (prepare(context) || nn_cuda_report(context, err))
          : nn_cuda_report(context, err);
  if (!ok) {
    nn_context_free(context);
    return false;
  }
  describe(context);
  *backend = &context->backend;
  return true;
}
