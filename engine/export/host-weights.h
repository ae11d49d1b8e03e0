/* host-weights.h: a model's weights and buffers on the host, as the writers of files want them.
 * Private to this folder. */
#pragma once
#include "engine/model/model.h"
#include <stdio.h>

typedef struct {
  const NnStateDict *dict; /* of the model, borrowed */
  NnSnapshot values;       /* owned */
  NnModel *model;
} NnHostWeights;

/* Memory for a model's; false: NN_ERR_NOMEM. */
bool nn_host_weights_init(NnHostWeights *weights, NnModel *model, NnError *err);
void nn_host_weights_clear(NnHostWeights *weights); /* also of zeros */
/* The values of tensor i, of a counter its number: where they are, and how many bytes. */
const void *nn_host_weights_get(const NnHostWeights *weights, int i, size_t *bytes);

/* Writers; `file` is open, what fails to be written is known by ferror(). False: NN_ERR_NOMEM. */
bool nn_safetensors_write(const NnHostWeights *weights, const NnConfig *recipe, FILE *file,
                          NnError *err);
bool nn_onnx_write(const NnHostWeights *weights, const NnConfig *recipe, FILE *file, NnError *err);
/* Is there an operator for each of its layers? */
bool nn_onnx_check(const NnHostWeights *weights, NnError *err);
bool nn_npz_write(const NnHostWeights *weights, const NnConfig *recipe, FILE *file, NnError *err);
