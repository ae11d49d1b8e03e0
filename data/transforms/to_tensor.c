/* to_tensor.c: torchvision.transforms.ToTensor. A true division in float32: multiplying by 1/255
 * would differ in the last bit for some of the 256 values. */
#include "kinds.h"
#include "transform-list.h"

static nn_real to_tensor_pixel(const double *numbers, nn_real x)
{
  return x / (nn_real)255;
}

const NnTransformKind nn_transform_to_tensor = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "ToTensor",
             .label = "To tensor",
             .group = "scale",
             .doc =
                 "Turns the bytes 0 to 255 of a picture into numbers from 0 to 1, the range that "
                 "initialisations and learning rates are made for.",
             .source = "pytorch.org/vision/stable, transforms.ToTensor"},
    .pixel = to_tensor_pixel,
};
