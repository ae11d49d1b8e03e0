/* loss.c: see loss.h. */
#include "loss.h"
#include "engine/mem.h"

static bool upload_weight(NnLoss *loss, const NnValue *weight, NnError *err)
{
  const NnBackend *backend = loss->backend;
  size_t C = (size_t)loss->C;
  nn_real *rounded = nn_alloc_array(C, sizeof *rounded);
  loss->weight = nn_alloc_array(C, sizeof *loss->weight);
  loss->device_weight = backend->ops->alloc(backend, C * sizeof *rounded);
  bool ok = rounded && loss->weight && loss->device_weight;
  for (size_t c = 0; ok && c < C; c++) {
    rounded[c] = (nn_real)weight->numbers[c];
    loss->weight[c] = (double)rounded[c];
  }
  if (ok)
    backend->ops->upload(backend, loss->device_weight, rounded, C * sizeof *rounded);
  nn_free(rounded);
  return ok || nn_fail_nomem(err, "the class weights");
}

bool nn_loss_init(NnLoss *loss, const NnConfig *config, const NnBackend *backend, int C,
                  NnError *err)
{
  *loss = (NnLoss){.kind = (const NnLossKind *)config->kind, .backend = backend, .C = C};
  nn_config_flatten(config, loss->numbers, NN_MAX_NUMBERS);
  if (nn_param_index(config->kind->params, "weight") < 0)
    return true;
  const NnValue *weight = nn_config_value(config, "weight");
  if (weight->n == 0)
    return true;
  if (weight->n != C)
    return nn_fail(err, NN_ERR_SHAPE, "loss.weight",
                   nn_text_n("The length of loss.weight is %d, but there is %d class; give one for "
                             "each class or none.",
                             "The length of loss.weight is %d, but there are %d classes; give one "
                             "for each class or none.",
                             (unsigned long)C),
                   weight->n, C);
  return upload_weight(loss, weight, err);
}

void nn_loss_clear(NnLoss *loss)
{
  if (loss->device_weight)
    loss->backend->ops->free(loss->backend, loss->device_weight);
  nn_free(loss->weight);
  *loss = (NnLoss){0};
}
