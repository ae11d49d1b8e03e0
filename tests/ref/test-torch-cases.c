/* test-torch-cases.c: the engine in float64 against PyTorch's numbers in torch_cases.json, case by
 * case, through public functions and the naive backend. */
#include "engine/layers/layer.h"
#include "engine/losses/loss.h"
#include "engine/optimizers/optimizer.h"
#include "engine/recipe/recipe.h"
#include "engine/schedulers/scheduler.h"
#include "golden.h"
#include <stdlib.h>
#include <string.h>

static NnBackend *ref;
static const json_t *test_case; /* the one that runs */
static double tol;

/* ---- optimizers ---- */

static const struct {
  const char *optimizer, *torch_name;
  int index;
} states[] = {{"SGD", "momentum_buffer", 0},
              {"RMSprop", "square_avg", 0},
              {"RMSprop", "momentum_buffer", 1},
              {"RMSprop", "grad_avg", 2},
              {"Adagrad", "sum", 0},
              {"Adadelta", "square_avg", 0},
              {"Adadelta", "acc_delta", 1},
              {"ASGD", "ax", 0},
              {"Rprop", "prev", 0},
              {"Rprop", "step_size", 1},
              {"Adamax", "exp_inf", 1},
              {NULL, "exp_avg", 0},
              {NULL, "exp_avg_sq", 1},
              {NULL, "max_exp_avg_sq", 2}};

static int state_index(const char *optimizer, const char *torch_name)
{
  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
    if (strcmp(states[i].torch_name, torch_name) == 0 &&
        (!states[i].optimizer || strcmp(states[i].optimizer, optimizer) == 0))
      return states[i].index;
  }
  return -1;
}

static void check_states(nn_real *const *state, int n_state, size_t n)
{
  const json_t *final = golden_get(test_case, "final_state");
  const char *key;
  json_t *value;
  json_object_foreach((json_t *) final, key, value)
  {
    int index = state_index(golden_string(test_case, "optimizer"), key);
    if (nn_check(index >= 0 && index < n_state))
      golden_close(state[index], n, final, key, tol);
  }
}

static void run_optimizer(void)
{
  NnConfig *config = golden_config(NN_CLASS_OPTIMIZER, golden_string(test_case, "optimizer"),
                                   golden_get(test_case, "params"));
  NnOptimizer optimizer;
  NnError err;
  if (!nn_check(nn_optimizer_init(&optimizer, config, &err)))
    return;
  nn_real memory[NN_MAX_STATE][8] = {0}, *state[NN_MAX_STATE];
  for (int i = 0; i < NN_MAX_STATE; i++)
    state[i] = memory[i];
  int n_state = optimizer.kind->n_state(optimizer.numbers);
  GoldenArray w = golden_array(golden_get(test_case, "p0"));
  const json_t *grads = golden_get(test_case, "grads");
  const json_t *after = golden_get(test_case, "params_after_each_step");
  nn_check_int(json_array_size(grads), json_array_size(after));
  for (size_t i = 0; i < json_array_size(grads); i++) {
    double scalars[NN_MAX_SCALARS];
    GoldenArray dw = golden_array(json_array_get(grads, i));
    GoldenArray wanted = golden_array(json_array_get(after, i));
    nn_optimizer_prepare(&optimizer, scalars);
    ref->ops->optimizer_step(ref, optimizer.kind->elem, n_state, scalars, w.n, dw.values, state,
                             w.values);
    nn_check_close(w.values, wanted.values, w.n, tol, tol);
  }
  check_states(state, n_state, w.n);
  nn_config_free(config);
}

/* Rosenbrock's function */
typedef struct {
  nn_real w[2], dw[2];
  int evals;
} Valley;

static double valley(void *user)
{
  Valley *v = user;
  nn_real x = v->w[0], rise = v->w[1] - x * x;
  v->evals++;
  v->dw[0] = -2 * (1 - x) - 400 * x * rise;
  v->dw[1] = 200 * rise;
  return (1 - x) * (1 - x) + 100 * rise * rise;
}

static void run_lbfgs(void)
{
  static const NnParamView view = {0, 2, {1, {2}}};
  NnConfig *config = golden_config(NN_CLASS_OPTIMIZER, "LBFGS", golden_get(test_case, "params"));
  const json_t *steps = golden_get(test_case, "steps");
  NnOptimizer optimizer;
  GoldenArray start = golden_array(golden_get(test_case, "p0"));
  Valley v = {.w = {start.values[0], start.values[1]}};
  NnOptimizerTarget target = {.backend = ref, .n = 2, .n_tensors = 1, .tensors = &view};
  target.w = v.w, target.dw = v.dw, target.closure = valley, target.user = &v;
  nn_check(nn_optimizer_init(&optimizer, config, NULL));
  target.workspace = calloc(nn_optimizer_workspace(&optimizer, &target), sizeof(nn_real));
  for (size_t i = 0; i < json_array_size(steps); i++) {
    const json_t *step = json_array_get(steps, i);
    target.loss = valley(&v);
    nn_check_near(target.loss, golden_number(step, "loss_returned"), tol, tol);
    nn_optimizer_step(&optimizer, &target);
    golden_close(v.w, 2, step, "p", tol);
    nn_check_int(v.evals, golden_number(step, "func_evals"));
  }
  free(target.workspace);
  nn_config_free(config);
}

/* ---- schedulers ---- */

/* Through the recipe's own reader: some schedules hold others. */
static NnScheduler new_scheduler(const char *kind)
{
  NnScheduler scheduler = {0};
  NnError err = {0};
  NnConfig *recipe = nn_recipe_new(&err);
  json_t *json = json_deep_copy(golden_get(test_case, "params"));
  json_object_set_new(json, "kind", json_string(kind));
  char *text = json_dumps(json, JSON_REAL_PRECISION(17));
  if (!nn_check(nn_config_set_path(recipe, "scheduler", text, &err)) ||
      !nn_check(nn_scheduler_init(&scheduler, nn_config_child(recipe, "scheduler"),
                                  golden_number(test_case, "initial_lr"), NULL, &err)))
    printf("#   %s\n", err.text);
  free(text);
  json_decref(json);
  nn_config_free(recipe);
  return scheduler;
}

static void run_scheduler(void)
{
  NnScheduler scheduler = new_scheduler(golden_string(test_case, "scheduler"));
  const json_t *halve = json_object_get(test_case, "halve_after");
  const json_t *lrs = golden_get(test_case, "lr");
  const json_t *momenta = json_object_get(test_case, "momentum");
  nn_check(json_array_size(lrs) > 4);
  for (size_t k = 0; k < json_array_size(lrs); k++) {
    if (k > 0)
      nn_scheduler_step(&scheduler, NAN);
    if (halve && k == (size_t)json_integer_value(halve))
      scheduler.lr *= 0.5;
    nn_check_near(scheduler.lr, json_number_value(json_array_get(lrs, k)), tol, tol);
    if (momenta)
      nn_check_near(scheduler.momentum, json_number_value(json_array_get(momenta, k)), tol, tol);
  }
  nn_scheduler_clear(&scheduler);
}

static void run_plateau(void)
{
  enum { BEST, N_BAD, COOLING }; /* as in schedulers/plateau.c */
  NnScheduler scheduler = new_scheduler("ReduceLROnPlateau");
  const json_t *trace = golden_get(test_case, "trace");
  nn_check(json_array_size(trace) > 3);
  for (size_t k = 0; k < json_array_size(trace); k++) {
    const json_t *row = json_array_get(trace, k), *metric = golden_get(row, "metric");
    nn_scheduler_step(&scheduler, json_is_null(metric) ? NAN : json_number_value(metric));
    nn_check_near(scheduler.lr, golden_number(row, "lr"), tol, tol);
    nn_check_near(scheduler.state[BEST], golden_number(row, "best"), tol, tol);
    nn_check_int(scheduler.state[N_BAD], golden_number(row, "num_bad_epochs"));
    nn_check_int(scheduler.state[COOLING], golden_number(row, "cooldown_counter"));
  }
}

/* ---- layers and the loss ---- */

/* A BatchNorm1d of two features outside of any model, with the memory that it plans for. */
typedef struct {
  NnLayer layer;
  nn_real x[8], y[8], dy[8], dx[8], params[4], grads[4], buffers[4], save[64];
} Norm;

static void new_norm(Norm *b, double momentum)
{
  *b = (Norm){.params = {1, 1, 0, 0}, .buffers = {0, 0, 1, 1}};
  NnConfig *config = golden_config(NN_CLASS_LAYER, "BatchNorm1d", NULL);
  nn_check(nn_config_set_number(config, "momentum", momentum, NULL));
  nn_check(nn_config_set_number(config, "eps", golden_number(test_case, "eps"), NULL));
  NnLayer *layer = &b->layer;
  layer->kind = (const NnLayerKind *)config->kind;
  layer->in = layer->out = nn_shape_1d(2);
  nn_config_flatten(config, layer->numbers, NN_MAX_NUMBERS);
  nn_check(layer->kind->plan(config, layer->in, "", &layer->plan, NULL));
  nn_check(layer->plan.n_params == 2 && layer->plan.n_buffers == 2);
  nn_check(layer->plan.save_fixed + 3 * layer->plan.save_per_sample <= 64);
  layer->x = b->x, layer->y = b->y, layer->dy = b->dy, layer->dx = b->dx, layer->save = b->save;
  for (int i = 0; i < 2; i++) {
    layer->params[i] = b->params + 2 * i;
    layer->grads[i] = b->grads + 2 * i;
    layer->buffers[i] = b->buffers + 2 * i;
  }
  nn_config_free(config);
}

static NnPass forward_batch(Norm *b, const char *batch, bool training)
{
  GoldenArray x = golden_array(golden_get(test_case, batch));
  NnPass pass = {.backend = ref, .N = x.n / 2, .training = training};
  memcpy(b->x, x.values, x.n * sizeof *x.values);
  b->layer.kind->forward(&b->layer, &pass);
  return pass;
}

static void check_backward(Norm *b, const NnPass *pass)
{
  GoldenArray dy = golden_array(golden_get(test_case, "upstream1"));
  memcpy(b->dy, dy.values, dy.n * sizeof *dy.values);
  b->layer.kind->backward(&b->layer, pass);
  golden_close(b->dx, 6, test_case, "grad_x1", tol);
  golden_close(b->grads, 2, test_case, "grad_weight", tol);
  golden_close(b->grads + 2, 2, test_case, "grad_bias", tol);
}

static void run_batchnorm(void)
{
  Norm b, average;
  new_norm(&b, golden_number(test_case, "momentum"));
  NnPass pass = forward_batch(&b, "batch1", true);
  golden_close(b.y, 6, test_case, "out1", tol);
  check_backward(&b, &pass);
  forward_batch(&b, "batch2", true);
  golden_close(b.y, 4, test_case, "out2", tol);
  golden_close(b.buffers, 2, test_case, "running_mean", tol);
  golden_close(b.buffers + 2, 2, test_case, "running_var", tol);
  forward_batch(&b, "batch1", false);
  golden_close(b.y, 6, test_case, "eval_out_of_batch1", tol);

  new_norm(&average, NAN); /* momentum None: the plain average of all batches */
  forward_batch(&average, "batch1", true);
  forward_batch(&average, "batch2", true);
  golden_close(average.buffers, 2, test_case, "running_mean_momentum_none", tol);
  golden_close(average.buffers + 2, 2, test_case, "running_var_momentum_none", tol);
}

/* The operation: any class weights and reduction. */
static void check_cross_entropy(const json_t *result, const nn_real *z, const int32_t *labels)
{
  const json_t *weights = golden_get(result, "class_weight");
  const nn_real *w = json_is_null(weights) ? NULL : golden_array(weights).values;
  bool mean = strcmp(golden_string(result, "reduction"), "mean") == 0;
  nn_real row_loss[3], dz[9];
  double total = 0;
  for (int i = 0; i < 3; i++)
    total += w ? (double)w[labels[i]] : 1;
  double scale = mean ? 1 / total : 1;
  ref->ops->cross_entropy(ref, 3, 3, z, labels, golden_number(result, "label_smoothing"), w, scale,
                          row_loss, dz);
  golden_close(row_loss, 3, result, "row_loss", tol);
  golden_close(dz, 9, result, "grad_logits", tol);
  nn_check_near(ref->ops->sum(ref, row_loss, 3) * scale, golden_number(result, "loss"), tol, tol);
}

/* The loss of the batch, as a step adds it up. */
static double loss_of(const NnLoss *loss, const NnLossBatch *batch)
{
  loss->kind->compute(loss, batch);
  return ref->ops->sum(ref, batch->row_loss, batch->N) / batch->divisor;
}

/* The loss as the trainer calls it. */
static void check_loss_kind(const json_t *result, const nn_real *z, const int32_t *labels)
{
  static const char *const keys[] = {"label_smoothing", "reduction", "class_weight"};
  json_t *params = json_object();
  for (int i = 0; i < 3; i++)
    if (!json_is_null(golden_get(result, keys[i])))
      json_object_set(params, i == 2 ? "weight" : keys[i], (json_t *)golden_get(result, keys[i]));
  NnConfig *config = golden_config(NN_CLASS_LOSS, "CrossEntropyLoss", params);
  NnLoss loss;
  nn_real row_loss[3], dz[9];
  nn_check(nn_loss_init(&loss, config, ref, 3, NULL));
  double divisor = loss.kind->divisor(&loss, 3, labels);
  NnLossBatch batch = {3, z, labels, divisor, row_loss, dz};
  double found = loss_of(&loss, &batch);
  nn_check_near(found, golden_number(result, "loss"), tol, tol);
  golden_close(dz, 9, result, "grad_logits", tol);
  golden_close(row_loss, 3, result, "row_loss", tol);
  batch.dlogits = NULL;
  nn_check_near(loss_of(&loss, &batch), found, 0, 0);
  nn_loss_clear(&loss);
  nn_config_free(config);
  json_decref(params);
}

static void run_cross_entropy(void)
{
  const json_t *results = golden_get(test_case, "results");
  GoldenArray z = golden_array(golden_get(test_case, "logits"));
  GoldenArray target = golden_array(golden_get(test_case, "target"));
  int32_t labels[3];
  nn_check_int(z.n, 9);
  for (int i = 0; i < 3; i++)
    labels[i] = (int32_t)target.values[i];
  for (size_t i = 0; i < json_array_size(results); i++) {
    check_cross_entropy(json_array_get(results, i), z.values, labels);
    check_loss_kind(json_array_get(results, i), z.values, labels);
  }
  nn_check(json_array_size(results) >= 4);
}

static void check_activation(const json_t *result, GoldenArray x)
{
  NnConfig *config =
      golden_config(NN_CLASS_LAYER, golden_string(result, "layer"), golden_get(result, "params"));
  nn_real y[16], dy[16], dx[16];
  for (int i = 0; i < 16; i++)
    dy[i] = 1;
  NnLayer layer = {
      .kind = (const NnLayerKind *)config->kind, .x = x.values, .y = y, .dy = dy, .dx = dx};
  NnPass pass = {.backend = ref, .N = x.n, .training = true};
  nn_config_flatten(config, layer.numbers, NN_MAX_NUMBERS);
  nn_check(layer.kind->plan(config, nn_shape_1d(1), "", &layer.plan, NULL));
  layer.in = nn_shape_1d(1);
  layer.out = layer.plan.out;
  nn_check(nn_shape_equal(layer.in, layer.out));
  layer.kind->forward(&layer, &pass);
  layer.kind->backward(&layer, &pass);
  golden_close(y, x.n, result, "y", tol);
  golden_close(dx, x.n, result, "dy", tol);
  nn_config_free(config);
}

static void run_activations(void)
{
  GoldenArray x = golden_array(golden_get(test_case, "x"));
  const json_t *results = golden_get(test_case, "results");
  nn_check(json_array_size(results) == 4 && x.n <= 16);
  for (size_t i = 0; i < json_array_size(results); i++)
    check_activation(json_array_get(results, i), x);
}

/* ---- random numbers ---- */

/* An initialization must draw exactly what its bound or standard deviation says. */
static void check_init(const json_t *result)
{
  NnConfig *config =
      golden_config(NN_CLASS_INIT, golden_string(result, "init"), golden_get(result, "params"));
  GoldenArray dims = golden_array(golden_get(result, "shape"));
  NnInitTarget target = {.shape.n_dims = (int)dims.n, .fan_in = 1, .fan_out = 1};
  size_t n = 1;
  for (size_t i = 0; i < dims.n; i++) {
    target.shape.dims[i] = (size_t)dims.values[i];
    n *= target.shape.dims[i];
    target.fan_in *= i != 0 ? target.shape.dims[i] : 1;
    target.fan_out *= i != 1 ? target.shape.dims[i] : 1;
  }
  if (json_object_get(result, "fan_in"))
    target.fan_in = (size_t)golden_number(result, "fan_in");
  nn_real *found = calloc(n, sizeof *found), *wanted = calloc(n, sizeof *wanted);
  NnMt19937 a, b;
  nn_mt_seed(&a, 7);
  nn_mt_seed(&b, 7);
  target.values = found;
  nn_check(nn_init_apply(config, &target, &a, "weight_init", NULL));
  if (json_object_get(result, "bound"))
    nn_mt_uniform(&b, wanted, n, -golden_number(result, "bound"), golden_number(result, "bound"));
  else
    nn_mt_normal(&b, wanted, n, 0, golden_number(result, "std"));
  nn_check_close(found, wanted, n, 0, tol);
  nn_check(nn_mt_u32(&a) == nn_mt_u32(&b)); /* and no more than that */
  free(found);
  free(wanted);
  nn_config_free(config);
}

static void run_inits(void)
{
  const json_t *results = golden_get(test_case, "results");
  nn_check(json_array_size(results) > 10);
  for (size_t i = 0; i < json_array_size(results); i++)
    check_init(json_array_get(results, i));
}

static void run_streams(void)
{
  const json_t *results = golden_get(test_case, "results");
  nn_check(json_array_size(results) > 4);
  for (size_t i = 0; i < json_array_size(results); i++) {
    const json_t *result = json_array_get(results, i);
    size_t n = json_array_size(golden_get(result, "values"));
    nn_real values[64];
    NnMt19937 mt;
    nn_mt_seed(&mt, 0);
    if (strcmp(golden_string(result, "draw"), "rand") == 0)
      nn_mt_uniform(&mt, values, n, 0, 1);
    else
      nn_mt_normal(&mt, values, n, 0, 1);
    golden_close(values, n, result, "values", tol);
  }
}

/* ---- the list ---- */

static const struct {
  const char *kind;
  void (*run)(void);
} runners[] = {{"optimizer", run_optimizer}, {"lbfgs", run_lbfgs},
               {"scheduler", run_scheduler}, {"plateau", run_plateau},
               {"batchnorm", run_batchnorm}, {"cross_entropy", run_cross_entropy},
               {"inits", run_inits},         {"activations", run_activations},
               {"streams", run_streams}};

/* A kind of case that nothing here can run fails. */
static void run_unknown(void)
{
  nn_check(!"a runner for this kind of case");
}

int main(void)
{
  NnError err = {0};
  if (!nn_backend_open("ref", 1, &ref, &err)) {
    printf("Bail out! %s\n", err.text);
    return 1;
  }
  const json_t *cases = golden_get(golden_load("torch_cases.json"), "cases");
  for (size_t i = 0; i < json_array_size(cases); i++) {
    test_case = json_array_get(cases, i);
    tol = golden_number(test_case, "tol");
    void (*run)(void) = run_unknown;
    for (size_t r = 0; r < sizeof runners / sizeof runners[0]; r++) {
      if (strcmp(runners[r].kind, golden_string(test_case, "kind")) == 0)
        run = runners[r].run;
    }
    nn_test(golden_string(test_case, "name"), run);
  }
  nn_backend_close(ref);
  return nn_test_done();
}
