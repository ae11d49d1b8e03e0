/* learned.c: see learned.h. */
#include "learned.h"

bool cli_learned_open(CliLearned *learned, const CliOptions *options, const char *instead,
                      NnError *err)
{
  const char *own = NULL;
  *learned = (CliLearned){0};
  if (!nn_learned_open(options->weights, &learned->weights, err))
    return false;
  own = nn_learned_recipe(learned->weights);
  if (!options->recipe && !own)
    return nn_fail(err, NN_ERR_ARG, options->weights,
                   "%s does not say of which recipe it is, as PyTorch's files do not; %s.",
                   options->weights, instead);
  return cli_options_recipe(options, own, &learned->recipe, err);
}

bool cli_learned_build(CliLearned *learned, NnError *err)
{
  if (!nn_backend_open("cpu", 0, &learned->backend, err) ||
      !nn_loader_open(&learned->loader, learned->dataset, NN_VIEW_TEST, learned->recipe, err))
    return false;
  NnShape input = learned->loader.source.shape;
  NnModelOptions options = {.recipe = learned->recipe,
                            .input = input,
                            .n_classes = learned->dataset->n_classes,
                            .batch_size = nn_model_evaluation_batch(learned->recipe, input),
                            .inference = true,
                            .backend = learned->backend};
  return nn_model_new(&options, &learned->model, err) &&
         nn_learned_load(learned->weights, learned->model, err);
}

void cli_learned_clear(CliLearned *learned)
{
  nn_model_free(learned->model);
  nn_loader_clear(&learned->loader);
  nn_dataset_free(learned->dataset);
  nn_backend_close(learned->backend);
  nn_config_free(learned->recipe);
  nn_learned_free(learned->weights);
}
