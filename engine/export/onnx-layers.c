/* onnx-layers.c: every kind of layer as ONNX's operators, by its name. Those that are only looked
 * at in training (Dropout) are none. */
#include "onnx-graph.h"
#include <string.h>

/* ---- with weights ---- */

static bool add_linear(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  char weight[NN_ONNX_NAME], bias[NN_ONNX_NAME];
  (void)why;
  nn_onnx_weight(onnx, layer, weight);
  bool has_bias = nn_onnx_parameter(onnx, layer->index, "bias", bias);
  nn_onnx_node(onnx, "Gemm");
  nn_onnx_input(onnx, weight);
  if (has_bias)
    nn_onnx_input(onnx, bias);
  nn_onnx_int(onnx, "transB", 1);
  nn_onnx_end(onnx);
  return true;
}

static bool add_prelu(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  NnShape shape;
  char name[NN_ONNX_NAME];
  const nn_real *slope = nn_onnx_learned(onnx, layer->index, "weight", &shape);
  int64_t dims[NN_MAX_DIMS] = {(int64_t)shape.dims[0], 1, 1};
  (void)why;
  nn_onnx_apply(onnx, "PRelu", nn_onnx_reals(onnx, slope, dims, layer->in.n_dims, name));
  return true;
}

/* ---- shapes ---- */

static bool add_nothing(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)onnx, (void)layer, (void)why;
  return true;
}

static bool add_flatten(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)layer, (void)why;
  nn_onnx_node(onnx, "Flatten");
  nn_onnx_int(onnx, "axis", 1);
  nn_onnx_end(onnx);
  return true;
}

/* ---- activations that are several operators ---- */

static double number(const NnLayer *layer, const char *key)
{
  return nn_config_number(layer->config, key);
}

/* x and what `operator` makes of it, joined by another one: x·σ(x). */
static void join(NnOnnx *onnx, const char *operator, const char * by)
{
  char x[NN_ONNX_NAME], y[NN_ONNX_NAME];
  memcpy(x, onnx->x, sizeof x);
  nn_onnx_apply(onnx, operator, NULL);
  memcpy(y, onnx->x, sizeof y);
  memcpy(onnx->x, x, sizeof x);
  nn_onnx_apply(onnx, by, y);
}

static bool add_silu(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)layer, (void)why;
  join(onnx, "Sigmoid", "Mul");
  return true;
}

static bool add_tanhshrink(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)layer, (void)why;
  join(onnx, "Tanh", "Sub");
  return true;
}

static bool add_log_sigmoid(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)layer, (void)why;
  nn_onnx_apply(onnx, "Neg", NULL);
  nn_onnx_apply(onnx, "Softplus", NULL);
  nn_onnx_apply(onnx, "Neg", NULL);
  return true;
}

/* log(1 + exp βx)/β, and x itself where βx is above the threshold. */
static bool add_softplus(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  char x[NN_ONNX_NAME], scaled[NN_ONNX_NAME], curve[NN_ONNX_NAME];
  (void)why;
  memcpy(x, onnx->x, sizeof x);
  nn_onnx_apply_number(onnx, "Mul", number(layer, "beta"));
  memcpy(scaled, onnx->x, sizeof scaled);
  nn_onnx_apply(onnx, "Softplus", NULL);
  nn_onnx_apply_number(onnx, "Div", number(layer, "beta"));
  memcpy(curve, onnx->x, sizeof curve);
  memcpy(onnx->x, scaled, sizeof scaled);
  nn_onnx_apply_number(onnx, "Greater", number(layer, "threshold"));
  nn_onnx_node(onnx, "Where");
  nn_onnx_input(onnx, x);
  nn_onnx_input(onnx, curve);
  nn_onnx_end(onnx);
  return true;
}

static bool add_hard_sigmoid(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)layer, (void)why;
  nn_onnx_node(onnx, "HardSigmoid");
  nn_onnx_float(onnx, "alpha", 1.0 / 6);
  nn_onnx_float(onnx, "beta", 0.5);
  nn_onnx_end(onnx);
  return true;
}

static void add_limits(NnOnnx *onnx, double low, double high)
{
  nn_onnx_apply_number(onnx, "Max", low);
  nn_onnx_apply_number(onnx, "Min", high);
}

static bool add_hardtanh(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)why;
  add_limits(onnx, number(layer, "min_val"), number(layer, "max_val"));
  return true;
}

static bool add_relu6(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)layer, (void)why;
  add_limits(onnx, 0, 6);
  return true;
}

static void add_shrink(NnOnnx *onnx, double lambd, double bias)
{
  nn_onnx_node(onnx, "Shrink");
  nn_onnx_float(onnx, "lambd", lambd);
  nn_onnx_float(onnx, "bias", bias);
  nn_onnx_end(onnx);
}

static bool add_hardshrink(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)why;
  add_shrink(onnx, number(layer, "lambd"), 0);
  return true;
}

static bool add_softshrink(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)why;
  add_shrink(onnx, number(layer, "lambd"), number(layer, "lambd"));
  return true;
}

static bool add_gelu(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)why;
  nn_onnx_node(onnx, "Gelu");
  nn_onnx_text(onnx, "approximate", number(layer, "approximate") != 0 ? "tanh" : "none");
  nn_onnx_end(onnx);
  return true;
}

static bool add_softmax(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  (void)layer, (void)why;
  nn_onnx_node(onnx, "Softmax");
  nn_onnx_int(onnx, "axis", 1);
  nn_onnx_end(onnx);
  return true;
}

/* ---- all ---- */

/* One operator with at most one number of the layer, or a function. */
static const struct {
  const char *kind, *operator, * attribute, *key;
  NnOnnxLayer *add;
} layers[] = {{"ReLU", "Relu"},
              {"Tanh", "Tanh"},
              {"Sigmoid", "Sigmoid"},
              {"SELU", "Selu"},
              {"Softsign", "Softsign"},
              {"Hardswish", "HardSwish"},
              {"Mish", "Mish"},
              {"LeakyReLU", "LeakyRelu", "alpha", "negative_slope"},
              {"ELU", "Elu", "alpha", "alpha"},
              {"CELU", "Celu", "alpha", "alpha"},
              {"GELU", .add = add_gelu},
              {"SiLU", .add = add_silu},
              {"LogSigmoid", .add = add_log_sigmoid},
              {"Softplus", .add = add_softplus},
              {"Tanhshrink", .add = add_tanhshrink},
              {"Hardsigmoid", .add = add_hard_sigmoid},
              {"Hardtanh", .add = add_hardtanh},
              {"ReLU6", .add = add_relu6},
              {"Hardshrink", .add = add_hardshrink},
              {"Softshrink", .add = add_softshrink},
              {"Softmax", .add = add_softmax},
              {"PReLU", .add = add_prelu},
              {"Flatten", .add = add_flatten},
              {"Dropout", .add = add_nothing},
              {"Dropout2d", .add = add_nothing},
              {"Linear", .add = add_linear},
              {"Conv2d", .add = nn_onnx_conv2d},
              {"MaxPool2d", .add = nn_onnx_maxpool2d},
              {"AvgPool2d", .add = nn_onnx_avgpool2d},
              {"AdaptiveAvgPool2d", .add = nn_onnx_adaptiveavgpool2d},
              {"BatchNorm1d", .add = nn_onnx_batchnorm},
              {"BatchNorm2d", .add = nn_onnx_batchnorm},
              {"LayerNorm", .add = nn_onnx_layernorm},
              {"RMSNorm", .add = nn_onnx_rmsnorm},
              {"GroupNorm", .add = nn_onnx_groupnorm},
              {"InstanceNorm1d", .add = nn_onnx_instancenorm},
              {"InstanceNorm2d", .add = nn_onnx_instancenorm}};

bool nn_onnx_layer(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  const char *kind = layer->kind->kind.name;
  size_t i = 0, n = sizeof layers / sizeof *layers;
  while (i < n && strcmp(layers[i].kind, kind) != 0)
    i++;
  *why = kind;
  if (i == n)
    return false;
  if (layers[i].add)
    return layers[i].add(onnx, layer, why);
  nn_onnx_node(onnx, layers[i].operator);
  if (layers[i].key)
    nn_onnx_float(onnx, layers[i].attribute, number(layer, layers[i].key));
  nn_onnx_end(onnx);
  return true;
}
