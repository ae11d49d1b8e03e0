/* norms.h: what both files of normalization share. */
#pragma once
#include "channels.h"

struct NormNode {
  NnNorm n;
};

/* running_* of channel c toward a new value. */
__device__ static inline void nn_move_running(const NnNorm &norm, size_t c, double mean,
                                              double unbiased)
{
  double a = norm.momentum;
  norm.running_mean[c] = (nn_real)((1 - a) * (double)norm.running_mean[c] + a * mean);
  norm.running_var[c] = (nn_real)((1 - a) * (double)norm.running_var[c] + a * unbiased);
}

NormNode nn_norm_node(const NnNorm *from);
/* dweight and dbias. batch: mean and rstd are per channel, else per sample and group. */
void nn_run_parameter_gradients(NnContext *context, const NnNorm *norm, bool batch);
void nn_cuda_add_groupnorms(NnBackendOps *ops); /* groupnorms.cu */
