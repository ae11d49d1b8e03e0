/* normalize.c: torchvision.transforms.Normalize, in float32: first the mean is taken off, then the
 * difference divided. */
#include "data/dataset.h"
#include "transform-list.h"
#include <stdio.h>

enum { MEAN, STD = MEAN + NN_MAX_CHANNELS };

/* One number for all channels, or one for each. */
static bool read_channels(NnStep *step, const char *key, double *numbers, NnError *err)
{
  const NnValue *value = nn_config_value(step->config, key);
  if (value->n != 1 && (size_t)value->n != step->in.C)
    return nn_step_fail(step, key, err,
                        "%s has %d numbers, but the image has %zu channel%s; give one number, or "
                        "one for each channel.",
                        key, value->n, step->in.C, step->in.C == 1 ? "" : "s");
  for (int c = 0; c < NN_MAX_CHANNELS; c++)
    numbers[c] = value->numbers[c < value->n ? c : 0];
  return true;
}

static bool plan(NnStep *step, NnError *err)
{
  if (!step->in.tensor)
    return nn_step_fail(step, NULL, err,
                        "it needs a tensor, but the image is still bytes; put ToTensor before it.");
  return read_channels(step, "mean", step->numbers + MEAN, err) &&
         read_channels(step, "std", step->numbers + STD, err);
}

/* Also none so small that it is 0 in float32. */
static bool check(const NnConfig *config, const char *where, NnError *err)
{
  const NnValue *std = nn_config_value(config, "std");
  char path[NN_PATH];
  nn_path_key(path, where, "std");
  for (int c = 0; c < std->n; c++)
    if ((float)std->numbers[c] == 0)
      return nn_fail(err, NN_ERR_ARG, path, "%s is 0, by which nothing can be divided.", path);
  return true;
}

static nn_real pixel(const double *numbers, size_t c, nn_real x)
{
  return (x - (nn_real)numbers[MEAN + c]) / (nn_real)numbers[STD + c];
}

static const double mean[] = {0.1307}, std[] = {0.3081};

static const NnParamSpec params[] = {
    {.key = "mean",
     .label = N_("Mean"),
     .type = NN_PARAM_FLOATS,
     .defs = mean,
     .min_len = 1,
     .max_len = NN_MAX_CHANNELS,
     .min = -1000,
     .max = 1000,
     .step = 0.01,
     .flags = NN_PARAM_SINGLE,
     .doc = N_("Subtracted from every pixel; the mean of MNIST's training pixels is 0.1307.")},
    {.key = "std",
     .label = N_("Standard deviation"),
     .type = NN_PARAM_FLOATS,
     .defs = std,
     .min_len = 1,
     .max_len = NN_MAX_CHANNELS,
     .min = -1000,
     .max = 1000,
     .step = 0.01,
     .flags = NN_PARAM_SINGLE,
     .doc = N_("The difference is divided by it; the standard deviation of MNIST's training pixels "
               "is 0.3081.")},
    {0}};

const NnTransformKind nn_transform_normalize = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "Normalize",
             .torch = "Normalize(mean[], std[])",
             .group = "scale",
             .doc = N_("Subtracts the mean and divides by the standard deviation, so that over the "
                       "whole dataset the pixels have mean 0 and standard deviation 1."),
             .source = "LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998; "
                       "pytorch.org/vision/stable, transforms.Normalize",
             .params = params,
             .check = check},
    .plan = plan,
    .pixel = pixel,
};
