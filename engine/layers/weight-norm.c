/* weight-norm.c: see weight-norm.h. `save` holds the effective weight, its gradient, the norms of
 * the rows and the factors g/‖v‖. */
#include "weight-norm.h"
#include <string.h>

static const char name_of_v[] = "parametrizations.weight.original1";
static const char name_of_g[] = "parametrizations.weight.original0";

typedef struct {
  size_t rows, K;
  int g; /* slot */
  nn_real *weight, *grad, *norms, *factors;
} Memory;

static bool is_on(const NnLayer *layer)
{
  return layer->plan.params[0].name == name_of_v;
}

static Memory memory_of(const NnLayer *layer)
{
  NnShape shape = layer->plan.params[0].shape;
  Memory m = {.rows = shape.dims[0], .g = layer->plan.n_params - 1};
  size_t size = nn_shape_size(shape);
  m.K = size / m.rows;
  m.weight = layer->save;
  m.grad = m.weight + size;
  m.norms = m.grad + size;
  m.factors = m.norms + m.rows;
  return m;
}

void nn_weight_norm_plan(const NnConfig *config, NnLayerPlan *plan)
{
  if (!nn_config_bool(config, "weight_norm"))
    return;
  NnShape shape = plan->params[0].shape, shape_g = {.n_dims = shape.n_dims, .dims = {1, 1, 1, 1}};
  shape_g.dims[0] = shape.dims[0];
  plan->params[0].name = name_of_v;
  plan->params[plan->n_params++] = (NnSlot){.name = name_of_g, .shape = shape_g, .fill = 1};
  plan->save_fixed += 2 * nn_shape_size(shape) + 2 * shape.dims[0];
  plan->needs = "row_norms divide scale_rows weight_norm_backward";
}

size_t nn_weight_norm_save(const NnLayer *layer)
{
  NnShape shape = layer->plan.params[0].shape;
  return is_on(layer) ? 2 * nn_shape_size(shape) + 2 * shape.dims[0] : 0;
}

const nn_real *nn_weight_norm_weight(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  if (!is_on(layer))
    return layer->params[0];
  Memory m = memory_of(layer);
  ops->row_norms(pass->backend, m.rows, m.K, layer->params[0], m.norms);
  ops->divide(pass->backend, layer->params[m.g], m.norms, m.factors, m.rows);
  ops->scale_rows(pass->backend, m.rows, m.K, layer->params[0], m.factors, m.weight);
  return m.weight;
}

const nn_real *nn_weight_norm_last(const NnLayer *layer)
{
  return is_on(layer) ? layer->save : layer->params[0];
}

nn_real *nn_weight_norm_grad(const NnLayer *layer, const NnPass *pass, bool *accumulate)
{
  *accumulate = pass->accumulate && !is_on(layer);
  return is_on(layer) ? memory_of(layer).grad : layer->grads[0];
}

void nn_weight_norm_backward(NnLayer *layer, const NnPass *pass)
{
  if (!is_on(layer))
    return;
  Memory m = memory_of(layer);
  NnWeightNorm w = {.rows = m.rows,
                    .K = m.K,
                    .dw = m.grad,
                    .v = layer->params[0],
                    .g = layer->params[m.g],
                    .norms = m.norms,
                    .accumulate = pass->accumulate,
                    .dv = layer->grads[0],
                    .dg = layer->grads[m.g]};
  pass->backend->ops->weight_norm_backward(pass->backend, &w);
}

void nn_weight_norm_after_init(NnLayer *layer, const NnBackend *backend)
{
  if (!is_on(layer))
    return;
  Memory m = memory_of(layer);
  backend->ops->row_norms(backend, m.rows, m.K, layer->params[0], layer->params[m.g]);
}

bool nn_weight_norm_zero_row(const NnLayer *layer, const NnBackend *backend, size_t *row)
{
  if (layer->plan.n_params == 0 || !is_on(layer))
    return false;
  Memory m = memory_of(layer);
  for (*row = 0; *row < m.rows; ++*row) {
    nn_real norm;
    backend->ops->download(backend, &norm, m.norms + *row, sizeof norm);
    if (norm == 0)
      return true;
  }
  return false;
}
