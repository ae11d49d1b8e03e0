/* trainer-loop.c: see trainer-loop.h.
 *
 * Everything is allocated in nn_trainer_new(), trainer-build.c; the loop allocates nothing, locks
 * nothing and makes no system call unless somebody steers the run or the device is another one than
 * the processor. */
#include "trainer-loop.h"
#include "clock.h"
#include "diagnose.h"
#include "evaluate.h"
#include "trainer-save.h"
#include <stdatomic.h>

/* ---- the device ---- */

/* Once, on the thread that trains: takes the data to a device with memory of its own, and asks it
 * for a way of its own to do a whole step. */
static void prepare_device(NnTrainer *t)
{
  const NnBackend *backend = t->options.backend;
  if (t->device_prepared)
    return;
  t->device_prepared = true;
  nn_resident_init(&t->train_bytes, backend, t->options.train);
  if (t->options.train_evaluated != t->options.train)
    nn_resident_init(&t->evaluated_bytes, backend, t->options.train_evaluated);
  if (t->options.test)
    nn_resident_init(&t->test_bytes, backend, t->options.test);
  nn_stepper_use(&t->stepper, &t->train_bytes);
}

/* ---- what the observer is given ---- */

void nn_session_give_snapshot(const NnSession *session)
{
  const NnCursor *cursor = &session->t->cursor;
  if (!session->observer)
    return;
  nn_stepper_sync(&session->t->stepper);
  NnSnapshot *snapshot = nn_observer_snapshot_to_fill(session->observer);
  nn_model_snapshot(session->t->stepper.model, snapshot);
  snapshot->step = cursor->step;
  snapshot->epoch = (uint32_t)cursor->epoch;
  nn_observer_publish_snapshot(session->observer);
}

void nn_session_give_checkpoint(NnSession *session)
{
  unsigned char *bytes =
      session->observer ? nn_observer_checkpoint_to_fill(session->observer) : NULL;
  if (!bytes || !session->unsaved)
    return;
  size_t size = nn_trainer_write(session->t, bytes);
  nn_observer_publish_checkpoint(session->observer, size);
  session->unsaved = false;
}

static void record_steps(NnSession *session, const NnInFlight *done, size_t n)
{
  const NnCursor *cursor = &session->t->cursor;
  if (!session->observer || n == 0)
    return;
  double seconds = cursor->seconds + nn_seconds() - session->epoch_began;
  for (size_t i = 0; i < n; i++) {
    const NnStep *step = &done[i].step;
    NnProgress record = {.step = step->step,
                         .epoch = step->epoch,
                         .lr = step->lr,
                         .seconds = seconds,
                         .loss = (float)done[i].result.loss,
                         .accuracy = (float)done[i].result.correct / (float)step->N};
    nn_observer_record(session->observer, &record);
    if (!isfinite(record.loss))
      return;
  }
}

/* ---- steps ---- */

/* Hands on what the steps in flight have given; *loss, if not NULL, of the last one. */
static bool collect(NnSession *session, double *loss, NnError *err)
{
  NnTrainer *t = session->t;
  NnCursor *cursor = &t->cursor;
  const NnInFlight *done;
  size_t n;
  if (!nn_stepper_collect(&t->stepper, &done, &n, err)) {
    cursor->step = done[0].step.step;
    return false;
  }
  record_steps(session, done, n);
  for (size_t i = 0; i < n; i++) {
    cursor->loss_sum += done[i].result.loss;
    if (!isfinite((float)done[i].result.loss)) {
      cursor->step = done[i].step.step;
      return nn_diagnose_step(&t->stepper, &done[i].step, err);
    }
    if (loss)
      *loss = done[i].result.loss;
  }
  return true;
}

static void begin_epoch(NnTrainer *t)
{
  nn_sampler_epoch(t->sampler, &t->mt);
  t->cursor.loss_sum = 0;
}

/* The source may work ahead: these are the epoch's samples that are still to come. */
static void announce(NnSession *session)
{
  NnTrainer *t = session->t;
  size_t n, batch = (size_t)t->cursor.batch;
  NnSampleOrder order = nn_sampler_order(t->sampler);
  size_t first = (size_t)(nn_sampler_batch(t->sampler, batch, &n) - order.indices);
  order.indices += first;
  order.n -= first;
  nn_source_expect(order, (uint32_t)t->cursor.epoch);
  session->announced = true;
}

static bool do_step(NnSession *session, NnError *err)
{
  NnTrainer *t = session->t;
  NnCursor *cursor = &t->cursor;
  double loss = NAN;
  if (cursor->batch == 0)
    begin_epoch(t);
  if (cursor->batch == 0 || !session->announced)
    announce(session);
  NnStep step = {.step = cursor->step,
                 .epoch = (uint32_t)cursor->epoch,
                 .lr = t->scheduler.lr,
                 .momentum = t->scheduler.momentum};
  step.samples = nn_sampler_batch(t->sampler, (size_t)cursor->batch, &step.N);
  cursor->step++;
  cursor->batch++;
  cursor->lr = step.lr;
  session->unsaved = true;
  session->tested = false;
  if (!nn_stepper_begin(&t->stepper, &step, err)) {
    cursor->step = step.step;
    return false;
  }
  if (nn_stepper_is_full(&t->stepper) && !collect(session, &loss, err))
    return false;
  if (t->scheduler.interval == NN_INTERVAL_BATCH)
    nn_scheduler_step(&t->scheduler, t->stepper.needs_loss_before_update ? loss : (double)NAN);
  return true;
}

/* ---- orders ---- */

/* They act where nothing is in flight. Time spent in a pause does not count as the epoch's. */
static bool obey(NnSession *session, NnError *err)
{
  NnOrder order;
  if (!session->observer || !nn_observer_has_orders(session->observer))
    return true;
  if (!collect(session, NULL, err))
    return false;
  bool paused = nn_observer_is_paused(session->observer);
  double before = paused ? nn_seconds() : 0;
  while ((order = nn_observer_next_order(session->observer)) == NN_ORDER_SNAPSHOT)
    nn_session_give_snapshot(session);
  session->result->stopped = order == NN_ORDER_STOP;
  if (paused)
    session->epoch_began += nn_seconds() - before;
  return true;
}

static bool is_over(const NnSession *session)
{
  const NnTrainer *t = session->t;
  if (session->stop && atomic_load_explicit(session->stop, memory_order_relaxed))
    return true;
  return session->result->stopped || t->cursor.step >= session->last_step ||
         (isfinite(session->deadline) && nn_seconds() >= session->deadline);
}

/* What is left of an epoch's batches, or of the session's. */
static bool run_batches(NnSession *session, NnError *err)
{
  NnTrainer *t = session->t;
  while (t->cursor.batch < t->steps_per_epoch) {
    if (!obey(session, err))
      return false;
    if (is_over(session))
      break;
    if (!do_step(session, err))
      return false;
  }
  return collect(session, NULL, err);
}

/* ---- epochs ---- */

bool nn_session_evaluate(const NnSession *session, const NnSource *source,
                         const NnResident *resident, NnMetrics *metrics, NnError *err)
{
  NnEvaluation wanted = {.stop = session->observer ? nn_observer_aborted(session->observer) : NULL,
                         .resident = resident};
  nn_stepper_sync(&session->t->stepper);
  return nn_evaluate_resident(session->t->stepper.model, source, &wanted, metrics, err);
}

const NnResident *nn_session_evaluated_bytes(const NnTrainer *t)
{
  return t->evaluated_bytes.pixels ? &t->evaluated_bytes : &t->train_bytes;
}

static bool evaluate_epoch(NnSession *session, NnEpoch *epoch, NnError *err)
{
  NnTrainer *t = session->t;
  NnMetrics metrics;
  if (t->validation) {
    if (!nn_session_evaluate(session, t->validation, nn_session_evaluated_bytes(t), &metrics, err))
      return false;
    epoch->validation_accuracy = metrics.accuracy;
    epoch->validation_loss = metrics.loss;
  }
  if (t->options.test) {
    if (!nn_session_evaluate(session, t->options.test, &t->test_bytes, &metrics, err))
      return false;
    epoch->test_accuracy = metrics.accuracy;
    epoch->test_loss = metrics.loss;
    session->result->test = metrics;
    session->tested = true;
  }
  return true;
}

static double watched(const NnTrainer *t, const NnEpoch *epoch)
{
  switch (t->watch) {
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

/* Evaluates and records an epoch, or the part of one that a session got to. */
static bool record_epoch(NnSession *session, NnEpoch *epoch, NnError *err)
{
  const NnCursor *cursor = &session->t->cursor;
  *epoch = (NnEpoch){.epoch = (uint32_t)cursor->epoch,
                     .last_step = cursor->step - 1,
                     .loss = cursor->loss_sum / (double)cursor->batch,
                     .lr = cursor->lr,
                     .test_accuracy = NAN,
                     .test_loss = NAN,
                     .validation_accuracy = NAN,
                     .validation_loss = NAN,
                     .seconds = cursor->epoch_seconds,
                     .iterations_per_second = (double)cursor->batch / cursor->epoch_seconds};
  if (session->evaluates && !evaluate_epoch(session, epoch, err))
    return false;
  if (session->history)
    session->history[cursor->epoch] = *epoch;
  if (session->observer)
    nn_observer_record_epoch(session->observer, epoch);
  return true;
}

/* A checkpoint of an epoch that was cut short comes before its evaluation, which may take a while;
 * one of a whole epoch after what the evaluation makes of the schedule. */
static bool end_epoch(NnSession *session, NnError *err)
{
  NnTrainer *t = session->t;
  NnCursor *cursor = &t->cursor;
  NnEpoch epoch;
  bool whole = cursor->batch == t->steps_per_epoch;
  if (!whole)
    nn_session_give_checkpoint(session);
  if (!record_epoch(session, &epoch, err))
    return false;
  if (!whole)
    return true;
  if (t->scheduler.interval == NN_INTERVAL_EPOCH)
    nn_scheduler_step(&t->scheduler, watched(t, &epoch));
  cursor->epoch++;
  cursor->batch = 0;
  cursor->loss_sum = cursor->epoch_seconds = 0;
  cursor->seconds += epoch.seconds;
  nn_session_give_checkpoint(session);
  return true;
}

/* One epoch, from where it stands. */
static bool run_epoch(NnSession *session, NnError *err)
{
  NnTrainer *t = session->t;
  NnCursor *cursor = &t->cursor;
  session->epoch_began = nn_seconds() - cursor->epoch_seconds;
  bool ok = run_batches(session, err);
  cursor->epoch_seconds = nn_seconds() - session->epoch_began;
  ok = ok && t->options.backend->ops->sync(t->options.backend, err);
  session->result->steps = cursor->step;
  session->result->seconds = cursor->seconds + cursor->epoch_seconds;
  ok = ok && (cursor->batch == 0 || end_epoch(session, err));
  session->result->epochs = (uint32_t)cursor->epoch;
  return ok;
}

bool nn_session_train(NnSession *session, NnError *err)
{
  NnTrainer *t = session->t;
  NnCursor *cursor = &t->cursor;
  prepare_device(t);
  /* An epoch whose evaluation was broken off has all its batches, and lacks its end. */
  while (cursor->epoch < t->n_epochs && (!is_over(session) || cursor->batch == t->steps_per_epoch))
    if (!run_epoch(session, err))
      return false;
  return true;
}
