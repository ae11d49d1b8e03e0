/* guarded.h: memory for comparing two backends. It lies between guard words, so that a step too far
 * shows, and outputs start as NaN, so that a missed element does. It comes from the backend under
 * test and can be read and written by the host, too: the module's memory is asked for as pinned
 * host memory (BACKPROP_CUDA_PINNED), which a GPU uses where it lies. */
#pragma once
#include "engine/backend/backend.h"
#include "engine/mem.h"
#include "engine/rng.h"
#include "tests/check.h"
#include <math.h>
#include <string.h>

extern NnKeyedRng rng;
extern NnBackend *ref, *tested; /* the oracle, and who is judged */

/* Opens both; which one is tested is the program's first argument: "cpu" (default) or "cuda".
 * False: the device is not there, and that the whole program was skipped has been said. */
bool open_backends(int argc, char **argv);
void close_backends(void);
/* Reduced sizes: the tested one is a GPU that the host plays, or BACKPROP_TEST_SMALL is set. */
bool is_small(void);

/* Waits for what a backend is doing, before its memory is looked at. */
void wait_for_backend(const NnBackend *backend);
/* One operation without a result, and then waits. */
#define RUN(backend, op, ...) \
  ((backend)->ops->op((backend), __VA_ARGS__), wait_for_backend(backend))

nn_real *buffer(size_t n, bool random); /* n values between guards: normals, or NaN */
nn_real *copy_of(const nn_real *values, size_t n);
int32_t *labels_of(size_t n, size_t n_classes); /* random ones, without guards */
void release(nn_real *values, size_t n);        /* checks the guards */
void release_labels(int32_t *labels);
/* Compares n values and releases both buffers. */
void agree(nn_real *found, nn_real *wanted, size_t n, double atol, double rtol);
