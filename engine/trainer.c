/* trainer.c: the training loop; train_batch() is the tutorial's five lines.
 *
 *   zero_grad   backward overwrites the gradients (accumulate = false)
 *   forward     nn_model_forward()
 *   loss        loss kind, plus penalties: objective.c
 *   backward    nn_model_backward(), then clipping
 *   step        optimizer, then scheduler
 *
 * Everything is allocated in nn_trainer_new(), trainer-build.c; the loop allocates nothing, locks
 * nothing and makes no system call unless somebody steers the run. */
#include "observer.h"
#include "trainer-private.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

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
  nn_trainer_apply_schedule(t);
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
