/* compiled-step.c: see compiled-step.h. */
#include "compiled-step.h"
#include "engine/mem.h"

/* ---- the plan ---- */

static bool describe_layers(const NnStepParts *p, NnStepPlan *plan)
{
  const nn_real *params = nn_model_params(p->model);
  for (int i = 0; i < nn_model_n_layers(p->model); i++) {
    const NnLayer *layer = nn_model_layer(p->model, i);
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

static void describe_update(const NnStepParts *p, NnStepPlan *plan)
{
  plan->l1 = p->objective->l1;
  plan->l2 = p->objective->l2;
  plan->weights_only = p->objective->weights_only;
  plan->clip_norm = p->objective->clip_norm;
  plan->clip_value = p->objective->clip_value;
  plan->optimizer = p->optimizer->kind->elem;
  plan->n_state = p->optimizer->n_state;
  plan->n_params = p->target->n;
  plan->w = p->target->w;
  plan->dw = p->target->dw;
  for (int i = 0; i < NN_MAX_STATE; i++)
    plan->state[i] = p->target->state[i];
}

static bool describe(const NnStepParts *p, NnStepPlan *plan)
{
  const NnResident *data = p->loader->resident;
  const NnLoss *loss = &p->objective->loss;
  if (!data)
    return false;
  *plan = (NnStepPlan){.pixels = data->pixels,
                       .classes = data->classes,
                       .table = data->table,
                       .C = data->host.C,
                       .S = data->host.S,
                       .n_samples = data->host.n_samples,
                       .N = p->batch_size,
                       .n_classes = (size_t)nn_model_n_classes(p->model)};
  describe_update(p, plan);
  return loss->kind->describe && loss->kind->describe(loss, plan) && describe_layers(p, plan);
}

/* What waiting steps are told. */
static bool alloc_waiting(NnCompiledStep *c)
{
  c->ids = nn_alloc_array(c->most, c->parts.batch_size * sizeof *c->ids);
  c->scalars = nn_alloc_array(c->most, NN_MAX_SCALARS * sizeof *c->scalars);
  c->divisors = nn_alloc_array(c->most, sizeof *c->divisors);
  return c->ids && c->scalars && c->divisors;
}

void nn_compiled_step_init(NnCompiledStep *compiled, const NnStepParts *parts, size_t most)
{
  const NnBackend *backend = nn_model_backend(parts->model);
  NnStepPlan plan;
  *compiled = (NnCompiledStep){.parts = *parts, .backend = backend, .most = most};
  if (backend->ops->compile_step && describe(parts, &plan) && alloc_waiting(compiled))
    compiled->step = backend->ops->compile_step(backend, &plan);
}

void nn_compiled_step_clear(NnCompiledStep *compiled)
{
  if (compiled->step)
    compiled->backend->ops->free_step(compiled->backend, compiled->step);
  nn_free(compiled->ids);
  nn_free(compiled->scalars);
  nn_free(compiled->divisors);
  *compiled = (NnCompiledStep){0};
}

/* ---- steps ---- */

bool nn_compiled_step_takes(const NnCompiledStep *compiled, size_t N)
{
  return compiled->step && N == compiled->parts.batch_size;
}

void nn_compiled_step_add(NnCompiledStep *compiled, const uint32_t *samples)
{
  NnStepParts *p = &compiled->parts;
  const NnLoss *loss = &p->objective->loss;
  size_t k = compiled->n_waiting++, N = p->batch_size;
  nn_batch_loader_translate(p->loader, samples, N, compiled->ids + k * N, p->loader->labels);
  compiled->divisors[k] = loss->kind->divisor(loss, N, p->loader->labels);
  nn_optimizer_prepare(p->optimizer, compiled->scalars + k * NN_MAX_SCALARS);
}

void nn_compiled_step_run(NnCompiledStep *compiled)
{
  NnStepRun steps = {.n_steps = compiled->n_waiting,
                     .ids = compiled->ids,
                     .scalars = compiled->scalars,
                     .divisors = compiled->divisors};
  compiled->n_waiting = 0;
  if (steps.n_steps > 0)
    compiled->backend->ops->run_steps(compiled->backend, compiled->step, &steps);
}
