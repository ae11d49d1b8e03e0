/* loss.h: what training makes small. */
#pragma once
#include "backend.h"
#include "config.h"

typedef struct NnLoss NnLoss;

/* One batch of logits (N, C) with its labels (N) in [0, C), in backend and in host memory. Written:
 * row_loss (N), the loss of each sample, and dlogits (N, C), the gradient of the batch's loss,
 * unless NULL. */
typedef struct {
  size_t N;
  const nn_real *logits;
  const int32_t *labels, *host_labels;
  nn_real *row_loss, *dlogits;
} NnLossBatch;

typedef struct {
  NnKind kind;
  /* The loss of the batch. */
  double (*compute)(const NnLoss *loss, const NnLossBatch *batch);
} NnLossKind;

struct NnLoss {
  const NnLossKind *kind;
  const NnBackend *backend; /* borrowed */
  int C;
  double numbers[NN_MAX_NUMBERS]; /* flattened config */
  double *weight;                 /* (C) weights of the classes, or NULL; owned */
  nn_real *device_weight;         /* the same in backend memory; owned */
};

/* Resolves the config (class LOSS) for C classes. Errors: as many class weights as there are
 * classes are needed, or none. */
bool nn_loss_init(NnLoss *loss, const NnConfig *config, const NnBackend *backend, int C,
                  NnError *err);
void nn_loss_clear(NnLoss *loss); /* a zeroed one is allowed */
