/* compiled-step.c: see compiled-step.h. */
#include "compiled-step.h"
#include "engine/mem.h"
#include <string.h>

/* Batches that the host prepares may wait in so many bytes. */
enum { MOST_WAITING_BYTES = 1 << 24 };

/* ---- the plan ---- */

/* Where a layer's slots lie, by their names. */
static void place_slots(const NnStepParts *p, const NnLayer *layer, NnStepLayer *step)
{
  for (int k = 0; k < layer->plan.n_params; k++) {
    const char *name = layer->plan.params[k].name;
    size_t at = (size_t)(layer->params[k] - nn_model_params(p->model));
    if (strcmp(name, "bias") == 0) {
      step->has_bias = true;
      step->bias = at;
    } else if (strcmp(name, "parametrizations.weight.original0") == 0) {
      step->weight_norm = true;
      step->gain = at;
    } else {
      step->has_weight = true;
      step->weight = at;
    }
  }
  if (layer->plan.n_buffers == 2) {
    step->running_mean = (size_t)(layer->buffers[0] - nn_model_buffers(p->model));
    step->running_var = (size_t)(layer->buffers[1] - nn_model_buffers(p->model));
  }
}

/* A layer whose output is its input is no work, and none of the plan's; a block that opens is one
 * of them, and what stands before it is what its end adds. */
static bool describe_layers(NnCompiledStep *c, NnStepPlan *plan)
{
  const NnStepParts *p = &c->parts;
  int before[NN_STEP_MAX_LAYERS * 2], depth = 0;
  for (int i = 0; i < nn_model_n_layers(p->model); i++) {
    const NnLayer *layer = nn_model_layer(p->model, i);
    if (layer->partner && layer->opens && depth < NN_STEP_MAX_LAYERS * 2)
      before[depth++] = plan->n_layers - 1;
    if (layer->plan.shares_output)
      continue;
    if (!layer->kind->describe || plan->n_layers == NN_STEP_MAX_LAYERS)
      return false;
    NnStepLayer *step = &plan->layers[plan->n_layers++];
    *step = (NnStepLayer){.in = nn_shape_size(layer->in), .out = nn_shape_size(layer->out)};
    if (!layer->kind->describe(layer, step))
      return false;
    place_slots(p, layer, step);
    if (step->op == NN_STEP_BATCH_NORM)
      c->counting[c->n_counting++] = i;
    if (step->op == NN_STEP_ADD)
      step->from = before[--depth];
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

static void describe_data(const NnStepParts *p, NnStepPlan *plan)
{
  const NnResident *data = p->loader->resident;
  NnShape shape = p->loader->source->shape;
  plan->C = shape.dims[0];
  plan->S = nn_shape_size(shape) / shape.dims[0];
  plan->n_samples = p->loader->source->n_samples;
  if (!data)
    return;
  plan->pixels = data->pixels;
  plan->classes = data->classes;
  plan->table = data->table;
  plan->C = data->host.C;
  plan->S = data->host.S;
  plan->n_samples = data->host.n_samples;
}

static bool describe(NnCompiledStep *c, NnStepPlan *plan)
{
  const NnStepParts *p = &c->parts;
  const NnLoss *loss = &p->objective->loss;
  *plan = (NnStepPlan){.N = p->batch_size,
                       .n_classes = (size_t)nn_model_n_classes(p->model),
                       .seed = p->seed,
                       .n_buffers = nn_model_n_buffers(p->model),
                       .buffers = nn_model_buffers(p->model)};
  describe_data(p, plan);
  describe_update(p, plan);
  return loss->kind->describe && loss->kind->describe(loss, plan) && describe_layers(c, plan);
}

static bool alloc_waiting(NnCompiledStep *c, const NnStepPlan *plan)
{
  size_t N = plan->N, batch = N * plan->C * plan->S * sizeof *c->x;
  if (!plan->pixels && c->most > 1 && batch * c->most > MOST_WAITING_BYTES)
    c->most = batch < MOST_WAITING_BYTES ? MOST_WAITING_BYTES / batch : 1;
  c->samples = nn_alloc_array(c->most, N * sizeof *c->samples);
  c->epochs = nn_alloc_array(c->most, sizeof *c->epochs);
  c->scalars = nn_alloc_array(c->most, NN_MAX_SCALARS * sizeof *c->scalars);
  c->divisors = nn_alloc_array(c->most, sizeof *c->divisors);
  c->batches = nn_alloc_array(c->most, sizeof *c->batches);
  bool ok = c->samples && c->epochs && c->scalars && c->divisors && c->batches;
  if (plan->pixels) {
    c->ids = nn_alloc_array(c->most, N * sizeof *c->ids);
    return ok && c->ids;
  }
  c->x = nn_alloc_array(c->most, batch);
  c->labels = nn_alloc_array(c->most, N * sizeof *c->labels);
  return ok && c->x && c->labels;
}

void nn_compiled_step_init(NnCompiledStep *compiled, const NnStepParts *parts, size_t most)
{
  const NnBackend *backend = nn_model_backend(parts->model);
  *compiled = (NnCompiledStep){.parts = *parts, .backend = backend, .most = most};
  NnStepPlan *plan = backend->ops->compile_step ? nn_alloc(sizeof *plan) : NULL;
  if (plan && describe(compiled, plan) && alloc_waiting(compiled, plan))
    compiled->step = backend->ops->compile_step(backend, plan);
  nn_free(plan);
}

void nn_compiled_step_clear(NnCompiledStep *compiled)
{
  void *owned[] = {compiled->ids,      compiled->samples, compiled->epochs, compiled->scalars,
                   compiled->divisors, compiled->batches, compiled->x,      compiled->labels};
  if (compiled->step)
    compiled->backend->ops->free_step(compiled->backend, compiled->step);
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    nn_free(owned[i]);
  *compiled = (NnCompiledStep){0};
}

/* ---- steps ---- */

bool nn_compiled_step_takes(const NnCompiledStep *compiled, size_t N)
{
  return compiled->step && N == compiled->parts.batch_size;
}

bool nn_compiled_step_is_full(const NnCompiledStep *compiled)
{
  return compiled->n_waiting == compiled->most;
}

/* Where its samples lie, or what they are. Returns their labels. */
static const int32_t *add_batch(NnCompiledStep *c, const uint32_t *samples, uint32_t epoch,
                                size_t k)
{
  NnBatchLoader *loader = c->parts.loader;
  size_t N = c->parts.batch_size, size = nn_shape_size(loader->source->shape);
  if (c->ids) {
    nn_batch_loader_translate(loader, samples, N, c->ids + k * N, loader->labels);
    return loader->labels;
  }
  nn_batch_loader_prepare(loader, samples, N, epoch, c->x + k * N * size, c->labels + k * N);
  return c->labels + k * N;
}

void nn_compiled_step_add(NnCompiledStep *compiled, const uint32_t *samples, uint32_t epoch)
{
  NnStepParts *p = &compiled->parts;
  const NnLoss *loss = &p->objective->loss;
  size_t k = compiled->n_waiting++, N = p->batch_size;
  const int32_t *labels = add_batch(compiled, samples, epoch, k);
  memcpy(compiled->samples + k * N, samples, N * sizeof *samples);
  compiled->epochs[k] = epoch;
  compiled->divisors[k] = loss->kind->divisor(loss, N, labels);
  nn_optimizer_prepare(p->optimizer, compiled->scalars + k * NN_MAX_SCALARS);
  for (int i = 0; i < compiled->n_counting; i++) {
    nn_model_count_batch(p->model, compiled->counting[i]);
    compiled->batches[k] = nn_model_layer(p->model, compiled->counting[i])->n_batches;
  }
}

void nn_compiled_step_run(NnCompiledStep *compiled)
{
  NnStepRun steps = {.n_steps = compiled->n_waiting,
                     .ids = compiled->ids,
                     .scalars = compiled->scalars,
                     .divisors = compiled->divisors,
                     .samples = compiled->samples,
                     .epochs = compiled->epochs,
                     .batches = compiled->batches,
                     .x = compiled->x,
                     .labels = compiled->labels};
  compiled->n_waiting = 0;
  if (steps.n_steps == 0)
    return;
  compiled->backend->ops->run_steps(compiled->backend, compiled->step, &steps);
  compiled->ahead = true;
}

void nn_compiled_step_sync(NnCompiledStep *compiled)
{
  nn_compiled_step_run(compiled);
  if (compiled->ahead && compiled->backend->ops->sync_step)
    compiled->backend->ops->sync_step(compiled->backend, compiled->step);
  compiled->ahead = false;
}
