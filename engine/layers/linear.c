/* linear.c: y = x·Wᵀ + b. */
#include "weight-norm.h"

enum { OUT_FEATURES, IN_FEATURES, BIAS };

static const NnParamSpec params[] = {
    {.key = "out_features",
     .label = N_("Outputs"),
     .type = NN_PARAM_INT,
     .scale = NN_SCALE_LOG,
     .def = 64,
     .min = 1,
     .max = 65536,
     .step = 1,
     .doc = N_("Number of units; each learns one weighted sum of all inputs.")},
    {.key = "in_features",
     .label = N_("Inputs"),
     .type = NN_PARAM_INT,
     .def = NAN,
     .min = 1,
     .max = 16777216,
     .step = 1,
     .doc = N_("Number of input values; determined by the previous layer."),
     .flags = NN_PARAM_DERIVED | NN_PARAM_NULLABLE},
    {.key = "bias",
     .label = N_("Bias"),
     .type = NN_PARAM_BOOL,
     .def = 1,
     .doc = N_("Adds a learned number to each output.")},
    NN_WEIGHT_INIT_PARAM,
    NN_BIAS_INIT_PARAM,
    NN_WEIGHT_NORM_PARAM,
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  double wanted = nn_config_number(config, "in_features");
  size_t out = (size_t)nn_config_int(config, "out_features");
  if (!nn_layer_takes_vectors("Linear", in, where, err))
    return false;
  if (!isnan(wanted) && (size_t)wanted != in.dims[0])
    return nn_fail(
        err, NN_ERR_SHAPE, where,
        "%s: in_features is %.0f, but the input has %zu values; leave it out or set it to %zu.",
        where, wanted, in.dims[0], in.dims[0]);
  plan->out = nn_shape_1d(out);
  plan->params[plan->n_params++] = (NnSlot){.name = "weight",
                                            .shape = nn_shape_2d(out, in.dims[0]),
                                            .fan_in = in.dims[0],
                                            .fan_out = out,
                                            .init_key = "weight_init"};
  if (nn_config_bool(config, "bias"))
    plan->params[plan->n_params++] = (NnSlot){.name = "bias",
                                              .shape = nn_shape_1d(out),
                                              .fan_in = in.dims[0],
                                              .fan_out = out,
                                              .init_key = "bias_init"};
  nn_weight_norm_plan(config, plan);
  return true;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  size_t in = layer->in.dims[0], out = layer->out.dims[0];
  const nn_real *weight = nn_weight_norm_weight(layer, pass);
  ops->gemm(pass->backend, false, true, pass->N, out, in, 1, layer->x, weight, 0, layer->y);
  if (layer->numbers[BIAS])
    ops->add_bias(pass->backend, pass->N, out, layer->params[1], layer->y);
}

/* dW = dyᵀ·x, db = Σ dy, dx = dy·W */
static void backward(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  size_t in = layer->in.dims[0], out = layer->out.dims[0];
  bool accumulate;
  nn_real *grad = nn_weight_norm_grad(layer, pass, &accumulate);
  ops->gemm(pass->backend, true, false, out, in, pass->N, 1, layer->dy, layer->x, accumulate, grad);
  nn_weight_norm_backward(layer, pass);
  if (layer->numbers[BIAS])
    ops->sum_rows(pass->backend, pass->N, out, layer->dy, pass->accumulate, layer->grads[1]);
  if (layer->dx)
    ops->gemm(pass->backend, false, false, pass->N, in, out, 1, layer->dy,
              nn_weight_norm_last(layer), 0, layer->dx);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  (void)layer;
  step->op = NN_STEP_LINEAR;
  return true;
}

const NnLayerKind nn_linear_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Linear",
             .torch = "Linear(in_features|size, out_features, *)",
             .group = "linear",
             .doc = N_("Computes every output as a learned weighted sum of all inputs."),
             .source = "torch.nn.Linear",
             .params = params},
    .needs = "gemm add_bias sum_rows",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe,
    .after_init = nn_weight_norm_after_init};
