/* objective.c: see objective.h. */
#include "objective.h"

bool nn_objective_init(NnObjective *objective, const NnConfig *recipe, NnModel *model,
                       size_t batch_size, NnError *err)
{
  const NnConfig *rules = nn_config_child(recipe, "regularization");
  const NnBackend *backend = nn_model_backend(model);
  size_t C = (size_t)nn_model_n_classes(model), size = sizeof(nn_real);
  *objective = (NnObjective){.model = model,
                             .l1 = nn_config_number(rules, "l1"),
                             .l2 = nn_config_number(rules, "l2"),
                             .weights_only = nn_config_int(rules, "penalty_on") == 1,
                             .clip_norm = nn_config_number(rules, "clip_norm"),
                             .clip_value = nn_config_number(rules, "clip_value")};
  if (!nn_loss_init(&objective->loss, nn_config_child(recipe, "loss"), backend, (int)C, err))
    return false;
  objective->row_loss = backend->ops->alloc(backend, batch_size * size);
  objective->dlogits = backend->ops->alloc(backend, batch_size * C * size);
  return (objective->row_loss && objective->dlogits) ||
         nn_fail(err, NN_ERR_NOMEM, NULL,
                 "There is not enough memory for the loss of %zu samples at a time.", batch_size);
}

void nn_objective_clear(NnObjective *objective)
{
  void *on_device[] = {objective->row_loss, objective->dlogits};
  for (int i = 0; i < 2; i++)
    if (on_device[i])
      nn_model_backend(objective->model)
          ->ops->free(nn_model_backend(objective->model), on_device[i]);
  nn_loss_clear(&objective->loss);
  *objective = (NnObjective){0};
}

/* ---- penalties ---- */

static bool has_penalty(const NnObjective *o)
{
  return o->l1 != 0 || o->l2 != 0;
}

/* Parameters that penalties count come in one piece, or tensor by tensor. */
static int n_pieces(const NnObjective *o, const NnParamView **tensors)
{
  int n = nn_model_tensors(o->model, tensors);
  return o->weights_only ? n : 1;
}

static NnParamView piece(const NnObjective *o, const NnParamView *tensors, int i)
{
  NnParamView all = {.n = nn_model_n_params(o->model)};
  if (!o->weights_only)
    return all;
  NnParamView view = tensors[i];
  view.n = view.shape.n_dims >= 2 ? view.n : 0;
  return view;
}

static void step_penalty(const NnObjective *o)
{
  const NnBackend *backend = nn_model_backend(o->model);
  const NnParamView *tensors;
  int n = n_pieces(o, &tensors);
  for (int i = 0; has_penalty(o) && i < n; i++) {
    NnParamView view = piece(o, tensors, i);
    if (view.n > 0)
      backend->ops->step_penalty(backend, nn_model_params(o->model) + view.offset, view.n, o->l1,
                                 o->l2);
  }
}

static void add_penalty(const NnObjective *o)
{
  const NnBackend *backend = nn_model_backend(o->model);
  const NnParamView *tensors;
  int n = n_pieces(o, &tensors);
  for (int i = 0; has_penalty(o) && i < n; i++) {
    NnParamView view = piece(o, tensors, i);
    if (view.n > 0)
      backend->ops->add_penalty(backend, nn_model_params(o->model) + view.offset, o->l1, o->l2,
                                view.n, nn_model_grads(o->model) + view.offset);
  }
}

/* ---- clipping ---- */

static void clip(const NnObjective *o)
{
  const NnBackend *backend = nn_model_backend(o->model);
  const NnParamView *tensors;
  int n = nn_model_tensors(o->model, &tensors);
  if (o->clip_norm > 0)
    backend->ops->clip_norm(backend, nn_model_grads(o->model), tensors, n, o->clip_norm);
  if (o->clip_value > 0)
    backend->ops->clamp(backend, o->clip_value, nn_model_grads(o->model),
                        nn_model_n_params(o->model));
}

/* ---- one batch ---- */

void nn_objective_forward(NnObjective *objective, const NnObjectiveBatch *batch)
{
  const NnBackend *backend = nn_model_backend(objective->model);
  const nn_real *logits = nn_model_forward(objective->model, &batch->pass, batch->x);
  NnLossBatch loss = {.N = batch->pass.N,
                      .logits = logits,
                      .labels = batch->labels,
                      .divisor = batch->divisor,
                      .row_loss = objective->row_loss,
                      .dlogits = objective->dlogits};
  NnStepLoss step = {.N = batch->pass.N,
                     .C = (size_t)nn_model_n_classes(objective->model),
                     .row_loss = objective->row_loss,
                     .logits = logits,
                     .labels = batch->labels,
                     .divisor = batch->divisor};
  objective->loss.kind->compute(&objective->loss, &loss);
  backend->ops->step_loss(backend, &step);
  step_penalty(objective);
}

double nn_objective_loss(NnObjective *objective, const NnObjectiveBatch *batch)
{
  const NnBackend *backend = nn_model_backend(objective->model);
  NnStepResult result;
  nn_objective_forward(objective, batch);
  return backend->ops->step_results(backend, &result, 1, NULL) ? result.loss : (double)NAN;
}

void nn_objective_gradient(NnObjective *objective, const NnObjectiveBatch *batch)
{
  nn_model_backward(objective->model, &batch->pass, objective->dlogits);
  add_penalty(objective);
  clip(objective);
}
