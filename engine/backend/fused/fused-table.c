/* fused-table.c: the kernels of the fused step for one instruction set. */
#include "fused-vector.h"

extern const NnFusedKernels NN_KERNELS_NAME(fused);

const NnFusedKernels NN_KERNELS_NAME(fused) = {.list = NN_KERNELS_NAME(fused_list),
                                               .turn = NN_KERNELS_NAME(fused_turn),
                                               .forward = NN_KERNELS_NAME(fused_forward),
                                               .backward = NN_KERNELS_NAME(fused_backward),
                                               .update = NN_KERNELS_NAME(fused_update),
                                               .catch_up = NN_KERNELS_NAME(fused_catch_up),
                                               .loss = NN_KERNELS_NAME(fused_loss),
                                               .dropout = NN_KERNELS_NAME(fused_dropout),
                                               .magnitude = NN_KERNELS_NAME(fused_magnitude)};
