/* trainer-run.c: a run from where the trainer stands to its end, and what is reported of it. */
#include "clock.h"
#include "diagnose.h"
#include "trainer-loop.h"
#include "trainer-save.h"

static bool final_metrics(NnSession *session, NnError *err)
{
  NnTrainer *t = session->t;
  NnResult *result = session->result;
  if (t->options.test && !session->tested &&
      !nn_session_evaluate(session, t->options.test, &t->test_bytes, &result->test, err))
    return false;
  if (!nn_session_evaluate(session, t->evaluated, nn_session_evaluated_bytes(t), &result->train,
                           err))
    return false;
  /* No step has followed the last update that could have seen what became of it. */
  const NnCursor *cursor = &t->cursor;
  NnStep next = {.step = cursor->step, .lr = cursor->lr};
  next.epoch = (uint32_t)(cursor->step > 0 ? (cursor->step - 1) / t->steps_per_epoch : 0);
  bool finite = isfinite(result->train.loss) && (!t->options.test || isfinite(result->test.loss));
  return finite || nn_diagnose_weights(&t->stepper, &next, err);
}

bool nn_trainer_run(NnTrainer *trainer, NnObserver *observer, NnEpoch *history, NnResult *result,
                    NnError *err)
{
  NnError local;
  const NnMetrics unknown = {.accuracy = NAN, .loss = NAN};
  NnSession session = {.t = trainer,
                       .observer = observer,
                       .history = history,
                       .result = result,
                       .evaluates = true,
                       .deadline = INFINITY,
                       .last_step = trainer->n_steps,
                       .unsaved = true};
  *result = (NnResult){.steps = trainer->cursor.step,
                       .epochs = (uint32_t)trainer->cursor.epoch,
                       .train = unknown,
                       .test = unknown};
  err = err ? err : &local;
  NnFloatMode mode = nn_stepper_float_mode(&trainer->stepper);
  bool ok = nn_session_train(&session, err);
  bool cancelled = !ok && err->status == NN_ERR_CANCELLED;
  if (ok || err->status != NN_ERR_DEVICE)
    nn_session_give_snapshot(&session);
  if (ok || cancelled)
    nn_session_give_checkpoint(&session);
  ok = ok && final_metrics(&session, err);
  nn_float_mode_set(mode);
  if (!ok && err->status == NN_ERR_CANCELLED) { /* aborted while evaluating: a stop, no failure */
    result->stopped = true;
    return true;
  }
  return ok;
}

NnObserverSpec nn_trainer_observer_spec(NnTrainer *trainer)
{
  return (NnObserverSpec){.n_params = nn_model_n_params(trainer->stepper.model),
                          .n_buffers = nn_model_n_buffers(trainer->stepper.model),
                          .n_epochs = trainer->n_epochs + 1, /* one may be cut short, and go on */
                          .checkpoint_bytes = nn_trainer_most_bytes(trainer)};
}
