/* prelu.c: LeakyReLU whose slope is learned, one for all or one for each channel. He et al. 2015.
 */
#include "layer.h"

enum { NUM_PARAMETERS, INIT };

static const NnParamSpec params[] = {
    {.key = "num_parameters",
     .label = N_("Slopes"),
     .type = NN_PARAM_INT,
     .def = 1,
     .min = 1,
     .max = 65536,
     .step = 1,
     .doc = N_("1 for one slope shared by all channels, or the number of channels.")},
    {.key = "init",
     .label = N_("Initial slope"),
     .type = NN_PARAM_FLOAT,
     .def = 0.25,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = -1,
     .soft_max = 1,
     .step = 0.05,
     .doc = N_("The factor for negative values before training.")},
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  size_t n = (size_t)nn_config_int(config, "num_parameters");
  if (n != 1 && n != in.dims[0])
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: num_parameters is %zu, but there are %zu channels; allowed is 1 or %zu.",
                   where, n, in.dims[0], in.dims[0]);
  plan->out = in;
  plan->params[plan->n_params++] = (NnSlot){
      .name = "weight", .shape = nn_shape_1d(n), .fill = (nn_real)nn_config_number(config, "init")};
  return true;
}

static NnPrelu prelu_of(const NnLayer *layer, const NnPass *pass)
{
  return (NnPrelu){.N = pass->N,
                   .C = layer->in.dims[0],
                   .S = nn_shape_size(layer->in) / layer->in.dims[0],
                   .per_channel = layer->numbers[NUM_PARAMETERS] > 1,
                   .accumulate = pass->accumulate,
                   .x = layer->x,
                   .a = layer->params[0],
                   .dy = layer->dy,
                   .y = layer->y,
                   .dx = layer->dx,
                   .da = layer->grads[0]};
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  NnPrelu prelu = prelu_of(layer, pass);
  pass->backend->ops->prelu_forward(pass->backend, &prelu);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  NnPrelu prelu = prelu_of(layer, pass);
  pass->backend->ops->prelu_backward(pass->backend, &prelu);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  step->op = NN_STEP_PRELU;
  step->prelu_C = layer->in.dims[0];
  step->prelu_S = nn_shape_size(layer->in) / layer->in.dims[0];
  step->prelu_per_channel = layer->numbers[NUM_PARAMETERS] > 1;
  return true;
}

const NnLayerKind nn_prelu_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "PReLU",
             .torch = "PReLU(*)",
             .group = "activation",
             .doc = N_("Keeps positive values and multiplies negative ones by a learned factor."),
             .source = "He et al. 2015; torch.nn.PReLU",
             .params = params},
    .needs = "prelu_forward prelu_backward",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
