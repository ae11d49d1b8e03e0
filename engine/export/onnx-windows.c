/* onnx-windows.c: layers that slide a window over an image, as ONNX's operators. */
#include "engine/mem.h"
#include "onnx-graph.h"
#include <math.h>
#include <string.h>

/* Of one of these layers, along rows and columns. */
typedef struct {
  int64_t kernel[2], stride[2], padding[2], dilation[2];
  int64_t after[2]; /* padding behind the image: what the last window reaches */
} Window;

static void read_pair(const NnConfig *config, const char *key, const int64_t *otherwise,
                      int64_t pair[2])
{
  int i = nn_param_index(config->kind->params, key);
  const double *numbers = i >= 0 ? config->values[i].numbers : NULL;
  for (int k = 0; k < 2; k++)
    pair[k] = numbers && !isnan(numbers[k]) ? (int64_t)numbers[k] : otherwise[k];
}

static Window window_of(const NnLayer *layer)
{
  static const int64_t ones[2] = {1, 1}, zeros[2] = {0, 0};
  Window w;
  read_pair(layer->config, "kernel_size", ones, w.kernel);
  read_pair(layer->config, "stride", w.kernel, w.stride);
  read_pair(layer->config, "padding", zeros, w.padding);
  read_pair(layer->config, "dilation", ones, w.dilation);
  for (int k = 0; k < 2; k++) {
    int64_t extent = w.dilation[k] * (w.kernel[k] - 1) + 1;
    int64_t reach = ((int64_t)layer->out.dims[1 + k] - 1) * w.stride[k] + extent;
    if (w.padding[k] < 0) /* −1: valid, −2: same, the odd one behind */
      w.padding[k] = w.padding[k] == -2 ? (extent - 1) / 2 : 0;
    w.after[k] = reach - (int64_t)layer->in.dims[1 + k] - w.padding[k];
    w.after[k] = w.after[k] > 0 ? w.after[k] : 0;
  }
  return w;
}

static void add_window(NnOnnx *onnx, const Window *w, bool pads)
{
  int64_t all[] = {w->padding[0], w->padding[1], w->after[0], w->after[1]};
  nn_onnx_ints(onnx, "kernel_shape", w->kernel, 2);
  nn_onnx_ints(onnx, "strides", w->stride, 2);
  if (pads)
    nn_onnx_ints(onnx, "pads", all, 4);
}

/* With something else than zeros around the image. */
static void add_border(NnOnnx *onnx, const Window *w, const char *mode)
{
  char pads[NN_ONNX_NAME];
  int64_t all[] = {0, 0, w->padding[0], w->padding[1], 0, 0, w->after[0], w->after[1]};
  nn_onnx_node(onnx, "Pad");
  nn_onnx_input(onnx, nn_onnx_whole(onnx, all, 8, pads));
  nn_onnx_text(onnx, "mode", mode);
  nn_onnx_end(onnx);
}

bool nn_onnx_conv2d(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  static const char *const modes[] = {NULL, "reflect", "edge", "wrap"}; /* as padding_mode */
  char weight[NN_ONNX_NAME], bias[NN_ONNX_NAME];
  Window w = window_of(layer);
  const char *mode = modes[nn_config_int(layer->config, "padding_mode")];
  (void)why;
  if (mode)
    add_border(onnx, &w, mode);
  nn_onnx_weight(onnx, layer, weight);
  nn_onnx_node(onnx, "Conv");
  nn_onnx_input(onnx, weight);
  if (nn_onnx_parameter(onnx, layer->index, "bias", bias))
    nn_onnx_input(onnx, bias);
  add_window(onnx, &w, !mode);
  nn_onnx_ints(onnx, "dilations", w.dilation, 2);
  nn_onnx_int(onnx, "group", nn_config_int(layer->config, "groups"));
  nn_onnx_end(onnx);
  return true;
}

bool nn_onnx_maxpool2d(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  Window w = window_of(layer);
  (void)why;
  nn_onnx_node(onnx, "MaxPool");
  add_window(onnx, &w, true);
  nn_onnx_ints(onnx, "dilations", w.dilation, 2);
  nn_onnx_end(onnx);
  return true;
}

/* By how many values PyTorch divides at place i along one direction: those of the image, or of its
 * padding, too. */
static int64_t count_at(const Window *w, int k, int64_t i, int64_t n, bool with_padding)
{
  int64_t start = i * w->stride[k] - w->padding[k], end = start + w->kernel[k];
  int64_t limit = with_padding ? n + w->padding[k] : n;
  end = end < limit ? end : limit;
  return end - (with_padding || start > 0 ? start : 0);
}

/* The mean with zeros around the image, and then what it would be by PyTorch's divisors. */
bool nn_onnx_avgpool2d(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  Window w = window_of(layer);
  const NnConfig *config = layer->config;
  double by = nn_config_number(config, "divisor_override");
  bool with_padding = nn_config_bool(config, "count_include_pad");
  int64_t dims[] = {(int64_t)layer->out.dims[1], (int64_t)layer->out.dims[2]};
  double area = (double)(w.kernel[0] * w.kernel[1]);
  nn_real *factors = nn_alloc_array((size_t)dims[0], (size_t)dims[1] * sizeof *factors);
  char name[NN_ONNX_NAME];
  (void)why;
  nn_onnx_node(onnx, "AveragePool");
  add_window(onnx, &w, true);
  nn_onnx_int(onnx, "count_include_pad", 1);
  nn_onnx_end(onnx);
  for (int64_t i = 0; factors && i < dims[0] * dims[1]; i++) {
    double n = (double)(count_at(&w, 0, i / dims[1], (int64_t)layer->in.dims[1], with_padding) *
                        count_at(&w, 1, i % dims[1], (int64_t)layer->in.dims[2], with_padding));
    factors[i] = (nn_real)(area / (isnan(by) ? n : by));
  }
  if (factors)
    nn_onnx_apply(onnx, "Mul", nn_onnx_reals(onnx, factors, dims, 2, name));
  onnx->tensors.failed = onnx->tensors.failed || !factors;
  nn_free(factors);
  return true;
}

/* (n_out, n_in), or turned: 1/n where value i of the input belongs to place o of the output. */
static const char *add_shares(NnOnnx *onnx, size_t n_in, size_t n_out, bool turned,
                              char name[NN_ONNX_NAME])
{
  nn_real *shares = nn_alloc_array(n_in, n_out * sizeof *shares);
  for (size_t o = 0; shares && o < n_out; o++) {
    size_t first = o * n_in / n_out, end = ((o + 1) * n_in + n_out - 1) / n_out;
    for (size_t i = first; i < end; i++)
      shares[turned ? i * n_out + o : o * n_in + i] = 1 / (nn_real)(end - first);
  }
  int64_t dims[] = {(int64_t)(turned ? n_in : n_out), (int64_t)(turned ? n_out : n_in)};
  onnx->tensors.failed = onnx->tensors.failed || !shares;
  if (shares)
    nn_onnx_reals(onnx, shares, dims, 2, name);
  nn_free(shares);
  return name;
}

/* Rows and columns one after the other, each by a matrix. */
bool nn_onnx_adaptiveavgpool2d(NnOnnx *onnx, const NnLayer *layer, const char **why)
{
  char columns[NN_ONNX_NAME], rows[NN_ONNX_NAME], x[NN_ONNX_NAME];
  (void)why;
  nn_onnx_apply(onnx, "MatMul",
                add_shares(onnx, layer->in.dims[2], layer->out.dims[2], true, columns));
  memcpy(x, onnx->x, sizeof x);
  add_shares(onnx, layer->in.dims[1], layer->out.dims[1], false, rows);
  memcpy(onnx->x, rows, sizeof rows);
  nn_onnx_apply(onnx, "MatMul", x);
  return true;
}
