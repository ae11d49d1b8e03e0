/* dropout.c: y = x·mask, mask 0 with probability p and 1/(1 − p) otherwise; identity in evaluation.
 * The mask is a function of (seed, layer, epoch, sample, position), so a run does not depend on
 * threads. Srivastava et al. 2014. */
#include "layer.h"
#include "engine/rng.h"

enum { P };

static const NnParamSpec params[] = {
    {.key = "p",
     .label = N_("Probability"),
     .type = NN_PARAM_FLOAT,
     .def = 0.5,
     .min = 0,
     .max = 1,
     .step = 0.05,
     .doc = N_("Probability that a value is set to zero during training.")},
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  (void)where, (void)err;
  plan->out = in;
  plan->save_per_sample = nn_shape_size(in); /* the mask */
  plan->shares_output = nn_config_number(config, "p") == 0;
  return true;
}

/* Every layer draws its own. */
static uint32_t purpose_of(const NnLayer *layer)
{
  return NN_PURPOSE_DROPOUT + 256u * (uint32_t)layer->index;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  size_t size = nn_shape_size(layer->in), n = pass->N * size;
  if (layer->plan.shares_output)
    return;
  if (!pass->training) {
    ops->copy(pass->backend, layer->x, layer->y, n);
    return;
  }
  ops->dropout_mask(pass->backend, pass->N, size, layer->numbers[P], pass->seed, purpose_of(layer),
                    pass->epoch, pass->sample_ids, layer->save);
  ops->multiply(pass->backend, layer->x, layer->save, layer->y, n);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  size_t n = pass->N * nn_shape_size(layer->in);
  if (layer->dx && !layer->plan.shares_output)
    pass->backend->ops->multiply(pass->backend, layer->dy, layer->save, layer->dx, n);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  step->op = NN_STEP_DROPOUT;
  step->dropout = (NnStepDropout){
      .p = layer->numbers[P], .purpose = purpose_of(layer), .draws = nn_shape_size(layer->in)};
  return true;
}

const NnLayerKind nn_dropout_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Dropout",
             .torch = "Dropout(p)",
             .group = "regularization",
             .doc = N_("Sets random values to zero during training, so that the network does not "
                       "rely on single ones."),
             .source = "Srivastava et al. 2014; torch.nn.Dropout",
             .params = params},
    .needs = "dropout_mask multiply",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
