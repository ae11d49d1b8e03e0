/* random_rotation.c: torchvision.transforms.RandomRotation, about the center, in the picture's own
 * size (expand=False). */
#include "data/geometry.h"
#include "transform-list.h"

enum { LOW, HIGH, BILINEAR, FILL };

static bool plan(NnStep *step, NnError *err)
{
  nn_angle_range(nn_config_value(step->config, "degrees"), step->numbers + LOW);
  step->drawn = step->numbers[LOW] != step->numbers[HIGH];
  step->numbers[BILINEAR] = nn_config_number(step->config, "interpolation");
  step->numbers[FILL] = nn_step_fill(step);
  return true;
}

static bool apply(const NnStepCall *call)
{
  const double *numbers = call->step->numbers;
  NnSampling sampling = {call->step->in, numbers[BILINEAR] != 0, numbers[FILL]};
  nn_rotate(&sampling, nn_draw_uniform(call->rng, numbers[LOW], numbers[HIGH]), call->in,
            call->out);
  return true;
}

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  return nn_check_angles(config, where, "degrees", err);
}

static const double degrees[] = {10};

static const NnParamSpec params[] = {
    NN_PARAM_DEGREES("degrees", N_("Degrees"), degrees, 2, 0,
                     N_("Range of the rotation: one number x for −x to x, or two numbers; positive "
                        "angles are counterclockwise.")),
    NN_PARAM_INTERPOLATION(0),
    NN_PARAM_FILL("fill", N_("Fill")),
    {0}};

const NnTransformKind nn_transform_random_rotation = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomRotation",
             .torch = "RandomRotation(degrees, *)",
             .label = N_("Random rotation"),
             .group = "augmentation",
             .doc = N_("Rotates every image by a random angle: a little resembles how people "
                       "write, too much turns a 6 into a 9."),
             .source = "pytorch.org/vision/stable, transforms.RandomRotation",
             .params = params,
             .check = check},
    .plan = plan,
    .apply = apply,
};
