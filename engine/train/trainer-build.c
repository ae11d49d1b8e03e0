/* trainer-build.c: making a trainer: everything that can fail, and all memory of the loop. */
#include "engine/machine.h"
#include "engine/mem.h"
#include "trainer-state.h"

/* ---- building ---- */

/* Sets the training set's validation part aside, if the recipe asks for one. */
static bool init_sets(NnTrainer *t, NnError *err)
{
  double fraction = nn_config_number(nn_config_child(t->recipe, "data"), "validation_fraction");
  t->train = t->options.train;
  if (!t->options.train_evaluated)
    t->options.train_evaluated = t->train;
  t->evaluated = t->options.train_evaluated;
  if (fraction == 0)
    return true;
  if (t->train->n_samples == 0) { /* nn_trainer_check(): how many there will be is not known */
    t->validation = t->train;
    return true;
  }
  if (!nn_random_split_new(t->options.train, fraction, nn_config_seed(t->recipe, "seed"), &t->split,
                           err))
    return false;
  t->judged[0] = nn_subset_of(&t->split.train, t->evaluated);
  t->judged[1] = nn_subset_of(&t->split.validation, t->evaluated);
  t->train = &t->split.train.source;
  t->evaluated = &t->judged[0].source;
  t->validation = &t->judged[1].source;
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
  t->n_epochs = (uint32_t)nn_config_int(nn_config_child(t->recipe, "loop"), "epochs");
  if (nn_param_index(scheduler->kind->params, "metric") >= 0)
    t->watch = (Watch)nn_config_int(scheduler, "metric");
  return init_sets(t, err) && check_watch(t, err);
}

static bool init_order(NnTrainer *t, NnError *err)
{
  const NnConfig *data = nn_config_child(t->recipe, "data");
  size_t n = t->train->n_samples, batch = (size_t)nn_config_int(data, "batch_size");
  bool drop_last = nn_config_bool(data, "drop_last");
  if (!nn_sampler_new(t->train, batch, nn_config_bool(data, "shuffle"), drop_last, &t->sampler,
                      err))
    return false;
  t->steps_per_epoch = nn_sampler_n_batches(t->sampler);
  t->n_steps = t->steps_per_epoch * t->n_epochs;
  if (t->options.max_steps > 0 && t->options.max_steps < t->n_steps)
    t->n_steps = t->options.max_steps;
  bool whole = drop_last || n % batch == 0 || t->n_steps < t->steps_per_epoch;
  size_t smallest = whole ? batch : n % batch; /* of the batches that this run gets to */
  for (int i = 0; i < nn_model_n_layers(t->stepper.model); i++) {
    const NnLayer *layer = nn_model_layer(t->stepper.model, i);
    if (smallest < layer->plan.min_batch)
      return nn_fail(err, NN_ERR_SHAPE, "data.batch_size",
                     "data.batch_size is %zu, which leaves a last batch of %zu of the %zu samples, "
                     "but %s needs at least %zu samples per batch in training; choose another size "
                     "or turn drop_last on.",
                     batch, smallest, n, layer->kind->kind.name, layer->plan.min_batch);
  }
  return true;
}

static bool new_schedule(const NnTrainer *t, NnScheduler *scheduler, NnError *err)
{
  const NnOptimizerKind *kind = t->stepper.optimizer.kind;
  NnSchedulerContext context = {.steps_per_epoch = t->steps_per_epoch,
                                .n_epochs = t->n_epochs,
                                .most_steps = t->n_steps,
                                .optimizer = kind->kind.name,
                                .has_momentum = kind->momentum >= 0};
  return nn_scheduler_init(scheduler, nn_config_child(t->recipe, "scheduler"),
                           t->stepper.optimizer.base_lr, &context, err);
}

/* Where an optimizer must not go from no momentum to some, the schedule is walked through. */
static bool check_momentum(const NnTrainer *t, NnError *err)
{
  NnScheduler walk;
  const char *name = t->stepper.optimizer.kind->kind.name;
  if (!t->stepper.optimizer.kind->starts_with_momentum || !(t->scheduler.momentum <= 0))
    return true;
  if (!new_schedule(t, &walk, err))
    return false;
  uint64_t each = walk.interval == NN_INTERVAL_BATCH ? 1 : t->steps_per_epoch, step = 0;
  while (step < t->n_steps && !(walk.momentum > 0)) {
    nn_scheduler_step(&walk, NAN);
    step += each;
  }
  double momentum = walk.momentum;
  nn_scheduler_clear(&walk);
  return step >= t->n_steps ||
         nn_fail(err, NN_ERR_ARG, "scheduler",
                 "scheduler starts with a momentum of %g and has %g at step %llu; %s creates its "
                 "momentum buffer at its first step only (PyTorch raises a KeyError then). Let the "
                 "schedule start with a momentum above 0, or turn cycle_momentum off.",
                 t->scheduler.momentum, momentum, (unsigned long long)step, name);
}

/* After init_order(): the schedule may have to know how long the run is. Cycling switches the
 * momentum of a plain SGD on, so the optimizer's state is counted anew. */
static bool init_schedule(NnTrainer *t, NnError *err)
{
  if (!new_schedule(t, &t->scheduler, err) || !check_momentum(t, err))
    return false;
  nn_stepper_apply(&t->stepper, t->scheduler.lr, t->scheduler.momentum);
  if (!isnan(t->scheduler.momentum))
    nn_optimizer_cycles_momentum(&t->stepper.optimizer);
  return !t->stepper.optimizer.kind->can_start ||
         t->stepper.optimizer.kind->can_start(&t->stepper.optimizer, err);
}

/* Evaluation goes through the training model. */
static bool draft_stepper(NnTrainer *t, NnError *err)
{
  size_t batch = (size_t)nn_config_int(nn_config_child(t->recipe, "data"), "batch_size");
  size_t evaluated = nn_model_evaluation_batch(t->recipe, t->train->shape);
  NnModelOptions options = {.recipe = t->recipe,
                            .input = t->train->shape,
                            .n_classes = t->train->n_classes,
                            .batch_size = batch > evaluated ? batch : evaluated,
                            .backend = t->options.backend};
  return nn_stepper_draft(&t->stepper, &options, err);
}

/* The last batch of `n` samples must not be too small for a layer that evaluates with the batch's
 * own statistics. n 0: not known. */
static bool check_evaluated(const NnTrainer *t, const NnLayer *layer, size_t n, NnError *err)
{
  size_t size = nn_model_evaluated(t->stepper.model), last = n % size ? n % size : size;
  if (!layer->plan.batch_statistics || n == 0 || last >= layer->plan.min_batch)
    return true;
  return nn_fail(err, NN_ERR_ARG, "data.test_batch_size",
                 "data.test_batch_size is %zu, which leaves a batch of %zu of the %zu samples to "
                 "be evaluated, but %s (%s) without running statistics needs more than 1 value per "
                 "channel; choose another size or turn track_running_stats on.",
                 size, last, n, layer->where, layer->kind->kind.name);
}

static bool check_evaluations(const NnTrainer *t, NnError *err)
{
  const NnSource *sets[] = {t->options.test, t->evaluated, t->validation};
  for (int i = 0; i < nn_model_n_layers(t->stepper.model); i++)
    for (int k = 0; k < 3; k++)
      if (sets[k] &&
          !check_evaluated(t, nn_model_layer(t->stepper.model, i), sets[k]->n_samples, err))
        return false;
  return true;
}

/* ---- memory ---- */

/* Of a run in host memory, with the copies for who watches: the weights, and where there are
 * checkpoints these again with the optimizer's state, and the order of an epoch's samples. */
static uint64_t wanted_bytes(const NnTrainer *t, size_t batch)
{
  uint64_t learned = nn_model_n_params(t->stepper.model) + nn_model_n_buffers(t->stepper.model);
  uint64_t state = (uint64_t)t->stepper.optimizer.n_state * nn_model_n_params(t->stepper.model);
  uint64_t copy = learned * sizeof(nn_real);
  if (t->options.checkpoints)
    copy += (learned + state) * sizeof(nn_real) + t->train->n_samples * sizeof(uint32_t);
  return nn_stepper_bytes(&t->stepper, batch) + NN_OBSERVER_COPIES * copy;
}

static bool check_memory(const NnTrainer *t, NnError *err)
{
  char sum[NN_BYTES_TEXT], room[NN_BYTES_TEXT];
  size_t batch = (size_t)nn_config_int(nn_config_child(t->recipe, "data"), "batch_size");
  uint64_t bytes = wanted_bytes(t, batch);
  if (!t->options.backend || !t->options.backend->host_memory || nn_machine_has(bytes))
    return true;
  return nn_fail(
      err, NN_ERR_NOMEM, "network",
      "This run would take %s of memory (%zu parameters, %zu samples at a time, %s), but "
      "only %s are free: make the network smaller, or %s.",
      nn_bytes_text(bytes, sum), nn_model_n_params(t->stepper.model),
      nn_model_batch_size(t->stepper.model), t->stepper.optimizer.kind->kind.name,
      nn_bytes_text(nn_machine_memory(), room),
      batch < nn_model_batch_size(t->stepper.model) ? "data.test_batch_size" : "data.batch_size");
}

static bool init_model(NnTrainer *t, NnError *err)
{
  nn_mt_seed(&t->mt, nn_config_seed(t->recipe, "seed"));
  return nn_model_alloc(t->stepper.model, err) && nn_model_init(t->stepper.model, &t->mt, err);
}

/* ReduceLROnPlateau may follow the loss from batch to batch. */
static bool init_steps(NnTrainer *t, NnError *err)
{
  const NnScheduler *scheduler = &t->scheduler;
  bool follows_loss = scheduler->interval == NN_INTERVAL_BATCH &&
                      nn_param_index(scheduler->kind->kind.params, "metric") >= 0;
  size_t batch = (size_t)nn_config_int(nn_config_child(t->recipe, "data"), "batch_size");
  return nn_stepper_alloc(&t->stepper, t->train, batch, follows_loss, err);
}

/* All that can be refused, before any memory worth speaking of is asked for. */
static bool plan_run(NnTrainer *t, NnError *err)
{
  t->recipe = nn_config_copy(t->options.recipe, err);
  return t->recipe && nn_config_check(t->recipe, "", err) && init_rules(t, err) &&
         draft_stepper(t, err) && check_evaluations(t, err) &&
         (t->train->n_samples == 0 || (init_order(t, err) && init_schedule(t, err))) &&
         check_memory(t, err);
}

bool nn_trainer_check(const NnTrainerOptions *options, NnError *err)
{
  NnTrainer *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the run");
  self->options = *options;
  bool ok = plan_run(self, err);
  nn_trainer_free(self);
  return ok;
}

bool nn_trainer_new(const NnTrainerOptions *options, NnTrainer **trainer, NnError *err)
{
  NnTrainer *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the run");
  self->options = *options;
  if (!plan_run(self, err) || !init_model(self, err) || !init_steps(self, err)) {
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
  nn_stepper_clear(&trainer->stepper);
  nn_resident_clear(&trainer->train_bytes);
  nn_resident_clear(&trainer->evaluated_bytes);
  nn_resident_clear(&trainer->test_bytes);
  nn_sampler_free(trainer->sampler);
  nn_scheduler_clear(&trainer->scheduler);
  nn_random_split_clear(&trainer->split);
  nn_config_free(trainer->recipe);
  nn_free(trainer);
}

NnModel *nn_trainer_model(NnTrainer *trainer)
{
  return trainer->stepper.model;
}

void nn_trainer_sync(NnTrainer *trainer)
{
  nn_stepper_sync(&trainer->stepper);
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
