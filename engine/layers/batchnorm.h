/* batchnorm.h: BatchNorm1d and BatchNorm2d differ in the shapes that they take, and in nothing
 * else.
 *
 * In training the batch's own statistics are used and the running ones move toward them by
 * `momentum` (none: their plain average); in evaluation the running ones are used. */
#pragma once
#include "norm.h"

extern const NnParamSpec nn_batchnorm_params[];

/* n_dims: of the shape of a sample; `advice` is the sentence for another: a format
 * for where, the layer's name and the shape that arrives. */
bool nn_batchnorm_plan(const NnConfig *config, NnShape in, int n_dims, const char *advice,
                       const char *where, NnLayerPlan *plan, NnError *err);
void nn_batchnorm_forward(NnLayer *layer, const NnPass *pass);
void nn_batchnorm_backward(NnLayer *layer, const NnPass *pass);
bool nn_batchnorm_describe(const NnLayer *layer, NnStepLayer *step);
