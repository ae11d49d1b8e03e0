/* compiled-step.c: training on a device with memory of its own: the data go there once, and the
 * backend is asked whether it has a way of its own to do a whole step of this model. */
#include "engine/mem.h"
#include "trainer-private.h"

/* ---- the plan ---- */

static bool describe_layers(NnTrainer *t, NnStepPlan *plan)
{
  const nn_real *params = nn_model_params(t->model);
  for (int i = 0; i < nn_model_n_layers(t->model); i++) {
    const NnLayer *layer = nn_model_layer(t->model, i);
    if (layer->plan.shares_output)
      continue;
    if (!layer->kind->describe || plan->n_layers == NN_STEP_MAX_LAYERS)
      return false;
    NnStepLayer *step = &plan->layers[plan->n_layers++];
    *step = (NnStepLayer){.in = nn_shape_size(layer->in), .out = nn_shape_size(layer->out)};
    if (!layer->kind->describe(layer, step))
      return false;
    if (layer->plan.n_params > 0)
      step->weight = (size_t)(layer->params[0] - params);
    if (layer->plan.n_params > 1)
      step->bias = (size_t)(layer->params[1] - params);
  }
  return plan->n_layers > 0;
}

static void describe_update(const NnTrainer *t, NnStepPlan *plan)
{
  plan->l1 = t->objective.l1;
  plan->l2 = t->objective.l2;
  plan->weights_only = t->objective.weights_only;
  plan->clip_norm = t->objective.clip_norm;
  plan->clip_value = t->objective.clip_value;
  plan->optimizer = t->optimizer.kind->elem;
  plan->n_state = t->optimizer.n_state;
  plan->n_params = t->target.n;
  plan->w = t->target.w;
  plan->dw = t->target.dw;
  for (int i = 0; i < NN_MAX_STATE; i++)
    plan->state[i] = t->target.state[i];
}

static size_t batch_size(const NnTrainer *t)
{
  size_t n;
  nn_sampler_batch(t->sampler, 0, &n);
  return n;
}

static bool describe(NnTrainer *t, NnStepPlan *plan)
{
  const NnResident *data = t->feed.resident;
  const NnLoss *loss = &t->objective.loss;
  if (!data || t->alone)
    return false;
  *plan = (NnStepPlan){.pixels = data->pixels,
                       .classes = data->classes,
                       .table = data->table,
                       .C = data->host.C,
                       .S = data->host.S,
                       .n_samples = data->host.n_samples,
                       .N = batch_size(t),
                       .n_classes = (size_t)t->train->n_classes};
  describe_update(t, plan);
  return loss->kind->describe && loss->kind->describe(loss, plan) && describe_layers(t, plan);
}

/* What the steps of one call are told; nothing of it is needed if this fails. */
static bool alloc_runs(NnTrainer *t, size_t N)
{
  t->ids = nn_alloc_array(t->steps_ahead, N * sizeof *t->ids);
  t->scalars = nn_alloc_array(t->steps_ahead, NN_MAX_SCALARS * sizeof *t->scalars);
  t->divisors = nn_alloc_array(t->steps_ahead, sizeof *t->divisors);
  return t->ids && t->scalars && t->divisors;
}

void nn_trainer_settle(NnTrainer *t)
{
  const NnBackend *backend = t->options.backend;
  NnStepPlan plan;
  if (t->settled || backend->host_memory)
    return;
  t->settled = true;
  nn_resident_init(&t->train_bytes, backend, t->options.train);
  if (t->options.train_evaluated != t->options.train)
    nn_resident_init(&t->evaluated_bytes, backend, t->options.train_evaluated);
  if (t->options.test)
    nn_resident_init(&t->test_bytes, backend, t->options.test);
  nn_batch_loader_use(&t->feed, &t->train_bytes);
  if (backend->ops->compile_step && describe(t, &plan) && alloc_runs(t, plan.N))
    t->whole_step = backend->ops->compile_step(backend, &plan);
}

void nn_trainer_unsettle(NnTrainer *t)
{
  const NnBackend *backend = t->options.backend;
  if (t->whole_step)
    backend->ops->free_step(backend, t->whole_step);
  nn_resident_clear(&t->train_bytes);
  nn_resident_clear(&t->evaluated_bytes);
  nn_resident_clear(&t->test_bytes);
  nn_free(t->ids);
  nn_free(t->scalars);
  nn_free(t->divisors);
}

/* ---- steps ---- */

/* Batch `index` as step number k of the call. */
static void add_step(Run *run, size_t index, size_t k)
{
  NnTrainer *t = run->t;
  const NnLoss *loss = &t->objective.loss;
  size_t N;
  const uint32_t *indices = nn_sampler_batch(t->sampler, index, &N);
  nn_batch_loader_translate(&t->feed, indices, N, t->ids + k * N, t->feed.labels);
  t->divisors[k] = loss->kind->divisor(loss, N, t->feed.labels);
  nn_trainer_apply_schedule(t);
  nn_optimizer_prepare(&t->optimizer, t->scalars + k * NN_MAX_SCALARS);
  nn_trainer_add_under_way(run, N);
  if (t->scheduler.interval == NN_INTERVAL_BATCH)
    nn_scheduler_step(&t->scheduler, NAN);
}

size_t nn_trainer_whole_steps(Run *run, size_t index, size_t most)
{
  NnTrainer *t = run->t;
  size_t whole = t->train->n_samples / batch_size(t), n = 0;
  for (; index + n < whole && n < most && run->step < t->n_steps; n++)
    add_step(run, index + n, n);
  NnStepRun steps = {.n_steps = n, .ids = t->ids, .scalars = t->scalars, .divisors = t->divisors};
  if (n > 0)
    t->options.backend->ops->run_steps(t->options.backend, t->whole_step, &steps);
  return n;
}
