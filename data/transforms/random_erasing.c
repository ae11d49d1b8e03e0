/* random_erasing.c: torchvision.transforms.RandomErasing, of tensors only. */
#include "data/area.h"
#include "data/dataset.h"
#include "transform-list.h"
#include <string.h>

enum { P, SCALE, RATIO = SCALE + 2, RANDOM = RATIO + 2, VALUE };

static bool plan(NnStep *step, NnError *err)
{
  const NnValue *value = nn_config_value(step->config, "value");
  step->numbers[P] = nn_config_number(step->config, "p");
  step->drawn = step->numbers[P] > 0; /* there is always more than one place */
  step->left_out = step->numbers[P] == 0;
  if (step->left_out) /* torchvision looks at nothing then */
    return true;
  if (!step->in.tensor)
    return nn_step_fail(
        step, NULL, err,
        "it works on tensors only, but the image is still bytes; put ToTensor before it.");
  if (value->n > 1 && (size_t)value->n != step->in.C)
    return nn_step_fail(step, "value", err,
                        "value has %d numbers, but the image has %zu channel%s; give one number, "
                        "or one for each channel.",
                        value->n, step->in.C, step->in.C == 1 ? "" : "s");
  for (int i = 0; i < 2; i++) {
    step->numbers[SCALE + i] = nn_config_value(step->config, "scale")->numbers[i];
    step->numbers[RATIO + i] = nn_config_value(step->config, "ratio")->numbers[i];
  }
  step->numbers[RANDOM] = value->n == 0;
  for (int c = 0; c < NN_MAX_CHANNELS && value->n; c++)
    step->numbers[VALUE + c] = value->numbers[value->n > 1 && c < value->n ? c : 0];
  return true;
}

static void erase(const NnStepCall *call, const NnRectangle *r)
{
  const NnStep *step = call->step;
  nn_real *out = call->out;
  for (size_t c = 0; c < step->in.C; c++)
    for (size_t y = 0; y < r->h; y++) {
      nn_real *row = out + (c * step->in.H + r->top + y) * step->in.W + r->left;
      for (size_t x = 0; x < r->w; x++)
        row[x] = (nn_real)(step->numbers[RANDOM] != 0 ? nn_keyed_normal(call->rng)
                                                      : step->numbers[VALUE + c]);
    }
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  NnRectangle r;
  if (nn_keyed_uniform(call->rng) >= step->numbers[P] ||
      !nn_draw_erasing(call->rng, &step->in, step->numbers + SCALE, step->numbers + RATIO, &r))
    return false;
  memcpy(call->out, call->in, nn_form_bytes(&step->in));
  erase(call, &r);
  return true;
}

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  return nn_check_range(config, where, "scale", err) && nn_check_range(config, where, "ratio", err);
}

static const double scale[] = {0.02, 0.33}, ratio[] = {0.3, 3.3}, value[] = {0};
static const char *const words[] = {"random", NULL};

static const NnParamSpec params[] = {
    NN_PARAM_P(N_("Probability that a part of an image is erased.")),
    NN_PARAM_RANGE("scale", N_("Area"), scale, 0, 1, 0,
                   N_("Range of the erased area, as a fraction of the image.")),
    NN_PARAM_RANGE("ratio", N_("Aspect ratio"), ratio, 0.01, 100, 0,
                   N_("Range of the rectangle's height divided by its width.")),
    {.key = "value",
     .label = N_("Value"),
     .type = NN_PARAM_FLOATS,
     .choices = words,
     .defs = value,
     .min_len = 1,
     .max_len = NN_MAX_CHANNELS,
     .min = -1000,
     .max = 1000,
     .step = 0.1,
     .flags = NN_PARAM_SINGLE,
     .doc = N_("Fills the rectangle with one number, one number per channel, or random noise; "
               "after Normalize, 0 is the mean gray level.")},
    {0}};

const NnTransformKind nn_transform_random_erasing = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomErasing",
             .torch = "RandomErasing(*)",
             .label = N_("Random erasing"),
             .group = "augmentation",
             .doc = N_("Erases a random rectangle of some images, so that the network does not "
                       "rely on a single part of a digit."),
             .source = "Zhong et al., Random erasing data augmentation, 2017; "
                       "pytorch.org/vision/stable, transforms.RandomErasing",
             .params = params,
             .check = check},
    .plan = plan,
    .apply = apply,
};
