/* onnx-graph.c: see onnx-graph.h. Numbers of fields: onnx.proto3. */
#include "onnx-graph.h"
#include "engine/mem.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_TYPE = 4, NODE_ATTRIBUTE = 5 };
enum {
  ATTRIBUTE_NAME = 1,
  ATTRIBUTE_F = 2,
  ATTRIBUTE_I = 3,
  ATTRIBUTE_S = 4,
  ATTRIBUTE_INTS = 8,
  ATTRIBUTE_TYPE = 20
};
enum { IS_FLOAT = 1, IS_INT = 2, IS_STRING = 3, IS_INTS = 7 };
enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW = 9 };
enum { FLOAT32 = 1, INT64 = 7, GRAPH_NODE = 1, GRAPH_TENSOR = 5 };

/* ---- nodes ---- */

void nn_onnx_node(NnOnnx *onnx, const char *operator)
{
  onnx->node = onnx->attributes = (NnProto){0};
  nn_proto_text(&onnx->attributes, NODE_TYPE, operator);
  nn_onnx_input(onnx, onnx->x);
}

void nn_onnx_input(NnOnnx *onnx, const char *name)
{
  nn_proto_text(&onnx->node, NODE_INPUT, name);
}

static void add_attribute(NnOnnx *onnx, const char *name, int type, NnProto *value)
{
  NnProto attribute = {0};
  nn_proto_text(&attribute, ATTRIBUTE_NAME, name);
  nn_proto_append(&attribute, value);
  nn_proto_int(&attribute, ATTRIBUTE_TYPE, type);
  nn_proto_message(&onnx->attributes, NODE_ATTRIBUTE, &attribute);
}

void nn_onnx_int(NnOnnx *onnx, const char *name, int64_t value)
{
  NnProto field = {0};
  nn_proto_int(&field, ATTRIBUTE_I, value);
  add_attribute(onnx, name, IS_INT, &field);
}

void nn_onnx_ints(NnOnnx *onnx, const char *name, const int64_t *values, int n)
{
  NnProto field = {0};
  for (int i = 0; i < n; i++)
    nn_proto_int(&field, ATTRIBUTE_INTS, values[i]);
  add_attribute(onnx, name, IS_INTS, &field);
}

void nn_onnx_float(NnOnnx *onnx, const char *name, double value)
{
  NnProto field = {0};
  nn_proto_float(&field, ATTRIBUTE_F, (float)value);
  add_attribute(onnx, name, IS_FLOAT, &field);
}

void nn_onnx_text(NnOnnx *onnx, const char *name, const char *value)
{
  NnProto field = {0};
  nn_proto_text(&field, ATTRIBUTE_S, value);
  add_attribute(onnx, name, IS_STRING, &field);
}

static void end_as(NnOnnx *onnx, const char *name)
{
  snprintf(onnx->x, sizeof onnx->x, "%s", name);
  nn_proto_text(&onnx->node, NODE_OUTPUT, onnx->x);
  nn_proto_append(&onnx->node, &onnx->attributes);
  nn_proto_message(&onnx->nodes, GRAPH_NODE, &onnx->node);
}

void nn_onnx_end(NnOnnx *onnx)
{
  char name[32];
  snprintf(name, sizeof name, "v%d", ++onnx->n_values);
  end_as(onnx, name);
}

void nn_onnx_name_output(NnOnnx *onnx, const char *name)
{
  nn_onnx_node(onnx, "Identity");
  end_as(onnx, name);
}

void nn_onnx_apply(NnOnnx *onnx, const char *operator, const char * other)
{
  nn_onnx_node(onnx, operator);
  if (other)
    nn_onnx_input(onnx, other);
  nn_onnx_end(onnx);
}

void nn_onnx_apply_number(NnOnnx *onnx, const char *operator, double number)
{
  char name[NN_ONNX_NAME];
  nn_onnx_apply(onnx, operator, nn_onnx_fill(onnx, number, 1, name));
}

/* ---- constants ---- */

static void add_tensor(NnOnnx *onnx, int type, const int64_t *dims, int n_dims, const void *bytes,
                       size_t n, const char *name)
{
  NnProto tensor = {0};
  for (int i = 0; i < n_dims; i++)
    nn_proto_int(&tensor, TENSOR_DIMS, dims[i]);
  nn_proto_int(&tensor, TENSOR_TYPE, type);
  nn_proto_text(&tensor, TENSOR_NAME, name);
  nn_proto_bytes(&tensor, TENSOR_RAW, bytes, n);
  nn_proto_message(&onnx->tensors, GRAPH_TENSOR, &tensor);
}

static const char *new_name(NnOnnx *onnx, char name[NN_ONNX_NAME])
{
  snprintf(name, NN_ONNX_NAME, "c%d", ++onnx->n_values);
  return name;
}

const char *nn_onnx_reals(NnOnnx *onnx, const nn_real *values, const int64_t *dims, int n_dims,
                          char name[NN_ONNX_NAME])
{
  size_t n = 1;
  for (int i = 0; i < n_dims; i++)
    n *= (size_t)dims[i];
  float *floats = nn_alloc_array(n, sizeof *floats);
  for (size_t i = 0; floats && i < n; i++)
    floats[i] = (float)values[i];
  onnx->tensors.failed = onnx->tensors.failed || !floats;
  add_tensor(onnx, FLOAT32, dims, n_dims, floats, floats ? n * sizeof *floats : 0,
             new_name(onnx, name));
  nn_free(floats);
  return name;
}

const char *nn_onnx_whole(NnOnnx *onnx, const int64_t *values, int n, char name[NN_ONNX_NAME])
{
  add_tensor(onnx, INT64, (int64_t[]){n}, 1, values, (size_t)n * sizeof *values,
             new_name(onnx, name));
  return name;
}

const char *nn_onnx_fill(NnOnnx *onnx, double value, size_t n, char name[NN_ONNX_NAME])
{
  nn_real *values = nn_alloc_array(n, sizeof *values);
  for (size_t i = 0; values && i < n; i++)
    values[i] = (nn_real)value;
  onnx->tensors.failed = onnx->tensors.failed || !values;
  if (values)
    nn_onnx_reals(onnx, values, (int64_t[]){(int64_t)n}, 1, name);
  nn_free(values);
  return name;
}

/* ---- what was learned ---- */

static const NnNamedTensor *find(const NnOnnx *onnx, int layer, const char *name)
{
  for (int i = 0; i < onnx->weights->dict->n; i++) {
    const NnNamedTensor *t = &onnx->weights->dict->tensors[i];
    const char *last = strrchr(t->name, '.');
    if (t->layer == layer && strcmp(last ? last + 1 : t->name, name) == 0)
      return t;
  }
  return NULL;
}

const nn_real *nn_onnx_learned(const NnOnnx *onnx, int layer, const char *name, NnShape *shape)
{
  const NnNamedTensor *t = find(onnx, layer, name);
  if (!t)
    return NULL;
  *shape = t->shape;
  return (t->role == NN_TENSOR_PARAM ? onnx->weights->values.params
                                     : onnx->weights->values.buffers) +
         t->offset;
}

const char *nn_onnx_parameter(NnOnnx *onnx, int layer, const char *name, char value[NN_ONNX_NAME])
{
  NnShape shape;
  int64_t dims[NN_MAX_DIMS];
  const nn_real *values = nn_onnx_learned(onnx, layer, name, &shape);
  for (int i = 0; values && i < shape.n_dims; i++)
    dims[i] = (int64_t)shape.dims[i];
  return values ? nn_onnx_reals(onnx, values, dims, shape.n_dims, value) : NULL;
}

/* W = g·v/‖v‖, row by row, which ONNX need not know. */
static void normed(const nn_real *g, const nn_real *v, size_t n_rows, size_t n, nn_real *weight)
{
  for (size_t row = 0; row < n_rows; row++) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
      sum += (double)v[row * n + i] * (double)v[row * n + i];
    double factor = sum > 0 ? (double)g[row] / sqrt(sum) : 0;
    for (size_t i = 0; i < n; i++)
      weight[row * n + i] = (nn_real)(factor * (double)v[row * n + i]);
  }
}

void nn_onnx_weight(NnOnnx *onnx, const NnLayer *layer, char name[NN_ONNX_NAME])
{
  NnShape shape, other;
  int64_t dims[NN_MAX_DIMS];
  if (nn_onnx_parameter(onnx, layer->index, "weight", name))
    return;
  const nn_real *v = nn_onnx_learned(onnx, layer->index, "original1", &shape);
  const nn_real *g = nn_onnx_learned(onnx, layer->index, "original0", &other);
  size_t n = nn_shape_size(shape);
  nn_real *weight = nn_alloc_array(n, sizeof *weight);
  onnx->tensors.failed = onnx->tensors.failed || !weight;
  for (int i = 0; i < shape.n_dims; i++)
    dims[i] = (int64_t)shape.dims[i];
  if (weight) {
    normed(g, v, shape.dims[0], n / shape.dims[0], weight);
    nn_onnx_reals(onnx, weight, dims, shape.n_dims, name);
  }
  nn_free(weight);
}
