/* host.h: what the two backends in host memory share. Private to the engine. */
#pragma once
#include "backend.h"

bool nn_backend_open_ref(NnBackend **backend, NnError *err);
bool nn_backend_open_cpu(int n_threads, bool fuses, NnBackend **backend, NnError *err);

/* A backend in host memory runs each operation at once; results wait until they are collected. */
enum { NN_HOST_STEPS = 64 };
typedef struct {
  NnBackend backend; /* first: a pointer to it is a pointer to this */
  bool open;         /* the newest step may get penalties yet: */
  double loss, penalty;
  size_t correct;
  NnStepResult results[NN_HOST_STEPS]; /* a ring; those before it */
  size_t n_results;
  bool halted; /* one of them is not finite */
} NnHost;

/* Allocates the NnBackend itself; takes nothing on failure. */
bool nn_host_open(const NnBackendOps *ops, int n_threads, const char *device, void *context,
                  NnBackend **backend, NnError *err);
void nn_host_close(NnBackend *backend);
void *nn_host_alloc(const NnBackend *backend, size_t bytes);
void nn_host_free(const NnBackend *backend, void *memory);
void nn_host_copy_bytes(const NnBackend *backend, void *to, const void *from, size_t bytes);
void nn_host_zero(const NnBackend *backend, nn_real *x, size_t n);
void nn_host_copy(const NnBackend *backend, const nn_real *x, nn_real *y, size_t n);
bool nn_host_sync(const NnBackend *backend, NnError *err);
size_t nn_host_count_correct(const NnBackend *backend, size_t N, size_t C, const nn_real *logits,
                             const int32_t *labels);
double nn_host_sum(const NnBackend *backend, const nn_real *x, size_t n);

/* host-step.c */
/* A loss of a step that has not been collected is not finite. */
bool nn_host_diverged(const NnBackend *backend);
/* One more step that is through. */
void nn_host_add_result(const NnBackend *backend, const NnStepResult *result);
void nn_host_step_mark(const NnBackend *backend); /* begin, end: nothing is put off */
void nn_host_step_loss(const NnBackend *backend, const NnStepLoss *step);
void nn_host_step_penalty(const NnBackend *backend, const nn_real *w, size_t n, double l1,
                          double l2);
void nn_host_clip_norm(const NnBackend *backend, nn_real *dw, const NnParamView *views, int n_views,
                       double limit);
bool nn_host_step_results(const NnBackend *backend, NnStepResult *results, size_t n, NnError *err);
void nn_host_gather(const NnBackend *backend, const NnGather *gather);
