/* trailing.c: see trailing.h. */
#include "trailing.h"

bool nn_trailing_shape(const NnConfig *config, NnShape in, const char *where, NnShape *shape,
                       NnError *err)
{
  const NnValue *value = nn_config_value(config, "normalized_shape");
  char text[NN_SHAPE_TEXT];
  *shape = in;
  if (value->n == 0)
    return true;
  bool fits = value->n <= in.n_dims;
  for (int i = 0; fits && i < value->n; i++) {
    shape->dims[i] = in.dims[in.n_dims - value->n + i];
    fits = value->numbers[i] == (double)shape->dims[i];
  }
  shape->n_dims = value->n;
  return fits || nn_fail(err, NN_ERR_SHAPE, where,
                         "%s: normalized_shape must be the last dimensions of the input, %s; leave "
                         "it empty for all of them.",
                         where, nn_shape_text(in, text));
}

void nn_trailing_plan(NnLayerPlan *plan, NnShape in, NnShape shape, bool affine, bool bias)
{
  plan->out = in;
  plan->save_per_sample = 2 * nn_shape_size(in) / nn_shape_size(shape);
  if (affine)
    nn_norm_add_affine(plan, shape, bias);
}

NnNorm nn_trailing_norm(const NnLayer *layer, const NnPass *pass)
{
  size_t outer = layer->plan.save_per_sample / 2; /* runs to normalize in one sample */
  NnNorm norm = nn_norm_of(layer, pass, pass->N * outer);
  norm.N = pass->N * outer;
  norm.C = nn_shape_size(layer->in) / outer;
  norm.S = 1;
  return norm;
}
