/* evaluate.c: how good a model is on a whole set of samples. */
#include "mem.h"
#include "trainer.h"
#include <stdatomic.h>
#include <string.h>

/* Everything one pass over a batch needs; host and, where that differs, device memory. */
typedef struct {
  NnModel *model;
  const NnBackend *backend;
  size_t batch_size, C;
  uint32_t *indices;
  int32_t *labels, *device_labels;
  nn_real *x, *device_x, *row_loss, *probs, *host_probs;
} Evaluation;

static void *device_alloc(const Evaluation *e, size_t n, size_t size)
{
  return e->backend->ops->alloc(e->backend, n * size);
}

static bool evaluation_init(Evaluation *e, NnModel *model, const NnSource *source)
{
  size_t n = nn_model_batch_size(model), size = nn_shape_size(source->shape);
  *e = (Evaluation){.model = model, .backend = nn_model_backend(model), .batch_size = n};
  e->C = (size_t)nn_model_n_classes(model);
  bool host = e->backend->host_memory;
  e->indices = nn_alloc_array(n, sizeof *e->indices);
  e->labels = nn_alloc_array(n, sizeof *e->labels);
  e->x = nn_alloc_array(n * size, sizeof *e->x);
  e->row_loss = device_alloc(e, n, sizeof *e->row_loss);
  e->probs = device_alloc(e, n * e->C, sizeof *e->probs);
  e->host_probs = host ? e->probs : nn_alloc_array(n * e->C, sizeof *e->probs);
  e->device_x = host ? e->x : device_alloc(e, n * size, sizeof *e->x);
  e->device_labels = host ? e->labels : device_alloc(e, n, sizeof *e->labels);
  return e->indices && e->labels && e->x && e->row_loss && e->probs && e->host_probs &&
         e->device_x && e->device_labels;
}

static void evaluation_clear(Evaluation *e)
{
  const NnBackendOps *ops = e->backend->ops;
  if (!e->backend->host_memory) {
    nn_free(e->host_probs);
    ops->free(e->backend, e->device_x);
    ops->free(e->backend, e->device_labels);
  }
  ops->free(e->backend, e->row_loss);
  ops->free(e->backend, e->probs);
  nn_free(e->indices);
  nn_free(e->labels);
  nn_free(e->x);
}

/* Samples first … first + n − 1: fills host_probs and adds to the metrics' sums. */
static void evaluate_batch(Evaluation *e, const NnSource *source, size_t first, size_t n,
                           NnMetrics *metrics)
{
  const NnBackendOps *ops = e->backend->ops;
  size_t size = nn_shape_size(source->shape);
  for (size_t i = 0; i < n; i++)
    e->indices[i] = (uint32_t)(first + i);
  source->gather(source, e->indices, n, 0, e->x, e->labels);
  if (!e->backend->host_memory) {
    ops->upload(e->backend, e->device_x, e->x, n * size * sizeof *e->x);
    ops->upload(e->backend, e->device_labels, e->labels, n * sizeof *e->labels);
  }
  NnPass pass = {.backend = e->backend, .N = n, .sample_ids = e->indices};
  const nn_real *logits = nn_model_forward(e->model, &pass, e->device_x);
  ops->cross_entropy(e->backend, n, e->C, logits, e->device_labels, 0, NULL, 1, e->row_loss, NULL);
  ops->softmax(e->backend, n, e->C, logits, e->probs);
  metrics->loss += ops->sum(e->backend, e->row_loss, n);
  metrics->n_correct += ops->count_correct(e->backend, n, e->C, logits, e->device_labels);
  if (!e->backend->host_memory)
    ops->download(e->backend, e->host_probs, e->probs, n * e->C * sizeof *e->probs);
}

bool nn_evaluate(NnModel *model, const NnSource *source, uint32_t *confusion, nn_real *values,
                 const _Atomic bool *stop, NnMetrics *metrics, NnError *err)
{
  Evaluation e;
  NnMetrics m = {0};
  bool ok = evaluation_init(&e, model, source) ||
            nn_fail(err, NN_ERR_NOMEM, NULL,
                    "There is not enough memory to evaluate %zu samples at a time.", e.batch_size);
  for (size_t first = 0; ok && first < source->n_samples; first += e.batch_size) {
    size_t left = source->n_samples - first, n = left < e.batch_size ? left : e.batch_size;
    if (stop && atomic_load_explicit(stop, memory_order_relaxed)) {
      ok = nn_fail(err, NN_ERR_CANCELLED, NULL, "The evaluation was stopped.");
      break;
    }
    evaluate_batch(&e, source, first, n, &m);
    if (confusion)
      nn_confusion_add(confusion, (int)e.C, e.host_probs, e.labels, n);
    if (values)
      memcpy(values + first * e.C, e.host_probs, n * e.C * sizeof *values);
  }
  ok = ok && e.backend->ops->sync(e.backend, err);
  evaluation_clear(&e);
  if (!ok)
    return false;
  m.n_samples = source->n_samples;
  m.accuracy = (double)m.n_correct / (double)m.n_samples;
  m.loss /= (double)m.n_samples;
  *metrics = m;
  return true;
}
