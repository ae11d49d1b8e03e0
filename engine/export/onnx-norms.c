/* onnx-norms.c: normalizations, as they are in evaluation, as ONNX's operators. */
#include "onnx-graph.h"
#include <float.h>
#include <math.h>

/* A learned value for each of C channels of what comes in, or the same number for all. */
static const char *channel_values(NnOnnx *onnx, const NnLayer *layer, const char *name,
                                  double otherwise, char value[NN_ONNX_NAME])
{
  const char *found = nn_onnx_parameter(onnx, layer->index, name, value);
  return found ? found : nn_onnx_fill(onnx, otherwise, layer->in.dims[0], value);
}

bool nn_onnx_batchnorm(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  static const struct {
    const char *name;
    double otherwise;
  } inputs[] = {{"weight", 1}, {"bias", 0}, {"running_mean", 0}, {"running_var", 1}};
  char values[4][NN_ONNX_NAME];
  if (layer->plan.n_buffers == 0) {
    *why = N_("a BatchNorm without running statistics");
    return false;
  }
  for (int i = 0; i < 4; i++)
    channel_values(onnx, layer, inputs[i].name, inputs[i].otherwise, values[i]);
  nn_onnx_node(onnx, "BatchNormalization");
  for (int i = 0; i < 4; i++)
    nn_onnx_input(onnx, values[i]);
  nn_onnx_float(onnx, "epsilon", nn_config_number(layer->config, "eps"));
  nn_onnx_end(onnx);
  return true;
}

/* Over how many of the last dimensions. */
static int n_trailing(const NnLayer *layer)
{
  int n = nn_config_count(layer->config, "normalized_shape");
  return n > 0 ? n : layer->in.n_dims;
}

bool nn_onnx_layernorm(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  char scale[NN_ONNX_NAME], bias[NN_ONNX_NAME];
  int n = n_trailing(layer);
  (void)why;
  bool has_scale = nn_onnx_parameter(onnx, layer->index, "weight", scale);
  bool has_bias = nn_onnx_parameter(onnx, layer->index, "bias", bias);
  if (!has_scale)
    nn_onnx_fill(onnx, 1, layer->in.dims[layer->in.n_dims - 1],
                 scale); /* the same for the others */
  nn_onnx_node(onnx, "LayerNormalization");
  nn_onnx_input(onnx, scale);
  if (has_bias)
    nn_onnx_input(onnx, bias);
  nn_onnx_int(onnx, "axis", -n);
  nn_onnx_float(onnx, "epsilon", nn_config_number(layer->config, "eps"));
  nn_onnx_end(onnx);
  return true;
}

/* x/√(mean x² + ε)·w */
bool nn_onnx_rmsnorm(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  char name[NN_ONNX_NAME], x[NN_ONNX_NAME], root[NN_ONNX_NAME];
  int64_t axes[NN_MAX_DIMS];
  int n = n_trailing(layer);
  double eps = nn_config_number(layer->config, "eps");
  (void)why;
  for (int i = 0; i < n; i++)
    axes[i] = i - n;
  snprintf(x, sizeof x, "%s", onnx->x);
  nn_onnx_apply(onnx, "Mul", x);
  nn_onnx_node(onnx, "ReduceMean");
  nn_onnx_input(onnx, nn_onnx_whole(onnx, axes, n, name));
  nn_onnx_end(onnx);
  nn_onnx_apply_number(onnx, "Add", isnan(eps) ? FLT_EPSILON : eps);
  nn_onnx_apply(onnx, "Sqrt", NULL);
  snprintf(root, sizeof root, "%s", onnx->x);
  snprintf(onnx->x, sizeof onnx->x, "%s", x);
  nn_onnx_apply(onnx, "Div", root);
  if (nn_onnx_parameter(onnx, layer->index, "weight", name))
    nn_onnx_apply(onnx, "Mul", name);
  return true;
}

static void reshape(NnOnnx *onnx, const int64_t *dims, int n)
{
  char name[NN_ONNX_NAME];
  nn_onnx_apply(onnx, "Reshape", nn_onnx_whole(onnx, dims, n, name));
}

/* Every sample in so many groups, each with mean 0 and variance 1. */
static void normalize_groups(NnOnnx *onnx, const NnLayer *layer, int64_t groups)
{
  char ones[NN_ONNX_NAME], zeros[NN_ONNX_NAME];
  int64_t back[1 + NN_MAX_DIMS] = {0};
  for (int i = 0; i < layer->in.n_dims; i++)
    back[1 + i] = (int64_t)layer->in.dims[i];
  reshape(onnx, (int64_t[]){0, groups, -1}, 3);
  nn_onnx_fill(onnx, 1, (size_t)groups, ones);
  nn_onnx_fill(onnx, 0, (size_t)groups, zeros);
  nn_onnx_node(onnx, "InstanceNormalization");
  nn_onnx_input(onnx, ones);
  nn_onnx_input(onnx, zeros);
  nn_onnx_float(onnx, "epsilon", nn_config_number(layer->config, "eps"));
  nn_onnx_end(onnx);
  reshape(onnx, back, 1 + layer->in.n_dims);
}

/* A learned value for each channel, in the shape that goes with images. */
static void apply_channels(NnOnnx *onnx, const NnLayer *layer, const char *operator,
                           const char * parameter)
{
  NnShape shape;
  char name[NN_ONNX_NAME];
  const nn_real *values = nn_onnx_learned(onnx, layer->index, parameter, &shape);
  int64_t dims[NN_MAX_DIMS] = {(int64_t)layer->in.dims[0], 1, 1};
  if (values)
    nn_onnx_apply(onnx, operator, nn_onnx_reals(onnx, values, dims, layer->in.n_dims, name));
}

bool nn_onnx_groupnorm(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)why;
  normalize_groups(onnx, layer, nn_config_int(layer->config, "num_groups"));
  apply_channels(onnx, layer, "Mul", "weight");
  apply_channels(onnx, layer, "Add", "bias");
  return true;
}

bool nn_onnx_instancenorm(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  if (layer->plan.n_buffers > 0)
    return nn_onnx_batchnorm(onnx, layer, why);
  normalize_groups(onnx, layer, layer->in.n_dims == 1 ? 1 : (int64_t)layer->in.dims[0]);
  apply_channels(onnx, layer, "Mul", "weight");
  apply_channels(onnx, layer, "Add", "bias");
  return true;
}
