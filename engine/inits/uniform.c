/* uniform.c: torch.nn.init.uniform_, U[a, b). */
#include "init.h"
#include <stdio.h>

enum { A, B };

static const NnParamSpec params[] = {{.key = "a",
                                      .label = N_("From"),
                                      .type = NN_PARAM_FLOAT,
                                      .def = 0,
                                      .min = -INFINITY,
                                      .max = INFINITY,
                                      .soft_min = -1000,
                                      .soft_max = 1000,
                                      .step = 0.01,
                                      .doc = N_("The smallest value that can be drawn.")},
                                     {.key = "b",
                                      .label = N_("To"),
                                      .type = NN_PARAM_FLOAT,
                                      .def = 1,
                                      .min = -INFINITY,
                                      .max = INFINITY,
                                      .soft_min = -1000,
                                      .soft_max = 1000,
                                      .step = 0.01,
                                      .doc = N_("The upper limit; values stay below it.")},
                                     {0}};

static bool check(const NnConfig *config, const char *where, NnError *err)
{
  double a = nn_config_number(config, "a"), b = nn_config_number(config, "b");
  if (a <= b)
    return true;
  char place[NN_PATH];
  nn_path_key(place, where, "a");
  return nn_fail(
      err, NN_ERR_ARG, place,
      "%s: uniform_ draws from a to b, so a must not be above b; here a is %s and b is %s.", place,
      NN_SHOWN(a), NN_SHOWN(b));
}

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  nn_mt_uniform(mt, target->values, nn_shape_size(target->shape), numbers[A], numbers[B]);
}

const NnInitKind nn_uniform_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "uniform_",
             .torch = "uniform_(tensor, *)",
             .label = N_("Uniform"),
             .doc = N_("Draws every value from a uniform distribution with a fixed range, whatever "
                       "the size of the layer."),
             .source = "torch.nn.init.uniform_",
             .params = params,
             .check = check},
    .min_dims = 1,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
