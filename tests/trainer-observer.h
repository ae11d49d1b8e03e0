/* trainer-observer.h: an observer of a trainer's run, for tests. */
#pragma once
#include "engine/train/trainer.h"

static inline bool observe(NnTrainer *trainer, bool lossless, NnObserver **observer, NnError *err)
{
  NnObserverSpec spec = nn_trainer_observer_spec(trainer);
  spec.lossless = lossless;
  return nn_observer_new(&spec, observer, err);
}
