/* resume-run.h: a run in one piece and the same run in two, for tests: the second part is another
 * trainer, restored from what the first one saved. Everything that both tell, and the weights that
 * they leave, must be the same bits. */
#pragma once
#include "engine/train/checkpoint.h"
#include "engine/train/trainer.h"

enum { RESUME_MOST_STEPS = 512, RESUME_MOST_EPOCHS = 16 };

typedef struct {
  const NnConfig *recipe;
  const NnSource *train, *train_evaluated, *test; /* train_evaluated NULL: train */
  bool (*open)(NnBackend **backend, NnError *err);
} ResumeCase;

typedef struct {
  NnProgress records[RESUME_MOST_STEPS];
  size_t n_records;
  NnEpoch epochs[RESUME_MOST_EPOCHS];
  nn_real *learned; /* weights, then buffers; owned */
  size_t n_learned;
  NnResult result;
  NnCheckpoint checkpoint; /* owned: what it saved at its end */
  NnError err;
  bool ok;
} ResumeRun;

/* From the beginning, or from a checkpoint (NULL: none), to step `steps` (0: the run's end). Two
 * ways of saving have to give the same bytes: through an observer, and nn_trainer_save(). */
ResumeRun *resume_run(const ResumeCase *c, const NnCheckpoint *from, uint64_t steps);
void resume_free(ResumeRun *run);
extern NnObserver *resume_observer; /* of the run in progress, for sources that steer it */
/* Whether `second`, which began at that step, goes on as `whole` did. Checks nothing: a test may
 * want to see a difference. *what says where it is. */
bool resume_same(const ResumeRun *whole, const ResumeRun *second, uint64_t from, const char **what);
