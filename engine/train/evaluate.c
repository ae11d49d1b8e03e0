/* evaluate.c: how good a model is on a whole set of samples. */
#include "evaluate.h"
#include "engine/backend/float-mode.h"
#include "engine/mem.h"
#include <stdatomic.h>
#include <string.h>

/* Everything one pass over a source needs. */
typedef struct {
  NnModel *model;
  const NnBackend *backend;
  size_t batch_size, C, n_in_flight;
  NnBatchLoader loader;
  NnStepResult *results; /* steps_ahead */
  uint32_t *indices;
  nn_real *row_loss, *probs, *host_probs; /* probs only where they are asked for */
} Evaluation;

static void *device_alloc(const Evaluation *e, size_t n, size_t size)
{
  return e->backend->ops->alloc(e->backend, n * size);
}

static bool evaluation_init(Evaluation *e, NnModel *model, const NnSource *source, bool probs)
{
  size_t n = nn_model_evaluated(model);
  *e = (Evaluation){.model = model, .backend = nn_model_backend(model), .batch_size = n};
  e->C = (size_t)nn_model_n_classes(model);
  e->indices = nn_alloc_array(n, sizeof *e->indices);
  e->results = nn_alloc_array(e->backend->steps_ahead, sizeof *e->results);
  e->row_loss = device_alloc(e, n, sizeof *e->row_loss);
  if (probs) {
    e->probs = device_alloc(e, n * e->C, sizeof *e->probs);
    e->host_probs = e->backend->host_memory ? e->probs : nn_alloc_array(n * e->C, sizeof *e->probs);
  }
  return nn_batch_loader_init(&e->loader, source, e->backend, n) && e->indices && e->results &&
         e->row_loss && (!probs || (e->probs && e->host_probs));
}

static void evaluation_clear(Evaluation *e)
{
  const NnBackendOps *ops = e->backend->ops;
  if (e->host_probs != e->probs)
    nn_free(e->host_probs);
  if (e->row_loss)
    ops->free(e->backend, e->row_loss);
  if (e->probs)
    ops->free(e->backend, e->probs);
  nn_batch_loader_clear(&e->loader);
  nn_free(e->indices);
  nn_free(e->results);
}

/* Adds what the batches in flight gave, in their order. */
static bool collect(Evaluation *e, NnMetrics *metrics, NnError *err)
{
  size_t n = e->n_in_flight;
  e->n_in_flight = 0;
  if (n > 0 && !e->backend->ops->step_results(e->backend, e->results, n, err))
    return false;
  for (size_t i = 0; i < n; i++) {
    metrics->loss += e->results[i].loss;
    metrics->n_correct += e->results[i].correct;
  }
  return true;
}

/* Samples first … first + n − 1: one more result in flight; fills host_probs, if there are any. */
static void evaluate_batch(Evaluation *e, size_t first, size_t n)
{
  const NnBackendOps *ops = e->backend->ops;
  for (size_t i = 0; i < n; i++)
    e->indices[i] = (uint32_t)(first + i);
  nn_batch_loader_load(&e->loader, e->indices, n, 0);
  NnPass pass = {.backend = e->backend, .N = n, .sample_ids = e->indices};
  const int32_t *labels = e->loader.device_labels;
  ops->step_begin(e->backend);
  nn_batch_loader_gather(&e->loader, n);
  const nn_real *logits = nn_model_forward(e->model, &pass, e->loader.device_x);
  ops->cross_entropy(e->backend, n, e->C, logits, labels, 0, NULL, 1, e->row_loss, NULL);
  if (e->probs)
    ops->softmax(e->backend, n, e->C, logits, e->probs);
  ops->step_loss(e->backend, &(NnStepLoss){.N = n,
                                           .C = e->C,
                                           .row_loss = e->row_loss,
                                           .logits = logits,
                                           .labels = labels,
                                           .divisor = 1});
  ops->step_end(e->backend);
  e->n_in_flight++;
  if (e->probs && !e->backend->host_memory)
    ops->download(e->backend, e->host_probs, e->probs, n * e->C * sizeof *e->probs);
}

/* All batches; results are collected when there are as many as may be in flight. */
static bool evaluate_all(Evaluation *e, const NnEvaluation *wanted, NnMetrics *metrics,
                         NnError *err)
{
  size_t n_samples = e->loader.source->n_samples;
  for (size_t first = 0; first < n_samples; first += e->batch_size) {
    size_t left = n_samples - first, n = left < e->batch_size ? left : e->batch_size;
    if (wanted->stop && atomic_load_explicit(wanted->stop, memory_order_relaxed)) {
      collect(e, metrics, NULL);
      return nn_fail(err, NN_ERR_CANCELLED, NULL, "The evaluation was stopped.");
    }
    evaluate_batch(e, first, n);
    if (wanted->confusion)
      nn_confusion_add(wanted->confusion, (int)e->C, e->host_probs, e->loader.labels, n);
    if (wanted->values)
      memcpy(wanted->values + first * e->C, e->host_probs, n * e->C * sizeof *wanted->values);
    if (e->n_in_flight == e->backend->steps_ahead && !collect(e, metrics, err))
      return false;
  }
  return collect(e, metrics, err) && e->backend->ops->sync(e->backend, err);
}

bool nn_evaluate_resident(NnModel *model, const NnSource *source, const NnEvaluation *wanted,
                          NnMetrics *metrics, NnError *err)
{
  Evaluation e;
  NnMetrics m = {0};
  bool ok = evaluation_init(&e, model, source, wanted->confusion || wanted->values) ||
            nn_fail(err, NN_ERR_NOMEM, NULL,
                    "There is not enough memory to evaluate %zu samples at a time.", e.batch_size);
  if (ok)
    nn_batch_loader_use(&e.loader, wanted->resident);
  NnFloatMode mode = nn_float_mode_flush();
  ok = ok && evaluate_all(&e, wanted, &m, err);
  nn_float_mode_set(mode);
  evaluation_clear(&e);
  if (!ok)
    return false;
  m.n_samples = source->n_samples;
  m.accuracy = (double)m.n_correct / (double)m.n_samples;
  m.loss /= (double)m.n_samples;
  *metrics = m;
  return true;
}

bool nn_evaluate(NnModel *model, const NnSource *source, uint32_t *confusion, nn_real *values,
                 const _Atomic bool *stop, NnMetrics *metrics, NnError *err)
{
  NnResident resident;
  nn_resident_init(&resident, nn_model_backend(model), source);
  NnEvaluation wanted = {
      .confusion = confusion, .values = values, .stop = stop, .resident = &resident};
  bool ok = nn_evaluate_resident(model, source, &wanted, metrics, err);
  nn_resident_clear(&resident);
  return ok;
}
