/* elastic_transform.c: torchvision.transforms.ElasticTransform: a field of random shifts, made
 * smooth by a Gaussian blur, bends the picture. Both fields are blurred by both sigmas; each has a
 * square kernel of its own size. */
#include "data/blur.h"
#include "data/geometry.h"
#include "transform-list.h"
#include <string.h>

enum { ALPHA, SIGMA = ALPHA + 2, BILINEAR = SIGMA + 2, FILL };

/* The side of the kernel for one sigma: int(8 sigma + 1), made odd. */
static size_t kernel_side(double sigma)
{
  return (size_t)(8 * sigma + 1) | 1;
}

static bool check_reach(const NnStep *step, double sigma, NnError *err)
{
  size_t side = step->in.H < step->in.W ? step->in.H : step->in.W, k = kernel_side(sigma);
  char text[NN_NUMBER_TEXT], most[NN_NUMBER_TEXT];
  if (sigma == 0 || k / 2 < side)
    return true;
  return nn_step_fail(step, "sigma", err,
                      "sigma %s blurs over %zu pixels, more than images of %zu × %zu can be "
                      "mirrored; allowed is less than %s.",
                      nn_number_shown(sigma, text), k, step->in.H, step->in.W,
                      nn_number_shown((2 * (double)side - 1) / 8, most));
}

static bool plan(NnStep *step, NnError *err)
{
  const NnValue *alpha = nn_config_value(step->config, "alpha");
  const NnValue *sigma = nn_config_value(step->config, "sigma");
  for (int i = 0; i < 2; i++) {
    step->numbers[ALPHA + i] = alpha->numbers[i < alpha->n ? i : 0];
    step->numbers[SIGMA + i] = sigma->numbers[i < sigma->n ? i : 0];
  }
  step->drawn = step->numbers[ALPHA] != 0 || step->numbers[ALPHA + 1] != 0;
  step->numbers[FILL] = nn_config_number(step->config, "fill"); /* a number, of bytes, too */
  step->numbers[BILINEAR] = nn_config_number(step->config, "interpolation");
  step->scratch =
      2 * step->in.H * step->in.W * sizeof(nn_real) + nn_blur_scratch(step->in.H, step->in.W);
  if ((step->numbers[SIGMA] == 0) != (step->numbers[SIGMA + 1] == 0))
    return nn_step_fail(step, "sigma", err,
                        "one sigma is 0 and the other is not; give 0 for both, "
                        "or for neither.");
  return check_reach(step, step->numbers[SIGMA], err) &&
         check_reach(step, step->numbers[SIGMA + 1], err);
}

/* The field of direction i, 0 to the right and 1 down, in halves of the side. */
static void draw_field(const NnStepCall *call, int i, void *scratch, nn_real *field)
{
  const NnForm *form = &call->step->in;
  const double *n = call->step->numbers;
  size_t count = form->H * form->W;
  if (n[ALPHA + i] == 0) {
    memset(field, 0, count * sizeof *field);
    return;
  }
  for (size_t p = 0; p < count; p++)
    field[p] = (nn_real)nn_keyed_uniform(call->rng) * 2 - 1;
  if (n[SIGMA + i] > 0) {
    NnBlur along, across;
    nn_blur_make(&along, kernel_side(n[SIGMA + i]), n[SIGMA]);
    nn_blur_make(&across, kernel_side(n[SIGMA + i]), n[SIGMA + 1]);
    nn_blur_apply(&(NnBlurring){form->H, form->W, &along, &across}, scratch, field, field);
  }
  nn_real side = (nn_real)(i == 0 ? form->W : form->H);
  for (size_t p = 0; p < count; p++)
    field[p] = field[p] * (nn_real)n[ALPHA + i] / side;
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  size_t count = step->in.H * step->in.W;
  nn_real *dx = call->scratch, *dy = dx + count;
  draw_field(call, 0, dy + count, dx);
  draw_field(call, 1, dy + count, dy);
  NnSampling sampling = {step->in, step->numbers[BILINEAR] != 0, step->numbers[FILL]};
  nn_displace(&sampling, dx, dy, call->in, call->out);
  return true;
}

static const double alpha[] = {50}, sigma[] = {5};

static const NnParamSpec params[] = {
    {.key = "alpha",
     .label = N_("Alpha"),
     .type = NN_PARAM_FLOATS,
     .defs = alpha,
     .min_len = 1,
     .max_len = 2,
     .min = -1000,
     .max = 1000,
     .step = 1,
     .flags = NN_PARAM_SINGLE | NN_PARAM_NO_LIST_OF_ONE,
     .doc = N_("How far pixels are displaced; two numbers: horizontally and vertically.")},
    {.key = "sigma",
     .label = N_("Sigma"),
     .unit = N_("pixels"),
     .type = NN_PARAM_FLOATS,
     .defs = sigma,
     .min_len = 1,
     .max_len = 2,
     .min = 0,
     .max = 60,
     .step = 0.1,
     .flags = NN_PARAM_SINGLE | NN_PARAM_NO_LIST_OF_ONE,
     .doc = N_("How smooth the displacement is: small values make the strokes shaky, large ones "
               "bend the whole digit; below 6.875 for images of 28 × 28.")},
    NN_PARAM_INTERPOLATION(1),
    NN_PARAM_FILL("fill", N_("Fill")),
    {0}};

const NnTransformKind nn_transform_elastic_transform = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "ElasticTransform",
             .torch = "ElasticTransform(*)",
             .label = N_("Elastic transform"),
             .group = "augmentation",
             .doc = N_("Distorts every image like rubber, differently each time, much as "
                       "handwriting varies."),
             .source =
                 "Simard, Steinkraus, Platt, Best practices for convolutional neural networks "
                 "applied to visual document analysis, 2003; pytorch.org/vision/stable, "
                 "transforms.ElasticTransform",
             .params = params},
    .plan = plan,
    .apply = apply,
};
