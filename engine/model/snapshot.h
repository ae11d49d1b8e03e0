/* snapshot.h: a copy of what a model has learned, in host memory: enough to evaluate it elsewhere,
 * on another thread and another backend. */
#pragma once
#include "engine/tensor.h"

typedef struct {
  uint64_t step; /* updates done when it was taken */
  uint32_t epoch;
  nn_real *params;  /* (n_params) */
  nn_real *buffers; /* (n_buffers) */
} NnSnapshot;
