/* backend.c: opening a backend by name, and what both host backends share. */
#include "host.h"
#include "module.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "engine/train/metrics.h"
#include <stdio.h>
#include <string.h>

#ifndef NN_ONLY_REF
static int all_cores(void)
{
  int n = nn_machine_cores();
  return n > NN_MOST_THREADS ? NN_MOST_THREADS : n;
}
#endif

bool nn_backend_open(const char *name, int n_threads, NnBackend **backend, NnError *err)
{
  if (n_threads < 0 || n_threads > NN_MOST_THREADS)
    return nn_fail(err, NN_ERR_ARG, "threads",
                   "The number of threads is %d; allowed is 1 to %d, or 0 for all cores.",
                   n_threads, NN_MOST_THREADS);
  if (strcmp(name, "ref") == 0)
    return nn_backend_open_ref(backend, err);
#ifndef NN_ONLY_REF
  if (strcmp(name, "cpu") == 0 || strcmp(name, "auto") == 0)
    return nn_backend_open_cpu(n_threads ? n_threads : all_cores(), backend, err);
  if (strcmp(name, "cuda") == 0)
    return nn_backend_open_cuda(backend, err);
#endif
  return nn_fail(err, NN_ERR_ARG, "device",
                 "There is no device \"%s\"; allowed are auto, cpu, ref and cuda.", name);
}

void nn_backend_describe(const char *name, NnDeviceInfo *info)
{
  NnBackend *backend = NULL;
  NnError err = {0};
  *info = (NnDeviceInfo){.available = nn_backend_open(name, 0, &backend, &err)};
  if (info->available)
    memcpy(info->text, backend->device, sizeof backend->device);
  else
    memcpy(info->text, err.text, sizeof info->text);
  nn_backend_close(backend);
}

void nn_backend_close(NnBackend *backend)
{
  if (backend)
    backend->ops->close(backend);
}

bool nn_host_open(const NnBackendOps *ops, int n_threads, const char *device, void *context,
                  NnBackend **backend, NnError *err)
{
  NnHost *host = nn_alloc(sizeof *host);
  if (!host)
    return nn_fail_nomem(err, "the backend");
  NnBackend *self = &host->backend;
  self->ops = ops;
  self->n_threads = n_threads;
  self->host_memory = true;
  self->steps_ahead = 1;
  self->context = context;
  snprintf(self->device, sizeof self->device, "%s", device);
  *backend = self;
  return true;
}

void nn_host_close(NnBackend *backend)
{
  nn_free(backend);
}

void *nn_host_alloc(const NnBackend *backend, size_t bytes)
{
  (void)backend;
  return nn_alloc(bytes);
}

void nn_host_free(const NnBackend *backend, void *memory)
{
  (void)backend;
  nn_free(memory);
}

void nn_host_copy_bytes(const NnBackend *backend, void *to, const void *from, size_t bytes)
{
  (void)backend;
  memcpy(to, from, bytes);
}

void nn_host_zero(const NnBackend *backend, nn_real *x, size_t n)
{
  (void)backend;
  memset(x, 0, n * sizeof *x);
}

void nn_host_copy(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n)
{
  (void)backend;
  memcpy(y, x, n * sizeof *x);
}

bool nn_host_sync(const NnBackend *backend, NnError *err)
{
  (void)backend, (void)err;
  return true;
}

size_t nn_host_count_correct(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                             const int32_t *labels)
{
  (void)backend;
  size_t correct = 0;
  for (size_t n = 0; n < N; n++)
    correct += nn_argmax(logits + n * C, (int)C) == labels[n];
  return correct;
}

double nn_host_sum(const NnBackend *backend, const nn_real *x, size_t n)
{
  (void)backend;
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)x[i];
  return sum;
}
