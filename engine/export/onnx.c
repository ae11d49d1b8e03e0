/* onnx.c: a network with its weights as an ONNX model (onnx.ai), which other programs run: from
 * `images`, (N, C, H, W) after the recipe's transforms, to `logits`, (N, classes). */
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "onnx-graph.h"
#include <stdio.h>
#include <string.h>

enum { IR_VERSION = 9, OPERATORS = 20, FLOAT32 = 1 };
enum {
  MODEL_IR = 1,
  MODEL_PRODUCER = 2,
  MODEL_GRAPH = 7,
  MODEL_OPERATORS = 8,
  MODEL_METADATA = 14
};
enum { GRAPH_NAME = 2, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };

/* A value of any number of samples. */
static void add_value(NnProto *graph, int field, const char *name, NnShape shape)
{
  NnProto dims = {0}, dim = {0}, tensor = {0}, type = {0}, value = {0};
  nn_proto_text(&dim, 2, "N");
  nn_proto_message(&dims, 1, &dim);
  for (int i = 0; i < shape.n_dims; i++) {
    nn_proto_int(&dim, 1, (int64_t)shape.dims[i]);
    nn_proto_message(&dims, 1, &dim);
  }
  nn_proto_int(&tensor, 1, FLOAT32);
  nn_proto_message(&tensor, 2, &dims);
  nn_proto_message(&type, 1, &tensor);
  nn_proto_text(&value, 1, name);
  nn_proto_message(&value, 2, &type);
  nn_proto_message(graph, field, &value);
}

/* The layers in their order; what a block adds at its end is kept from its beginning. */
static bool add_layers(NnOnnx *onnx, NnModel *model, NnError *err)
{
  int n = nn_model_n_layers(model);
  char(*inputs)[NN_ONNX_NAME] = nn_alloc_array((size_t)n, sizeof *inputs);
  bool ok = inputs || nn_fail_nomem(err, "the network");
  for (int i = 0; ok && i < n; i++) {
    const NnLayer *layer = nn_model_layer(model, i);
    const char *why;
    memcpy(inputs[i], onnx->x, sizeof inputs[i]);
    if (layer->partner) {
      if (!layer->opens)
        nn_onnx_apply(onnx, "Add", inputs[layer->partner->index]);
    } else if (!nn_onnx_layer(onnx, layer, &why))
      ok = nn_fail(err, NN_ERR_UNSUPPORTED, layer->where,
                   "%s cannot be written to an ONNX file, which has no operator for %s.",
                   layer->where, nn_text(why));
  }
  nn_free(inputs);
  return ok;
}

static void add_recipe(NnProto *model, const NnConfig *recipe)
{
  NnProto entry = {0};
  char *text = nn_recipe_text(recipe, NULL);
  model->failed = model->failed || !text;
  nn_proto_text(&entry, 1, "recipe");
  nn_proto_text(&entry, 2, text ? text : "");
  nn_proto_message(model, MODEL_METADATA, &entry);
  nn_free(text);
}

static void add_graph(NnProto *file, NnOnnx *onnx, NnModel *model)
{
  NnProto graph = {0};
  const NnLayer *first = nn_model_layer(model, 0);
  const NnLayer *last = nn_model_layer(model, nn_model_n_layers(model) - 1);
  nn_proto_append(&graph, &onnx->nodes);
  nn_proto_text(&graph, GRAPH_NAME, "network");
  nn_proto_append(&graph, &onnx->tensors);
  add_value(&graph, GRAPH_INPUT, "images", first->in);
  add_value(&graph, GRAPH_OUTPUT, "logits", last->out);
  nn_proto_message(file, MODEL_GRAPH, &graph);
}

static void clear(NnOnnx *onnx)
{
  nn_proto_clear(&onnx->nodes);
  nn_proto_clear(&onnx->tensors);
}

bool nn_onnx_check(const NnHostWeights *weights, NnError *err)
{
  NnOnnx onnx = {.weights = weights, .x = "images"};
  bool ok = add_layers(&onnx, weights->model, err);
  clear(&onnx);
  return ok;
}

bool nn_onnx_write(const NnHostWeights *weights, const NnConfig *recipe, FILE *file, NnError *err)
{
  NnOnnx onnx = {.weights = weights, .x = "images"};
  NnProto model = {0}, operators = {0};
  bool ok = add_layers(&onnx, weights->model, err);
  if (ok) {
    nn_onnx_name_output(&onnx, "logits");
    nn_proto_int(&model, MODEL_IR, IR_VERSION);
    nn_proto_text(&model, MODEL_PRODUCER, "backprop");
    add_graph(&model, &onnx, weights->model);
    nn_proto_text(&operators, 1, "");
    nn_proto_int(&operators, 2, OPERATORS);
    nn_proto_message(&model, MODEL_OPERATORS, &operators);
    add_recipe(&model, recipe);
    ok = !model.failed || nn_fail_nomem(err, "the network");
  }
  if (ok)
    fwrite(model.bytes, 1, model.n, file);
  clear(&onnx);
  nn_proto_clear(&model);
  return ok;
}
