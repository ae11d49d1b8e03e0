/* kaiming.h: what kaiming_uniform_ and kaiming_normal_ share. */
#pragma once
#include "init.h"

extern const NnParamSpec nn_kaiming_params[];

/* The standard deviation gain/√fan that both aim at. */
double nn_kaiming_std(const NnInitTarget *target, const double *numbers);
