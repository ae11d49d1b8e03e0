/* conv2d.c: filters that move over a picture; each gives a picture of its own of how well it fits
 * where. y = Σ weight·x under the filter + bias, without turning the filter over. LeCun et al.
 * 1998.
 *
 * How windows and padding lie is said in picture.h and window.h; weight_norm is weight-norm.c's. */
#include "weight-norm.h"
#include "kernel-window.h"
#include <stdio.h>

/* Places in the flattened numbers; pairs take two. */
enum {
  OUT_CHANNELS,
  KERNEL,
  STRIDE = KERNEL + 2,
  PADDING = STRIDE + 2,
  DILATION = PADDING + 2,
  GROUPS = DILATION + 2,
  BIAS,
  PADDING_MODE
};

/* Words for padding, in the order in which a pair numbers them: −1, −2. */
static const char *const words[] = {"valid", "same", NULL};
enum { VALID = -1, SAME = -2 };
static const char *const modes[] = {"zeros", "reflect", "replicate", "circular", NULL};

static const NnParamSpec params[] = {
    {.key = "out_channels",
     .label = N_("Filters"),
     .type = NN_PARAM_INT,
     .scale = NN_SCALE_LOG,
     .def = 32,
     .min = 1,
     .max = 4096,
     .step = 1,
     .doc = N_("Number of filters; each learns one pattern and produces one output channel.")},
    {.key = "kernel_size",
     .label = N_("Kernel size"),
     .type = NN_PARAM_PAIR,
     .def = 3,
     .min = 1,
     .max = 1024,
     .soft_min = 1,
     .soft_max = 64,
     .step = 1,
     .doc = N_("Height and width of a filter; one number for a square.")},
    {.key = "stride",
     .label = N_("Stride"),
     .type = NN_PARAM_PAIR,
     .def = 1,
     .min = 1,
     .max = 1024,
     .soft_min = 1,
     .soft_max = 64,
     .step = 1,
     .flags = NN_PARAM_SINGLE,
     .doc = N_("How far a filter moves at a time; 2 halves the image's size.")},
    {.key = "padding",
     .label = N_("Padding"),
     .type = NN_PARAM_PAIR,
     .def = 0,
     .min = 0,
     .max = 1024,
     .soft_min = 0,
     .soft_max = 64,
     .step = 1,
     .flags = NN_PARAM_SINGLE,
     .choices = words,
     .doc = N_("Pixels added around the image; same keeps its size, valid adds none.")},
    {.key = "dilation",
     .label = N_("Dilation"),
     .type = NN_PARAM_PAIR,
     .def = 1,
     .min = 1,
     .max = 1024,
     .soft_min = 1,
     .soft_max = 64,
     .step = 1,
     .flags = NN_PARAM_SINGLE,
     .doc = N_(
         "Distance between the pixels under a filter; above 1 it covers a larger area with gaps.")},
    {.key = "groups",
     .label = N_("Groups"),
     .type = NN_PARAM_INT,
     .def = 1,
     .min = 1,
     .max = 4096,
     .step = 1,
     .doc = N_("Groups into which channels and filters are divided; a filter sees only the "
               "channels of its group.")},
    {.key = "bias",
     .label = N_("Bias"),
     .type = NN_PARAM_BOOL,
     .def = 1,
     .doc = N_("Adds a learned number to every output channel.")},
    {.key = "padding_mode",
     .label = N_("Padding mode"),
     .type = NN_PARAM_CHOICE,
     .choices = modes,
     .doc = N_("What the padding contains: zeros, the image mirrored, its edge repeated, or its "
               "opposite side.")},
    {.key = "in_channels",
     .label = N_("Channels"),
     .type = NN_PARAM_INT,
     .def = NAN,
     .min = 1,
     .max = 65536,
     .step = 1,
     .doc = N_("Number of input channels; determined by the previous layer."),
     .flags = NN_PARAM_DERIVED | NN_PARAM_NULLABLE},
    NN_WEIGHT_INIT_PARAM,
    NN_BIAS_INIT_PARAM,
    NN_WEIGHT_NORM_PARAM,
    {0}};

/* ---- rules and shapes ---- */

static bool fail_key(const char *where, const char *key, NnError *err, const char *text)
{
  char path[NN_PATH];
  nn_path_key(path, where, key);
  return nn_fail(err, NN_ERR_ARG, path, "%s: %s", path, nn_text(text));
}

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  const double *stride = nn_config_value(config, "stride")->numbers;
  const double *padding = nn_config_value(config, "padding")->numbers;
  if (padding[0] == SAME && (stride[0] != 1 || stride[1] != 1))
    return fail_key(where, "stride", err,
                    N_("padding \"same\" keeps the image's size, which needs a stride of 1; choose "
                       "a stride of 1 or give the padding as a number."));
  if (nn_config_int(config, "out_channels") % nn_config_int(config, "groups") != 0)
    return fail_key(where, "groups", err,
                    N_("the filters cannot be divided evenly into the groups; choose out_channels "
                       "as a multiple of groups."));
  return true;
}

/* All of NnConv but N, out, and the pointers. */
static NnConv conv_of(const double *numbers, NnShape in)
{
  NnConv v = {.C = in.dims[0],
              .K = (size_t)numbers[OUT_CHANNELS],
              .groups = (size_t)numbers[GROUPS],
              .mode = (NnPadMode)numbers[PADDING_MODE]};
  for (int axis = 0; axis < 2; axis++) {
    double padding = numbers[PADDING + axis];
    v.in[axis] = in.dims[1 + axis];
    v.kernel[axis] = (size_t)numbers[KERNEL + axis];
    v.stride[axis] = (size_t)numbers[STRIDE + axis];
    v.dilation[axis] = (size_t)numbers[DILATION + axis];
    size_t total = v.dilation[axis] * (v.kernel[axis] - 1); /* "same": the odd one at the end */
    v.before[axis] = padding == SAME ? total / 2 : padding == VALID ? 0 : (size_t)padding;
    v.after[axis] = padding == SAME ? total - total / 2 : v.before[axis];
  }
  return v;
}

static bool check_channels(const NnConfig *config, const NnConv *v, const char *where, NnError *err)
{
  double wanted = nn_config_number(config, "in_channels");
  if (!isnan(wanted) && (size_t)wanted != v->C)
    return nn_fail(
        err, NN_ERR_SHAPE, where,
        "%s: in_channels is %.0f, but the input has %zu channels; leave it out or set it to %zu.",
        where, wanted, v->C, v->C);
  if (v->C % v->groups != 0)
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: the %zu input channels cannot be divided evenly into %zu groups.", where,
                   v->C, v->groups);
  return true;
}

/* A mirror image has one pixel less than the picture, its other side as many. */
static bool check_padding(const NnConv *v, const char *where, NnError *err)
{
  for (int axis = 0; axis < 2; axis++) {
    size_t most = v->in[axis] - (v->mode == NN_PAD_REFLECT);
    bool limited = v->mode == NN_PAD_REFLECT || v->mode == NN_PAD_CIRCULAR;
    if (limited && (v->before[axis] > most || v->after[axis] > most))
      return nn_fail(
          err, NN_ERR_SHAPE, where,
          axis == 0 ? N_("%s: padding is %zu, but in mode %s an image %zu high gives at most %zu.")
                    : N_("%s: padding is %zu, but in mode %s an image %zu wide gives at most %zu."),
          where, v->after[axis], modes[v->mode], v->in[axis], most);
  }
  return true;
}

static bool find_out(NnConv *v, const char *where, NnError *err)
{
  NnSlide slides[2];
  for (int axis = 0; axis < 2; axis++)
    slides[axis] = (NnSlide){.size = v->in[axis],
                             .kernel = v->kernel[axis],
                             .stride = v->stride[axis],
                             .dilation = v->dilation[axis],
                             .before = v->before[axis],
                             .after = v->after[axis]};
  return nn_slide_over(slides, "Conv2d", where, v->out, err);
}

static void plan_slots(const NnConfig *config, const NnConv *v, NnLayerPlan *plan)
{
  size_t area = v->kernel[0] * v->kernel[1];
  NnSlot weight = {.name = "weight",
                   .shape = {4, {v->K, v->C / v->groups, v->kernel[0], v->kernel[1]}},
                   .fan_in = v->C / v->groups * area,
                   .fan_out = v->K * area,
                   .init_key = "weight_init"};
  plan->params[plan->n_params++] = weight;
  if (nn_config_bool(config, "bias")) {
    weight.name = "bias";
    weight.shape = nn_shape_1d(v->K);
    weight.init_key = "bias_init";
    plan->params[plan->n_params++] = weight;
  }
}

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  double numbers[NN_MAX_NUMBERS];
  if (!nn_window_picture(in, "Conv2d", where, err))
    return false;
  nn_config_flatten(config, numbers, NN_MAX_NUMBERS);
  NnConv v = conv_of(numbers, in);
  if (!check(config, where, err) || !check_channels(config, &v, where, err) ||
      !check_padding(&v, where, err) || !find_out(&v, where, err))
    return false;
  plan->out = nn_shape_3d(v.K, v.out[0], v.out[1]);
  plan->save_fixed = nn_conv_work(&v);
  plan_slots(config, &v, plan);
  nn_weight_norm_plan(config, plan);
  return true;
}

/* ---- at work ---- */

static NnConv conv_at_work(const NnLayer *layer, const NnPass *pass)
{
  NnConv v = conv_of(layer->numbers, layer->in);
  v.N = pass->N;
  v.out[0] = layer->out.dims[1];
  v.out[1] = layer->out.dims[2];
  v.x = layer->x;
  v.work = layer->save + nn_weight_norm_save(layer);
  return v;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  NnConv v = conv_at_work(layer, pass);
  v.weight = nn_weight_norm_weight(layer, pass);
  v.bias = layer->numbers[BIAS] ? layer->params[1] : NULL;
  v.y = layer->y;
  pass->backend->ops->conv_forward(pass->backend, &v);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  NnConv v = conv_at_work(layer, pass);
  v.weight = nn_weight_norm_last(layer);
  v.dy = layer->dy;
  v.dx = layer->dx;
  v.dweight = nn_weight_norm_grad(layer, pass, &v.add_dweight);
  v.add_dbias = pass->accumulate;
  v.dbias = layer->numbers[BIAS] ? layer->grads[1] : NULL;
  pass->backend->ops->conv_backward(pass->backend, &v);
  nn_weight_norm_backward(layer, pass);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  step->op = NN_STEP_CONV;
  step->conv = conv_of(layer->numbers, layer->in);
  step->conv.N = 1;
  step->conv.out[0] = layer->out.dims[1];
  step->conv.out[1] = layer->out.dims[2];
  return true;
}

const NnLayerKind nn_conv2d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Conv2d",
             .torch = "Conv2d(in_channels|size, out_channels, kernel_size=, *)",
             .group = "linear",
             .doc = N_(
                 "Slides small learned filters over an image; each detects its pattern anywhere."),
             .source = "LeCun et al. 1998; torch.nn.Conv2d",
             .params = params,
             .check = check},
    .needs = "conv_forward conv_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe,
    .after_init = nn_weight_norm_after_init};
