/* trainer.c: the training loop; train_batch() is the tutorial's five lines.
 *
 *   zero_grad   backward overwrites the gradients (accumulate = false)
 *   forward     nn_model_forward()
 *   loss        loss kind, plus penalties: objective.c
 *   backward    nn_model_backward(), then clipping
 *   step        optimizer, then scheduler
 *
 * Everything is allocated in nn_trainer_new(); the loop allocates nothing, locks nothing and makes
 * no system call unless somebody steers the run. */
#include "trainer.h"
#include "mem.h"
#include "objective.h"
#include "observer.h"
#include "optimizer.h"
#include "sampler.h"
#include "scheduler.h"
#include "subset.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Which number ReduceLROnPlateau watches; the order of its "metric" choices. */
typedef enum {
  WATCH_TRAIN_LOSS,
  WATCH_TEST_LOSS,
  WATCH_TEST_ACCURACY,
  WATCH_VALIDATION_LOSS,
  WATCH_VALIDATION_ACCURACY
} Watch;

/* Evaluation goes through the training model; this many samples at a time keep it fast. */
enum { EVALUATION_BATCH = 256 };

struct NnTrainer {
  NnTrainerOptions options;
  NnConfig *recipe;                   /* owned */
  NnSplit split;                      /* owned; empty unless validation_fraction is set */
  const NnSource *train, *validation; /* what is trained on, and kept aside (or NULL) */
  NnModel *model;                     /* owned */
  NnSampler *sampler;                 /* owned */
  NnMt19937 mt; /* the program's one generator: weights first, then the order of samples */
  NnOptimizer optimizer;
  NnScheduler scheduler;
  Watch watch;
  NnObjective objective; /* owned: loss, penalties, clipping */
  uint64_t seed, n_steps, steps_per_epoch;
  uint32_t n_epochs;
  int32_t *labels, *device_labels;
  nn_real *x, *device_x;    /* owned; device_* only where memory differs */
  NnOptimizerTarget target; /* its state and workspace are owned */
};

/* What nn_trainer_run() keeps while it runs. */
typedef struct {
  NnTrainer *t;
  NnObserver *observer;
  NnResult *result;
  uint64_t step;
  uint32_t epoch;
  double loss_sum, started; /* of this epoch */
  uint64_t in_epoch;        /* steps of this epoch */
  double last_lr;
  NnMetrics test;
} Run;

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- building ---- */

/* Sets the training set's validation part aside, if the recipe asks for one. */
static bool init_sets(NnTrainer *t, NnError *err)
{
  double fraction = nn_config_number(nn_config_child(t->recipe, "data"), "validation_fraction");
  t->train = t->options.train;
  if (fraction == 0)
    return true;
  if (!nn_split_new(t->options.train, fraction, t->seed, &t->split, err))
    return false;
  t->train = &t->split.train.source;
  t->validation = &t->split.validation.source;
  return true;
}

static bool check_watch(const NnTrainer *t, NnError *err)
{
  bool test = t->watch == WATCH_TEST_LOSS || t->watch == WATCH_TEST_ACCURACY;
  bool validation = t->watch == WATCH_VALIDATION_LOSS || t->watch == WATCH_VALIDATION_ACCURACY;
  if (test && !t->options.test)
    return nn_fail(err, NN_ERR_ARG, "scheduler.metric",
                   "scheduler.metric watches the test set, but this run has none; use train_loss.");
  if (validation && !t->validation)
    return nn_fail(err, NN_ERR_ARG, "scheduler.metric",
                   "scheduler.metric watches the validation set, but data.validation_fraction is "
                   "0, so there is none; set it, for example to 0.1, or use train_loss.");
  return true;
}

static bool init_rules(NnTrainer *t, NnError *err)
{
  const NnConfig *scheduler = nn_config_child(t->recipe, "scheduler");
  t->seed = (uint64_t)nn_config_number(t->recipe, "seed");
  t->n_epochs = (uint32_t)nn_config_int(nn_config_child(t->recipe, "loop"), "epochs");
  if (nn_param_index(scheduler->kind->params, "metric") >= 0)
    t->watch = (Watch)nn_config_int(scheduler, "metric");
  if (!nn_optimizer_init(&t->optimizer, nn_config_child(t->recipe, "optimizer"), err) ||
      !init_sets(t, err) || !check_watch(t, err))
    return false;
  return true;
}

static bool init_order(NnTrainer *t, NnError *err)
{
  const NnConfig *data = nn_config_child(t->recipe, "data");
  size_t n = t->train->n_samples, batch = (size_t)nn_config_int(data, "batch_size");
  bool drop_last = nn_config_bool(data, "drop_last");
  if (!nn_sampler_new(n, batch, nn_config_bool(data, "shuffle"), drop_last, &t->sampler, err))
    return false;
  t->steps_per_epoch = nn_sampler_n_batches(t->sampler);
  t->n_steps = t->steps_per_epoch * t->n_epochs;
  if (t->options.max_steps > 0 && t->options.max_steps < t->n_steps)
    t->n_steps = t->options.max_steps;
  size_t smallest = drop_last || n % batch == 0 ? batch : n % batch;
  for (int i = 0; i < nn_model_n_layers(t->model); i++) {
    const NnLayer *layer = nn_model_layer(t->model, i);
    if (smallest < layer->plan.min_batch)
      return nn_fail(
          err, NN_ERR_SHAPE, "data.batch_size",
          "data.batch_size is %zu, which leaves a batch of %zu of the %zu samples, but %s "
          "needs at least %zu samples at a time in training; choose another size or "
          "switch drop_last on.",
          batch, smallest, n, layer->kind->kind.name, layer->plan.min_batch);
  }
  return true;
}

/* What the schedule says goes into the optimizer: lr, and momentum or beta1 where it cycles that.
 */
static void apply_schedule(NnTrainer *t)
{
  t->optimizer.numbers[0] = t->scheduler.lr;
  if (!isnan(t->scheduler.momentum))
    t->optimizer.numbers[t->optimizer.kind->momentum] = t->scheduler.momentum;
}

/* After init_order(): the schedule may have to know how long the run is. Cycling switches the
 * momentum of a plain SGD on, so the optimizer's state is counted anew. */
static bool init_schedule(NnTrainer *t, NnError *err)
{
  const NnKind *kind = &t->optimizer.kind->kind;
  NnSchedulerContext context = {.steps_per_epoch = t->steps_per_epoch,
                                .n_epochs = t->n_epochs,
                                .optimizer = kind->name,
                                .has_momentum = t->optimizer.kind->momentum >= 0};
  if (!nn_scheduler_init(&t->scheduler, nn_config_child(t->recipe, "scheduler"),
                         t->optimizer.numbers[0], &context, err))
    return false;
  apply_schedule(t);
  t->optimizer.n_state = t->optimizer.kind->n_state(t->optimizer.numbers);
  return true;
}

static bool init_model(NnTrainer *t, NnError *err)
{
  size_t batch = (size_t)nn_config_int(nn_config_child(t->recipe, "data"), "batch_size");
  NnModelOptions options = {.recipe = t->recipe,
                            .input = t->train->shape,
                            .n_classes = t->train->n_classes,
                            .batch_size = batch > EVALUATION_BATCH ? batch : EVALUATION_BATCH,
                            .backend = t->options.backend};
  nn_mt_seed(&t->mt, t->seed);
  return nn_model_new(&options, &t->model, err) && nn_model_init(t->model, &t->mt, err);
}

static void *device_alloc(const NnTrainer *t, size_t n, size_t size)
{
  return t->options.backend->ops->alloc(t->options.backend, n * size);
}

static bool init_optimizer_memory(NnTrainer *t)
{
  NnOptimizerTarget *target = &t->target;
  size_t size = sizeof(nn_real);
  *target = (NnOptimizerTarget){.backend = t->options.backend,
                                .n = nn_model_n_params(t->model),
                                .w = nn_model_params(t->model),
                                .dw = nn_model_grads(t->model)};
  target->n_tensors = nn_model_tensors(t->model, &target->tensors);
  for (int i = 0; i < t->optimizer.n_state; i++) {
    target->state[i] = device_alloc(t, target->n, size);
    if (!target->state[i])
      return false;
  }
  size_t n = nn_optimizer_workspace(&t->optimizer, target);
  target->workspace = n > 0 && n < SIZE_MAX / size ? device_alloc(t, n, size) : NULL;
  return n == 0 || target->workspace;
}

static bool init_memory(NnTrainer *t, NnError *err)
{
  size_t batch = (size_t)nn_config_int(nn_config_child(t->recipe, "data"), "batch_size");
  size_t size = nn_shape_size(t->train->shape);
  bool host = t->options.backend->host_memory;
  t->x = nn_alloc_array(batch * size, sizeof *t->x);
  t->labels = nn_alloc_array(batch, sizeof *t->labels);
  t->device_x = host ? t->x : device_alloc(t, batch * size, sizeof *t->x);
  t->device_labels = host ? t->labels : device_alloc(t, batch, sizeof *t->labels);
  if (!nn_objective_init(&t->objective, t->recipe, t->model, batch, err))
    return false;
  bool ok = t->x && t->labels && t->device_x && t->device_labels && init_optimizer_memory(t);
  return ok || nn_fail(err, NN_ERR_NOMEM, NULL,
                       "There is not enough memory for batches of %zu samples and the optimizer's "
                       "state.",
                       batch);
}

bool nn_trainer_new(const NnTrainerOptions *options, NnTrainer **trainer, NnError *err)
{
  NnTrainer *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the run");
  self->options = *options;
  self->recipe = nn_config_copy(options->recipe, err);
  bool ok = self->recipe != NULL && nn_config_check(self->recipe, "", err) &&
            init_rules(self, err) && init_model(self, err) && init_order(self, err) &&
            init_schedule(self, err) && init_memory(self, err);
  if (!ok) {
    nn_trainer_free(self);
    return false;
  }
  self->options.recipe = self->recipe;
  *trainer = self;
  return true;
}

void nn_trainer_free(NnTrainer *trainer)
{
  if (!trainer)
    return;
  const NnBackend *backend = trainer->options.backend;
  const NnOptimizerTarget *target = &trainer->target;
  void *on_device[] = {target->workspace, target->state[0], target->state[1], target->state[2],
                       target->state[3]};
  for (size_t i = 0; i < sizeof on_device / sizeof *on_device; i++)
    if (on_device[i])
      backend->ops->free(backend, on_device[i]);
  if (!backend->host_memory) {
    backend->ops->free(backend, trainer->device_x);
    backend->ops->free(backend, trainer->device_labels);
  }
  nn_free(trainer->x);
  nn_free(trainer->labels);
  nn_sampler_free(trainer->sampler);
  nn_scheduler_clear(&trainer->scheduler);
  nn_split_clear(&trainer->split);
  nn_objective_clear(&trainer->objective);
  nn_model_free(trainer->model);
  nn_config_free(trainer->recipe);
  nn_free(trainer);
}

NnModel *nn_trainer_model(NnTrainer *trainer)
{
  return trainer->model;
}

uint64_t nn_trainer_n_steps(const NnTrainer *trainer)
{
  return trainer->n_steps;
}

uint64_t nn_trainer_steps_per_epoch(const NnTrainer *trainer)
{
  return trainer->steps_per_epoch;
}

uint32_t nn_trainer_n_epochs(const NnTrainer *trainer)
{
  return trainer->n_epochs;
}

/* ---- one batch ---- */

/* Puts the batch where the backend can read it and says how the pass goes. */
static NnPass load_batch(Run *run, size_t batch)
{
  NnTrainer *t = run->t;
  const NnBackend *backend = t->options.backend;
  const NnSource *train = t->train;
  NnPass pass = {.backend = backend, .training = true, .seed = t->seed, .epoch = run->epoch};
  pass.sample_ids = nn_sampler_batch(t->sampler, batch, &pass.N);
  train->gather(train, pass.sample_ids, pass.N, run->epoch, t->x, t->labels);
  if (!backend->host_memory) {
    backend->ops->upload(backend, t->device_x, t->x,
                         pass.N * nn_shape_size(train->shape) * sizeof *t->x);
    backend->ops->upload(backend, t->device_labels, t->labels, pass.N * sizeof *t->labels);
  }
  return pass;
}

/* What an optimizer may ask for while it steps. */
typedef struct {
  NnObjective *objective;
  NnObjectiveBatch *batch;
} Closure;

static double evaluate_again(void *user)
{
  Closure *closure = user;
  double loss = nn_objective_loss(closure->objective, closure->batch);
  nn_objective_gradient(closure->objective, closure->batch);
  return loss;
}

static void update_weights(NnTrainer *t, NnObjectiveBatch *batch, double loss)
{
  Closure closure = {&t->objective, batch};
  t->target.loss = loss;
  t->target.closure = evaluate_again;
  t->target.user = &closure;
  apply_schedule(t);
  nn_optimizer_step(&t->optimizer, &t->target);
}

/* Trains on one batch; false when the loss is not finite (the weights are then left alone). */
static bool train_batch(Run *run, size_t index, NnProgress *record)
{
  NnTrainer *t = run->t;
  const NnBackend *backend = t->options.backend;
  NnObjectiveBatch batch = {.pass = load_batch(run, index),
                            .x = t->device_x,
                            .labels = t->device_labels,
                            .host_labels = t->labels};
  size_t N = batch.pass.N, C = (size_t)t->train->n_classes;
  double loss = nn_objective_loss(&t->objective, &batch);
  size_t correct = backend->ops->count_correct(backend, N, C, batch.logits, t->device_labels);
  *record = (NnProgress){.step = run->step,
                         .epoch = run->epoch,
                         .loss = (float)loss,
                         .accuracy = (float)correct / (float)N,
                         .lr = t->scheduler.lr};
  run->loss_sum += loss;
  run->last_lr = t->scheduler.lr;
  if (!isfinite(record->loss))
    return false;
  nn_objective_gradient(&t->objective, &batch);
  update_weights(t, &batch, loss);
  if (t->scheduler.interval == NN_INTERVAL_BATCH)
    nn_scheduler_step(&t->scheduler, loss);
  return true;
}

/* ---- epochs ---- */

static const _Atomic bool *aborted(const Run *run)
{
  return run->observer ? nn_observer_aborted(run->observer) : NULL;
}

static double watched(const Run *run, const NnEpoch *epoch)
{
  switch (run->t->watch) {
  case WATCH_TEST_LOSS:
    return epoch->test_loss;
  case WATCH_TEST_ACCURACY:
    return epoch->test_accuracy;
  case WATCH_VALIDATION_LOSS:
    return epoch->validation_loss;
  case WATCH_VALIDATION_ACCURACY:
    return epoch->validation_accuracy;
  default:
    return epoch->loss;
  }
}

/* Evaluates, records the epoch and steps the schedule. */
static bool end_epoch(Run *run, NnEpoch *history, NnError *err)
{
  NnTrainer *t = run->t;
  double seconds = now() - run->started;
  NnEpoch epoch = {.epoch = run->epoch,
                   .last_step = run->step - 1,
                   .loss = run->loss_sum / (double)run->in_epoch,
                   .lr = run->last_lr,
                   .test_accuracy = NAN,
                   .test_loss = NAN,
                   .validation_accuracy = NAN,
                   .validation_loss = NAN,
                   .seconds = seconds,
                   .iterations_per_second = (double)run->in_epoch / seconds};
  run->result->seconds += seconds;
  if (t->validation) {
    NnMetrics validation;
    if (!nn_evaluate(t->model, t->validation, NULL, NULL, aborted(run), &validation, err))
      return false;
    epoch.validation_accuracy = validation.accuracy;
    epoch.validation_loss = validation.loss;
  }
  if (t->options.test) {
    if (!nn_evaluate(t->model, t->options.test, NULL, NULL, aborted(run), &run->test, err))
      return false;
    epoch.test_accuracy = run->test.accuracy;
    epoch.test_loss = run->test.loss;
  }
  if (history)
    history[run->epoch] = epoch;
  if (run->observer)
    nn_observer_record_epoch(run->observer, &epoch);
  if (run->in_epoch == t->steps_per_epoch) {
    run->result->epochs++;
    if (t->scheduler.interval == NN_INTERVAL_EPOCH)
      nn_scheduler_step(&t->scheduler, watched(run, &epoch));
  }
  return true;
}

static bool not_finite(const Run *run, NnError *err)
{
  return nn_fail(err, NN_ERR_NONFINITE, "loss",
                 "The loss stopped being finite at step %llu (epoch %u): training has diverged. A "
                 "smaller learning rate usually helps.",
                 (unsigned long long)run->step, run->epoch + 1);
}

/* Time spent in a pause does not count as the epoch's. */
static bool asked_to_stop(Run *run)
{
  if (!run->observer)
    return false;
  bool paused = nn_observer_is_paused(run->observer);
  double before = paused ? now() : 0;
  NnOrder order = nn_observer_between_batches(run->observer, run->t->model, run->step, run->epoch);
  if (paused)
    run->started += now() - before;
  return order == NN_STOP;
}

/* The batches of one epoch; *stopped when asked to, or when max_steps is reached. */
static bool run_batches(Run *run, bool *stopped, NnError *err)
{
  NnTrainer *t = run->t;
  for (size_t batch = 0; batch < t->steps_per_epoch && run->step < t->n_steps; batch++) {
    if (asked_to_stop(run)) {
      *stopped = true;
      return true;
    }
    NnProgress record;
    bool finite = train_batch(run, batch, &record);
    if (run->observer)
      nn_observer_record(run->observer, &record);
    if (!finite)
      return not_finite(run, err);
    run->step++;
    run->in_epoch++;
  }
  return true;
}

static bool run_epochs(Run *run, NnEpoch *history, NnError *err)
{
  NnTrainer *t = run->t;
  for (run->epoch = 0; run->epoch < t->n_epochs && run->step < t->n_steps; run->epoch++) {
    bool stopped = false;
    nn_sampler_epoch(t->sampler, &t->mt);
    if (t->options.train->expect)
      t->options.train->expect(t->options.train, nn_sampler_order(t->sampler),
                               t->options.train->n_samples, run->epoch);
    run->loss_sum = 0;
    run->in_epoch = 0;
    run->started = now();
    bool ok = run_batches(run, &stopped, err);
    run->result->steps = run->step;
    run->result->stopped = stopped;
    if (!ok || !t->options.backend->ops->sync(t->options.backend, err))
      return false;
    if (run->in_epoch > 0 && !end_epoch(run, history, err))
      return false;
    if (stopped)
      return true;
  }
  return true;
}

static bool final_metrics(Run *run, NnError *err)
{
  NnTrainer *t = run->t;
  run->result->test = run->test;
  if (t->options.test && run->step == 0 &&
      !nn_evaluate(t->model, t->options.test, NULL, NULL, aborted(run), &run->result->test, err))
    return false;
  return nn_evaluate(t->model, t->train, NULL, NULL, aborted(run), &run->result->train, err);
}

bool nn_trainer_run(NnTrainer *trainer, NnObserver *observer, NnEpoch *history, NnResult *result,
                    NnError *err)
{
  NnError local;
  Run run = {.t = trainer, .observer = observer, .result = result};
  run.test.accuracy = run.test.loss = NAN;
  *result = (NnResult){0};
  result->train.accuracy = result->train.loss = NAN;
  result->test = run.test;
  err = err ? err : &local;
  bool ok = run_epochs(&run, history, err);
  if (observer)
    nn_observer_snapshot(observer, trainer->model, run.step, run.epoch);
  ok = ok && final_metrics(&run, err);
  if (!ok && err->status == NN_ERR_CANCELLED) { /* aborted while evaluating: a stop, no failure */
    result->stopped = true;
    return true;
  }
  return ok;
}
