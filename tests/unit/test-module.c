/* test-module.c: what is said when CUDA is not available, and that it works when it is, with
 * made-up modules. Arguments: the module, a shared library that is none, a file that is no library.
 */
#include "engine/backend/backend.h"
#include "tests/check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *module, *stranger, *text_file;

/* Opens with this module and wish; checks the sentence, or that there is none. */
static void refused(const char *path, const char *wish, NnStatus status, const char *part)
{
  NnBackend *backend = (NnBackend *)&backend, *before = backend;
  NnError err = {0};
  setenv("BACKPROP_CUDA_MODULE", path, 1);
  setenv("FAKE_CUDA", wish, 1);
  nn_check(!nn_backend_open("cuda", 0, &backend, &err));
  nn_check(backend == before);
  nn_check_int(err.status, status);
  nn_check_str(err.where, "device");
  nn_check_has(err.text, "CUDA is not available: ");
  nn_check_has(err.text, part);
  size_t n = strlen(err.text);
  nn_check(n > 0 && err.text[n - 1] == '.' && !strchr(err.text, '\n'));
  nn_check(!nn_backend_open("cuda", 0, &backend, NULL)); /* the sentence is not needed */
  NnDeviceInfo info;
  nn_backend_describe("cuda", &info);
  nn_check(!info.available);
  nn_check_str(info.text, err.text);
}

static void test_missing(void)
{
  refused("/nonexistent/backprop-cuda.so", "", NN_ERR_UNSUPPORTED, "/nonexistent/backprop-cuda.so");
  unsetenv("BACKPROP_CUDA_MODULE");
}

/* Where a build and an installation have theirs, a test program has none. */
static void test_not_built(void)
{
  NnBackend *backend = NULL;
  NnError err = {0};
  unsetenv("BACKPROP_CUDA_MODULE");
  unsetenv("FAKE_CUDA");
  if (nn_backend_open("cuda", 0, &backend, &err)) {
    nn_backend_close(backend);
    nn_skip("CUDA is installed here");
    return;
  }
  nn_check_has(err.text, "CUDA is not available: ");
}

static void test_not_loadable(void)
{
  refused(text_file, "", NN_ERR_UNSUPPORTED, "cannot be loaded (");
  refused(text_file, "", NN_ERR_UNSUPPORTED, text_file);
}

static void test_no_function(void)
{
  refused(stranger, "", NN_ERR_UNSUPPORTED, "nn_cuda_open()");
}

static void test_other_version(void)
{
  refused(module, "old", NN_ERR_UNSUPPORTED, "belongs to another version of Backprop");
}

static void test_fails(void)
{
  refused(module, "fails", NN_ERR_UNSUPPORTED, "this made-up machine has no NVIDIA driver.");
  refused(module, "silent", NN_ERR_DEVICE, "does not say why.");
}

static void test_works(void)
{
  NnBackend *backend = NULL;
  NnError err = {0};
  NnDeviceInfo info;
  setenv("BACKPROP_CUDA_MODULE", module, 1);
  unsetenv("FAKE_CUDA");
  if (!nn_check(nn_backend_open("cuda", 0, &backend, &err)))
    return;
  nn_check_str(backend->ops->name, "cuda");
  float *x = backend->ops->alloc(backend, sizeof *x), y = 7;
  backend->ops->upload(backend, x, &y, sizeof y);
  nn_check(backend->ops->sum(backend, x, 1) == 7);
  backend->ops->free(backend, x);
  nn_backend_close(backend);
  nn_backend_describe("cuda", &info);
  nn_check(info.available);
  nn_check_str(info.text, "CUDA · Made-up 9000 · 8 GiB");
}

int main(int argc, char **argv)
{
  if (argc != 4) {
    printf("Bail out! Usage: test-module MODULE LIBRARY FILE\n");
    return 1;
  }
  module = argv[1];
  stranger = argv[2];
  text_file = argv[3];
  nn_test("a module that is not there", test_missing);
  nn_test("no module in this build", test_not_built);
  nn_test("a file that is no library", test_not_loadable);
  nn_test("a library that is no module", test_no_function);
  nn_test("a module of another version", test_other_version);
  nn_test("a module that fails", test_fails);
  nn_test("a module that works", test_works);
  return nn_test_done();
}
