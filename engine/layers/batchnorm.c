/* batchnorm.c: see batchnorm.h. */
#include "batchnorm.h"

enum { NUM_FEATURES, EPS, MOMENTUM, AFFINE, TRACK };

const NnParamSpec nn_batchnorm_params[] = {
    NN_NORM_COUNT("num_features", N_("Features")),
    {.key = "eps",
     .label = N_("Epsilon"),
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-5,
     .min = 0,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 1,
     .flags = NN_PARAM_EXCL_MIN,
     .doc = N_("A small number added to the variance, so that nothing is divided by zero.")},
    NN_NORM_MOMENTUM,
    NN_NORM_AFFINE(1),
    NN_NORM_TRACK(1, N_("Keeps a running mean and variance for evaluation; when off, every batch "
                        "uses its own in evaluation, too, so that the result depends on "
                        "data.test_batch_size.")),
    NN_NORM_BIAS,
    {0}};

bool nn_batchnorm_plan(const NnConfig *config, NnShape in, int n_dims, const char *advice,
                       const char *where, NnLayerPlan *plan, NnError *err)
{
  char text[NN_SHAPE_TEXT];
  size_t C = nn_norm_channels(in);
  if (in.n_dims != n_dims)
    return nn_fail(err, NN_ERR_SHAPE, where, advice, where, config->kind->name,
                   nn_shape_text(in, text));
  if (!nn_norm_check_count(config, "num_features", C, where, err))
    return false;
  plan->out = in;
  plan->save_fixed = 2 * C;
  plan->min_batch = nn_norm_spatial(in) == 1 ? 2 : 1; /* one value has no spread */
  if (nn_config_bool(config, "affine"))
    nn_norm_add_affine(plan, nn_shape_1d(C), nn_config_bool(config, "bias"));
  plan->batch_statistics = !nn_config_bool(config, "track_running_stats");
  if (!plan->batch_statistics)
    nn_norm_add_running(plan, C);
  return true;
}

void nn_batchnorm_forward(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  NnNorm norm = nn_norm_of(layer, pass, nn_norm_channels(layer->in));
  bool tracks = layer->plan.n_buffers > 0;
  norm.eps = layer->numbers[EPS];
  if (!pass->training && tracks) {
    ops->batchnorm_eval(pass->backend, &norm);
    return;
  }
  layer->n_batches += pass->training;
  norm.momentum = layer->numbers[MOMENTUM];
  if (isnan(norm.momentum))
    norm.momentum = 1 / (double)layer->n_batches;
  ops->batchnorm_train(pass->backend, &norm);
}

void nn_batchnorm_backward(NnLayer *layer, const NnPass *pass)
{
  NnNorm norm = nn_norm_of(layer, pass, nn_norm_channels(layer->in));
  norm.eps = layer->numbers[EPS];
  pass->backend->ops->batchnorm_backward(pass->backend, &norm);
}

bool nn_batchnorm_describe(const NnLayer *layer, NnStepLayer *step)
{
  NnPass one = nn_norm_one_sample();
  NnNorm norm = nn_norm_of(layer, &one, nn_norm_channels(layer->in));
  norm.eps = layer->numbers[EPS];
  norm.momentum = layer->numbers[MOMENTUM];
  nn_norm_describe(layer, &norm, NN_STEP_BATCH_NORM, step);
  return true;
}
