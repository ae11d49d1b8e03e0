/* trainer-measure.c: how fast a trainer is, for choosing a device. */
#include "clock.h"
#include "trainer-loop.h"
#include <stdatomic.h>

/* Trains for so long, or until `most` steps have been done, or the run. */
static bool train_for(NnSession *session, double seconds, uint64_t most, NnError *err)
{
  NnTrainer *t = session->t;
  uint64_t left = t->n_steps - t->cursor.step;
  session->last_step = t->cursor.step + (most < left ? most : left);
  session->deadline = nn_seconds() + seconds;
  return nn_session_train(session, err);
}

bool nn_trainer_measure(NnTrainer *trainer, const NnSpeedRequest *request, NnSpeed *speed,
                        NnError *err)
{
  NnResult result = {0};
  NnError why = {0};
  NnSession session = {.t = trainer, .result = &result, .stop = request->stop};
  NnFloatMode mode = nn_stepper_float_mode(&trainer->stepper);
  bool ok = request->warm_up == 0 || train_for(&session, request->warm_up, UINT64_MAX, &why);
  uint64_t before = trainer->cursor.step;
  double start = nn_seconds();
  ok = ok && train_for(&session, request->seconds,
                       request->most_steps ? request->most_steps : UINT64_MAX, &why);
  nn_float_mode_set(mode);
  *speed = (NnSpeed){.steps = trainer->cursor.step - before, .seconds = nn_seconds() - start};
  if (ok && request->stop && atomic_load_explicit(request->stop, memory_order_relaxed))
    return nn_fail(err, NN_ERR_CANCELLED, NULL, "The measurement was stopped.");
  if (ok || (why.status == NN_ERR_NONFINITE && speed->steps > 0))
    return true;
  if (err)
    *err = why;
  return false;
}
