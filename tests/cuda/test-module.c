/* test-module.c: opening the CUDA module, and the one sentence that says why not. Argument: the
 * real module, or "-" where it was not built. What a machine may lack is tried on the emulator's
 * module, BACKPROP_CUDA_MODULE. */
#include "engine/backend/backend.h"
#include "tests/check.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const char *real_module, *emulated_module;

typedef bool (*Open)(int api, int device, NnBackend **backend, NnError *err);

static Open open_of(const char *path)
{
  Open open = NULL;
  void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (nn_check(module != NULL))
    *(void **)&open = dlsym(module, "nn_cuda_open");
  return nn_check(open != NULL) ? open : NULL;
}

static bool has_driver(void)
{
  void *driver = dlopen("libcuda.so.1", RTLD_LAZY);
  if (driver)
    dlclose(driver);
  return driver != NULL;
}

/* Through the way that the program itself takes. */
static void test_real(void)
{
  NnBackend *backend = NULL;
  NnError err = {0};
  if (strcmp(real_module, "-") == 0) {
    nn_skip("the CUDA module was not built");
    return;
  }
  setenv("BACKPROP_CUDA_MODULE", real_module, 1);
  bool ok = nn_backend_open("cuda", 0, &backend, &err);
  setenv("BACKPROP_CUDA_MODULE", emulated_module, 1);
  nn_check(ok || strncmp(err.text, "CUDA is not available: ", 21) == 0);
  if (!has_driver()) {
    nn_check(!ok);
    nn_check_int(err.status, NN_ERR_UNSUPPORTED);
    nn_check_str(err.text, "CUDA is not available: this machine has no NVIDIA driver.");
  }
  nn_backend_close(backend);
}

static void test_version(void)
{
  const char *paths[] = {emulated_module, real_module};
  for (int i = 0; i < 2; i++) {
    NnBackend *backend = NULL;
    NnError err = {0};
    Open open = strcmp(paths[i], "-") == 0 ? NULL : open_of(paths[i]);
    if (!open)
      continue;
    nn_check(!open(NN_BACKEND_API + 1, 0, &backend, &err));
    nn_check_int(err.status, NN_ERR_UNSUPPORTED);
    nn_check_has(err.text, "belongs to another version of Backprop");
    nn_check(backend == NULL);
  }
}

/* One thing that a machine lacks, and what is said of it. */
static void lacks(const char *name, const char *value, int device, NnStatus status,
                  const char *sentence)
{
  NnBackend *backend = NULL;
  NnError err = {0};
  Open open = open_of(emulated_module);
  setenv(name, value, 1);
  nn_check(open && !open(NN_BACKEND_API, device, &backend, &err));
  unsetenv(name);
  nn_check_int(err.status, status);
  nn_check_str(err.text, sentence);
}

static void test_machines(void)
{
  lacks("NN_EMULATOR_DRIVER", "0", 0, NN_ERR_UNSUPPORTED,
        "CUDA is not available: this machine has no NVIDIA driver.");
  lacks(
      "NN_EMULATOR_DRIVER", "12080", 0, NN_ERR_UNSUPPORTED,
      "CUDA is not available: the NVIDIA driver is for CUDA 12.8, too old for this program, which "
      "needs 13.0 or newer.");
  lacks("NN_EMULATOR_DEVICES", "0", 0, NN_ERR_UNSUPPORTED,
        "CUDA is not available: the NVIDIA driver finds no GPU.");
  lacks("NN_EMULATOR_MAJOR", "6", 0, NN_ERR_UNSUPPORTED,
        "CUDA is not available: the GPU Emulated GPU has compute capability 6.0; 7.5 is the oldest "
        "that works.");
  lacks("NN_EMULATOR_DEVICES", "1", 1, NN_ERR_ARG, "There is no GPU number 1; this machine has 1.");
}

/* Too little memory is NULL, no failure; a lost device is one, and is said at the next wait. */
static void test_failures(void)
{
  NnBackend *backend = NULL;
  NnError err = {0};
  if (!nn_check(nn_backend_open("cuda", 0, &backend, &err)))
    return;
  setenv("NN_EMULATOR_MEMORY_MB", "1", 1);
  nn_check(backend->ops->alloc(backend, 1 << 21) == NULL);
  unsetenv("NN_EMULATOR_MEMORY_MB");
  nn_check(backend->ops->sync(backend, &err));
  nn_real *x = backend->ops->alloc(backend, 4 * sizeof *x);
  setenv("NN_EMULATOR_LOST", "1", 1);
  nn_check(!backend->ops->sync(backend, &err));
  unsetenv("NN_EMULATOR_LOST");
  nn_check_int(err.status, NN_ERR_DEVICE);
  nn_check_has(err.text, "The GPU Emulated GPU stopped working while computing");
  nn_check(isnan(backend->ops->sum(backend, x, 4)));
  backend->ops->zero(backend, x, 4);
  nn_check(backend->ops->alloc(backend, 4) == NULL);
  nn_check(!backend->ops->sync(backend, &err)); /* for good */
  backend->ops->free(backend, x);
  nn_backend_close(backend);
}

int main(int argc, char **argv)
{
  const char *emulated = getenv("BACKPROP_CUDA_MODULE");
  real_module = argc > 1 ? argv[1] : "-";
  emulated_module = emulated ? strdup(emulated) : "-";
  nn_test("the real module", test_real);
  nn_test("a module of another version", test_version);
  nn_test("what a machine lacks", test_machines);
  nn_test("too little memory, a lost device", test_failures);
  return nn_test_done();
}
