/* flatten.c: a picture (C, H, W) as one row of numbers, in that order. No work: the memory is the
 * same. */
#include "layer.h"

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
             .group = "shape",
             .doc =
                 N_("Turns an image into a vector, row after row, as the input of a Linear layer."),
             .source = "torch.nn.Flatten"},
    .plan = plan,
    .forward = pass_on,
    .backward = pass_on};
