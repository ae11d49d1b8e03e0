/* progress.h: what a run publishes while it runs: plain records, fixed size. */
#pragma once
#include <stdint.h>

typedef struct {
  uint64_t step;  /* from 0: the update that this loss was measured before */
  uint32_t epoch; /* from 0 */
  float loss;     /* mean over the batch, with penalties, before the update */
  float accuracy; /* fraction of the batch that was right, 0 … 1 */
  double lr;      /* learning rate of this update */
  double seconds; /* of training until its results came, since the run began; as in NnResult */
} NnProgress;

typedef struct {
  uint32_t epoch;             /* from 0 */
  uint64_t last_step;         /* index of the epoch's last step */
  double loss;                /* mean of the epoch's batch losses, as the tutorial prints it */
  double lr;                  /* learning rate of the epoch's last update */
  double test_accuracy;       /* 0 … 1; NAN when there is no test set */
  double test_loss;           /* mean over the test set; NAN likewise */
  double validation_accuracy; /* 0 … 1; NAN when no validation part is kept aside */
  double validation_loss;     /* mean over it; NAN likewise */
  double seconds;             /* training alone, without the evaluation */
  double iterations_per_second;
} NnEpoch;
