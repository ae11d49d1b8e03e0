/* onnx-graph.h: the graph of an ONNX model while it is made: a chain of nodes, each of which takes
 * the value that the one before gave. onnx.ai/onnx/repo-docs/IR.html; operators of set 20. Private
 * to this folder. */
#pragma once
#include "host-weights.h"
#include "proto.h"

enum { NN_ONNX_NAME = 512 };

typedef struct {
  const NnHostWeights *weights;
  NnProto nodes, tensors;   /* fields of the graph */
  NnProto node, attributes; /* the node at hand */
  int n_values;             /* names given so far */
  char x[NN_ONNX_NAME];     /* the value that goes into the next node */
} NnOnnx;

/* A node, its inputs in order, its attributes, and then its output, which becomes x. */
void nn_onnx_node(NnOnnx *onnx, const char *operator);
void nn_onnx_input(NnOnnx *onnx, const char *name);
void nn_onnx_int(NnOnnx *onnx, const char *name, int64_t value);
void nn_onnx_ints(NnOnnx *onnx, const char *name, const int64_t *values, int n);
void nn_onnx_float(NnOnnx *onnx, const char *name, double value);
void nn_onnx_text(NnOnnx *onnx, const char *name, const char *value);
void nn_onnx_end(NnOnnx *onnx);
/* One more node, which only gives x its name in the model. */
void nn_onnx_name_output(NnOnnx *onnx, const char *name);
/* A node without attributes: x and perhaps another value, which may be NULL. */
void nn_onnx_apply(NnOnnx *onnx, const char *operator, const char * other);
/* The same of x and a number. */
void nn_onnx_apply_number(NnOnnx *onnx, const char *operator, double number);

/* Constants. The name is written into `name`, which is returned. */
const char *nn_onnx_reals(NnOnnx *onnx, const nn_real *values, const int64_t *dims, int n_dims,
                          char name[NN_ONNX_NAME]);
const char *nn_onnx_whole(NnOnnx *onnx, const int64_t *values, int n, char name[NN_ONNX_NAME]);
/* n times the same number. */
const char *nn_onnx_fill(NnOnnx *onnx, double value, size_t n, char name[NN_ONNX_NAME]);

/* What a layer has learned, by its name there ("weight"); NULL: it has none such. */
const nn_real *nn_onnx_learned(const NnOnnx *onnx, int layer, const char *name, NnShape *shape);
/* The same as a constant with its own shape; NULL likewise. */
const char *nn_onnx_parameter(NnOnnx *onnx, int layer, const char *name, char value[NN_ONNX_NAME]);

/* The weight of a Linear or Conv2d, as a constant; with weight_norm the one that it makes. */
void nn_onnx_weight(NnOnnx *onnx, const NnLayer *layer, char name[NN_ONNX_NAME]);

/* ---- layers ---- */

/* Adds the nodes of a layer; false: *why says what there is no operator for. */
typedef bool NnOnnxLayer(NnOnnx *onnx, const NnLayer *layer, const char **why);
NnOnnxLayer nn_onnx_conv2d, nn_onnx_maxpool2d, nn_onnx_avgpool2d, nn_onnx_adaptiveavgpool2d;
NnOnnxLayer nn_onnx_batchnorm, nn_onnx_layernorm, nn_onnx_rmsnorm, nn_onnx_groupnorm,
    nn_onnx_instancenorm;
/* Any kind; by its name. */
bool nn_onnx_layer(NnOnnx *onnx, const NnLayer *layer, const char **why);
