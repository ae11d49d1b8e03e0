/* optimizer-params.h: the parameters that most optimizers have. Private. */
#pragma once
#include "engine/recipe/param.h"

#define NN_OPTIMIZER_LR(default_lr)                                                           \
  {                                                                                           \
    .key = "lr", .label = N_("Learning rate"), .type = NN_PARAM_FLOAT, .scale = NN_SCALE_LOG, \
    .def = (default_lr), .min = 0, .max = INFINITY, .soft_min = 0, .soft_max = 1000,          \
    .doc = N_("The step size: too small learns slowly, too large overshoots.")                \
  }
#define NN_OPTIMIZER_EPS(default_eps)                                                             \
  {                                                                                               \
    .key = "eps", .label = N_("Epsilon"), .type = NN_PARAM_FLOAT, .scale = NN_SCALE_LOG,          \
    .def = (default_eps), .min = 0, .max = INFINITY, .soft_min = 0, .soft_max = 1,                \
    .doc = N_(                                                                                    \
        "Prevents division by zero; a large value makes the steps more like those of plain SGD.") \
  }
#define NN_OPTIMIZER_WEIGHT_DECAY(default_decay)                                             \
  {                                                                                          \
    .key = "weight_decay", .label = N_("Weight decay"), .type = NN_PARAM_FLOAT,              \
    .scale = NN_SCALE_LOG, .def = (default_decay), .min = 0, .max = INFINITY, .soft_min = 0, \
    .soft_max = 10, .doc = N_("Pulls every weight slightly toward zero at each step.")       \
  }
#define NN_OPTIMIZER_MAXIMIZE                                                           \
  {                                                                                     \
    .key = "maximize", .label = N_("Maximize"), .type = NN_PARAM_BOOL,                  \
    .doc = N_("Maximizes the loss instead of minimizing it, only to see what happens.") \
  }
