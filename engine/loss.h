/* loss.h: what training makes small. */
#pragma once
#include "backend.h"
#include "config.h"

typedef struct {
  NnKind kind;
  /* logits (N, C), labels (N) in [0, C) → mean loss of the batch returned; dlogits (N, C) written
   * (gradient of the mean) unless NULL. row_loss (N): host-visible per-sample losses, written. */
  double (*compute)(const NnBackend *backend, const double *numbers, size_t N, int C,
                    const nn_real *logits, const int32_t *labels, nn_real *row_loss,
                    nn_real *dlogits);
} NnLossKind;
