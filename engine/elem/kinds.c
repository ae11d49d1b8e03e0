/* kinds.c: the descriptors of all activations and optimizers. Their headers hold them inside
 * `#ifdef NN_ELEM_KINDS`; this file is the only one that defines it, and gives them what they
 * share: the parameters that most optimizers have, and the layer that applies an element-wise
 * function. */
#define NN_ELEM_KINDS
#include "engine/elem/list.h"
#include "engine/layers/layer.h"
#include "engine/optimizers/optimizer-params.h"
#include "engine/optimizers/optimizer.h"
#include <stdarg.h>
#include <stdio.h>

/* ---- optimizers ---- */

/* Fails a check: err->where becomes `where`.`key`. */
__attribute__((format(printf, 4, 5))) static bool
nn_elem_fail(const char *where, const char *key, NnError *err, const char *format, ...)
{
  NnError why;
  char place[NN_PATH];
  va_list args;
  va_start(args, format);
  nn_vfail(&why, NN_ERR_ARG, NULL, format, args);
  va_end(args);
  nn_path_key(place, where, key);
  return nn_fail(err, NN_ERR_ARG, place, "%s: %s", place, why.text);
}

/* ---- activations ---- */

static bool plan_activation(const NnConfig *config, NnShape in, const char *where,
                            NnLayerPlan *plan, NnError *err)
{
  (void)config;
  (void)where;
  (void)err;
  plan->out = in;
  return true;
}

/* The backends take an element's numbers in the precision that they compute in. */
static void cast_numbers(const NnLayer *layer, nn_real numbers[NN_MAX_NUMBERS])
{
  for (int i = 0; i < NN_MAX_NUMBERS; i++)
    numbers[i] = (nn_real)layer->numbers[i];
}

static void forward_activation(NnLayer *layer, const NnPass *pass)
{
  nn_real numbers[NN_MAX_NUMBERS];
  cast_numbers(layer, numbers);
  pass->backend->ops->activation_forward(pass->backend, layer->kind->elem, numbers,
                                         pass->N * nn_shape_size(layer->in), layer->x, layer->y);
}

static void backward_activation(NnLayer *layer, const NnPass *pass)
{
  if (!layer->dx)
    return;
  nn_real numbers[NN_MAX_NUMBERS];
  cast_numbers(layer, numbers);
  pass->backend->ops->activation_backward(pass->backend, layer->kind->elem, numbers,
                                          pass->N * nn_shape_size(layer->in), layer->x, layer->y,
                                          layer->dy, layer->dx);
}

static bool describe_activation(const NnLayer *layer, NnStepLayer *step)
{
  step->op = NN_STEP_ACTIVATION;
  step->elem = layer->kind->elem;
  cast_numbers(layer, step->numbers);
  return true;
}

#define NN_ACTIVATION_LAYER(id)                                                                    \
  .needs = "activation_forward activation_backward", .elem = NN_ACT_##id, .plan = plan_activation, \
  .forward = forward_activation, .backward = backward_activation, .describe = describe_activation

#include "engine/kind-elements.h"
