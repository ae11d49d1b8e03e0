/* loss.h: the loss that training minimizes. */
#pragma once
#include "engine/backend/backend.h"
#include "engine/recipe/config.h"

typedef struct NnLoss NnLoss;

/* One batch of logits (N, C) with its labels (N) in [0, C), all in backend memory. The batch's loss
 * is Σ row_loss / divisor. Written: row_loss (N), the loss of each sample, and dlogits (N, C), the
 * gradient of the batch's loss, unless NULL. */
typedef struct {
  size_t N;
  const nn_real *logits;
  const int32_t *labels;
  double divisor; /* what divisor() answers for these labels */
  nn_real *row_loss, *dlogits;
} NnLossBatch;

typedef struct {
  NnKind kind;
  /* labels (N): host. */
  double (*divisor)(const NnLoss *loss, size_t N, const int32_t *labels);
  void (*compute)(const NnLoss *loss, const NnLossBatch *batch);
  /* Fills the plan's members about the loss; false, or NULL: no plan knows this loss. */
  bool (*describe)(const NnLoss *loss, NnStepPlan *plan);
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
