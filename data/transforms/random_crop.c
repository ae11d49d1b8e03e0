/* random_crop.c: torchvision.transforms.RandomCrop: padding, then missing pixels on both sides if
 * asked for, then a cut-out anywhere, or in the middle where nothing may be drawn. */
#include "data/crop.h"
#include "padding.h"
#include "transform-list.h"
#include <math.h>

enum { FILL, CANVAS_H, CANVAS_W };

static bool pad(NnStep *step, NnCanvas *canvas, const NnBorder *border, NnError *err)
{
  NnBorderMode mode = (NnBorderMode)nn_config_int(step->config, "padding_mode");
  return nn_border_check(step, canvas, border, mode, err) &&
         nn_canvas_pad(canvas, border, mode, err);
}

/* torchvision widens by what is missing on each side, which is twice of what it needs. */
static bool pad_if_needed(NnStep *step, NnCanvas *canvas, size_t h, size_t w, NnError *err)
{
  int more_w = canvas->W < w ? (int)(w - canvas->W) : 0;
  int more_h = canvas->H < h ? (int)(h - canvas->H) : 0;
  if (!nn_config_bool(step->config, "pad_if_needed"))
    return true;
  return (more_w == 0 || pad(step, canvas, &(NnBorder){.left = more_w, .right = more_w}, err)) &&
         (more_h == 0 || pad(step, canvas, &(NnBorder){.top = more_h, .bottom = more_h}, err));
}

static bool check_size(const NnStep *step, const NnCanvas *canvas, size_t h, size_t w, NnError *err)
{
  if (canvas->H >= h && canvas->W >= w)
    return true;
  return nn_step_fail(step, "size", err,
                      "a crop of %zu × %zu is larger than the image, which has %zu × %zu pixels "
                      "here; make it smaller, or give padding.",
                      h, w, canvas->H, canvas->W);
}

static bool plan(NnStep *step, NnError *err)
{
  const double *size = nn_config_value(step->config, "size")->numbers;
  NnBorder border = nn_border_read(nn_config_value(step->config, "padding"));
  size_t h = (size_t)size[0], w = (size_t)size[1];
  NnCanvas canvas = {0};
  bool ok = nn_canvas_init(&canvas, &step->in, err) && pad(step, &canvas, &border, err) &&
            pad_if_needed(step, &canvas, h, w, err) && check_size(step, &canvas, h, w, err) &&
            nn_step_resize(step, h, w, err);
  step->numbers[FILL] = nn_step_fill(step);
  step->memory = canvas.maps;
  step->drawn = step->chance && (canvas.H != h || canvas.W != w);
  step->numbers[CANVAS_H] = (double)canvas.H;
  step->numbers[CANVAS_W] = (double)canvas.W;
  return ok;
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  size_t spare_h = (size_t)step->numbers[CANVAS_H] - step->out.H;
  size_t spare_w = (size_t)step->numbers[CANVAS_W] - step->out.W;
  NnCrop crop = {.maps = step->memory,
                 .H = (size_t)step->numbers[CANVAS_H],
                 .in = step->in,
                 .out = step->out,
                 .top = (size_t)rint((double)spare_h / 2),
                 .left = (size_t)rint((double)spare_w / 2),
                 .fill = step->numbers[FILL]};
  if (step->drawn) {
    crop.top = nn_draw_below(call->rng, spare_h + 1);
    crop.left = nn_draw_below(call->rng, spare_w + 1);
  }
  nn_crop_apply(&crop, call->in, call->out);
  return true;
}

/* ---- without chance ---- */

static bool add_pad(const NnStep *step, const double *sides, int n_sides, NnConfig **list, int *n,
                    NnError *err)
{
  NnConfig *pad = list[*n] = nn_config_new(&nn_transform_pad.kind, err);
  return pad && (*n)++ >= 0 && nn_config_set_numbers(pad, "padding", sides, n_sides, err) &&
         nn_config_set_number(pad, "fill", nn_config_number(step->config, "fill"), err) &&
         nn_config_set_number(pad, "padding_mode", nn_config_number(step->config, "padding_mode"),
                              err);
}

static bool spell_out(const NnStep *step, NnConfig **list, int *n, NnError *err)
{
  const NnValue *padding = nn_config_value(step->config, "padding");
  NnBorder border = nn_border_read(padding);
  double more[2] = {(step->numbers[CANVAS_W] - (double)step->in.W - border.left - border.right) / 2,
                    (step->numbers[CANVAS_H] - (double)step->in.H - border.top - border.bottom) /
                        2};
  if (padding->n > 0 && !add_pad(step, padding->numbers, padding->n, list, n, err))
    return false;
  if ((more[0] > 0 || more[1] > 0) && !add_pad(step, more, 2, list, n, err))
    return false;
  if (step->numbers[CANVAS_H] == (double)step->out.H &&
      step->numbers[CANVAS_W] == (double)step->out.W)
    return true;
  NnConfig *crop = list[*n] = nn_config_new(&nn_transform_center_crop.kind, err);
  return crop && (*n)++ >= 0 &&
         nn_config_set_numbers(crop, "size", nn_config_value(step->config, "size")->numbers, 2,
                               err);
}

static const NnParamSpec params[] = {
    NN_PARAM_SIZE(N_("Size of the crop: one number for a square, or height and width.")),
    NN_PARAM_PADDING(N_("Border added before cropping, so that the crop can shift; null for none."),
                     NULL, NN_PARAM_NULLABLE),
    {.key = "pad_if_needed",
     .label = N_("Pad if needed"),
     .type = NN_PARAM_BOOL,
     .def = 0,
     .min = 0,
     .max = 1,
     .step = 1,
     .doc = N_("Pads images that are smaller than the crop.")},
    NN_PARAM_FILL("fill", N_("Fill")),
    NN_PARAM_PADDING_MODE,
    {0}};

const NnTransformKind nn_transform_random_crop = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomCrop",
             .torch = "RandomCrop(size, *)",
             .label = N_("Random crop"),
             .group = "augmentation",
             .doc = N_("Crops every image at a random position, so that the position of a digit "
                       "does not matter; test images are cropped at the center."),
             .source = "pytorch.org/vision/stable, transforms.RandomCrop",
             .params = params,
             .check = nn_padding_check},
    .plan = plan,
    .apply = apply,
    .spell_out = spell_out,
};
