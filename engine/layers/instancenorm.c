/* instancenorm.c: see instancenorm.h. In PyTorch num_batches_tracked never counts here, so that
 * momentum none means 0. */
#include "instancenorm.h"

const NnParamSpec nn_instancenorm_params[] = {
    NN_NORM_COUNT("num_features", N_("Channels")),
    NN_NORM_EPS(1e-5),
    NN_NORM_MOMENTUM,
    NN_NORM_AFFINE(0),
    NN_NORM_TRACK(0, N_("Keeps a running mean and variance for evaluation; when off, every image "
                        "uses its own.")),
    NN_NORM_BIAS,
    {0}};

/* A vector is read as one channel per sample, a picture has its own. */
static NnNorm norm_of(const NnLayer *layer, const NnPass *pass)
{
  size_t C = nn_norm_channels(layer->in);
  bool vector = layer->in.n_dims == 1;
  NnNorm norm = nn_norm_of(layer, pass, pass->N * (vector ? 1 : C));
  norm.groups = vector ? 1 : C;
  norm.eps = layer->numbers[NN_INSTANCENORM_EPS];
  norm.momentum = layer->numbers[NN_INSTANCENORM_MOMENTUM];
  if (isnan(norm.momentum))
    norm.momentum = 0;
  return norm;
}

void nn_instancenorm_forward(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  NnNorm norm = norm_of(layer, pass);
  bool tracks = layer->plan.n_buffers > 0;
  if (tracks && !pass->training) {
    ops->batchnorm_eval(pass->backend, &norm);
    return;
  }
  ops->groupnorm_forward(pass->backend, &norm);
  if (tracks)
    ops->instancenorm_running(pass->backend, &norm);
}

void nn_instancenorm_backward(NnLayer *layer, const NnPass *pass)
{
  NnNorm norm = norm_of(layer, pass);
  pass->backend->ops->groupnorm_backward(pass->backend, &norm);
}

bool nn_instancenorm_describe(const NnLayer *layer, NnStepLayer *step)
{
  NnPass one = nn_norm_one_sample();
  NnNorm norm = norm_of(layer, &one);
  nn_norm_describe(layer, &norm, NN_STEP_GROUP_NORM, step);
  return true;
}
