/* trial.c: see trial.h. */
#include "trial.h"
#include "app/cli/recipes.h"
#include "app/run/measure.h"
#include "engine/optimizers/optimizer.h"
#include <math.h>
#include <stdio.h>

bool bench_recipe(const char *const *sets, int batch_size, NnConfig **recipe, NnError *err)
{
  char batch[16];
  NnConfig *self;
  if (!bp_recipe_open(NULL, &self, err))
    return false;
  snprintf(batch, sizeof batch, "%d", batch_size);
  bool ok = nn_config_set_path(self, "data.batch_size", batch, err) &&
            nn_config_set_path(self, "loop.epochs", "1000", err);
  for (; ok && sets && *sets; sets += 2)
    ok = nn_config_set_path(self, sets[0], sets[1], err);
  if (ok && nn_recipe_check(self, err)) {
    *recipe = self;
    return true;
  }
  nn_config_free(self);
  return false;
}

/* Multiplications of a layer with its weight, for one sample. */
static double products(const NnLayer *layer)
{
  const NnSlot *weight = &layer->plan.params[0];
  if (layer->plan.n_params == 0 || weight->shape.n_dims < 2)
    return 0;
  double places = layer->out.n_dims == 3 ? (double)(layer->out.dims[1] * layer->out.dims[2]) : 1;
  return (double)nn_shape_size(weight->shape) * places;
}

static bool work_of(const NnConfig *recipe, const NnSource *train, const NnBackend *backend,
                    double share, BenchWork *work, NnError *err)
{
  NnModel *model;
  NnOptimizer optimizer;
  NnModelOptions options = {
      .recipe = recipe,
      .input = train->shape,
      .n_classes = train->n_classes,
      .batch_size = (size_t)nn_config_int(nn_config_child(recipe, "data"), "batch_size"),
      .backend = backend};
  if (!nn_optimizer_init(&optimizer, nn_config_child(recipe, "optimizer"), err) ||
      !nn_model_draft(&options, &model, err))
    return false;
  *work = (BenchWork){.bytes = 2.0 * sizeof(nn_real) * (double)nn_model_n_params(model) *
                               (1 + optimizer.n_state)};
  bool first = true;
  for (int i = 0; i < nn_model_n_layers(model); i++) {
    const NnLayer *layer = nn_model_layer(model, i);
    double n = products(layer);
    bool flat = layer->out.n_dims == 1;
    /* forward, the weight's gradient, and the input's, which the first does not need */
    work->flop += 2 * n * (first ? 2 * (flat ? share : 1) : 3) * (double)options.batch_size;
    first = first && n == 0;
  }
  nn_model_free(model);
  return true;
}

bool bench_trial(const NnDataset *dataset, const BenchTrial *wanted, double *rate, BenchWork *work,
                 NnError *err)
{
  NnConfig *recipe = NULL;
  NnLoaders loaders = {0};
  NnBackend *backend = NULL;
  BpSpeed speed = {0};
  bool ok = bench_recipe(wanted->sets, wanted->batch_size, &recipe, err) &&
            nn_loaders_open(&loaders, dataset, recipe, err) &&
            nn_backend_open(wanted->operations ? "cpu:operations" : "cpu", wanted->n_threads,
                            &backend, err);
  BpMeasurement request = {.recipe = recipe,
                           .train = &loaders.train.source,
                           .backend = backend,
                           .warm_up = wanted->seconds / 5,
                           .seconds = wanted->seconds};
  ok = ok && work_of(recipe, request.train, backend, wanted->share, work, err) &&
       bp_measure(&request, &speed, err);
  *rate = speed.step_seconds > 0 ? 1 / speed.step_seconds : NAN;
  nn_backend_close(backend);
  nn_loaders_clear(&loaders);
  nn_config_free(recipe);
  return ok;
}
