/* kaiming.c: see kaiming.h. */
#include "kaiming.h"
#include <math.h>

enum { A, MODE, NONLINEARITY };
enum { FAN_IN, FAN_OUT };

static const char *const modes[] = {"fan_in", "fan_out", NULL};
static const char *const nonlinearities[] = {/* in the order of NnNonlinearity */
                                             "linear",  "relu", "leaky_relu", "tanh",
                                             "sigmoid", "selu", NULL};

const NnParamSpec nn_kaiming_params[] = {
    {.key = "a",
     .label = N_("Negative slope"),
     .type = NN_PARAM_FLOAT,
     .def = 0,
     .min = -INFINITY,
     .max = INFINITY,
     .soft_min = 0,
     .soft_max = 100,
     .step = 0.01,
     .visible_if = "nonlinearity=leaky_relu",
     .doc = N_("The negative slope of the LeakyReLU that follows; used only if nonlinearity is "
               "leaky_relu.")},
    {.key = "mode",
     .label = N_("Mode"),
     .type = NN_PARAM_CHOICE,
     .choices = modes,
     .def = FAN_IN,
     .doc = N_("Preserves the variance of the activations in the forward pass (fan_in) or of the "
               "gradients in the backward pass (fan_out).")},
    {.key = "nonlinearity",
     .label = N_("Nonlinearity"),
     .type = NN_PARAM_CHOICE,
     .choices = nonlinearities,
     .def = NN_GAIN_LEAKY_RELU,
     .doc = N_("The activation that follows; it determines the gain.")},
    {0}};

double nn_kaiming_std(const NnInitTarget *target, const double *numbers)
{
  size_t fan = (int)numbers[MODE] == FAN_OUT ? target->fan_out : target->fan_in;
  double gain = nn_init_gain((NnNonlinearity)(int)numbers[NONLINEARITY], numbers[A]);
  return gain / sqrt((double)fan);
}
