/* Hardtanh: y = clamp(x, min, max). The slope is 0 at both limits, as in PyTorch. */
#pragma once
#include "engine/elem/elem.h"

NN_HD nn_real nn_hardtanh_forward(nn_real x, const nn_real *p)
{
  nn_real t = p[0] > x ? p[0] : x;
  return t > p[1] ? p[1] : t;
}

NN_HD nn_real nn_hardtanh_backward(nn_real x, nn_real y, const nn_real *p)
{
  (void)y;
  return x <= p[0] || x >= p[1] ? (nn_real)0 : (nn_real)1;
}

#ifdef NN_ELEM_KINDS
static const NnParamSpec nn_hardtanh_params[] = {{.key = "min_val",
                                                  .label = N_("Lower limit"),
                                                  .type = NN_PARAM_FLOAT,
                                                  .def = -1,
                                                  .min = -INFINITY,
                                                  .max = INFINITY,
                                                  .soft_min = -1000,
                                                  .soft_max = 1000,
                                                  .step = 0.1,
                                                  .doc = N_("Smaller values are set to this.")},
                                                 {.key = "max_val",
                                                  .label = N_("Upper limit"),
                                                  .type = NN_PARAM_FLOAT,
                                                  .def = 1,
                                                  .min = -INFINITY,
                                                  .max = INFINITY,
                                                  .soft_min = -1000,
                                                  .soft_max = 1000,
                                                  .step = 0.1,
                                                  .doc = N_("Larger values are set to this.")},
                                                 {0}};

static bool nn_hardtanh_check(const NnConfig *config, const char *where, NnError *err)
{
  double low = nn_config_number(config, "min_val"), high = nn_config_number(config, "max_val");
  return low < high ||
         nn_elem_fail(where, "min_val", err,
                      "min_val is %s and max_val is %s; the lower limit must lie below the upper.",
                      NN_SHOWN(low), NN_SHOWN(high));
}

const NnLayerKind nn_hardtanh_layer = {
    .kind = {.klass = NN_CLASS_LAYER,
             .name = "Hardtanh",
             .torch = "Hardtanh(*)",
             .group = "activation",
             .doc =
                 N_("Limits values to a range: an approximation of Tanh by three straight lines."),
             .source = "torch.nn.Hardtanh",
             .params = nn_hardtanh_params,
             .check = nn_hardtanh_check},
    NN_ACTIVATION_LAYER(hardtanh)};
#endif
