/* execution.c: see execution.h. While the trainer runs, a thread empties its ring a hundred times a
 * second: what is in there goes to the recorder, and waits for whoever drains. */
#include "execution.h"
#include "app/config.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/train/checkpoint.h"
#include "engine/utf8.h"
#include "recorder.h"
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  PAUSE_MS = 10,
  MOST_WAITING = 1 << 17, /* records for whoever drains: 6 MB */
  CHUNK = 1024
};

struct BpExecution {
  BpRunSpec spec;
  NnLoaders loaders;
  NnBackend *backend;
  NnTrainer *trainer;
  NnObserver *observer;
  BpRecorder *recorder; /* NULL: the run is not kept */
  _Atomic bool ended;   /* the trainer has returned */

  pthread_mutex_t mutex; /* of the records that wait, in a circle */
  NnProgress *waiting;
  size_t first, n_waiting;
};

/* ---- preparing ---- */

static bool open_device(BpExecution *self, NnError *err)
{
  const BpRunSpec *spec = &self->spec;
  const char *device = spec->device;
  if (strcmp(device, "auto") == 0) {
    BpTrial trial = {.recipe = spec->recipe,
                     .train = &self->loaders.train.source,
                     .max_steps = spec->max_steps,
                     .n_threads = spec->n_threads,
                     .stop = spec->stop};
    bp_choose_device(&trial, spec->choice);
    device = spec->choice->device;
  }
  return nn_backend_open(device, spec->n_threads, &self->backend, err);
}

static bool prepare(BpExecution *self, NnError *err)
{
  const BpRunSpec *spec = &self->spec;
  if (!nn_loaders_open(&self->loaders, spec->dataset, spec->recipe, err) ||
      (!spec->backend && !open_device(self, err)))
    return false;
  NnTrainerOptions options = {.recipe = spec->recipe,
                              .train = &self->loaders.train.source,
                              .train_evaluated = nn_loaders_evaluated(&self->loaders),
                              .test = &self->loaders.test.source,
                              .backend = spec->backend ? spec->backend : self->backend,
                              .max_steps = spec->max_steps,
                              .checkpoints = spec->checkpoints};
  if (!nn_trainer_new(&options, &self->trainer, err) ||
      (spec->from && !nn_trainer_restore(self->trainer, spec->from->bytes, spec->from->size, err)))
    return false;
  NnObserverSpec observer = nn_trainer_observer_spec(self->trainer);
  observer.lossless = true; /* the ring is emptied whatever happens */
  observer.checkpoints = spec->checkpoints;
  return nn_observer_new(&observer, &self->observer, err);
}

bool bp_execution_prepare(const BpRunSpec *spec, BpExecution **execution, NnError *err)
{
  BpExecution *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "a run");
  self->spec = *spec;
  pthread_mutex_init(&self->mutex, NULL);
  self->waiting = nn_alloc_unset(MOST_WAITING * sizeof *self->waiting); /* memory as it fills */
  if (!(self->waiting || nn_fail_nomem(err, "a run")) || !prepare(self, err)) {
    bp_execution_free(self);
    return false;
  }
  if (spec->backend)
    self->backend = spec->backend;
  *execution = self;
  return true;
}

void bp_execution_free(BpExecution *execution)
{
  if (!execution)
    return;
  bp_recorder_free(execution->recorder);
  nn_observer_free(execution->observer);
  nn_trainer_free(execution->trainer);
  nn_loaders_clear(&execution->loaders);
  nn_backend_close(execution->backend);
  nn_free(execution->waiting);
  pthread_mutex_destroy(&execution->mutex);
  nn_free(execution);
  nn_mem_trim();
}

NnTrainer *bp_execution_trainer(BpExecution *execution)
{
  return execution->trainer;
}

NnObserver *bp_execution_observer(BpExecution *execution)
{
  return execution->observer;
}

const NnBackend *bp_execution_backend(const BpExecution *execution)
{
  return execution->backend;
}

/* ---- keeping ---- */

static void now_text(char text[40])
{
  struct timespec now;
  struct tm date;
  clock_gettime(CLOCK_REALTIME, &now);
  size_t n = strftime(text, 40, "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &date));
  snprintf(text + n, 40 - n, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

/* For whoever goes on with it from another folder. Other programs expect texts to be UTF-8, so a
 * name that is none is not kept, and --data has to say it again. */
static bool set_where(char **field, const char *where)
{
  char real[PATH_MAX], clean[PATH_MAX];
  if (where && realpath(where, real))
    where = real;
  nn_utf8_copy(clean, sizeof clean, where ? where : "", PATH_MAX - 1);
  return bp_run_info_set(field, where && strcmp(clean, where) == 0 ? where : NULL);
}

static bool describe_data(const NnDataset *set, BpRunInfo *info)
{
  char shape[NN_SHAPE_TEXT], checksum[NN_CHECKSUM_TEXT];
  info->data_classes = set->n_classes;
  info->data_train = (int64_t)set->train.n;
  info->data_test = (int64_t)set->test.n;
  info->data_practice = set->practice;
  return bp_run_info_set(&info->data_name, set->name) &&
         bp_run_info_set(&info->data_title, set->title) &&
         set_where(&info->data_where, set->where) &&
         bp_run_info_set(&info->data_shape, nn_shape_text(set->shape, shape)) &&
         bp_run_info_set(&info->data_checksum, nn_dataset_checksum(set, checksum));
}

/* What the run is from now on: a run that goes on may do so on another device. */
static bool describe_run(BpExecution *self, BpRunInfo *info)
{
  info->threads = self->backend->n_threads;
  info->n_parameters = (int64_t)nn_model_n_params(nn_trainer_model(self->trainer));
  info->n_steps = (int64_t)nn_trainer_n_steps(self->trainer);
  info->steps_per_epoch = (int64_t)nn_trainer_steps_per_epoch(self->trainer);
  info->n_epochs = nn_trainer_n_epochs(self->trainer);
  return bp_run_info_set(&info->device, self->backend->ops->name) &&
         bp_run_info_set(&info->device_title, self->backend->device) &&
         bp_run_info_set(&info->state, "active") && bp_run_info_set(&info->reason, NULL);
}

static bool describe(BpExecution *self, const BpKept *kept, BpRunInfo *info, NnError *err)
{
  char created[40], *recipe = nn_recipe_text(self->spec.recipe, err);
  now_text(created);
  bp_run_info_init(info);
  info->recipe = recipe;
  info->seed = (int64_t)nn_config_seed(self->spec.recipe, "seed");
  return recipe && ((bp_run_info_set(&info->title, kept->title) &&
                     bp_run_info_set(&info->exercise, kept->exercise) &&
                     bp_run_info_set(&info->created, created) &&
                     bp_run_info_set(&info->program, BP_VERSION) &&
                     describe_data(self->spec.dataset, info) && describe_run(self, info)) ||
                    nn_fail_nomem(err, "the run's file"));
}

bool bp_execution_keep(BpExecution *execution, const BpKept *kept, NnError *err)
{
  BpRunInfo info;
  BpRunFile *file = NULL;
  bool ok = describe(execution, kept, &info, err);
  if (ok && info.title)
    nn_utf8_clean(info.title);
  if (!ok || !bp_run_file_create(kept->path, &info, &file, err)) {
    bp_run_info_clear(&info);
    return false;
  }
  return bp_recorder_new(file, &info, execution->observer, execution->spec.dataset,
                         &execution->recorder, err);
}

/* The file as it was at the checkpoint, or at the beginning; with the recipe that goes on, which
 * may have more epochs. */
static bool rewind_file(BpExecution *self, BpRunFile *file, BpRunInfo *info, NnError *err)
{
  NnCheckpointInfo from = {0}; /* a run that was killed before its first one begins again */
  const BpCheckpoint *checkpoint = self->spec.from;
  if ((checkpoint && !nn_checkpoint_info(checkpoint->bytes, checkpoint->size, &from, err)) ||
      !bp_run_file_info(file, info, err))
    return false;
  char *recipe = nn_recipe_text(self->spec.recipe, err);
  if (!recipe)
    return false;
  nn_free(info->recipe);
  info->recipe = recipe;
  info->steps = (int64_t)from.step;
  info->epochs = from.epoch;
  info->seconds = from.seconds;
  if (!describe_run(self, info))
    return nn_fail_nomem(err, "the run's file");
  if (bp_run_file_begin(file, err) && bp_run_file_rewind(file, from.step, from.epoch, err) &&
      bp_run_file_update(file, info, err) && bp_run_file_commit(file, err))
    return true;
  bp_run_file_roll_back(file);
  return false;
}

bool bp_execution_keep_on(BpExecution *execution, BpRunFile *file, NnError *err)
{
  BpRunInfo info = {0};
  if (!rewind_file(execution, file, &info, err)) {
    bp_run_info_clear(&info);
    bp_run_file_close(file);
    return false;
  }
  return bp_recorder_new(file, &info, execution->observer, execution->spec.dataset,
                         &execution->recorder, err);
}

bool bp_execution_is_lost(BpExecution *execution, NnError *err)
{
  return execution->recorder && bp_recorder_has_failed(execution->recorder, err);
}

void bp_execution_add_test_point(BpExecution *execution, const BpTestPoint *point)
{
  if (execution->recorder)
    bp_recorder_add_test_point(execution->recorder, point);
}

/* ---- running ---- */

/* How many more records may wait. Whoever does not want every one of them loses the oldest. */
static size_t room(BpExecution *self)
{
  pthread_mutex_lock(&self->mutex);
  size_t n = MOST_WAITING - self->n_waiting;
  pthread_mutex_unlock(&self->mutex);
  return self->spec.every_record && n < CHUNK ? n : CHUNK;
}

static void let_wait(BpExecution *self, const NnProgress *records, size_t n)
{
  pthread_mutex_lock(&self->mutex);
  if (self->n_waiting == 0)
    self->first = 0; /* memory that has been used already */
  if (self->n_waiting + n > MOST_WAITING) {
    size_t lost = self->n_waiting + n - MOST_WAITING;
    self->first = (self->first + lost) % MOST_WAITING;
    self->n_waiting -= lost;
  }
  for (size_t i = 0; i < n; i++)
    self->waiting[(self->first + self->n_waiting++) % MOST_WAITING] = records[i];
  pthread_mutex_unlock(&self->mutex);
}

size_t bp_execution_drain(BpExecution *execution, NnProgress *records, size_t max)
{
  pthread_mutex_lock(&execution->mutex);
  size_t n = execution->n_waiting < max ? execution->n_waiting : max;
  for (size_t i = 0; i < n; i++)
    records[i] = execution->waiting[(execution->first + i) % MOST_WAITING];
  execution->first = (execution->first + n) % MOST_WAITING;
  execution->n_waiting -= n;
  pthread_mutex_unlock(&execution->mutex);
  return n;
}

static void *empty_ring(void *data)
{
  BpExecution *self = data;
  const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
  NnProgress records[CHUNK];
  uint32_t n_epochs = 0;
  for (;;) {
    bool last = atomic_load(&self->ended);
    if (!nn_dataset_is_whole(self->spec.dataset, NULL))
      nn_observer_abort(self->observer);
    size_t n, most;
    while ((most = room(self)) > 0 && (n = nn_observer_drain(self->observer, records, most)) > 0) {
      if (self->recorder)
        bp_recorder_add_steps(self->recorder, records, n);
      let_wait(self, records, n);
    }
    if (self->recorder && nn_observer_n_epochs(self->observer) > n_epochs) {
      n_epochs = nn_observer_n_epochs(self->observer);
      bp_recorder_wake(self->recorder);
    }
    if (last && most > 0)
      return NULL;
    nanosleep(&pause, NULL);
  }
}

bool bp_execution_run(BpExecution *execution, NnResult *result, NnError *err)
{
  pthread_t thread;
  NnError why = {0};
  if (pthread_create(&thread, NULL, empty_ring, execution) != 0)
    return nn_fail(err, NN_ERR_NOMEM, NULL, "The training thread could not be started.");
  bool ok = nn_trainer_run(execution->trainer, execution->observer, NULL, result, &why);
  atomic_store(&execution->ended, true);
  pthread_join(thread, NULL);
  ok = nn_dataset_is_whole(execution->spec.dataset, &why) && ok;
  if (execution->recorder)
    bp_recorder_finish(execution->recorder, result, ok ? NULL : &why);
  if (!ok && err)
    *err = why;
  return ok;
}
