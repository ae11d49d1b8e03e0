/* transform.c: see transform.h. */
#include "transform.h"
#include "dataset.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *const nn_interpolations[] = {"nearest", "bilinear", NULL};
const char *const nn_padding_modes[] = {"constant", "edge", "reflect", "symmetric", NULL};

bool nn_step_fail(const NnStep *step, const char *key, NnError *err, const char *format, ...)
{
  NnError why;
  char where[NN_PATH];
  va_list args;
  va_start(args, format);
  nn_vfail(&why, NN_ERR_SHAPE, NULL, format, args);
  va_end(args);
  if (key)
    nn_path_key(where, step->path, key);
  return nn_fail(err, NN_ERR_SHAPE, key ? where : step->path, "%s (%s): %s", step->path,
                 step->config->kind->name, why.text);
}

bool nn_step_resize(NnStep *step, size_t H, size_t W, NnError *err)
{
  if (H < 1 || W < 1 || H > NN_MAX_SIDE || W > NN_MAX_SIDE)
    return nn_step_fail(
        step, NULL, err,
        "images of %zu × %zu would become %zu × %zu; allowed are sides of 1 to %d pixels.",
        step->in.H, step->in.W, H, W, NN_MAX_SIDE);
  step->out.H = H;
  step->out.W = W;
  return true;
}

double nn_step_fill(const NnStep *step)
{
  double fill = nn_config_number(step->config, "fill");
  return step->in.tensor ? fill : fmin(fmax(trunc(fill), 0), 255);
}

bool nn_check_range(const NnConfig *config, const char *where, const char *key, NnError *err)
{
  const NnValue *value = nn_config_value(config, key);
  char path[NN_PATH], low[NN_NUMBER_TEXT], high[NN_NUMBER_TEXT];
  if (value->n != 2 || value->numbers[0] <= value->numbers[1])
    return true;
  nn_path_key(path, where, key);
  return nn_fail(err, NN_ERR_ARG, path,
                 "%s goes from %s to %s; the smaller number must come first.", path,
                 nn_number_shown(value->numbers[0], low), nn_number_shown(value->numbers[1], high));
}

bool nn_check_angles(const NnConfig *config, const char *where, const char *key, NnError *err)
{
  const NnValue *value = nn_config_value(config, key);
  char path[NN_PATH];
  nn_path_key(path, where, key);
  if (value->n == 3)
    return nn_fail(err, NN_ERR_ARG, path, "%s has 3 numbers; allowed are 1, 2 or 4.", path);
  if (value->n == 1 && value->numbers[0] < 0)
    return nn_fail(err, NN_ERR_ARG, path,
                   "%s is negative; a single number x stands for the range from −x to x, so it "
                   "must be at least 0.",
                   path);
  for (int i = 0; i + 1 < value->n; i += 2)
    if (value->numbers[i] > value->numbers[i + 1])
      return nn_fail(err, NN_ERR_ARG, path, "%s is a range; the smaller number must come first.",
                     path);
  return true;
}

void nn_angle_range(const NnValue *value, double range[2])
{
  range[0] = value->n == 0 ? 0 : value->n == 1 ? -value->numbers[0] : value->numbers[0];
  range[1] = value->n == 0 ? 0 : value->numbers[value->n == 1 ? 0 : 1];
}

bool nn_plan_chance(NnStep *step, NnError *err)
{
  double p = nn_config_number(step->config, "p");
  step->numbers[0] = p;
  step->drawn = p > 0 && p < 1;
  step->left_out = p == 0;
  return true;
}

bool nn_happens(const NnStepCall *call)
{
  double p = call->step->numbers[0];
  return p == 1 || nn_keyed_uniform(call->rng) < p;
}
