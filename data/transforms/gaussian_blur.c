/* gaussian_blur.c: torchvision.transforms.GaussianBlur. Bytes are blurred as numbers and rounded.
 */
#include "data/blur.h"
#include "transform-list.h"
#include <math.h>
#include <stdio.h>

enum { KX, KY, LOW, HIGH };

static size_t plane_bytes(const NnForm *form)
{
  return form->H * form->W * sizeof(nn_real);
}

static bool check_reach(const NnStep *step, size_t k, size_t side, const char *which, NnError *err)
{
  if (k / 2 < side)
    return true;
  return nn_step_fail(step, "kernel_size", err,
                      "a kernel of %zu pixels needs %zu pixels of mirrored border, but the image's "
                      "%s is %zu; allowed is at most %zu.",
                      k, k / 2, which, side, 2 * side - 1);
}

static bool plan(NnStep *step, NnError *err)
{
  const NnValue *size = nn_config_value(step->config, "kernel_size");
  const NnValue *sigma = nn_config_value(step->config, "sigma");
  double *n = step->numbers;
  n[KX] = size->numbers[0];
  n[KY] = size->numbers[size->n - 1];
  n[LOW] = sigma->numbers[0];
  n[HIGH] = sigma->numbers[sigma->n - 1];
  step->drawn = n[LOW] != n[HIGH];
  step->scratch = plane_bytes(&step->in) + nn_blur_scratch(step->in.H, step->in.W);
  return check_reach(step, (size_t)n[KX], step->in.W, "width", err) &&
         check_reach(step, (size_t)n[KY], step->in.H, "height", err);
}

static void blur_bytes(const NnBlurring *blurring, const NnStepCall *call, const uint8_t *in,
                       uint8_t *out)
{
  size_t n = blurring->H * blurring->W;
  nn_real *plane = call->scratch;
  for (size_t i = 0; i < n; i++)
    plane[i] = in[i];
  nn_blur_apply(blurring, plane + n, plane, plane);
  for (size_t i = 0; i < n; i++)
    out[i] = (uint8_t)rint((double)plane[i]);
}

static bool apply(const NnStepCall *call)
{
  const NnForm *form = &call->step->in;
  const double *n = call->step->numbers;
  double sigma = nn_draw_uniform(call->rng, n[LOW], n[HIGH]);
  size_t plane = form->H * form->W;
  NnBlur along, across;
  nn_blur_make(&along, (size_t)n[KX], sigma);
  nn_blur_make(&across, (size_t)n[KY], sigma);
  NnBlurring blurring = {form->H, form->W, &along, &across};
  for (size_t c = 0; c < form->C; c++)
    if (form->tensor)
      nn_blur_apply(&blurring, call->scratch, (const nn_real *)call->in + c * plane,
                    (nn_real *)call->out + c * plane);
    else
      blur_bytes(&blurring, call, (const uint8_t *)call->in + c * plane,
                 (uint8_t *)call->out + c * plane);
  return true;
}

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  const NnValue *size = nn_config_value(config, "kernel_size");
  char path[NN_PATH];
  nn_path_key(path, where, "kernel_size");
  for (int i = 0; i < size->n; i++)
    if (fmod(size->numbers[i], 2) == 0)
      return nn_fail(err, NN_ERR_ARG, path,
                     "%s is %s; the size of a kernel must be odd, so that it has a center.", path,
                     NN_SHOWN(size->numbers[i]));
  return nn_check_range(config, where, "sigma", err);
}

static const double size[] = {3}, sigma[] = {0.1, 2};

static const NnParamSpec params[] = {
    {.key = "kernel_size",
     .label = N_("Kernel size"),
     .unit = N_("pixels"),
     .type = NN_PARAM_FLOATS,
     .defs = size,
     .min_len = 1,
     .max_len = 2,
     .min = 1,
     .max = 101,
     .step = 2,
     .flags = NN_PARAM_SINGLE | NN_PARAM_WHOLE,
     .doc = N_(
         "Size of the blur kernel in pixels: an odd number, or two of them for width and height.")},
    {.key = "sigma",
     .label = N_("Sigma"),
     .unit = N_("pixels"),
     .type = NN_PARAM_FLOATS,
     .defs = sigma,
     .def_len = 2,
     .min_len = 1,
     .max_len = 2,
     .min = 0,
     .max = 100,
     .step = 0.1,
     .flags = NN_PARAM_SINGLE | NN_PARAM_EXCL_MIN | NN_PARAM_NO_LIST_OF_ONE,
     .doc = N_("Standard deviation of the blur: one number, or a range from which it is drawn for "
               "every image.")},
    {0}};

const NnTransformKind nn_transform_gaussian_blur = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "GaussianBlur",
             .torch = "GaussianBlur(kernel_size, *)",
             .label = N_("Gaussian blur"),
             .group = "augmentation",
             .doc = N_("Blurs every image, like a camera that is out of focus."),
             .source = "pytorch.org/vision/stable, transforms.GaussianBlur",
             .params = params,
             .check = check},
    .plan = plan,
    .apply = apply,
};
