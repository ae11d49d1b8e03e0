/* center_crop.c: torchvision.transforms.CenterCrop. Where the picture is too small, black is put
 * around it first; an odd rest goes to the right and to the bottom. */
#include "data/crop.h"
#include "transform-list.h"
#include <math.h>

enum { TOP, LEFT, CANVAS_H };

static size_t missing(size_t side, size_t wanted)
{
  return wanted > side ? wanted - side : 0;
}

static bool plan(NnStep *step, NnError *err)
{
  const double *size = nn_config_value(step->config, "size")->numbers;
  size_t h = (size_t)size[0], w = (size_t)size[1];
  size_t more_h = missing(step->in.H, h), more_w = missing(step->in.W, w);
  NnBorder border = {.left = (int)more_w / 2,
                     .top = (int)more_h / 2,
                     .right = ((int)more_w + 1) / 2,
                     .bottom = ((int)more_h + 1) / 2};
  NnCanvas canvas = {0};
  bool ok = nn_canvas_init(&canvas, &step->in, err) &&
            nn_canvas_pad(&canvas, &border, NN_BORDER_CONSTANT, err) &&
            nn_step_resize(step, h, w, err);
  step->memory = canvas.maps;
  step->numbers[CANVAS_H] = (double)canvas.H;
  step->numbers[TOP] = rint(((double)canvas.H - (double)h) / 2); /* half to even, as in Python */
  step->numbers[LEFT] = rint(((double)canvas.W - (double)w) / 2);
  return ok;
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  NnCrop crop = {.maps = step->memory,
                 .H = (size_t)step->numbers[CANVAS_H],
                 .in = step->in,
                 .out = step->out,
                 .top = (size_t)step->numbers[TOP],
                 .left = (size_t)step->numbers[LEFT]};
  nn_crop_apply(&crop, call->in, call->out);
  return true;
}

static const NnParamSpec params[] = {
    NN_PARAM_SIZE(N_("Size of the crop: one number for a square, or height and width.")), {0}};

const NnTransformKind nn_transform_center_crop = {
    .kind =
        {.klass = NN_CLASS_TRANSFORM,
         .name = "CenterCrop",
         .torch = "CenterCrop(size)",
         .group = "geometry",
         .doc = N_(
             "Crops every image at its center; an image that is too small is padded with black."),
         .source = "pytorch.org/vision/stable, transforms.CenterCrop",
         .params = params},
    .plan = plan,
    .apply = apply,
};
