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
  optimizer->base_lr = optimizer->numbers[0];
  optimizer->n_state = optimizer->kind->n_state(optimizer->numbers);
  return true;
}

bool nn_optimizer_sees_denormals(const NnOptimizer *optimizer, const NnConfig *config)
{
  static const double square_root = 1e-19; /* of the smallest normal number, */
  static const double much_more = 1e6;     /* beside which it does not count */
  int i = nn_param_index(config->kind->params, "eps");
  const NnValue *eps = i >= 0 ? &config->values[i] : NULL;
  bool small = eps && !eps->numbers && eps->number < much_more * square_root;
  for (int k = 0; eps && eps->numbers && k < eps->n; k++)
    small |= eps->numbers[k] < much_more * square_root;
  return small || optimizer->kind->sees_denormals;
}

void nn_optimizer_cycles_momentum(NnOptimizer *optimizer)
{
  double *momentum = &optimizer->numbers[optimizer->kind->momentum], now = *momentum;
  *momentum = 0.5;
  optimizer->n_state = optimizer->kind->n_state(optimizer->numbers);
  *momentum = now;
}

size_t nn_optimizer_workspace(const NnOptimizer *optimizer, const NnOptimizerTarget *target)
{
  const NnOptimizerKind *kind = optimizer->kind;
  return kind->workspace ? kind->workspace(optimizer->numbers, target) : 0;
}

void nn_optimizer_each_state(const NnOptimizer *optimizer, const NnOptimizerTarget *target,
                             NnOptimizerVisit *visit, void *user)
{
  static const char *const unnamed[] = {"state0", "state1", "state2", "state3"};
  const NnOptimizerKind *kind = optimizer->kind;
  if (kind->each_state) {
    kind->each_state(optimizer, target, visit, user);
    return;
  }
  for (int i = 0; i < target->n_tensors; i++)
    for (int k = 0; k < optimizer->n_state; k++) {
      const NnParamView *view = &target->tensors[i];
      NnOptimizerTensor tensor = {.param = i,
                                  .name = (kind->state_names ? kind->state_names : unnamed)[k],
                                  .shape = view->shape,
                                  .values = target->state[k] + view->offset};
      visit(user, &tensor);
    }
  size_t n = nn_optimizer_workspace(optimizer, target);
  NnOptimizerTensor tensor = {
      .param = -1, .name = "workspace", .shape = nn_shape_1d(n), .values = target->workspace};
  if (n > 0)
    visit(user, &tensor);
}

void nn_optimizer_prepare(NnOptimizer *optimizer, double scalars[NN_MAX_SCALARS])
{
  assert(!optimizer->kind->step);
  for (int i = 0; i < NN_MAX_SCALARS; i++)
    scalars[i] = 0;
  optimizer->t++;
  optimizer->kind->prepare(optimizer->numbers, optimizer->t, optimizer->memory, scalars);
}

void nn_optimizer_step(NnOptimizer *optimizer, const NnOptimizerTarget *target)
{
  const NnOptimizerKind *kind = optimizer->kind;
  double scalars[NN_MAX_SCALARS];
  if (kind->step) {
    optimizer->t++;
    kind->step(optimizer, target);
    return;
  }
  nn_optimizer_prepare(optimizer, scalars);
  target->backend->ops->optimizer_step(target->backend, kind->elem, optimizer->n_state, scalars,
                                       target->n, target->dw, target->state, target->w);
}
