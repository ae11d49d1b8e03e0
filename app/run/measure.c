/* measure.c: see measure.h. */
#include "measure.h"

bool bp_measure(const BpMeasurement *wanted, BpSpeed *speed, NnError *err)
{
  NnTrainer *trainer = NULL;
  NnSpeed measured;
  NnTrainerOptions options = {.recipe = wanted->recipe,
                              .train = wanted->train,
                              .backend = wanted->backend,
                              .max_steps = wanted->max_steps};
  if (!nn_trainer_new(&options, &trainer, err))
    return false;
  uint64_t n = nn_trainer_steps_per_epoch(trainer), n_steps = nn_trainer_n_steps(trainer);
  NnSpeedRequest request = {.warm_up = wanted->warm_up,
                            .seconds = wanted->seconds,
                            .most_steps = wanted->one_epoch ? n : 0,
                            .stop = wanted->stop};
  bool ok = nn_trainer_measure(trainer, &request, &measured, err);
  nn_trainer_free(trainer);
  if (ok)
    *speed =
        (BpSpeed){.step_seconds = measured.steps ? measured.seconds / (double)measured.steps : 0,
                  .n_steps = n_steps,
                  .steps_per_epoch = n,
                  .whole_epoch = measured.steps >= n};
  return ok;
}
