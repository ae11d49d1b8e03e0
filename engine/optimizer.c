/* optimizer.c: see optimizer.h. */
#include "optimizer.h"
#include <assert.h>

bool nn_optimizer_init(NnOptimizer *optimizer, const NnConfig *config, NnError *err)
{
  assert(config->kind->klass == NN_CLASS_OPTIMIZER);
  if (!nn_config_check(config, "optimizer", err))
    return false;
  *optimizer = (NnOptimizer){.kind = (const NnOptimizerKind *)config->kind};
  nn_config_flatten(config, optimizer->numbers, NN_MAX_NUMBERS);
  return true;
}

void nn_optimizer_prepare(NnOptimizer *optimizer, double scalars[NN_MAX_SCALARS])
{
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    scalars[i] = 0;
  optimizer->t++;
  optimizer->kind->prepare(optimizer->numbers, optimizer->t, scalars);
}
