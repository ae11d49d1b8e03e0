/* optimizer-params.h: the parameters that most optimizers have. Private. */
#pragma once
#include "param.h"

#define NN_OPTIMIZER_LR(default_lr)                                                           \
  {                                                                                           \
    .key = "lr", .label = N_("Learning rate"), .type = NN_PARAM_FLOAT, .scale = NN_SCALE_LOG, \
    .def = (default_lr), .min = 0, .max = 1000,                                               \
    .doc = N_("How long each step is: too short learns slowly, too long overshoots.")         \
  }
#define NN_OPTIMIZER_EPS(default_eps)                                                             \
  {                                                                                               \
    .key = "eps", .label = N_("Epsilon"), .type = NN_PARAM_FLOAT, .scale = NN_SCALE_LOG,          \
    .def = (default_eps), .min = 0, .max = 1,                                                     \
    .doc = N_(                                                                                    \
        "Keeps the division away from zero; a large value makes all steps more alike plain SGD.") \
  }
#define NN_OPTIMIZER_WEIGHT_DECAY(default_decay)                                \
  {                                                                             \
    .key = "weight_decay", .label = N_("Weight decay"), .type = NN_PARAM_FLOAT, \
    .scale = NN_SCALE_LOG, .def = (default_decay), .min = 0, .max = 10,         \
    .doc = N_("Pulls every weight a little toward zero at each step.")          \
  }
#define NN_OPTIMIZER_MAXIMIZE                                                            \
  {                                                                                      \
    .key = "maximize", .label = N_("Maximize"), .type = NN_PARAM_BOOL,                   \
    .doc = N_("Climbs instead of descending: the loss grows. Only to see what happens.") \
  }
