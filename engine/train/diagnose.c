/* diagnose.c: see diagnose.h. The step whose loss it was is gone through once
 * more, with the weights that it had, and the first tensor that is not finite is looked for: input,
 * weights, what flows from layer to layer, the loss. What came out of something finite points to
 * the cause. */
#include "diagnose.h"
#include "engine/layers/weight-norm.h"
#include "engine/mem.h"
#include <stdio.h>

typedef struct {
  NnStepper *stepper;
  const NnStep *step; /* whose loss it is */
  const NnBackend *backend;
  NnError *err;
} Diagnosis;

/* ---- looking at tensors ---- */

/* What is in a tensor, and where the first value is that is not finite. */
typedef struct {
  bool infinite, nan;
  size_t at;
} Look;

enum { CHUNK = 1024 };

static Look look(const NnBackend *backend, const nn_real *values, size_t n)
{
  nn_real chunk[CHUNK];
  Look seen = {0};
  for (size_t from = 0; from < n; from += CHUNK) {
    size_t count = n - from < CHUNK ? n - from : CHUNK;
    backend->ops->download(backend, chunk, values + from, count * sizeof *chunk);
    for (size_t i = 0; i < count; i++) {
      if (isfinite(chunk[i]))
        continue;
      if (!seen.infinite && !seen.nan)
        seen.at = from + i;
      seen.infinite |= isinf(chunk[i]);
      seen.nan |= isnan(chunk[i]);
    }
  }
  return seen;
}

static nn_real value_at(const NnBackend *backend, const nn_real *values, size_t i)
{
  nn_real value;
  backend->ops->download(backend, &value, values + i, sizeof value);
  return value;
}

static bool is_finite(const Look *seen)
{
  return !seen->infinite && !seen->nan;
}

/* ---- saying it ---- */

enum { LAYER_TEXT = 2 * NN_SHAPE_TEXT + 64 };

/* "weight_norm(Linear 784 → 64)" */
static const char *layer_text(const NnLayer *layer, char text[LAYER_TEXT])
{
  char in[NN_SHAPE_TEXT], out[NN_SHAPE_TEXT];
  bool normed = nn_param_index(layer->config->kind->params, "weight_norm") >= 0 &&
                nn_config_bool(layer->config, "weight_norm");
  snprintf(text, LAYER_TEXT, normed ? "weight_norm(%s %s → %s)" : "%s %s → %s",
           layer->config->kind->name, nn_shape_text(layer->in, in), nn_shape_text(layer->out, out));
  return text;
}

/* Whole sentences: at which step, which tensor, why. */
static bool say(const Diagnosis *d, const char *where, const char *tensor, const char *cause)
{
  NnError step;
  nn_fail(&step, NN_ERR_NONFINITE, NULL, "The loss stopped being finite at step %llu (epoch %u).",
          (unsigned long long)d->step->step, d->step->epoch + 1);
  return nn_fail(d->err, NN_ERR_NONFINITE, where, "%s %s %s", step.text, tensor, cause);
}

/* Why numbers have become too large. Before the first update no learning rate is to blame. */
static const char *overflow(const Diagnosis *d)
{
  if (!isfinite((float)d->step->lr))
    return nn_text(N_("The schedule has taken the learning rate beyond what 32 bits hold; choose "
                      "one that grows less."));
  if (d->step->step == 0)
    return nn_text(N_("The numbers are too large for 32 bits before anything is learned: choose an "
                      "initialization with smaller weights."));
  return nn_text(N_("The numbers have grown beyond what 32 bits hold: training has diverged. A "
                    "smaller learning rate usually helps."));
}

/* ---- weights ---- */

static bool state_is_finite(const Diagnosis *d, size_t i)
{
  const NnStepper *stepper = d->stepper;
  for (int k = 0; k < stepper->optimizer.n_state; k++)
    if (!isfinite(value_at(d->backend, stepper->target.state[k], i)))
      return false;
  return stepper->optimizer.n_state > 0;
}

/* Adam and its like divide by √v + eps, which is 0 where no gradient has ever been anything else.
 */
static bool eps_is_zero(const Diagnosis *d)
{
  const NnConfig *config = nn_config_child(d->stepper->recipe, "optimizer");
  int i = nn_param_index(config->kind->params, "eps");
  return i >= 0 && config->kind->params[i].type == NN_PARAM_FLOAT && config->values[i].number == 0;
}

static bool say_weight(const Diagnosis *d, const NnLayer *layer, int k, const Look *seen)
{
  char text[LAYER_TEXT], place[NN_PATH];
  NnError tensor, cause;
  unsigned long long before = d->step->step - 1;
  const char *name = layer->plan.params[k].name;
  size_t at = (size_t)(layer->params[k] - nn_model_params(d->stepper->model)) + seen->at;
  bool by_zero = !seen->infinite && eps_is_zero(d) && state_is_finite(d, at);
  nn_path_key(place, layer->where, name);
  if (d->step->step == 0)
    nn_fail(&tensor, NN_ERR_NONFINITE, NULL,
            "The first tensor that is not finite is the %s of %s (%s), as it was initialized.",
            name, layer->where, layer_text(layer, text));
  else
    nn_fail(&tensor, NN_ERR_NONFINITE, NULL,
            seen->infinite ? N_("The first tensor with infinite values is the %s of %s (%s), since "
                                "the update of step %llu.")
                           : N_("The first tensor with values that are not numbers is the %s of %s "
                                "(%s), since the update of step %llu."),
            name, layer->where, layer_text(layer, text), before);
  if (!by_zero)
    return say(d, place, tensor.text, overflow(d));
  nn_fail(&cause, NN_ERR_NONFINITE, NULL,
          "%s divides by 0 where there was no gradient, because optimizer.eps is 0: set it above "
          "0, for example to %s.",
          d->stepper->optimizer.kind->kind.name, NN_SHOWN(1e-8));
  return say(d, "optimizer.eps", tensor.text, cause.text);
}

/* True if there is such a weight, and the error is filled. */
static bool find_weight(const Diagnosis *d)
{
  for (int i = 0; i < nn_model_n_layers(d->stepper->model); i++) {
    const NnLayer *layer = nn_model_layer(d->stepper->model, i);
    for (int k = 0; k < layer->plan.n_params; k++) {
      Look seen = look(d->backend, layer->params[k], nn_shape_size(layer->plan.params[k].shape));
      if (!is_finite(&seen))
        return !say_weight(d, layer, k, &seen);
    }
  }
  return false;
}

/* ---- what flows ---- */

/* Only if the layer has an eps that is no help. */
static bool bad_eps(const NnLayer *layer, double *eps)
{
  int i = nn_param_index(layer->config->kind->params, "eps");
  *eps = i >= 0 ? layer->config->values[i].number : NAN;
  return *eps <= 0;
}

static bool say_output(const Diagnosis *d, const NnLayer *layer, const Look *seen)
{
  char text[LAYER_TEXT];
  NnError tensor, cause;
  double eps;
  size_t row;
  nn_fail(&tensor, NN_ERR_NONFINITE, NULL,
          seen->infinite
              ? N_("The first tensor with infinite values is the output of %s (%s).")
              : N_("The first tensor with values that are not numbers is the output of %s (%s)."),
          layer->where, layer_text(layer, text));
  if (nn_weight_norm_zero_row(layer, d->backend, &row))
    nn_fail(&cause, NN_ERR_NONFINITE, NULL,
            "weight_norm divides by the norm of row %zu of the weight, which is 0 (0/0): choose a "
            "weight_init with other values than 0, or turn weight_norm off.",
            row);
  else if (!seen->infinite && bad_eps(layer, &eps))
    nn_fail(&cause, NN_ERR_NONFINITE, NULL,
            "Some of its inputs have a variance of 0, or nearly so, and with eps at %s it cannot "
            "divide by its root: set eps above 0, for example to %s.",
            NN_SHOWN(eps), NN_SHOWN(1e-5));
  else
    return say(d, layer->where, tensor.text, overflow(d));
  return say(d, layer->where, tensor.text, cause.text);
}

/* True if there is such an output, and the error is filled. */
static bool find_output(const Diagnosis *d, size_t N)
{
  for (int i = 0; i < nn_model_n_layers(d->stepper->model); i++) {
    const NnLayer *layer = nn_model_layer(d->stepper->model, i);
    Look seen = look(d->backend, layer->y, N * nn_shape_size(layer->out));
    if (!is_finite(&seen))
      return !say_output(d, layer, &seen);
  }
  return false;
}

/* ---- the loss ---- */

static bool say_loss(const Diagnosis *d, const NnObjectiveBatch *batch)
{
  const NnObjective *objective = &d->stepper->objective;
  double sum = d->backend->ops->sum(d->backend, objective->row_loss, batch->pass.N);
  if (batch->divisor == 0)
    return say(d, "loss.weight", nn_text(N_("Everything before the loss is finite.")),
               nn_text(N_("The loss is divided by the sum of loss.weight over the labels of the "
                          "batch, which is 0 here (0/0): give every class a weight above 0, or set "
                          "a larger data.batch_size.")));
  if (isfinite((float)(sum / batch->divisor)))
    return say(d, "regularization",
               nn_text(N_("Everything before the penalties of regularization is finite.")),
               overflow(d));
  return say(d, "loss", nn_text(N_("Everything before the loss is finite.")), overflow(d));
}

/* ---- the whole ---- */

/* Forward once more; what training knows of running statistics stays as it was. */
static bool again(const Diagnosis *d, NnObjectiveBatch *batch)
{
  NnStepper *stepper = d->stepper;
  const NnBackendOps *ops = d->backend->ops;
  NnStepResult result;
  size_t n = nn_model_n_buffers(stepper->model), bytes = n * sizeof(nn_real);
  nn_real *kept = nn_alloc_array(n + 1, sizeof *kept);
  if (!kept)
    return false;
  ops->download(d->backend, kept, nn_model_buffers(stepper->model), bytes);
  *batch = nn_stepper_batch(stepper, d->step);
  ops->step_begin(d->backend);
  nn_batch_loader_gather(&stepper->loader, batch->pass.N);
  nn_objective_forward(&stepper->objective, batch);
  ops->step_end(d->backend);
  bool ok = ops->step_results(d->backend, &result, 1, NULL);
  ops->upload(d->backend, nn_model_buffers(stepper->model), kept, bytes);
  nn_free(kept);
  return ok;
}

bool nn_diagnose_step(NnStepper *stepper, const NnStep *step, NnError *err)
{
  Diagnosis d = {.stepper = stepper, .step = step, .backend = stepper->backend, .err = err};
  NnObjectiveBatch batch;
  if (!err)
    return false;
  nn_stepper_sync(stepper);
  if (!again(&d, &batch)) /* there is no memory for it */
    return say(&d, "loss", nn_text(N_("Which tensor was the first is not known.")), overflow(&d));
  size_t n = batch.pass.N * nn_shape_size(nn_model_layer(stepper->model, 0)->in);
  Look input = look(d.backend, batch.x, n);
  if (!is_finite(&input))
    return say(&d, "data.transforms",
               nn_text(N_("The first tensor that is not finite is the input.")),
               nn_text(N_("The transforms make such values: look at data.transforms.")));
  if (find_weight(&d) || find_output(&d, batch.pass.N))
    return false;
  return say_loss(&d, &batch);
}

bool nn_diagnose_weights(NnStepper *stepper, const NnStep *next, NnError *err)
{
  Diagnosis d = {.stepper = stepper, .step = next, .backend = stepper->backend, .err = err};
  return err && !find_weight(&d) &&
         say(&d, "loss",
             nn_text(N_("The weights are finite, but the loss of the network with them is not.")),
             overflow(&d));
}
