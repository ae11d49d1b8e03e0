/* host-step.c: training steps on the backends in host memory, which do everything at once: their
 * results lie in NnHost until somebody wants them. */
#include "host.h"

/* Operations take their backend as const: its table and memory do not change. The step does. */
static NnHost *host_of(const NnBackend *backend)
{
  return (NnHost *)backend;
}

static double total(const NnHost *host)
{
  return host->loss + host->penalty;
}

bool nn_host_diverged(const NnBackend *backend)
{
  const NnHost *host = host_of(backend);
  return host->halted || (host->open && !isfinite((float)total(host)));
}

static void add_result(NnHost *host, const NnStepResult *result)
{
  host->results[host->n_results++ % NN_HOST_STEPS] = *result;
  host->halted |= !isfinite((float)result->loss);
}

/* What is open gets no more penalties. */
static void close_step(NnHost *host)
{
  if (host->open)
    add_result(host, &(NnStepResult){.loss = total(host), .correct = host->correct});
  host->open = false;
  host->loss = host->penalty = 0;
}

void nn_host_add_result(const NnBackend *backend, const NnStepResult *result)
{
  close_step(host_of(backend));
  add_result(host_of(backend), result);
}

void nn_host_step_mark(const NnBackend *backend)
{
  (void)backend;
}

void nn_host_step_loss(const NnBackend *backend, const NnStepLoss *step)
{
  const NnBackendOps *ops = backend->ops;
  NnHost *host = host_of(backend);
  close_step(host);
  host->open = true;
  host->loss = ops->sum(backend, step->row_loss, step->N) / step->divisor;
  host->correct = ops->count_correct(backend, step->N, step->C, step->logits, step->labels);
}

void nn_host_step_penalty(const NnBackend *backend, const nn_real *w, size_t n, double l1,
                          double l2)
{
  double sum_abs, sum_squares;
  backend->ops->norms(backend, w, n, &sum_abs, &sum_squares);
  host_of(backend)->penalty += l1 * sum_abs + l2 * sum_squares;
}

void nn_host_clip_norm(const NnBackend *backend, nn_real *dw, const NnParamView *views, int n_views,
                       double limit)
{
  double squares = 0;
  size_t n = 0;
  for (int i = 0; i < n_views; i++) {
    double sum_abs, sum_squares;
    backend->ops->norms(backend, dw + views[i].offset, views[i].n, &sum_abs, &sum_squares);
    squares += sum_squares;
    n += views[i].n;
  }
  double factor = limit / (sqrt(squares) + 1e-6);
  if (!(factor >= 1)) /* NaN goes on into the gradients, as in PyTorch */
    backend->ops->scale(backend, factor, dw, n);
}

bool nn_host_step_results(const NnBackend *backend, NnStepResult *results, size_t n, NnError *err)
{
  NnHost *host = host_of(backend);
  (void)err;
  close_step(host);
  for (size_t i = 0; i < n; i++)
    results[i] = host->results[(host->n_results - n + i) % NN_HOST_STEPS];
  host->n_results = 0;
  host->halted = false;
  return true;
}

void nn_host_gather(const NnBackend *backend, const NnGather *g)
{
  (void)backend;
  for (size_t n = 0; n < g->N; n++) {
    const uint8_t *pixels = g->pixels + g->ids[n] * g->C * g->S;
    nn_real *x = g->x + n * g->C * g->S;
    for (size_t c = 0; c < g->C; c++)
      for (size_t s = 0; s < g->S; s++)
        x[c * g->S + s] = g->table[c * 256 + pixels[c * g->S + s]];
    if (g->labels)
      g->labels[n] = g->classes[g->ids[n]];
  }
}
