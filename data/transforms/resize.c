/* resize.c: torchvision.transforms.Resize. One number is the shorter side's new length; the longer
 * one keeps the proportion, cut to a whole pixel. Bytes are always filtered, as PIL does. */
#include "data/resample.h"
#include "engine/mem.h"
#include "transform-list.h"

enum { BILINEAR, ANTIALIAS };

static bool new_size(NnStep *step, NnError *err)
{
  const NnValue *size = nn_config_value(step->config, "size");
  size_t H = step->in.H, W = step->in.W, a = (size_t)size->numbers[0];
  if (size->n == 2)
    return nn_step_resize(step, a, (size_t)size->numbers[1], err);
  return W <= H ? nn_step_resize(step, a * H / W, a, err) : nn_step_resize(step, a, a * W / H, err);
}

static bool plan(NnStep *step, NnError *err)
{
  step->numbers[BILINEAR] = nn_config_number(step->config, "interpolation");
  step->numbers[ANTIALIAS] = nn_config_number(step->config, "antialias");
  if (!new_size(step, err))
    return false;
  step->left_out = step->in.H == step->out.H && step->in.W == step->out.W;
  step->scratch = nn_resize_bytes(&step->in, &step->out);
  step->memory = nn_alloc(nn_resize_plan_bytes(&step->in, &step->out));
  if (!step->memory)
    return nn_fail_nomem(err, "the transforms");
  NnResize resize = {step->in, step->out, step->numbers[BILINEAR] != 0,
                     step->numbers[ANTIALIAS] != 0};
  nn_resize_plan(&resize, step->memory);
  return true;
}

static bool apply(const NnStepCall *call)
{
  const NnStep *step = call->step;
  nn_resize_run(step->memory, call->scratch, call->in, call->out);
  return true;
}

static const double size[] = {28};

static const NnParamSpec params[] = {
    {.key = "size",
     .label = N_("Size"),
     .unit = N_("pixels"),
     .type = NN_PARAM_FLOATS,
     .defs = size,
     .min_len = 1,
     .max_len = 2,
     .min = 1,
     .max = 256,
     .step = 1,
     .flags = NN_PARAM_SINGLE | NN_PARAM_WHOLE,
     .doc = N_("New length of the shorter side, or two numbers: the new height and width.")},
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

const NnTransformKind nn_transform_resize = {
    .kind = {.klass = NN_CLASS_TRANSFORM,
             .name = "Resize",
             .torch = "Resize(size, *)",
             .group = "geometry",
             .doc = N_("Resizes every image, and with it the network's input."),
             .source = "pytorch.org/vision/stable, transforms.Resize",
             .params = params},
    .plan = plan,
    .apply = apply,
};
