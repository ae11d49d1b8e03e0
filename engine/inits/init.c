/* init.c: see init.h. */
#include "init.h"
#include "engine/elem/elem.h"
#include "engine/mem.h"
#include <assert.h>
#include <math.h>

double nn_init_gain(NnNonlinearity nonlinearity, double negative_slope)
{
  switch (nonlinearity) {
  case NN_GAIN_LINEAR:
  case NN_GAIN_SIGMOID:
    return 1;
  case NN_GAIN_RELU:
    return sqrt(2);
  case NN_GAIN_LEAKY_RELU:
    return sqrt(2 / (1 + negative_slope * negative_slope));
  case NN_GAIN_TANH:
    return 5.0 / 3;
  case NN_GAIN_SELU:
    return 3.0 / 4;
  }
  return 1;
}

static bool fail_dims(const NnInitKind *init, NnShape shape, const char *where, NnError *err)
{
  char text[NN_SHAPE_TEXT];
  bool few = shape.n_dims < init->min_dims;
  int limit = few ? init->min_dims : init->max_dims;
  const char *format =
      !few ? nn_text_n("%s: %s needs a tensor of at most %d dimension; this one (%s) has %d.",
                       "%s: %s needs a tensor of at most %d dimensions; this one (%s) has %d.",
                       (unsigned long)limit)
      : shape.n_dims == 1
          ? nn_text_n("%s: %s needs a tensor of at least %d dimension; this one (%s) has %d, like "
                      "every bias.",
                      "%s: %s needs a tensor of at least %d dimensions; this one (%s) has %d, like "
                      "every bias.",
                      (unsigned long)limit)
          : nn_text_n("%s: %s needs a tensor of at least %d dimension; this one (%s) has %d.",
                      "%s: %s needs a tensor of at least %d dimensions; this one (%s) has %d.",
                      (unsigned long)limit);
  return nn_fail(err, NN_ERR_SHAPE, where, format, where, init->kind.name, limit,
                 nn_shape_text(shape, text), shape.n_dims);
}

bool nn_init_check(const NnConfig *config, NnShape shape, const char *where, NnError *err)
{
  assert(config->kind->klass == NN_CLASS_INIT);
  const NnInitKind *init = (const NnInitKind *)config->kind;
  if (shape.n_dims < init->min_dims || shape.n_dims > init->max_dims)
    return fail_dims(init, shape, where, err);
  if (init->check_shape && !init->check_shape(config, shape, where, err))
    return false;
  return nn_config_check(config, where, err);
}

bool nn_init_apply(const NnConfig *config, const NnInitTarget *target, NnMt19937 *mt,
                   const char *where, NnError *err)
{
  if (!nn_init_check(config, target->shape, where, err))
    return false;
  double numbers[NN_MAX_NUMBERS] = {0};
  nn_config_flatten(config, numbers, NN_MAX_NUMBERS);
  const NnInitKind *init = (const NnInitKind *)config->kind;
  NnInitTarget own = *target;
  if (init->scratch > 0) {
    size_t n = nn_shape_size(target->shape);
    own.scratch = nn_alloc_array(n, (size_t)init->scratch * sizeof(double));
    if (!own.scratch)
      return nn_fail_nomem(err, "the first values");
  }
  init->fill(&own, numbers, mt);
  nn_free(own.scratch);
  return true;
}
