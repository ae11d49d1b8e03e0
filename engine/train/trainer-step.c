/* trainer-step.c: one training step; begin_step() is the tutorial's five lines.
 *
 *   zero_grad   backward overwrites the gradients (accumulate = false)
 *   forward     nn_model_forward()
 *   loss        loss kind, plus penalties: objective.c
 *   backward    nn_model_backward(), then clipping
 *   step        optimizer, then scheduler
 *
 * Losses come back later, several steps at a time, where the backend can have several under way:
 * as many as it allows, but not so many that curves and orders would lag. */
#include "observer.h"
#include "trainer-private.h"
#include <time.h>

/* Seconds of work that may be under way. */
static const double MOST_AHEAD = 0.02;

double nn_trainer_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

NnFloatMode nn_trainer_float_mode(const NnTrainer *t)
{
  const NnConfig *optimizer = nn_config_child(t->recipe, "optimizer");
  return nn_optimizer_sees_denormals(&t->optimizer, optimizer) ? nn_float_mode_keep()
                                                               : nn_float_mode_flush();
}

/* ---- the batch ---- */

NnObjectiveBatch nn_trainer_batch(const Run *run, size_t index)
{
  NnTrainer *t = run->t;
  const NnBackend *backend = t->options.backend;
  NnPass pass = {.backend = backend, .training = true, .seed = t->seed, .epoch = run->epoch};
  pass.sample_ids = nn_sampler_batch(t->sampler, index, &pass.N);
  nn_batch_loader_load(&t->feed, pass.sample_ids, pass.N, run->epoch);
  const NnLoss *loss = &t->objective.loss;
  return (NnObjectiveBatch){.pass = pass,
                            .x = t->feed.device_x,
                            .labels = t->feed.device_labels,
                            .divisor = loss->kind->divisor(loss, pass.N, t->feed.labels)};
}

/* ---- results ---- */

void nn_trainer_add_under_way(Run *run, size_t n)
{
  const NnTrainer *t = run->t;
  t->under_way[run->n_under_way++] =
      (UnderWay){.record = {.step = run->step, .epoch = run->epoch, .lr = t->scheduler.lr}, .n = n};
  run->last_lr = t->scheduler.lr;
  run->step++;
  run->in_epoch++;
}

/* Fast steps go far ahead; slow ones do not, so that the window hears of them. */
static void adapt(Run *run, size_t n)
{
  size_t most = run->t->steps_ahead;
  if (most == 1)
    return;
  double now = nn_trainer_now(), fit = MOST_AHEAD * (double)n / (now - run->collected + 1e-9);
  run->collected = now;
  size_t twice = 2 * run->ahead, ahead = fit < (double)twice ? (size_t)fit : twice;
  run->ahead = ahead < 1 ? 1 : ahead > most ? most : ahead;
}

bool nn_trainer_collect(Run *run, NnError *err)
{
  NnTrainer *t = run->t;
  const NnBackend *backend = t->options.backend;
  size_t n = run->n_under_way;
  if (n == 0)
    return true;
  run->n_under_way = 0;
  if (!backend->ops->step_results(backend, t->results, n, err)) {
    run->step = t->under_way[0].record.step;
    return false;
  }
  double seconds = run->observer ? run->result->seconds + nn_trainer_now() - run->started : 0;
  for (size_t i = 0; i < n; i++) {
    NnProgress *record = &t->under_way[i].record;
    record->seconds = seconds;
    record->loss = (float)t->results[i].loss;
    record->accuracy = (float)t->results[i].correct / (float)t->under_way[i].n;
    run->loss_sum += t->results[i].loss;
    if (run->observer)
      nn_observer_record(run->observer, record);
    if (!isfinite(record->loss)) {
      run->step = record->step;
      return nn_trainer_fail_nonfinite(run, record, err);
    }
  }
  adapt(run, n);
  return true;
}

/* ---- the step ---- */

/* What an optimizer may ask for while it steps. */
typedef struct {
  NnObjective *objective;
  const NnObjectiveBatch *batch;
} Closure;

static double evaluate_again(void *user)
{
  Closure *closure = user;
  double loss = nn_objective_loss(closure->objective, closure->batch);
  nn_objective_gradient(closure->objective, closure->batch);
  return loss;
}

static void update_weights(NnTrainer *t, const NnObjectiveBatch *batch, double loss)
{
  Closure closure = {&t->objective, batch};
  t->target.loss = loss;
  t->target.closure = evaluate_again;
  t->target.user = &closure;
  nn_trainer_apply_schedule(t);
  nn_optimizer_step(&t->optimizer, &t->target);
}

static void begin_step(Run *run, size_t index)
{
  NnTrainer *t = run->t;
  const NnBackend *backend = t->options.backend;
  NnObjectiveBatch batch = nn_trainer_batch(run, index);
  backend->ops->step_begin(backend);
  nn_batch_loader_gather(&t->feed, batch.pass.N);
  nn_objective_forward(&t->objective, &batch);
  nn_objective_gradient(&t->objective, &batch);
  update_weights(t, &batch, NAN);
  backend->ops->step_end(backend);
  nn_trainer_add_under_way(run, batch.pass.N);
  if (t->scheduler.interval == NN_INTERVAL_BATCH)
    nn_scheduler_step(&t->scheduler, NAN);
}

/* For optimizers that see more than one element, which need the loss before they step, and
 * schedules that follow it. */
static bool step_alone(Run *run, size_t index, NnError *err)
{
  NnTrainer *t = run->t;
  NnObjectiveBatch batch = nn_trainer_batch(run, index);
  nn_batch_loader_gather(&t->feed, batch.pass.N);
  nn_objective_forward(&t->objective, &batch);
  nn_trainer_add_under_way(run, batch.pass.N);
  if (!nn_trainer_collect(run, err))
    return false;
  nn_objective_gradient(&t->objective, &batch);
  double loss = t->results[0].loss;
  update_weights(t, &batch, loss);
  if (t->scheduler.interval == NN_INTERVAL_BATCH)
    nn_scheduler_step(&t->scheduler, loss);
  return true;
}

bool nn_trainer_steps(Run *run, size_t index, size_t most, size_t *n, NnError *err)
{
  NnTrainer *t = run->t;
  size_t room = run->ahead - run->n_under_way;
  *n = t->whole_step ? nn_trainer_whole_steps(run, index, most < room ? most : room) : 0;
  if (*n == 0) {
    *n = 1;
    if (!t->alone)
      begin_step(run, index);
    else if (!step_alone(run, index, err))
      return false;
  }
  return run->n_under_way < run->ahead || nn_trainer_collect(run, err);
}
