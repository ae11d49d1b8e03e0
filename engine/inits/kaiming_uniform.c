/* kaiming_uniform.c: torch.nn.init.kaiming_uniform_: U(±√3·gain/√fan), gain of the nonlinearity. */
#include "engine/init.h"
#include <math.h>

enum { A, MODE, NONLINEARITY };
enum { FAN_IN, FAN_OUT };

static const char *const modes[] = {"fan_in", "fan_out", NULL};
static const char *const nonlinearities[] = {/* in the order of NnNonlinearity */
                                             "linear",  "relu", "leaky_relu", "tanh",
                                             "sigmoid", "selu", NULL};

static const NnParamSpec params[] = {
    {.key = "a",
     .label = "Negative slope",
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = 0,
     .max = 100,
     .step = 0.01,
     .visible_if = "nonlinearity=leaky_relu",
     .doc = "The slope that the following LeakyReLU has for negative values; other activations "
            "ignore it."},
    {.key = "mode",
     .label = "Mode",
     .type = NN_PARAM_CHOICE,
     .choices = modes,
     .def = FAN_IN,
     .doc = "Keeps the strength of the signals going forward (fan_in) or of the gradients coming "
            "back (fan_out)."},
    {.key = "nonlinearity",
     .label = "Nonlinearity",
     .type = NN_PARAM_CHOICE,
     .choices = nonlinearities,
     .def = NN_GAIN_LEAKY_RELU,
     .doc = "The activation that follows; it says how much strength has to be made up for."},
    {0}};

static void fill(const NnInitTarget *target, const double *numbers, NnMt19937 *mt)
{
  size_t fan = (int)numbers[MODE] == FAN_OUT ? target->fan_out : target->fan_in;
  double gain = nn_init_gain((NnNonlinearity)(int)numbers[NONLINEARITY], numbers[A]);
  double bound = sqrt(3) * (gain / sqrt((double)fan));
  nn_mt_uniform(mt, target->values, nn_shape_size(target->shape), -bound, bound);
}

const NnInitKind nn_kaiming_uniform_init = {
    .kind = {.klass = NN_CLASS_INIT,
             .name = "kaiming_uniform_",
             .label = "Kaiming uniform",
             .doc = "Draws evenly from a range that makes up for the strength that ReLU and its "
                    "like take away.",
             .source = "He et al. 2015; torch.nn.init.kaiming_uniform_",
             .params = params},
    .min_dims = 2,
    .max_dims = NN_MAX_DIMS,
    .fill = fill};
