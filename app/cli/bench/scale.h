/* scale.h: how the cost of a step grows with the network, the batch, the threads and the data. */
#pragma once
#include "results.h"

/* Fills results->points. `folder`: where large files may be made, and are removed. Errors: those of
 * a training; NN_ERR_IO. */
bool bench_scale(const NnDataset *dataset, const char *folder, BenchResults *results, NnError *err);
