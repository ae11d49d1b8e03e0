/* cycled-momentum.h: the rows of the schedules that move the momentum against the learning rate. */
#pragma once
#include "engine/recipe/param.h"
#include "engine/text.h"

#define NN_CYCLE_MOMENTUM_PARAM                                                                  \
  {                                                                                              \
    .key = "cycle_momentum", .label = N_("Cycle momentum"), .type = NN_PARAM_BOOL, .def = 1,     \
    .min = 0, .max = 1, .step = 1,                                                               \
    .doc = N_("Cycles the momentum (beta1 in Adam's family) inversely: down while the learning " \
              "rate goes up.")                                                                   \
  }
#define NN_MOMENTUM_PARAM(name, title, usual, text)                                              \
  {                                                                                              \
    .key = name, .label = title, .type = NN_PARAM_FLOAT, .def = usual, .min = -INFINITY,         \
    .max = INFINITY, .soft_min = 0, .soft_max = 1, .step = 0.01, .visible_if = "cycle_momentum", \
    .doc = text                                                                                  \
  }
#define NN_BASE_MOMENTUM_PARAM(usual, text) \
  NN_MOMENTUM_PARAM("base_momentum", N_("Lowest momentum"), usual, text)
#define NN_MAX_MOMENTUM_PARAM(usual, text) \
  NN_MOMENTUM_PARAM("max_momentum", N_("Highest momentum"), usual, text)
