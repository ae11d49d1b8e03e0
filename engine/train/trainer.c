/* trainer.c: the training loop: epochs, what happens at their ends, and orders from outside. One
 * step stands in trainer-step.c.
 *
 * Everything is allocated in nn_trainer_new(), trainer-build.c; the loop allocates nothing, locks
 * nothing and makes no system call unless somebody steers the run or the device is another one than
 * the processor. */
#include "evaluate.h"
#include "observer.h"
#include "trainer-private.h"
#include <stdatomic.h>

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

/* On `source`, whose bytes may be on the device already. */
static bool evaluate(const Run *run, const NnSource *source, const NnResident *resident,
                     NnMetrics *metrics, NnError *err)
{
  NnEvaluation wanted = {.stop = aborted(run), .resident = resident};
  return nn_evaluate_resident(run->t->model, source, &wanted, metrics, err);
}

static const NnResident *evaluated_bytes(const NnTrainer *t)
{
  return t->evaluated_bytes.pixels ? &t->evaluated_bytes : &t->train_bytes;
}

/* Evaluates, records the epoch and steps the schedule. */
static bool end_epoch(Run *run, NnEpoch *history, NnError *err)
{
  NnTrainer *t = run->t;
  double seconds = nn_trainer_now() - run->started;
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
    if (!evaluate(run, t->validation, evaluated_bytes(t), &validation, err))
      return false;
    epoch.validation_accuracy = validation.accuracy;
    epoch.validation_loss = validation.loss;
  }
  if (t->options.test) {
    if (!evaluate(run, t->options.test, &t->test_bytes, &run->test, err))
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

static void give_snapshot(const Run *run)
{
  NnSnapshot *snapshot = nn_observer_snapshot_to_fill(run->observer);
  nn_model_snapshot(run->t->model, snapshot);
  snapshot->step = run->step;
  snapshot->epoch = run->epoch;
  nn_observer_publish_snapshot(run->observer);
}

/* Orders act where nothing is under way. Time spent in a pause does not count as the epoch's. */
static bool obey(Run *run, bool *stopped, NnError *err)
{
  if (!run->observer || !nn_observer_has_orders(run->observer))
    return true;
  if (!nn_trainer_collect(run, err))
    return false;
  bool paused = nn_observer_is_paused(run->observer);
  double before = paused ? nn_trainer_now() : 0;
  NnOrder order;
  while ((order = nn_observer_next_order(run->observer)) == NN_ORDER_SNAPSHOT)
    give_snapshot(run);
  *stopped = order == NN_ORDER_STOP;
  if (paused)
    run->started += nn_trainer_now() - before;
  return true;
}

/* The batches of one epoch; *stopped when asked to, or when max_steps is reached. */
static bool run_batches(Run *run, bool *stopped, NnError *err)
{
  NnTrainer *t = run->t;
  size_t batch = 0, n;
  while (batch < t->steps_per_epoch && run->step < t->n_steps) {
    if (!obey(run, stopped, err))
      return false;
    if (*stopped)
      return true;
    bool ordered = run->observer && nn_observer_has_orders(run->observer); /* one step, perhaps */
    if (!nn_trainer_steps(run, batch, ordered ? 1 : SIZE_MAX, &n, err))
      return false;
    batch += n;
  }
  return nn_trainer_collect(run, err);
}

static bool run_epochs(Run *run, NnEpoch *history, NnError *err)
{
  NnTrainer *t = run->t;
  for (run->epoch = 0; run->epoch < t->n_epochs && run->step < t->n_steps; run->epoch++) {
    bool stopped = false;
    nn_sampler_epoch(t->sampler, &t->mt);
    nn_source_expect(nn_sampler_order(t->sampler), run->epoch);
    run->loss_sum = 0;
    run->in_epoch = 0;
    run->started = run->collected = nn_trainer_now();
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
      !evaluate(run, t->options.test, &t->test_bytes, &run->result->test, err))
    return false;
  if (!evaluate(run, t->evaluated, evaluated_bytes(t), &run->result->train, err))
    return false;
  /* No step has followed the last update that could have seen what became of it. */
  return (isfinite(run->result->train.loss) &&
          (!t->options.test || isfinite(run->result->test.loss))) ||
         nn_trainer_fail_after(run, err);
}

bool nn_trainer_run(NnTrainer *trainer, NnObserver *observer, NnEpoch *history, NnResult *result,
                    NnError *err)
{
  NnError local;
  Run run = {.t = trainer, .observer = observer, .result = result, .ahead = 1};
  run.test.accuracy = run.test.loss = NAN;
  *result = (NnResult){0};
  result->train.accuracy = result->train.loss = NAN;
  result->test = run.test;
  err = err ? err : &local;
  NnFloatMode mode = nn_trainer_float_mode(trainer);
  nn_trainer_settle(trainer);
  bool ok = run_epochs(&run, history, err);
  if (observer && (ok || err->status != NN_ERR_DEVICE))
    give_snapshot(&run);
  ok = ok && final_metrics(&run, err);
  nn_float_mode_set(mode);
  if (!ok && err->status == NN_ERR_CANCELLED) { /* aborted while evaluating: a stop, no failure */
    result->stopped = true;
    return true;
  }
  return ok;
}
