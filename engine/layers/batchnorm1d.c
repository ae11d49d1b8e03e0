/* batchnorm1d.c: every feature is brought to mean 0 and variance 1 over the batch, then scaled and
 * shifted by learned numbers. Ioffe & Szegedy 2015; formulas in backend.h.
 *
 * In training the batch's own statistics are used and the running ones move towards them by
 * `momentum` (none: their plain average); in evaluation the running ones are used. */
#include "engine/layer.h"

enum { NUM_FEATURES, EPS, MOMENTUM, AFFINE, TRACK };

static const NnParamSpec params[] = {
    {.key = "num_features",
     .label = "Features",
     .type = NN_PARAM_INT,
     .def = NAN,
     .min = 1,
     .max = 16777216,
     .step = 1,
     .doc = "How many values come in; worked out from the layer before.",
     .flags = NN_PARAM_DERIVED | NN_PARAM_NULLABLE},
    {.key = "eps",
     .label = "Epsilon",
     .type = NN_PARAM_FLOAT,
     .scale = NN_SCALE_LOG,
     .def = 1e-5,
     .min = 1e-12,
     .max = 1,
     .doc = "A tiny number under the root that keeps the division safe."},
    {.key = "momentum",
     .label = "Momentum",
     .type = NN_PARAM_FLOAT,
     .def = 0.1,
     .min = 0,
     .max = 1,
     .step = 0.01,
     .doc = "Weight of the newest batch in the remembered mean and variance; none takes the plain "
            "average of all batches.",
     .visible_if = "track_running_stats",
     .flags = NN_PARAM_NULLABLE},
    {.key = "affine",
     .label = "Learn scale and shift",
     .type = NN_PARAM_BOOL,
     .def = 1,
     .doc = "Learns a factor and an offset for each feature after normalising."},
    {.key = "track_running_stats",
     .label = "Remember statistics",
     .type = NN_PARAM_BOOL,
     .def = 1,
     .doc = "Keeps averages over batches for use in evaluation; off, every batch uses its own."},
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  char text[NN_SHAPE_TEXT];
  double wanted = nn_config_number(config, "num_features");
  size_t F = in.dims[0];
  if (in.n_dims != 1)
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: BatchNorm1d takes a plain vector, but %s arrives; put a Flatten before it.",
                   where, nn_shape_text(in, text));
  if (!isnan(wanted) && (size_t)wanted != F)
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: num_features is %.0f, but %zu values arrive; leave it out or make it %zu.",
                   where, wanted, F, F);
  NnShape shape = nn_shape_1d(F);
  plan->out = in;
  plan->save_fixed = 2 * F; /* mean, 1/standard deviation */
  if (nn_config_bool(config, "affine")) {
    plan->params[plan->n_params++] = (NnSlot){.name = "weight", .shape = shape, .fill = 1};
    plan->params[plan->n_params++] = (NnSlot){.name = "bias", .shape = shape, .fill = 0};
  }
  if (nn_config_bool(config, "track_running_stats")) {
    plan->buffers[plan->n_buffers++] = (NnSlot){.name = "running_mean", .shape = shape, .fill = 0};
    plan->buffers[plan->n_buffers++] = (NnSlot){.name = "running_var", .shape = shape, .fill = 1};
  }
  return true;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  size_t F = layer->in.dims[0];
  const double *numbers = layer->numbers;
  bool tracks = layer->plan.n_buffers > 0;
  if (!pass->training && tracks) {
    ops->batchnorm_eval(pass->backend, pass->N, F, 1, layer->x, layer->params[0], layer->params[1],
                        numbers[EPS], layer->buffers[0], layer->buffers[1], layer->y);
    return;
  }
  double momentum = numbers[MOMENTUM];
  if (pass->training)
    layer->n_batches++;
  if (isnan(momentum))
    momentum = 1 / (double)layer->n_batches;
  ops->batchnorm_train(pass->backend, pass->N, F, 1, layer->x, layer->params[0], layer->params[1],
                       numbers[EPS], momentum, layer->buffers[0], layer->buffers[1], layer->save,
                       layer->save + F, layer->y);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  size_t F = layer->in.dims[0];
  pass->backend->ops->batchnorm_backward(
      pass->backend, pass->N, F, 1, layer->x, layer->dy, layer->params[0], layer->save,
      layer->save + F, pass->accumulate, layer->dx, layer->grads[0], layer->grads[1]);
}

const NnLayerKind nn_batchnorm1d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "BatchNorm1d",
             .group = "norm",
             .doc = "Brings every feature to mean 0 and spread 1 over the batch, which makes deep "
                    "networks easier to train.",
             .source = "Ioffe & Szegedy 2015; torch.nn.BatchNorm1d",
             .params = params},
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .min_batch = 2};
