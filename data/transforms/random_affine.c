/* random_affine.c: torchvision.transforms.RandomAffine, about the center. */
#include "data/geometry.h"
#include "transform-list.h"
#include <math.h>

enum {
  ANGLE,
  SHIFT = ANGLE + 2,
  SCALE = SHIFT + 2,
  SHEAR = SCALE + 2,
  N_SHEAR = SHEAR + 4,
  BILINEAR,
  FILL
};

static void read_pair(const NnStep *step, const char *key, double none, double *pair)
{
  const NnValue *value = nn_config_value(step->config, key);
  pair[0] = value->n ? value->numbers[0] : none;
  pair[1] = value->n ? value->numbers[1] : none;
}

/* Half a pixel is rounded to none, so that a shift by less is none either. */
static bool is_drawn(const NnStep *step)
{
  const double *n = step->numbers;
  bool shifts = n[SHIFT] * (double)step->in.W > 0.5 || n[SHIFT + 1] * (double)step->in.H > 0.5;
  return shifts || n[ANGLE] != n[ANGLE + 1] || n[SCALE] != n[SCALE + 1] ||
         n[SHEAR] != n[SHEAR + 1] || n[SHEAR + 2] != n[SHEAR + 3];
}

static bool plan(NnStep *step, NnError *err)
{
  const NnValue *shear = nn_config_value(step->config, "shear");
  nn_angle_range(nn_config_value(step->config, "degrees"), step->numbers + ANGLE);
  read_pair(step, "translate", 0, step->numbers + SHIFT);
  read_pair(step, "scale", 1, step->numbers + SCALE);
  nn_angle_range(shear, step->numbers + SHEAR);
  for (int i = 2; i < 4; i++)
    step->numbers[SHEAR + i] = shear->n == 4 ? shear->numbers[i] : 0;
  step->numbers[N_SHEAR] = shear->n;
  step->drawn = is_drawn(step);
  step->numbers[BILINEAR] = nn_config_number(step->config, "interpolation");
  step->numbers[FILL] = nn_step_fill(step);
  return true;
}

static double shift(NnKeyedRng *rng, double share, size_t side)
{
  double most = share * (double)side;
  return most > 0.5 ? rint(nn_draw_uniform(rng, -most, most)) : 0;
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  const double *n = step->numbers;
  NnAffine affine = {.angle = nn_draw_uniform(call->rng, n[ANGLE], n[ANGLE + 1])};
  affine.tx = shift(call->rng, n[SHIFT], step->in.W);
  affine.ty = shift(call->rng, n[SHIFT + 1], step->in.H);
  affine.scale = nn_draw_uniform(call->rng, n[SCALE], n[SCALE + 1]);
  affine.shear_x = nn_draw_uniform(call->rng, n[SHEAR], n[SHEAR + 1]);
  affine.shear_y = nn_draw_uniform(call->rng, n[SHEAR + 2], n[SHEAR + 3]);
  NnSampling sampling = {step->in, n[BILINEAR] != 0, n[FILL]};
  nn_affine(&sampling, &affine, call->in, call->out);
  return true;
}

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  return nn_check_angles(config, where, "degrees", err) &&
         nn_check_range(config, where, "scale", err) &&
         nn_check_angles(config, where, "shear", err);
}

static const double degrees[] = {10};

static const NnParamSpec params[] = {
    NN_PARAM_DEGREES("degrees", N_("Degrees"), degrees, 2, 0,
                     N_("Range of the rotation: one number x for −x to x, or two numbers; positive "
                        "angles are clockwise.")),
    {.key = "translate",
     .label = N_("Translation"),
     .type = NN_PARAM_FLOATS,
     .min_len = 2,
     .max_len = 2,
     .min = 0,
     .max = 1,
     .step = 0.01,
     .flags = NN_PARAM_NULLABLE,
     .doc = N_("Largest shift, as a fraction of the image's width and height; null for none.")},
    {.key = "scale",
     .label = N_("Scale"),
     .type = NN_PARAM_FLOATS,
     .min_len = 2,
     .max_len = 2,
     .min = 0,
     .max = 1000,
     .step = 0.05,
     .flags = NN_PARAM_NULLABLE | NN_PARAM_EXCL_MIN,
     .doc = N_("Range of the scale factor; null for no scaling.")},
    NN_PARAM_DEGREES(
        "shear", N_("Shear"), NULL, 4, NN_PARAM_NULLABLE,
        N_("Range of the shear in degrees: one number x for −x to x, or two numbers, along the "
           "rows; four numbers: along the rows and along the columns; null for none.")),
    NN_PARAM_INTERPOLATION(0),
    NN_PARAM_FILL("fill", N_("Fill")),
    {0}};

const NnTransformKind nn_transform_random_affine = {
    .kind =
        {.klass = NN_CLASS_TRANSFORM,
         .name = "RandomAffine",
         .torch = "RandomAffine(degrees, *)",
         .label = N_("Random affine"),
         .group = "augmentation",
         .doc =
             N_("Rotates, shifts, scales and shears every image at random, as handwriting varies."),
         .source = "pytorch.org/vision/stable, transforms.RandomAffine",
         .params = params,
         .check = check},
    .plan = plan,
    .apply = apply,
};
