/* random_horizontal_flip.c: torchvision.transforms.RandomHorizontalFlip. */
#include "data/mirror.h"
#include "transform-list.h"

static bool apply(const NnStepCall *call)
{
  if (!nn_happens(call))
    return false;
  nn_mirror_columns(&call->step->in, call->in, call->out);
  return true;
}

static const NnParamSpec params[] = {NN_PARAM_P(N_("Probability that an image is flipped.")), {0}};

const NnTransformKind nn_transform_random_horizontal_flip = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomHorizontalFlip",
             .torch = "RandomHorizontalFlip(*)",
             .label = N_("Random horizontal flip"),
             .group = "augmentation",
             .doc = N_("Flips some images left to right: useful for photographs, harmful for "
                       "digits, few of which stay the same."),
             .source = "pytorch.org/vision/stable, transforms.RandomHorizontalFlip",
             .params = params},
    .plan = nn_plan_chance,
    .apply = apply,
};
