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

static const NnParamSpec params[] = {NN_PARAM_P(N_("How often a picture is mirrored.")), {0}};

const NnTransformKind nn_transform_random_horizontal_flip = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomHorizontalFlip",
             .label = N_("Random horizontal flip"),
             .group = "augmentation",
             .doc = N_("Shows some pictures mirrored, left for right: good for cats, harmful for "
                       "digits, of which few look the same then."),
             .source = "pytorch.org/vision/stable, transforms.RandomHorizontalFlip",
             .params = params},
    .plan = nn_plan_chance,
    .apply = apply,
};
