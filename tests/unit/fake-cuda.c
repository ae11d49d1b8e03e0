/* fake-cuda.c: a made-up CUDA module, whose device computes on one thread of the CPU. What
 * it does is in the environment, so that one file serves all tests:
 *
 *   FAKE_CUDA=fails    it opens nothing, and says why
 *   FAKE_CUDA=silent   the same, without a word
 *   FAKE_CUDA=old      it is made for the interface before this one, and does not notice
 *   FAKE_CUDA=fast     it leaves out products and updates, and is faster than any device
 *   FAKE_CUDA_DIES=N   its N-th training step finds the device lost
 *   FAKE_CUDA_SLOW=N   every training step takes N microseconds longer */
#include "engine/backend/backend.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static NnBackendOps ops, cpu;
static _Atomic long n_steps;

static long number(const char *name)
{
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

static bool step_results(const NnBackend *backend, NnStepResult *results, size_t n, NnError *err)
{
  long slow = number("FAKE_CUDA_SLOW"), dies_at = number("FAKE_CUDA_DIES");
  long step = atomic_fetch_add(&n_steps, 1) + 1;
  if (slow > 0)
    nanosleep(&(struct timespec){.tv_nsec = slow * 1000}, NULL);
  if (dies_at > 0 && step >= dies_at)
    return nn_fail(err, NN_ERR_DEVICE, "device",
                   "The GPU Made-up 9000 stopped working; what was trained so far is kept.");
  return cpu.step_results(backend, results, n, err);
}

static void no_product(const NnBackend *backend, bool trans_a, bool trans_b, size_t M, size_t N,
                       size_t K, double alpha, const nn_real *A, const nn_real *B, double beta,
                       nn_real *C)
{
}

static void no_update(const NnBackend *backend, int elem, int n_state, const double *scalars,
                      size_t n, const nn_real *dw, nn_real *const *state, nn_real *w)
{
}

bool nn_cuda_open(int api, int device, NnBackend **backend, NnError *err);

__attribute__((visibility("default"))) bool nn_cuda_open(int api, int device, NnBackend **backend,
                                                         NnError *err)
{
  const char *wish = getenv("FAKE_CUDA");
  bool old = wish && strcmp(wish, "old") == 0;
  if (wish && strcmp(wish, "silent") == 0)
    return false;
  if (wish && strcmp(wish, "fails") == 0)
    return nn_fail(err, NN_ERR_UNSUPPORTED, "device",
                   "CUDA is not available: this made-up machine has no NVIDIA driver.");
  if (device != 0 || api != NN_BACKEND_API || !nn_backend_open("cpu", 1, backend, err))
    return false;
  cpu = ops = *(*backend)->ops;
  ops.name = "cuda";
  ops.api = old ? NN_BACKEND_API - 1 : NN_BACKEND_API;
  ops.step_results = step_results;
  ops.compile_step = NULL; /* the processor's own would do all of it, and many steps at a time */
  if (wish && strcmp(wish, "fast") == 0) {
    ops.gemm = no_product;
    ops.optimizer_step = no_update;
  }
  n_steps = 0;
  (*backend)->ops = &ops;
  snprintf((*backend)->device, sizeof(*backend)->device, "CUDA · Made-up 9000 · 8 GiB");
  return true;
}
