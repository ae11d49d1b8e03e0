/* flatten.c: a picture (C, H, W) as one row of numbers, in that order. No work: the memory is the
 * same. */
#include "layer.h"

bool nn_layer_takes_vectors(const char *kind, NnShape in, const char *where, NnError *err)
{
  char text[NN_SHAPE_TEXT];
  return in.n_dims == 1 ||
         nn_fail(err, NN_ERR_SHAPE, where,
                 "%s: %s expects a vector, but its input is %s; put a Flatten before it.", where,
                 kind, nn_shape_text(in, text));
}

static bool plan(const NnConfig *config, NnShape in, const char *where, NnLayerPlan *plan,
                 NnError *err)
{
  (void)config, (void)where, (void)err;
  plan->out = nn_shape_1d(nn_shape_size(in));
  plan->shares_output = true;
  return true;
}

static void pass_on(NnLayer *layer, const NnPass *pass)
{
  (void)layer, (void)pass;
}

const NnLayerKind nn_flatten_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Flatten",
             .torch = "Flatten()",
             .group = "shape",
             .doc =
                 N_("Turns an image into a vector, row after row, as the input of a Linear layer."),
             .source = "torch.nn.Flatten"},
    .plan = plan,
    .forward = pass_on,
    .backward = pass_on};
