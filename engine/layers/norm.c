/* norm.c: see norm.h. */
#include "norm.h"

size_t nn_norm_channels(NnShape shape)
{
  return shape.dims[0];
}

size_t nn_norm_spatial(NnShape shape)
{
  return nn_shape_size(shape) / shape.dims[0];
}

bool nn_norm_check_count(const NnConfig *config, const char *key, size_t found, const char *where,
                         NnError *err)
{
  double wanted = nn_config_number(config, key);
  if (isnan(wanted) || (size_t)wanted == found)
    return true;
  return nn_fail(err, NN_ERR_SHAPE, where,
                 "%s: %s is %.0f, but the input has %zu; leave it out or set it to %zu.", where,
                 key, wanted, found, found);
}

void nn_norm_add_affine(NnLayerPlan *plan, NnShape shape, bool bias)
{
  plan->params[plan->n_params++] = (NnSlot){.name = "weight", .shape = shape, .fill = 1};
  if (bias)
    plan->params[plan->n_params++] = (NnSlot){.name = "bias", .shape = shape, .fill = 0};
}

void nn_norm_add_running(NnLayerPlan *plan, size_t channels)
{
  NnShape shape = nn_shape_1d(channels);
  plan->buffers[plan->n_buffers++] = (NnSlot){.name = "running_mean", .shape = shape, .fill = 0};
  plan->buffers[plan->n_buffers++] = (NnSlot){.name = "running_var", .shape = shape, .fill = 1};
  plan->counts_batches = true;
}

NnNorm nn_norm_of(const NnLayer *layer, const NnPass *pass, size_t n_statistics)
{
  return (NnNorm){.N = pass->N,
                  .C = nn_norm_channels(layer->in),
                  .S = nn_norm_spatial(layer->in),
                  .groups = 1,
                  .center = true,
                  .accumulate = pass->accumulate,
                  .x = layer->x,
                  .dy = layer->dy,
                  .weight = layer->params[0],
                  .bias = layer->params[1],
                  .running_mean = layer->buffers[0],
                  .running_var = layer->buffers[1],
                  .mean = layer->save,
                  .rstd = layer->save + n_statistics,
                  .y = layer->y,
                  .dx = layer->dx,
                  .dweight = layer->grads[0],
                  .dbias = layer->grads[1]};
}

NnPass nn_norm_one_sample(void)
{
  return (NnPass){.N = 1, .training = true};
}

void nn_norm_describe(const NnLayer *layer, const NnNorm *norm, NnStepOp op, NnStepLayer *step)
{
  step->op = op;
  step->norm = (NnStepNorm){.N = norm->N,
                            .C = norm->C,
                            .S = norm->S,
                            .groups = norm->groups,
                            .center = norm->center,
                            .has_running = layer->plan.n_buffers > 0,
                            .eps = norm->eps,
                            .momentum = norm->momentum};
}
