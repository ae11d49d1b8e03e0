/* host.c: see host.h. Training steps stand in host-step.c. */
#include "host.h"
#include "engine/mem.h"
#include <stdio.h>
#include <string.h>

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
