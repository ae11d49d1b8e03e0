/* host-weights.c: see host-weights.h. */
#include "host-weights.h"
#include "engine/mem.h"

bool nn_host_weights_init(NnHostWeights *weights, NnModel *model, NnError *err)
{
  *weights = (NnHostWeights){.dict = nn_model_state_dict(model), .model = model};
  weights->values.params = nn_alloc_array(nn_model_n_params(model), sizeof(nn_real));
  weights->values.buffers = nn_alloc_array(nn_model_n_buffers(model), sizeof(nn_real));
  if (weights->values.params && weights->values.buffers)
    return true;
  nn_host_weights_clear(weights);
  return nn_fail_nomem(err, "the weights");
}

void nn_host_weights_clear(NnHostWeights *weights)
{
  nn_free(weights->values.params);
  nn_free(weights->values.buffers);
  *weights = (NnHostWeights){0};
}

const void *nn_host_weights_get(const NnHostWeights *weights, int i, size_t *bytes)
{
  const NnNamedTensor *t = &weights->dict->tensors[i];
  bool counter = t->role == NN_TENSOR_COUNTER;
  *bytes = t->n * (counter ? sizeof(uint64_t) : sizeof(nn_real));
  if (counter)
    return nn_model_counter(weights->model, t);
  return (t->role == NN_TENSOR_PARAM ? weights->values.params : weights->values.buffers) +
         t->offset;
}
