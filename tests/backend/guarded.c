/* guarded.c: see guarded.h. */
#include "guarded.h"
#include <stdio.h>
#include <stdlib.h>

NnKeyedRng rng;
NnBackend *ref, *tested;

enum { GUARD = 16 };
static const nn_real guard_value = (nn_real)-12345.5;

bool open_backends(int argc, char **argv)
{
  NnError err;
  const char *name = argc > 1 ? argv[1] : "cpu";
  setenv("BACKPROP_CUDA_PINNED", "1", 1);
  if (nn_backend_open("ref", 1, &ref, &err) && nn_backend_open(name, 3, &tested, &err)) {
    printf("# %s\n", tested->device);
    return true;
  }
  printf("1..0 # SKIP %s\n", err.text);
  return false;
}

void close_backends(void)
{
  nn_backend_close(tested);
  nn_backend_close(ref);
}

bool is_small(void)
{
  return getenv("BACKPROP_TEST_SMALL") || strstr(tested->device, "Emulated");
}

void wait_for_backend(const NnBackend *backend)
{
  NnError err;
  if (!nn_check(backend->ops->sync(backend, &err)))
    printf("# %s\n", err.text);
}

nn_real *buffer(size_t n, bool random)
{
  nn_real *whole = tested->ops->alloc(tested, (n + 2 * GUARD) * sizeof *whole);
  wait_for_backend(tested);
  for (size_t i = 0; i < n + 2 * GUARD; i++)
    whole[i] = i < GUARD || i >= n + GUARD ? guard_value
               : random                    ? (nn_real)nn_keyed_normal(&rng)
                                           : (nn_real)NAN;
  return whole + GUARD;
}

nn_real *copy_of(const nn_real *values, size_t n)
{
  nn_real *copy = buffer(n, false);
  memcpy(copy, values, n * sizeof *copy);
  return copy;
}

int32_t *labels_of(size_t n, size_t n_classes)
{
  int32_t *labels = tested->ops->alloc(tested, n * sizeof *labels);
  wait_for_backend(tested);
  for (size_t i = 0; i < n; i++)
    labels[i] = (int32_t)(nn_keyed_u32(&rng) % n_classes);
  return labels;
}

void release(nn_real *values, size_t n)
{
  for (int i = 0; i < GUARD; i++) {
    nn_check(values[i - GUARD] == guard_value);
    nn_check(values[n + (size_t)i] == guard_value);
  }
  tested->ops->free(tested, values - GUARD);
}

void release_labels(int32_t *labels)
{
  tested->ops->free(tested, labels);
}

void agree(nn_real *found, nn_real *wanted, size_t n, double atol, double rtol)
{
  nn_check_close(found, wanted, n, atol, rtol);
  release(found, n);
  release(wanted, n);
}
