/* pad.c: torchvision.transforms.Pad. */
#include "data/crop.h"
#include "engine/mem.h"
#include "padding.h"
#include "transform-list.h"

enum { FILL };

static bool plan(NnStep *step, NnError *err)
{
  NnBorder border = nn_border_read(nn_config_value(step->config, "padding"));
  NnBorderMode mode = (NnBorderMode)nn_config_int(step->config, "padding_mode");
  NnCanvas canvas = {0};
  bool ok = nn_canvas_init(&canvas, &step->in, err) &&
            nn_border_check(step, &canvas, &border, mode, err) &&
            nn_canvas_pad(&canvas, &border, mode, err) &&
            nn_step_resize(step, canvas.H, canvas.W, err);
  step->numbers[FILL] = nn_step_fill(step);
  step->memory = canvas.maps;
  return ok;
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  NnCrop crop = {.maps = step->memory,
                 .H = step->out.H,
                 .in = step->in,
                 .out = step->out,
                 .fill = step->numbers[FILL]};
  nn_crop_apply(&crop, call->in, call->out);
  return true;
}

static const double padding[] = {2};

static const NnParamSpec params[] = {
    NN_PARAM_PADDING(N_("Pixels added on every side; two numbers: left and right, top and bottom; "
                        "four: left, top, right, bottom. A negative number cuts pixels away."),
                     padding, 0),
    NN_PARAM_FILL("fill", N_("Fill")),
    NN_PARAM_PADDING_MODE,
    {0}};

const NnTransformKind nn_transform_pad = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "Pad",
             .torch = "Pad(padding, *)",
             .group = "geometry",
             .doc = N_("Adds a border around every image, which makes it larger."),
             .source = "pytorch.org/vision/stable, transforms.Pad",
             .params = params,
             .check = nn_padding_check},
    .plan = plan,
    .apply = apply,
};
