/* normalize.c: torchvision.transforms.Normalize, in float32: first the mean is taken off, then the
 * difference divided. */
#include "kinds.h"
#include "transform-list.h"

enum { MEAN, STD };

static nn_real normalize_pixel(const double *numbers, nn_real x)
{
  return (x - (nn_real)numbers[MEAN]) / (nn_real)numbers[STD];
}

static const NnParamSpec normalize_params[] = {
    [MEAN] = {.key = "mean",
              .label = "Mean",
              .type = NN_PARAM_FLOAT,
              .def = 0.1307,
              .min = -1000,
              .max = 1000,
              .step = 0.01,
              .doc =
                  "What is taken off every pixel; the mean of MNIST's training pixels is 0.1307."},
    [STD] = {.key = "std",
             .label = "Standard deviation",
             .type = NN_PARAM_FLOAT,
             .def = 0.3081,
             .min = 0,
             .max = 1000,
             .step = 0.01,
             .flags = NN_PARAM_EXCL_MIN,
             .doc =
                 "What the difference is divided by; MNIST's training pixels deviate by 0.3081."},
    {0}};

const NnTransformKind nn_transform_normalize = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "Normalize",
             .group = "scale",
             .doc = "Shifts and scales the pixels so that over the whole set their mean is 0 and "
                    "their standard deviation 1.",
             .source = "LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998; "
                       "pytorch.org/vision/stable, transforms.Normalize",
             .params = normalize_params},
    .pixel = normalize_pixel,
};
