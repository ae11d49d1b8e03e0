/* device.h: the backend that a test tries, and memory lent to it. Tests compare in host memory; a
 * backend whose memory is not the host's gets copies, guards and NaN included, and what it left
 * there comes back, so that a step too far shows there too. */
#pragma once
#include "engine/backend.h"
#include "guarded.h"
#include <stdio.h>

enum { MOST_LENT = 12 };

typedef struct {
  const NnBackend *to;
  int n;
  struct {
    nn_real *host, *whole; /* whole: with its guards */
    size_t n;
  } lent[MOST_LENT];
} Loan;

/* The backend's own address for buffer `host` of n numbers; NULL stays NULL. */
__attribute__((unused, noinline)) static nn_real *lend(Loan *loan, const nn_real *host, size_t n)
{
  const NnBackend *to = loan->to;
  size_t bytes = (n + 2 * GUARD) * sizeof *host;
  if (!host || to->host_memory)
    return (nn_real *)(uintptr_t)host;
  nn_real *whole = to->ops->alloc(to, bytes);
  if (!nn_check(whole != NULL && loan->n < MOST_LENT))
    return NULL;
  to->ops->upload(to, whole, host - GUARD, bytes);
  loan->lent[loan->n].host = (nn_real *)(uintptr_t)host;
  loan->lent[loan->n].whole = whole;
  loan->lent[loan->n++].n = n;
  return whole + GUARD;
}

/* Waits for the backend and brings everything back. */
__attribute__((unused, noinline)) static void take_back(Loan *loan)
{
  const NnBackend *to = loan->to;
  NnError err;
  if (!nn_check(to->ops->sync(to, &err)))
    printf("# %s\n", err.text);
  for (int i = 0; i < loan->n; i++) {
    nn_real *host = loan->lent[i].host - GUARD;
    to->ops->download(to, host, loan->lent[i].whole, (loan->lent[i].n + 2 * GUARD) * sizeof *host);
    to->ops->free(to, loan->lent[i].whole);
  }
  loan->n = 0;
}

/* Opens the backend named on the command line, else cpu with three threads. A machine without it
 * skips the program. */
__attribute__((unused)) static NnBackend *open_tried(int n_arguments, char **arguments)
{
  NnBackend *backend = NULL;
  NnError err;
  const char *name = n_arguments > 1 ? arguments[1] : "cpu";
  if (nn_backend_open(name, 3, &backend, &err)) {
    printf("# %s\n", backend->device);
    return backend;
  }
  if (err.status == NN_ERR_UNSUPPORTED)
    nn_test_skip(name, err.text);
  else if (!nn_check(false))
    printf("# %s\n", err.text);
  return NULL;
}
