/* to_tensor.c: torchvision.transforms.ToTensor. A true division in float32: multiplying by 1/255
 * would differ in the last bit for some of the 256 values. */
#include "transform-list.h"

static bool plan(NnStep *step, NnError *err)
{
  if (step->in.tensor)
    return nn_step_fail(step, NULL, err, "the image is already a tensor; use ToTensor only once.");
  step->out.tensor = true;
  return true;
}

static nn_real pixel(const double *numbers, size_t c, nn_real x)
{
  return x / (nn_real)255;
}

const NnTransformKind nn_transform_to_tensor = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "ToTensor",
             .torch = "ToTensor()",
             .label = N_("To tensor"),
             .group = "scale",
             .doc = N_("Converts the bytes 0 to 255 of an image to numbers from 0 to 1, the range "
                       "that initializations and learning rates are designed for."),
             .source = "pytorch.org/vision/stable, transforms.ToTensor"},
    .plan = plan,
    .pixel = pixel,
};
