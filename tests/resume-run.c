/* resume-run.c: see resume-run.h. */
#include "resume-run.h"
#include "check.h"
#include "engine/train/safetensors.h"
#include "trainer-observer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

NnObserver *resume_observer;

static void copy_learned(NnTrainer *trainer, ResumeRun *run)
{
  NnModel *model = nn_trainer_model(trainer);
  NnSnapshot s = {0};
  size_t n = nn_model_n_params(model);
  run->n_learned = n + nn_model_n_buffers(model);
  s.params = run->learned = calloc(run->n_learned + 1, sizeof *run->learned);
  s.buffers = s.params + n;
  nn_model_snapshot(model, &s);
}

static void save(NnTrainer *trainer, NnObserver *observer, ResumeRun *run)
{
  const NnCheckpoint *seen = nn_observer_take_checkpoint(observer);
  NnError err = {0};
  if (!nn_check(nn_trainer_save(trainer, &run->checkpoint, &err)))
    return;
  if (nn_check(seen != NULL))
    nn_check(seen->size == run->checkpoint.size &&
             memcmp(seen->bytes, run->checkpoint.bytes, seen->size) == 0);
}

static bool train(NnTrainer *trainer, ResumeRun *run)
{
  NnObserver *observer = NULL;
  NnObserverSpec spec = nn_trainer_observer_spec(trainer);
  spec.checkpoints = true;
  if (!nn_observer_new(&spec, &observer, &run->err))
    return false;
  resume_observer = observer;
  bool ok = nn_trainer_run(trainer, observer, run->epochs, &run->result, &run->err);
  run->n_records = nn_observer_drain(observer, run->records, RESUME_MOST_STEPS);
  copy_learned(trainer, run);
  if (ok)
    save(trainer, observer, run);
  nn_observer_free(observer);
  return ok;
}

ResumeRun *resume_run(const ResumeCase *c, const NnCheckpoint *from, uint64_t steps)
{
  ResumeRun *run = calloc(1, sizeof *run);
  NnBackend *backend = NULL;
  NnTrainer *trainer = NULL;
  NnTrainerOptions options = {.recipe = c->recipe,
                              .train = c->train,
                              .train_evaluated = c->train_evaluated,
                              .test = c->test,
                              .max_steps = steps};
  bool ok = c->open(&backend, &run->err);
  options.backend = backend;
  ok = ok && nn_trainer_new(&options, &trainer, &run->err) &&
       (!from || nn_trainer_restore(trainer, from->bytes, from->size, &run->err));
  run->ok = ok && train(trainer, run);
  nn_trainer_free(trainer);
  nn_backend_close(backend);
  return run;
}

void resume_free(ResumeRun *run)
{
  if (!run)
    return;
  nn_checkpoint_clear(&run->checkpoint);
  free(run->learned);
  free(run);
}

/* ---- comparing ---- */

static bool same(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

static bool same_epoch(const NnEpoch *a, const NnEpoch *b)
{
  return a->epoch == b->epoch && a->last_step == b->last_step && same(a->loss, b->loss) &&
         same(a->lr, b->lr) && same(a->test_loss, b->test_loss) &&
         same(a->test_accuracy, b->test_accuracy) && same(a->validation_loss, b->validation_loss) &&
         same(a->validation_accuracy, b->validation_accuracy);
}

static bool same_record(const NnProgress *a, const NnProgress *b)
{
  return a->step == b->step && a->epoch == b->epoch && same(a->loss, b->loss) &&
         same(a->accuracy, b->accuracy) && same(a->lr, b->lr);
}

/* All but the time that it took. */
static bool same_checkpoint(const NnCheckpoint *a, const NnCheckpoint *b)
{
  NnTensorReader x = {0}, y = {0};
  const char *name;
  json_t *entry;
  bool ok = nn_tensors_open(&x, a->bytes, a->size, NULL) &&
            nn_tensors_open(&y, b->bytes, b->size, NULL) &&
            nn_tensors_count(&x) == nn_tensors_count(&y);
  json_object_foreach(x.header, name, entry)
  {
    const json_t *offsets = json_object_get(entry, "data_offsets");
    const json_t *others = json_object_get(json_object_get(y.header, name), "data_offsets");
    size_t first = (size_t)json_integer_value(json_array_get(offsets, 0));
    size_t n = (size_t)json_integer_value(json_array_get(offsets, 1)) - first;
    size_t other = (size_t)json_integer_value(json_array_get(others, 0));
    if (offsets && !strstr(name, "seconds"))
      ok = ok && others && memcmp(x.data + first, y.data + other, n) == 0;
  }
  nn_tensors_close(&x);
  nn_tensors_close(&y);
  return ok;
}

static const char *difference(const ResumeRun *whole, const ResumeRun *second, uint64_t from)
{
  if (!second->ok)
    return second->err.text;
  if (whole->n_records != from + second->n_records)
    return "number of steps";
  for (size_t i = 0; i < second->n_records; i++)
    if (!same_record(&whole->records[from + i], &second->records[i]))
      return "a step's record";
  uint32_t first = from < whole->n_records ? whole->records[from].epoch : whole->result.epochs;
  for (uint32_t i = 0; i < whole->result.epochs; i++)
    if ((i >= first || second->epochs[i].last_step > 0) &&
        !same_epoch(&whole->epochs[i], &second->epochs[i]))
      return "an epoch's record";
  if (whole->result.steps != second->result.steps || whole->result.epochs != second->result.epochs)
    return "steps and epochs of the result";
  if (!same(whole->result.train.loss, second->result.train.loss) ||
      !same(whole->result.test.loss, second->result.test.loss))
    return "metrics of the result";
  if (memcmp(whole->learned, second->learned, whole->n_learned * sizeof *whole->learned) != 0)
    return "weights or buffers";
  return same_checkpoint(&whole->checkpoint, &second->checkpoint) ? NULL
                                                                  : "what is saved at the end";
}

bool resume_same(const ResumeRun *whole, const ResumeRun *second, uint64_t from, const char **what)
{
  *what = difference(whole, second, from);
  return *what == NULL;
}
