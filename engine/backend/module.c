/* module.c: see module.h. */
#include "module.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };
static const char file_name[] = "backprop-cuda.so";

typedef bool (*Open)(int api, int device, NnBackend **backend, NnError *err);

static bool is_there(const char *path)
{
  return access(path, R_OK) == 0;
}

/* build/app/backprop-cli: build/cuda/backprop-cuda.so */
static bool beside_build(char path[PATH_SIZE])
{
  char program[PATH_SIZE];
  ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
  if (n <= 0)
    return false;
  program[n] = '\0';
  char *slash = strrchr(program, '/');
  if (!slash)
    return false;
  *slash = '\0';
  int length = snprintf(path, PATH_SIZE, "%s/../cuda/%s", program, file_name);
  return length < PATH_SIZE && is_there(path);
}

static bool find(char path[PATH_SIZE], NnError *err)
{
  const char *chosen = getenv("BACKPROP_CUDA_MODULE");
  if (chosen && chosen[0]) {
    snprintf(path, PATH_SIZE, "%s", chosen);
    return is_there(path) || nn_fail(err, NN_ERR_UNSUPPORTED, "device",
                                     "CUDA is not available: the module %s, named by "
                                     "BACKPROP_CUDA_MODULE, does not exist.",
                                     chosen);
  }
  if (beside_build(path))
    return true;
  snprintf(path, PATH_SIZE, "%s/%s", NN_CUDA_MODULE_DIR, file_name);
  return is_there(path) ||
         nn_fail(err, NN_ERR_UNSUPPORTED, "device",
                 "CUDA is not available: this copy of Backprop comes without its CUDA module, %s.",
                 path);
}

/* The module's function; NULL: err says why not. */
static Open load(const char *path, NnError *err)
{
  void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  Open open;
  if (!module) {
    const char *reason = dlerror();
    nn_fail(err, NN_ERR_UNSUPPORTED, "device",
            "CUDA is not available: its module cannot be loaded (%s).",
            reason ? reason : "no reason is given");
    return NULL;
  }
  /* POSIX's way from an object to a function pointer */
  *(void **)&open = dlsym(module, "nn_cuda_open");
  if (!open)
    nn_fail(err, NN_ERR_UNSUPPORTED, "device",
            "CUDA is not available: %s is not Backprop's CUDA module, it has no nn_cuda_open().",
            path);
  return open;
}

bool nn_backend_open_cuda(NnBackend **backend, NnError *err)
{
  char path[PATH_SIZE];
  NnError why = {0};
  NnBackend *found = NULL;
  Open open = find(path, err) ? load(path, err) : NULL;
  if (!open)
    return false;
  if (!open(NN_BACKEND_API, 0, &found, &why))
    return nn_fail(err, why.status ? why.status : NN_ERR_DEVICE, "device", "%s",
                   why.text[0] ? why.text : "CUDA is not available: its module does not say why.");
  if (found->ops->api != NN_BACKEND_API) {
    int api = found->ops->api;
    found->ops->close(found);
    return nn_fail(err, NN_ERR_UNSUPPORTED, "device",
                   "CUDA is not available: the module %s belongs to another version of Backprop "
                   "(interface %d, this program's is %d).",
                   path, api, NN_BACKEND_API);
  }
  *backend = found;
  return true;
}
