/* stepper.c: see stepper.h. */
#include "stepper.h"
#include "clock.h"
#include "engine/mem.h"
#include <string.h>

/* Seconds of work that may be in flight. */
static const double MOST_AHEAD = 0.02;

/* ---- life ---- */

bool nn_stepper_draft(NnStepper *stepper, const NnModelOptions *model, NnError *err)
{
  stepper->recipe = model->recipe;
  stepper->backend = model->backend;
  const NnOptimizerKind **kind = &stepper->optimizer.kind;
  return nn_optimizer_init(&stepper->optimizer, nn_config_child(model->recipe, "optimizer"), err) &&
         (!model->backend ||
          nn_backend_has(model->backend, (*kind)->needs, (*kind)->kind.name, "optimizer", err)) &&
         nn_model_draft(model, &stepper->model, err);
}

/* The model's arenas, and, one after the other, its first values once more, or what follows: the
 * optimizer's memory and a batch. */
uint64_t nn_stepper_bytes(const NnStepper *stepper, size_t batch_size)
{
  NnModel *model = stepper->model;
  NnOptimizerTarget target = {.n = nn_model_n_params(model)};
  target.n_tensors = nn_model_tensors(model, &target.tensors);
  uint64_t learned = target.n + nn_model_n_buffers(model);
  uint64_t reals = (uint64_t)stepper->optimizer.n_state * target.n +
                   nn_optimizer_workspace(&stepper->optimizer, &target) +
                   batch_size * nn_shape_size(nn_model_layer(model, 0)->in);
  return nn_model_bytes(model) + (reals > learned ? reals : learned) * sizeof(nn_real);
}

static bool alloc_optimizer(NnStepper *stepper)
{
  const NnBackend *backend = stepper->backend;
  NnOptimizerTarget *target = &stepper->target;
  size_t size = sizeof(nn_real);
  *target = (NnOptimizerTarget){.backend = backend,
                                .n = nn_model_n_params(stepper->model),
                                .w = nn_model_params(stepper->model),
                                .dw = nn_model_grads(stepper->model)};
  target->n_tensors = nn_model_tensors(stepper->model, &target->tensors);
  for (int i = 0; i < stepper->optimizer.n_state; i++) {
    target->state[i] = backend->ops->alloc(backend, target->n * size);
    if (!target->state[i])
      return false;
  }
  size_t n = nn_optimizer_workspace(&stepper->optimizer, target);
  if (n > 0 && n < SIZE_MAX / size)
    target->workspace = backend->ops->alloc(backend, n * size);
  return n == 0 || target->workspace;
}

bool nn_stepper_alloc(NnStepper *stepper, const NnSource *source, size_t batch_size,
                      bool needs_loss_before_update, NnError *err)
{
  stepper->seed = nn_config_seed(stepper->recipe, "seed");
  stepper->needs_loss_before_update = needs_loss_before_update || stepper->optimizer.kind->step;
  stepper->max_in_flight = stepper->needs_loss_before_update ? 1 : stepper->backend->steps_ahead;
  stepper->limit = 1;
  if (!nn_objective_init(&stepper->objective, stepper->recipe, stepper->model, batch_size, err))
    return false;
  stepper->in_flight = nn_alloc_array(stepper->max_in_flight, sizeof *stepper->in_flight);
  stepper->results = nn_alloc_array(stepper->max_in_flight, sizeof *stepper->results);
  bool ok = nn_batch_loader_init(&stepper->loader, source, stepper->backend, batch_size) &&
            alloc_optimizer(stepper) && stepper->in_flight && stepper->results;
  return ok || nn_fail(err, NN_ERR_NOMEM, NULL,
                       "There is not enough memory for batches of %zu samples and the optimizer's "
                       "state.",
                       batch_size);
}

void nn_stepper_clear(NnStepper *stepper)
{
  const NnBackend *backend = stepper->backend; /* NULL in nn_trainer_check() */
  const NnOptimizerTarget *target = &stepper->target;
  nn_compiled_step_clear(&stepper->compiled);
  if (target->workspace)
    backend->ops->free(backend, target->workspace);
  for (int i = 0; i < NN_MAX_STATE; i++)
    if (target->state[i])
      backend->ops->free(backend, target->state[i]);
  nn_batch_loader_clear(&stepper->loader);
  nn_objective_clear(&stepper->objective);
  nn_free(stepper->rest);
  nn_free(stepper->in_flight);
  nn_free(stepper->results);
  nn_model_free(stepper->model);
  *stepper = (NnStepper){0};
}

void nn_stepper_use(NnStepper *stepper, const NnResident *bytes)
{
  size_t N = stepper->loader.batch_size, all = stepper->loader.source->n_samples;
  NnStepParts parts = {.model = stepper->model,
                       .objective = &stepper->objective,
                       .optimizer = &stepper->optimizer,
                       .target = &stepper->target,
                       .loader = &stepper->loader,
                       .batch_size = N < all ? N : all,
                       .seed = stepper->seed};
  nn_batch_loader_use(&stepper->loader, bytes);
  if (!stepper->needs_loss_before_update)
    nn_compiled_step_init(&stepper->compiled, &parts, stepper->max_in_flight);
  /* Operations in host memory are done one after the other: nothing is gained by looking late. */
  if (stepper->backend->host_memory && !stepper->compiled.step)
    stepper->max_in_flight = 1;
  if (stepper->compiled.step && stepper->rest)
    stepper->backend->ops->set_step_rest(stepper->backend, stepper->compiled.step, stepper->rest,
                                         stepper->rest_size);
  nn_stepper_set_rest(stepper, NULL, 0, NULL);
}

/* ---- what a compiled step keeps to itself ---- */

const void *nn_stepper_rest(const NnStepper *stepper, size_t *size)
{
  const NnBackendOps *ops = stepper->backend->ops;
  *size = stepper->rest_size;
  if (!stepper->compiled.step || !ops->step_rest)
    return stepper->rest;
  return ops->step_rest(stepper->backend, stepper->compiled.step, size);
}

size_t nn_stepper_most_rest(const NnStepper *stepper)
{
  size_t n = stepper->target.n, states = (size_t)stepper->optimizer.n_state;
  return stepper->backend->ops->step_rest ? (1 + states) * n * sizeof(nn_real) + n + 4096 : 0;
}

bool nn_stepper_set_rest(NnStepper *stepper, const void *bytes, size_t size, NnError *err)
{
  void *copy = size > 0 && stepper->backend->ops->set_step_rest ? nn_alloc(size) : NULL;
  if (size > 0 && stepper->backend->ops->set_step_rest && !copy)
    return nn_fail_nomem(err, "the checkpoint");
  nn_free(stepper->rest);
  stepper->rest = copy;
  stepper->rest_size = copy ? size : 0;
  if (copy)
    memcpy(copy, bytes, size);
  return true;
}

NnFloatMode nn_stepper_float_mode(const NnStepper *stepper)
{
  const NnConfig *optimizer = nn_config_child(stepper->recipe, "optimizer");
  return nn_optimizer_sees_denormals(&stepper->optimizer, optimizer) ? nn_float_mode_keep()
                                                                     : nn_float_mode_flush();
}

/* ---- one step ---- */

NnObjectiveBatch nn_stepper_batch(NnStepper *stepper, const NnStep *step)
{
  NnBatchLoader *loader = &stepper->loader;
  const NnLoss *loss = &stepper->objective.loss;
  nn_batch_loader_load(loader, step->samples, step->N, step->epoch);
  return (NnObjectiveBatch){.pass = {.backend = stepper->backend,
                                     .N = step->N,
                                     .training = true,
                                     .seed = stepper->seed,
                                     .epoch = step->epoch,
                                     .sample_ids = step->samples},
                            .x = loader->device_x,
                            .labels = loader->device_labels,
                            .divisor = loss->kind->divisor(loss, step->N, loader->labels)};
}

void nn_stepper_apply(NnStepper *stepper, double lr, double momentum)
{
  NnOptimizer *optimizer = &stepper->optimizer;
  optimizer->numbers[0] = lr;
  if (!isnan(momentum))
    optimizer->numbers[optimizer->kind->momentum] = momentum;
}

/* What an optimizer may ask for while it steps. */
typedef struct {
  NnObjective *objective;
  const NnObjectiveBatch *batch;
} Closure;

static double evaluate_again(void *user)
{
  Closure *closure = user;
  double loss = nn_objective_loss(closure->objective, closure->batch);
  nn_objective_gradient(closure->objective, closure->batch);
  return loss;
}

static void update_weights(NnStepper *stepper, const NnObjectiveBatch *batch, double loss)
{
  Closure closure = {&stepper->objective, batch};
  stepper->target.loss = loss;
  stepper->target.closure = evaluate_again;
  stepper->target.user = &closure;
  nn_optimizer_step(&stepper->optimizer, &stepper->target);
}

static void by_operations(NnStepper *stepper, const NnStep *step)
{
  const NnBackend *backend = stepper->backend;
  NnObjectiveBatch batch = nn_stepper_batch(stepper, step);
  backend->ops->step_begin(backend);
  nn_batch_loader_gather(&stepper->loader, batch.pass.N);
  nn_objective_forward(&stepper->objective, &batch);
  nn_objective_gradient(&stepper->objective, &batch);
  update_weights(stepper, &batch, NAN);
  backend->ops->step_end(backend);
}

/* For optimizers that see more than one element, which need the loss before they step, and
 * schedules that follow it. */
static bool after_its_loss(NnStepper *stepper, const NnStep *step, NnStepResult *result,
                           NnError *err)
{
  const NnBackend *backend = stepper->backend;
  NnObjectiveBatch batch = nn_stepper_batch(stepper, step);
  nn_batch_loader_gather(&stepper->loader, batch.pass.N);
  nn_objective_forward(&stepper->objective, &batch);
  if (!backend->ops->step_results(backend, result, 1, err))
    return false;
  if (!isfinite((float)result->loss))
    return true;
  nn_objective_gradient(&stepper->objective, &batch);
  update_weights(stepper, &batch, result->loss);
  return true;
}

/* ---- steps in flight ---- */

bool nn_stepper_begin(NnStepper *stepper, const NnStep *step, NnError *err)
{
  NnInFlight *flight = &stepper->in_flight[stepper->n_in_flight];
  *flight = (NnInFlight){.step = *step};
  if (stepper->n_in_flight++ == 0 && stepper->max_in_flight > 1)
    stepper->began = nn_seconds();
  nn_stepper_apply(stepper, step->lr, step->momentum);
  if (stepper->needs_loss_before_update)
    return after_its_loss(stepper, step, &flight->result, err);
  if (nn_compiled_step_takes(&stepper->compiled, step->N)) {
    nn_compiled_step_add(&stepper->compiled, step->samples, step->epoch);
    if (nn_compiled_step_is_full(&stepper->compiled))
      nn_compiled_step_run(&stepper->compiled);
    return true;
  }
  nn_stepper_sync(stepper);
  by_operations(stepper, step);
  return true;
}

bool nn_stepper_is_full(const NnStepper *stepper)
{
  return stepper->n_in_flight >= stepper->limit;
}

void nn_stepper_sync(NnStepper *stepper)
{
  nn_compiled_step_sync(&stepper->compiled);
}

/* Fast steps go far ahead; slow ones do not, so that the window hears of them. */
static void adapt_limit(NnStepper *stepper, size_t n)
{
  size_t most = stepper->max_in_flight;
  if (most == 1)
    return;
  double fit = MOST_AHEAD * (double)n / (nn_seconds() - stepper->began + 1e-9);
  size_t twice = 2 * stepper->limit, limit = fit < (double)twice ? (size_t)fit : twice;
  stepper->limit = limit < 1 ? 1 : limit > most ? most : limit;
}

bool nn_stepper_collect(NnStepper *stepper, const NnInFlight **done, size_t *n, NnError *err)
{
  const NnBackend *backend = stepper->backend;
  size_t count = stepper->n_in_flight;
  *done = stepper->in_flight;
  *n = count;
  stepper->n_in_flight = 0;
  if (count == 0 || stepper->needs_loss_before_update) /* whose results are there already */
    return true;
  nn_compiled_step_run(&stepper->compiled);
  if (!backend->ops->step_results(backend, stepper->results, count, err))
    return false;
  for (size_t i = 0; i < count; i++)
    stepper->in_flight[i].result = stepper->results[i];
  adapt_limit(stepper, count);
  return true;
}
