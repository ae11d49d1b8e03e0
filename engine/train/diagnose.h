/* diagnose.h: why a loss is not finite. Private to the trainer. */
#pragma once
#include "stepper.h"

/* The loss of this step, which nothing in flight has followed, is not finite: names the first
 * tensor that is not and the cause (NN_ERR_NONFINITE). Returns false. */
bool nn_diagnose_step(NnStepper *stepper, const NnStep *step, NnError *err);
/* The same where an evaluation was not finite: no step has followed the last update. `next` says
 * which it would have been, in the epoch and with the learning rate of the one before. */
bool nn_diagnose_weights(NnStepper *stepper, const NnStep *next, NnError *err);
