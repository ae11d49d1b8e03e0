/* objective.h: what a step works on, for one batch: the loss with the recipe's penalties, and its
 * gradient, clipped. Everything is allocated by init. Private to the trainer. */
#pragma once
#include "engine/losses/loss.h"
#include "engine/model/model.h"

typedef struct {
  NnModel *model;                       /* borrowed */
  NnLoss loss;                          /* owned */
  double l1, l2, clip_norm, clip_value; /* 0: off */
  bool weights_only;                    /* penalties leave out what has fewer than two dimensions */
  nn_real *row_loss, *dlogits;          /* owned, backend memory */
} NnObjective;

/* One batch, in backend memory; divisor: the loss kind's, for these labels. */
typedef struct {
  NnPass pass;
  const nn_real *x;
  const int32_t *labels;
  double divisor;
} NnObjectiveBatch;

/* recipe: "loss" and "regularization" are read. batch_size: most samples of one batch. */
bool nn_objective_init(NnObjective *objective, const NnConfig *recipe, NnModel *model,
                       size_t batch_size, NnError *err);
void nn_objective_clear(NnObjective *objective); /* a zeroed one is allowed */
/* Forward: makes the loss with penalties at the model's present parameters a step's result. */
void nn_objective_forward(NnObjective *objective, const NnObjectiveBatch *batch);
/* The same, collected at once, for callers that need the number before they continue. NAN: the
 * device failed, which its next sync() reports. */
double nn_objective_loss(NnObjective *objective, const NnObjectiveBatch *batch);
/* Backward, after the forward of the same batch: fills the model's gradients. */
void nn_objective_gradient(NnObjective *objective, const NnObjectiveBatch *batch);
