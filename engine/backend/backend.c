/* backend.c: opening a backend by name. */
#include "host.h"
#include "module.h"
#include "engine/machine.h"
#include <string.h>

#ifndef NN_ONLY_REF
static int all_cores(void)
{
  int n = nn_machine_cores();
  return n > NN_MOST_THREADS ? NN_MOST_THREADS : n;
}
#endif

static bool open_named(const char *name, int n_threads, NnBackend **backend, NnError *err)
{
  if (n_threads < 0 || n_threads > NN_MOST_THREADS)
    return nn_fail(err, NN_ERR_ARG, "threads",
                   "The number of threads is %d; allowed is 1 to %d, or 0 for all cores.",
                   n_threads, NN_MOST_THREADS);
  if (strcmp(name, "ref") == 0)
    return nn_backend_open_ref(backend, err);
#ifndef NN_ONLY_REF
  bool operations = strcmp(name, "cpu:operations") == 0;
  if (operations || strcmp(name, "cpu") == 0 || strcmp(name, "auto") == 0)
    return nn_backend_open_cpu(n_threads ? n_threads : all_cores(), !operations, backend, err);
  if (strcmp(name, "cuda") == 0)
    return nn_backend_open_cuda(backend, err);
#endif
  return nn_fail(err, NN_ERR_ARG, "device",
                 "There is no device \"%s\"; allowed are auto, cpu, ref and cuda.", name);
}

bool nn_backend_open(const char *name, int n_threads, NnBackend **backend, NnError *err)
{
  NnBackend *opened = NULL;
  if (!open_named(name, n_threads, &opened, err))
    return false;
  if (!nn_backend_check(opened, err)) {
    opened->ops->close(opened);
    return false;
  }
  *backend = opened;
  return true;
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
