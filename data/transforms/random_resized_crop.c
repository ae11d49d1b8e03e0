/* random_resized_crop.c: torchvision.transforms.RandomResizedCrop. Where nothing may
 * be drawn, which torchvision leaves to the user, the largest part in the middle that has the new
 * proportions is taken. */
#include "data/area.h"
#include "data/crop.h"
#include "data/resample.h"
#include "engine/mem.h"
#include "transform-list.h"
#include <math.h>
#include <string.h>

enum { SCALE, RATIO = SCALE + 2, BILINEAR = RATIO + 2, ANTIALIAS };

/* Where the maps of the cut-out, the cut-out and the plan of its resizing stand in the scratch. */
static size_t round_up(size_t bytes)
{
  return (bytes + 63) / 64 * 64;
}

static size_t maps_bytes(const NnForm *in)
{
  return round_up((in->H + in->W) * sizeof(int));
}

/* Of no pixels PIL makes a black picture; PyTorch stops. */
static bool check_fallback(const NnStep *step, NnError *err)
{
  const double *scale = step->numbers + SCALE, *ratio = step->numbers + RATIO;
  NnRectangle r;
  if (!nn_crop_is_certain(&step->in, scale, ratio, &r))
    r = nn_crop_fallback(&step->in, ratio);
  if (!step->in.tensor || (r.h > 0 && r.w > 0))
    return true;
  return nn_step_fail(step, "ratio", err,
                      "no part of an image of %zu × %zu pixels has such proportions; choose some "
                      "that are nearer to 1.",
                      step->in.H, step->in.W);
}

static bool plan(NnStep *step, NnError *err)
{
  const NnConfig *config = step->config;
  const double *size = nn_config_value(config, "size")->numbers;
  NnRectangle certain;
  for (int i = 0; i < 2; i++) {
    step->numbers[SCALE + i] = nn_config_value(config, "scale")->numbers[i];
    step->numbers[RATIO + i] = nn_config_value(config, "ratio")->numbers[i];
  }
  step->numbers[BILINEAR] = nn_config_number(config, "interpolation");
  step->numbers[ANTIALIAS] = nn_config_number(config, "antialias");
  if (!check_fallback(step, err) || !nn_step_resize(step, (size_t)size[0], (size_t)size[1], err))
    return false;
  step->drawn = step->chance && !nn_crop_is_certain(&step->in, step->numbers + SCALE,
                                                    step->numbers + RATIO, &certain);
  step->scratch = maps_bytes(&step->in) + round_up(nn_form_bytes(&step->in)) +
                  round_up(nn_resize_plan_bytes(&step->in, &step->out)) +
                  nn_resize_bytes(&step->in, &step->out);
  return true;
}

/* The largest part in the middle that has the new picture's proportions. */
static NnRectangle middle(const NnForm *in, const NnForm *out)
{
  double scale = fmin((double)in->H / (double)out->H, (double)in->W / (double)out->W);
  NnRectangle r = {.h = (size_t)fmax(1, rint((double)out->H * scale)),
                   .w = (size_t)fmax(1, rint((double)out->W * scale))};
  r.top = (size_t)rint((double)(in->H - r.h) / 2); /* as CenterCrop does */
  r.left = (size_t)rint((double)(in->W - r.w) / 2);
  return r;
}

static NnRectangle part_of(const NnStepCall *call)
{
  const NnStep *step = call->step;
  const double *scale = step->numbers + SCALE, *ratio = step->numbers + RATIO;
  NnRectangle certain;
  if (nn_crop_is_certain(&step->in, scale, ratio, &certain))
    return certain;
  return step->drawn ? nn_draw_crop(call->rng, &step->in, scale, ratio)
                     : middle(&step->in, &step->out);
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  NnRectangle r = part_of(call);
  if (r.h == 0 || r.w == 0) {
    memset(call->out, 0, nn_form_bytes(&step->out));
    return true;
  }
  NnForm part = {step->in.C, r.h, r.w, step->in.tensor};
  char *memory = call->scratch;
  int *maps = (int *)memory;
  nn_map_pad(maps, step->in.H, 0, 0, NN_BORDER_CONSTANT);
  nn_map_pad(maps + step->in.H, step->in.W, 0, 0, NN_BORDER_CONSTANT);
  NnCrop crop = {maps, step->in.H, step->in, part, r.top, r.left, 0};
  char *cut = memory + maps_bytes(&step->in), *tables = cut + round_up(nn_form_bytes(&step->in));
  nn_crop_apply(&crop, call->in, cut);
  NnResize resize = {part, step->out, step->numbers[BILINEAR] != 0, step->numbers[ANTIALIAS] != 0};
  nn_resize_plan(&resize, tables);
  nn_resize_run(tables, tables + round_up(nn_resize_plan_bytes(&step->in, &step->out)), cut,
                call->out);
  return true;
}

/* The part in the middle, and then its size. */
static bool spell_out(const NnStep *step, NnConfig **list, int *n, NnError *err)
{
  NnRectangle r;
  if (nn_crop_is_certain(&step->in, step->numbers + SCALE, step->numbers + RATIO, &r))
    return (list[*n] = nn_config_copy(step->config, err)) && (*n)++ >= 0;
  r = middle(&step->in, &step->out);
  double part[] = {(double)r.h, (double)r.w};
  if (r.h != step->in.H || r.w != step->in.W) {
    NnConfig *crop = list[*n] = nn_config_new(&nn_transform_center_crop.kind, err);
    if (!crop || (*n)++ < 0 || !nn_config_set_numbers(crop, "size", part, 2, err))
      return false;
  }
  double size[] = {(double)step->out.H, (double)step->out.W};
  NnConfig *resize = list[*n] = nn_config_new(&nn_transform_resize.kind, err);
  return resize && (*n)++ >= 0 && nn_config_set_numbers(resize, "size", size, 2, err) &&
         nn_config_set_number(resize, "interpolation", step->numbers[BILINEAR], err) &&
         nn_config_set_number(resize, "antialias", step->numbers[ANTIALIAS], err);
}

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  return nn_check_range(config, where, "scale", err) && nn_check_range(config, where, "ratio", err);
}

static const double scale[] = {0.08, 1}, ratio[] = {3.0 / 4, 4.0 / 3};

static const NnParamSpec params[] = {
    NN_PARAM_SIZE(
        N_("Size to which every crop is resized: one number for a square, or height and width.")),
    NN_PARAM_RANGE("scale", N_("Area"), scale, 0, 1000, 0,
                   N_("Range of the crop's area, as a fraction of the image.")),
    NN_PARAM_RANGE("ratio", N_("Aspect ratio"), ratio, 0.01, 100, 0,
                   N_("Range of the crop's width divided by its height.")),
    NN_PARAM_INTERPOLATION(1),
    {.key = "antialias",
     .label = N_("Antialias"),
     .type = NN_PARAM_BOOL,
     .def = 1,
     .min = 0,
     .max = 1,
     .step = 1,
     .visible_if = "interpolation=bilinear",
     .doc = N_("Averages over all original pixels when an image becomes smaller; before ToTensor, "
               "where pixels are bytes, this is always done.")},
    {0}};

const NnTransformKind nn_transform_random_resized_crop = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "RandomResizedCrop",
             .torch = "RandomResizedCrop(size, *)",
             .label = N_("Random resized crop"),
             .group = "augmentation",
             .doc = N_("Crops a part of random size and position and resizes it; test images are "
                       "cropped at the center."),
             .source = "Szegedy et al., Going deeper with convolutions, 2015; "
                       "pytorch.org/vision/stable, transforms.RandomResizedCrop",
             .params = params,
             .check = check},
    .plan = plan,
    .apply = apply,
    .spell_out = spell_out,
};
