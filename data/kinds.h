/* kinds.h: the kinds of the data room: data sets ("mnist", "folder", "practice") and transforms
 * ("ToTensor", "Normalize"). */
#pragma once
#include "engine/config.h"
#include "engine/tensor.h"

typedef struct {
  NnKind kind;
  /* What the transform makes of one value, wherever it is in the picture, in the arithmetic of
   * nn_real, as torchvision does in float32. `numbers`: the config's values in spec order
   * (nn_config_flatten). */
  nn_real (*pixel)(const double *numbers, nn_real x);
} NnTransformKind;

/* Makes the kinds above known to engine/kind.h. Once at start-up, before other threads; doing it
 * again changes nothing. */
void nn_data_register_kinds(void);
