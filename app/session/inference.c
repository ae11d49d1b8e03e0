/* inference.c: see inference.h. */
#include "inference.h"

bool bp_inference_open(BpInference *inference, const NnConfig *recipe, const BpData *data,
                       NnError *err)
{
  *inference = (BpInference){0};
  if (!nn_backend_open("cpu", 1, &inference->backend, err) ||
      !nn_loader_open(&inference->loader, data->set, NN_VIEW_TEST, recipe, err))
    return false;
  NnShape input = inference->loader.source.shape;
  NnModelOptions options = {.recipe = recipe,
                            .input = input,
                            .n_classes = data->set->n_classes,
                            .batch_size = nn_model_evaluation_batch(recipe, input),
                            .inference = true,
                            .backend = inference->backend};
  return nn_model_new(&options, &inference->model, err);
}

void bp_inference_clear(BpInference *inference)
{
  nn_model_free(inference->model);
  nn_loader_clear(&inference->loader);
  nn_backend_close(inference->backend);
  *inference = (BpInference){0};
}
