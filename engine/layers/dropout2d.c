/* dropout2d.c: whole channels are switched off: one draw for each channel of each picture;
 * otherwise as dropout.c. Tompson et al. 2015. */
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
     .doc = N_("Probability that a channel is set to zero during training.")},
    {0}};

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  char text[NN_SHAPE_TEXT];
  if (in.n_dims != 3)
    return nn_fail(err, NN_ERR_SHAPE, where,
                   "%s: Dropout2d expects an image, but its input is %s; use Dropout.", where,
                   nn_shape_text(in, text));
  plan->out = in;
  plan->save_per_sample = in.dims[0];
  plan->shares_output = nn_config_number(config, "p") == 0;
  return true;
}

static void scale(const NnLayer *layer, const NnPass *pass, const nn_real *from, nn_real *to)
{
  size_t C = layer->in.dims[0];
  pass->backend->ops->scale_rows(pass->backend, pass->N * C, nn_shape_size(layer->in) / C, from,
                                 layer->save, to);
}

/* Every layer draws its own. */
static uint32_t purpose_of(const NnLayer *layer)
{
  return NN_PURPOSE_DROPOUT + 256u * (uint32_t)layer->index;
}

static void forward(NnLayer *layer, const NnPass *pass)
{
  const NnBackendOps *ops = pass->backend->ops;
  if (layer->plan.shares_output)
    return;
  if (!pass->training) {
    ops->copy(pass->backend, layer->x, layer->y, pass->N * nn_shape_size(layer->in));
    return;
  }
  ops->dropout_mask(pass->backend, pass->N, layer->in.dims[0], layer->numbers[P], pass->seed,
                    purpose_of(layer), pass->epoch, pass->sample_ids, layer->save);
  scale(layer, pass, layer->x, layer->y);
}

static void backward(NnLayer *layer, const NnPass *pass)
{
  if (layer->dx && !layer->plan.shares_output)
    scale(layer, pass, layer->dy, layer->dx);
}

static bool describe(const NnLayer *layer, NnStepLayer *step)
{
  step->op = NN_STEP_DROPOUT;
  step->dropout = (NnStepDropout){
      .p = layer->numbers[P], .purpose = purpose_of(layer), .draws = layer->in.dims[0]};
  return true;
}

const NnLayerKind nn_dropout2d_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Dropout2d",
             .torch = "Dropout2d(p)",
             .group = "regularization",
             .doc = N_("Sets whole channels of an image to zero during training."),
             .source = "Tompson et al. 2015; torch.nn.Dropout2d",
             .params = params},
    .needs = "dropout_mask scale_rows",
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .describe = describe};
