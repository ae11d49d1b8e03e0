/* instancenorm.h: InstanceNorm1d and InstanceNorm2d: each channel of each sample by itself. Ulyanov
 * et al. 2016. */
#pragma once
#include "norm.h"

extern const NnParamSpec nn_instancenorm_params[];
enum { NN_INSTANCENORM_EPS = 1, NN_INSTANCENORM_MOMENTUM = 2 };

void nn_instancenorm_forward(NnLayer *layer, const NnPass *pass);
void nn_instancenorm_backward(NnLayer *layer, const NnPass *pass);
bool nn_instancenorm_describe(const NnLayer *layer, NnStepLayer *step);
