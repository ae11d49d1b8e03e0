/* trainer-measure.c: how fast a trainer is, for choosing a device. */
#include "trainer-private.h"
#include <stdatomic.h>

static bool stopped(const NnSpeedRequest *request)
{
  return request->stop && atomic_load_explicit(request->stop, memory_order_relaxed);
}

static void next_epoch(Run *run)
{
  NnTrainer *t = run->t;
  if (run->step > 0)
    run->epoch++;
  nn_sampler_epoch(t->sampler, &t->mt);
  nn_source_expect(nn_sampler_order(t->sampler), run->epoch);
  run->in_epoch = 0;
}

/* Steps until the time is over, or `most` have been done, or the run. */
static bool train_for(Run *run, double seconds, uint64_t most, const NnSpeedRequest *request,
                      NnError *err)
{
  NnTrainer *t = run->t;
  uint64_t first = run->step;
  double end = nn_trainer_now() + seconds;
  while (run->step - first < most && run->step < t->n_steps && nn_trainer_now() < end &&
         !stopped(request)) {
    size_t n;
    if (run->in_epoch == t->steps_per_epoch)
      next_epoch(run);
    if (!nn_trainer_steps(run, run->in_epoch, most - (run->step - first), &n, err))
      return false;
  }
  return nn_trainer_collect(run, err);
}

bool nn_trainer_measure(NnTrainer *trainer, const NnSpeedRequest *request, NnSpeed *speed,
                        NnError *err)
{
  NnResult result;
  NnError why = {0};
  Run run = {.t = trainer, .result = &result, .ahead = 1, .collected = nn_trainer_now()};
  run.in_epoch = trainer->steps_per_epoch;
  NnFloatMode mode = nn_trainer_float_mode(trainer);
  nn_trainer_settle(trainer);
  bool ok = request->warm_up == 0 || train_for(&run, request->warm_up, UINT64_MAX, request, &why);
  uint64_t before = run.step;
  double start = nn_trainer_now();
  ok = ok && train_for(&run, request->seconds,
                       request->most_steps ? request->most_steps : UINT64_MAX, request, &why);
  nn_float_mode_set(mode);
  *speed = (NnSpeed){.steps = run.step - before, .seconds = nn_trainer_now() - start};
  if (ok && stopped(request))
    return nn_fail(err, NN_ERR_CANCELLED, NULL, "The measurement was stopped.");
  if (ok || (why.status == NN_ERR_NONFINITE && speed->steps > 0))
    return true;
  if (err)
    *err = why;
  return false;
}
