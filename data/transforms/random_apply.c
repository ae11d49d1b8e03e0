/* random_apply.c: torchvision.transforms.RandomApply. The transforms it holds follow it in the
 * plan; see pipeline.c, which also checks that they leave the picture's form alone. torchvision
 * applies them when p >= rand(): at p = 0 once in 2^24 times, which is never here. */
#include "transform-list.h"

/* false: the steps that it holds are passed over. */
static bool apply(const NnStepCall *call)
{
  return nn_happens(call);
}

static const NnParamSpec params[] = {{.key = "transforms",
                                      .label = N_("Transforms"),
                                      .type = NN_PARAM_KINDS,
                                      .klass = NN_CLASS_TRANSFORM,
                                      .min_len = 0,
                                      .max_len = 16,
                                      .doc = N_("Transforms that are applied together or not at "
                                                "all; they must not change the image's size.")},
                                     NN_PARAM_P(N_("Probability that they are applied.")),
                                     {0}};

const NnTransformKind nn_transform_random_apply = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomApply",
             .torch = "RandomApply(transforms, *)",
             .label = N_("Random apply"),
             .group = "augmentation",
             .doc = N_("Applies a list of transforms with a given probability."),
             .source = "pytorch.org/vision/stable, transforms.RandomApply",
             .params = params},
    .plan = nn_plan_chance,
    .apply = apply,
};
