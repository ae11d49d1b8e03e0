/* state-dict.h: what a network has learned, tensor by tensor, under the names that PyTorch gives
 * it: the keys of state_dict() of the nn.Sequential that the recipe means, in their order.
 *
 *   0.weight 0.bias   1.running_mean   1.num_batches_tracked   2.parametrizations.weight.original0
 *
 * A Residual is a module that holds its layers in an nn.Sequential called
 * `layers`: 3.layers.0.weight. Whoever saves, exports or inspects walks this one list:
 * nn_model_state_dict(). */
#pragma once
#include "engine/layers/layer.h"

typedef enum {
  NN_TENSOR_PARAM,  /* trained */
  NN_TENSOR_BUFFER, /* kept: running statistics */
  NN_TENSOR_COUNTER /* num_batches_tracked: a whole number on the host, no dimensions */
} NnTensorRole;

typedef struct {
  char *name;
  NnTensorRole role;
  NnShape shape;
  size_t n;      /* values */
  size_t offset; /* where they begin in nn_model_params() or nn_model_buffers() */
  int layer;     /* of nn_model_layer(), whose n_batches a counter is */
} NnNamedTensor;

typedef struct {
  NnNamedTensor *tensors; /* owned, as are their names */
  int n;
} NnStateDict;

/* Of the layers of a model in their order, with slots laid out one after the other. */
bool nn_state_dict_init(NnStateDict *dict, const NnLayer *layers, int n_layers, NnError *err);
void nn_state_dict_clear(NnStateDict *dict); /* also of zeros */
