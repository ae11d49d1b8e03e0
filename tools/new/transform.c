/* @file@.c: torchvision.transforms.@Name@. FILL IN what it makes of an image. */
#include "transform-list.h"
#include <string.h>

/* An image is planes (C, H, W): bytes before ToTensor, nn_real after it; both forms come here. */
static bool apply(const NnStepCall *call)
{
  const NnForm *form = &call->step->in;
  memcpy(call->out, call->in, nn_form_bytes(form)); /* FILL IN */
  return true;
}

/* FILL IN its parameters, with torchvision's names, order and defaults (data/transform.h has some). */
static const NnParamSpec params[] = {{0}};

const NnTransformKind nn_transform_@name@ = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "@Name@",
             .torch = "@Name@(*)",
             .label = N_("FILL IN its name in the window"),
             .group = "augmentation", /* or "geometry", "tensor" */
             .doc = N_("FILL IN one sentence for a student: what does it do to an image?"),
             .source = "pytorch.org/vision/stable, transforms.@Name@",
             .params = params},
    .apply = apply,
};
