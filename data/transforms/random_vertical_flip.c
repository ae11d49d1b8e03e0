/* random_vertical_flip.c: torchvision.transforms.RandomVerticalFlip. */
#include "data/mirror.h"
#include "transform-list.h"

static bool apply(const NnStepCall *call)
{
  if (!nn_happens(call))
    return false;
  nn_mirror_rows(&call->step->in, call->in, call->out);
  return true;
}

static const NnParamSpec params[] = {NN_PARAM_P(N_("Probability that an image is flipped.")), {0}};

const NnTransformKind nn_transform_random_vertical_flip = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomVerticalFlip",
             .torch = "RandomVerticalFlip(*)",
             .label = N_("Random vertical flip"),
             .group = "augmentation",
             .doc = N_("Flips some images top to bottom: harmful for digits, because a 2 then "
                       "looks much like a 5."),
             .source = "pytorch.org/vision/stable, transforms.RandomVerticalFlip",
             .params = params},
    .plan = nn_plan_chance,
    .apply = apply,
};
