/* padding.h: the parameter of Pad and RandomCrop. */
#pragma once
#include "data/transform.h"

#define NN_PARAM_PADDING(text, d, f)                                                         \
  {                                                                                          \
    .key = "padding", .label = N_("Padding"), .unit = N_("pixels"), .type = NN_PARAM_FLOATS, \
    .defs = d, .min_len = 1, .max_len = 4, .min = -128, .max = 128, .step = 1,               \
    .flags = NN_PARAM_SINGLE | NN_PARAM_WHOLE | (f), .doc = text                             \
  }

/* Not three numbers. */
bool nn_padding_check(const NnConfig *config, const char *where, NnError *err);
