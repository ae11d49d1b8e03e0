/* model.c: a stack of layers over four arenas. Read nn_model_new() first: plan, then memory, then
 * slices. Forward and backward only chain pointers and call the layers. */
#include "model.h"
#include "engine/mem.h"
#include "model-plan.h"
#include <stdio.h>
#include <string.h>

struct NnModel {
  const NnBackend *backend; /* borrowed */
  NnConfig *recipe;         /* owned copy; layers read their configs at init */
  NnNetworkPlan *plan;      /* owned; layers borrow their paths */
  NnLayer *layers;          /* owned, n_layers */
  NnParamView *tensors;     /* owned, n_tensors: the parameters */
  int n_tensors;
  NnStateDict state_dict; /* owned */
  nn_real **dx; /* owned, n_layers: where layer i writes its dx, NULL if nobody needs it */
  int n_layers, n_classes;
  int first_trained;         /* backward stops there; −1: it goes on to the input */
  const nn_real *input_grad; /* of the last backward, when it went there */
  bool inference;
  size_t evaluated; /* samples at a time in evaluations */
  size_t batch_size, n_params, n_buffers, n_activations;
  nn_real *params, *grads, *buffers, *activations; /* owned, backend memory */
};

static size_t slots_size(const NnSlot *slots, int n)
{
  size_t size = 0;
  for (int i = 0; i < n; i++)
    size += nn_shape_size(slots[i].shape);
  return size;
}

/* How many floats of the activation arena a layer needs, and, with a cursor, its slices. */
static size_t activation_slices(NnModel *model, int i, nn_real *cursor)
{
  NnLayer *layer = &model->layers[i];
  size_t N = model->batch_size, used = 0;
  bool shares = layer->plan.shares_output;
  bool needs_dx = !model->inference && i > model->first_trained && !shares;
  size_t save = layer->plan.save_fixed + N * layer->plan.save_per_sample;
  size_t sizes[] = {shares ? 0 : N * nn_shape_size(layer->out), save,
                    needs_dx ? N * nn_shape_size(layer->in) : 0};
  nn_real **places[] = {&layer->y, &layer->save, &model->dx[i]};
  for (int k = 0; k < 3; k++) {
    if (cursor && sizes[k] > 0)
      *places[k] = cursor + used;
    used += sizes[k];
  }
  return used;
}

static void parameter_slices(NnModel *model)
{
  size_t at = 0, buffer_at = 0;
  for (int i = 0; i < model->n_layers; i++) {
    NnLayer *layer = &model->layers[i];
    for (int k = 0; k < layer->plan.n_params; k++) {
      layer->params[k] = model->params + at;
      layer->grads[k] = model->grads ? model->grads + at : NULL;
      at += nn_shape_size(layer->plan.params[k].shape);
    }
    for (int k = 0; k < layer->plan.n_buffers; k++) {
      layer->buffers[k] = model->buffers + buffer_at;
      buffer_at += nn_shape_size(layer->plan.buffers[k].shape);
    }
  }
}

static bool alloc_reals(const NnModel *model, size_t n, nn_real **memory)
{
  if (n > SIZE_MAX / sizeof(nn_real))
    return false;
  *memory = model->backend->ops->alloc(model->backend, n * sizeof(nn_real));
  return *memory != NULL;
}

static void count_activations(NnModel *model)
{
  for (int i = 0; i < model->n_layers; i++) {
    size_t n = model->n_activations + activation_slices(model, i, NULL);
    model->n_activations = n < model->n_activations ? SIZE_MAX : n;
  }
}

size_t nn_model_bytes(const NnModel *model)
{
  size_t reals, weights = model->n_params * (model->inference ? 1 : 2), bytes;
  return __builtin_add_overflow(model->n_activations, weights + model->n_buffers, &reals) ||
                 __builtin_mul_overflow(reals, sizeof(nn_real), &bytes)
             ? SIZE_MAX
             : bytes;
}

bool nn_model_alloc(NnModel *model, NnError *err)
{
  size_t n = model->n_activations;
  if (!alloc_reals(model, model->n_params, &model->params) ||
      !alloc_reals(model, model->n_buffers, &model->buffers) ||
      !alloc_reals(model, n, &model->activations) ||
      (!model->inference && !alloc_reals(model, model->n_params, &model->grads)))
    return nn_fail(
        err, NN_ERR_NOMEM, "network",
        "There is not enough memory for this network: %zu parameters and %zu activations "
        "for %zu samples at a time.",
        model->n_params, n, model->batch_size);
  nn_real *cursor = model->activations;
  for (int i = 0; i < model->n_layers; i++)
    cursor += activation_slices(model, i, cursor);
  parameter_slices(model);
  return true;
}

static void take_layers(NnModel *model, bool input_grad)
{
  model->first_trained = input_grad ? -1 : model->n_layers;
  for (int i = 0; i < model->n_layers; i++) {
    const NnPlanned *planned = &model->plan->layers[i];
    const NnLayerPlan *plan = &planned->plan;
    NnLayer *layer = &model->layers[i];
    *layer = (NnLayer){.kind = (const NnLayerKind *)planned->config->kind,
                       .index = i,
                       .config = planned->config,
                       .where = planned->where,
                       .partner = planned->partner < 0 ? NULL : &model->layers[planned->partner],
                       .opens = planned->opens,
                       .in = planned->in,
                       .out = plan->out,
                       .plan = *plan};
    nn_config_flatten(planned->config, layer->numbers, NN_MAX_NUMBERS);
    model->n_params += slots_size(plan->params, plan->n_params);
    model->n_buffers += slots_size(plan->buffers, plan->n_buffers);
    if (plan->n_params > 0 && model->first_trained == model->n_layers)
      model->first_trained = i;
  }
}

static bool list_tensors(NnModel *model, NnError *err)
{
  size_t offset = 0;
  model->tensors = nn_alloc_array((size_t)model->n_layers * NN_MAX_SLOTS, sizeof *model->tensors);
  if (!model->tensors)
    return nn_fail_nomem(err, "the network");
  for (int i = 0; i < model->n_layers; i++) {
    const NnLayerPlan *plan = &model->layers[i].plan;
    for (int k = 0; k < plan->n_params; k++) {
      NnShape shape = plan->params[k].shape;
      NnParamView view = {offset, nn_shape_size(shape), shape};
      model->tensors[model->n_tensors++] = view;
      offset += view.n;
    }
  }
  return true;
}

static bool check_backend(const NnModel *model, NnError *err)
{
  for (int i = 0; model->backend && i < model->n_layers; i++) {
    const NnLayer *layer = &model->layers[i];
    const char *name = layer->kind->kind.name;
    if (!nn_backend_has(model->backend, layer->kind->needs, name, layer->where, err) ||
        !nn_backend_has(model->backend, layer->plan.needs, name, layer->where, err))
      return false;
  }
  return true;
}

static bool make_layers(NnModel *model, const NnModelOptions *options, NnError *err)
{
  int bad;
  model->plan = nn_alloc(sizeof *model->plan);
  if (!model->plan)
    return nn_fail_nomem(err, "the plan of the network");
  if (!nn_model_plan(model->recipe, options->input, options->n_classes, model->plan, &bad, err))
    return false;
  model->n_layers = model->plan->n;
  model->evaluated = nn_plan_evaluation_batch(model->plan, model->recipe, options->input);
  model->layers = nn_alloc_array((size_t)model->n_layers, sizeof *model->layers);
  model->dx = nn_alloc_array((size_t)model->n_layers, sizeof *model->dx);
  if (!model->layers || !model->dx)
    return nn_fail_nomem(err, "the network");
  take_layers(model, options->input_grad);
  return check_backend(model, err) && list_tensors(model, err) &&
         nn_state_dict_init(&model->state_dict, model->layers, model->n_layers, err);
}

bool nn_model_draft(const NnModelOptions *options, NnModel **model, NnError *err)
{
  NnModel *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the network");
  self->backend = options->backend;
  self->batch_size = options->batch_size;
  self->inference = options->inference;
  self->n_classes = options->n_classes;
  self->recipe = nn_config_copy(options->recipe, err);
  if (!self->recipe || !make_layers(self, options, err)) {
    nn_model_free(self);
    return false;
  }
  count_activations(self);
  *model = self;
  return true;
}

bool nn_model_new(const NnModelOptions *options, NnModel **model, NnError *err)
{
  NnModel *made;
  if (!nn_model_draft(options, &made, err))
    return false;
  if (!nn_model_alloc(made, err)) {
    nn_model_free(made);
    return false;
  }
  *model = made;
  return true;
}

void nn_model_free(NnModel *model)
{
  if (!model)
    return;
  nn_real *arenas[] = {model->params, model->grads, model->buffers, model->activations};
  for (int i = 0; i < 4; i++)
    if (arenas[i])
      model->backend->ops->free(model->backend, arenas[i]);
  nn_config_free(model->recipe);
  nn_free(model->plan);
  nn_free(model->layers);
  nn_free(model->tensors);
  nn_state_dict_clear(&model->state_dict);
  nn_free(model->dx);
  nn_free(model);
}

/* ---- first values ---- */

static void fill(nn_real *values, size_t n, nn_real value)
{
  for (size_t i = 0; i < n; i++)
    values[i] = value;
}

/* One round over all slots: the defaults that PyTorch's constructors draw, or, afterwards, the
 * initializations that were chosen. `host` is laid out like the parameter arena. */
static bool init_round(NnModel *model, const NnConfig *standard, bool chosen, nn_real *host,
                       NnMt19937 *mt, NnError *err)
{
  for (int i = 0; i < model->n_layers; i++) {
    NnLayer *layer = &model->layers[i];
    for (int k = 0; k < layer->plan.n_params; k++) {
      const NnSlot *slot = &layer->plan.params[k];
      nn_real *values = host + (layer->params[k] - model->params);
      if (!slot->init_key) {
        fill(values, nn_shape_size(slot->shape), slot->fill);
        continue;
      }
      const NnConfig *init = nn_config_child(layer->config, slot->init_key);
      if (chosen && init->kind == standard->kind)
        continue;
      char where[NN_PATH];
      nn_path_key(where, layer->where, slot->init_key);
      NnInitTarget target = {
          .shape = slot->shape, .fan_in = slot->fan_in, .fan_out = slot->fan_out, .values = values};
      if (!nn_init_apply(chosen ? init : standard, &target, mt, where, err))
        return false;
    }
  }
  return true;
}

static void init_buffers(NnModel *model, nn_real *host)
{
  for (int i = 0; i < model->n_layers; i++) {
    NnLayer *layer = &model->layers[i];
    layer->n_batches = 0;
    for (int k = 0; k < layer->plan.n_buffers; k++)
      fill(host + (layer->buffers[k] - model->buffers), nn_shape_size(layer->plan.buffers[k].shape),
           layer->plan.buffers[k].fill);
  }
}

bool nn_model_init(NnModel *model, NnMt19937 *mt, NnError *err)
{
  const NnBackend *backend = model->backend;
  const NnKind *kind = nn_kind_find(NN_CLASS_INIT, "default");
  NnConfig *standard = nn_config_new(kind, err);
  if (!standard)
    return false;
  nn_real *host = nn_alloc_array(model->n_params + model->n_buffers + 1, sizeof *host);
  bool ok = host || nn_fail_nomem(err, "the first values of the network");
  ok = ok && init_round(model, standard, false, host, mt, err) &&
       init_round(model, standard, true, host, mt, err);
  if (ok) {
    init_buffers(model, host + model->n_params);
    backend->ops->upload(backend, model->params, host, model->n_params * sizeof *host);
    backend->ops->upload(backend, model->buffers, host + model->n_params,
                         model->n_buffers * sizeof *host);
    for (int i = 0; i < model->n_layers; i++)
      if (model->layers[i].kind->after_init)
        model->layers[i].kind->after_init(&model->layers[i], backend);
  }
  nn_free(host);
  nn_config_free(standard);
  return ok;
}

void nn_model_snapshot(const NnModel *model, NnSnapshot *snapshot)
{
  const NnBackend *backend = model->backend;
  backend->ops->download(backend, snapshot->params, model->params,
                         model->n_params * sizeof(nn_real));
  backend->ops->download(backend, snapshot->buffers, model->buffers,
                         model->n_buffers * sizeof(nn_real));
}

void nn_model_load(NnModel *model, const NnSnapshot *snapshot)
{
  const NnBackend *backend = model->backend;
  backend->ops->upload(backend, model->params, snapshot->params, model->n_params * sizeof(nn_real));
  backend->ops->upload(backend, model->buffers, snapshot->buffers,
                       model->n_buffers * sizeof(nn_real));
}

/* ---- forward and backward ---- */

const nn_real *nn_model_forward(NnModel *model, const NnPass *pass, const nn_real *x)
{
  for (int i = 0; i < model->n_layers; i++) {
    NnLayer *layer = &model->layers[i];
    layer->x = x;
    if (layer->plan.shares_output)
      layer->y = (nn_real *)x; /* the layer only renames it, and nobody writes through it */
    layer->kind->forward(layer, pass);
    x = layer->y;
  }
  return x;
}

void nn_model_backward(NnModel *model, const NnPass *pass, const nn_real *dlogits)
{
  const nn_real *dy = dlogits;
  for (int i = model->n_layers - 1; i >= 0 && i >= model->first_trained; i--) {
    NnLayer *layer = &model->layers[i];
    layer->dy = dy;
    layer->dx = layer->plan.shares_output ? (nn_real *)dy : model->dx[i];
    layer->kind->backward(layer, pass);
    dy = layer->dx;
  }
  model->input_grad = model->first_trained < 0 ? dy : NULL;
}

const nn_real *nn_model_input_grad(const NnModel *model)
{
  return model->input_grad;
}

/* ---- looking ---- */

size_t nn_model_n_params(const NnModel *model)
{
  return model->n_params;
}

size_t nn_model_n_buffers(const NnModel *model)
{
  return model->n_buffers;
}

size_t nn_model_batch_size(const NnModel *model)
{
  return model->batch_size;
}

size_t nn_model_evaluated(const NnModel *model)
{
  return model->evaluated < model->batch_size ? model->evaluated : model->batch_size;
}

const NnBackend *nn_model_backend(const NnModel *model)
{
  return model->backend;
}

int nn_model_n_layers(const NnModel *model)
{
  return model->n_layers;
}

const NnLayer *nn_model_layer(const NnModel *model, int index)
{
  return &model->layers[index];
}

int nn_model_n_classes(const NnModel *model)
{
  return model->n_classes;
}

int nn_model_tensors(const NnModel *model, const NnParamView **tensors)
{
  *tensors = model->tensors;
  return model->n_tensors;
}

const NnStateDict *nn_model_state_dict(const NnModel *model)
{
  return &model->state_dict;
}

uint64_t *nn_model_counter(NnModel *model, const NnNamedTensor *counter)
{
  return &model->layers[counter->layer].n_batches;
}

void nn_model_count_batch(NnModel *model, int layer)
{
  model->layers[layer].n_batches++;
}

nn_real *nn_model_params(NnModel *model)
{
  return model->params;
}

nn_real *nn_model_grads(NnModel *model)
{
  return model->grads;
}

nn_real *nn_model_buffers(NnModel *model)
{
  return model->buffers;
}
