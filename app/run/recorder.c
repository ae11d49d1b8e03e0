/* recorder.c: see recorder.h. */
#include "recorder.h"
#include "engine/mem.h"
#include "engine/train/checkpoint.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum {
  PERIOD_MS = 400,        /* between two commits */
  MOST_RECORDS = 1 << 20, /* that wait in memory: 48 MB, minutes of training */
  MOST_TEST_POINTS = 1 << 16
};

/* What waits to be written: two of each, of which one is filled and the other written. */
typedef struct {
  NnProgress *records;
  size_t n_records, room;
  BpTestPoint *points;
  size_t n_points, room_points;
} Batch;

struct BpRecorder {
  BpRunFile *file;
  BpRunInfo info;
  NnObserver *observer;
  pthread_t thread;
  const NnDataset *dataset; /* borrowed */
  bool started;

  pthread_mutex_t mutex;
  pthread_cond_t wake;
  Batch filled;           /* the six under the mutex */
  bool asked;             /* to write at once */
  bool leaving;           /* without another word */
  const NnResult *result; /* how the run has ended, and why; NULL: it has not */
  const NnError *reason;
  NnError failure;
  _Atomic bool failed;

  /* The thread's own. */
  Batch writing;
  uint32_t n_epochs;                /* written */
  uint64_t n_steps;                 /* written */
  const NnCheckpoint *checkpoint;   /* taken and not written yet; the observer's */
  NnCheckpointInfo checkpoint_info; /* of it */
  uint64_t checkpoint_step;         /* of the newest that is written */
};

/* ---- failing ---- */

static void fail(BpRecorder *self, const NnError *why)
{
  pthread_mutex_lock(&self->mutex);
  self->failure = *why;
  pthread_mutex_unlock(&self->mutex);
  atomic_store(&self->failed, true);
}

bool bp_recorder_has_failed(BpRecorder *recorder, NnError *err)
{
  if (!atomic_load(&recorder->failed))
    return false;
  pthread_mutex_lock(&recorder->mutex);
  if (err)
    *err = recorder->failure;
  pthread_mutex_unlock(&recorder->mutex);
  return true;
}

/* ---- handing over ---- */

/* Room for `n` more entries; false: no memory, or more than may wait. */
static bool grow(void **entries, size_t used, size_t *room, size_t n, size_t size, size_t most)
{
  size_t wanted = *room ? *room : 1024;
  while (wanted < used + n)
    wanted *= 2;
  if (wanted == *room)
    return true;
  void *more = used + n <= most ? nn_alloc_array(wanted, size) : NULL;
  if (!more)
    return false;
  if (used)
    memcpy(more, *entries, used * size);
  nn_free(*entries);
  *entries = more;
  *room = wanted;
  return true;
}

void bp_recorder_add_steps(BpRecorder *recorder, const NnProgress *records, size_t n)
{
  if (atomic_load(&recorder->failed))
    return;
  pthread_mutex_lock(&recorder->mutex);
  Batch *batch = &recorder->filled;
  bool ok = grow((void **)&batch->records, batch->n_records, &batch->room, n, sizeof *records,
                 MOST_RECORDS);
  if (ok) {
    memcpy(batch->records + batch->n_records, records, n * sizeof *records);
    batch->n_records += n;
  }
  pthread_mutex_unlock(&recorder->mutex);
  NnError why = {0};
  if (ok)
    return;
  nn_fail(&why, NN_ERR_IO, bp_run_file_path(recorder->file),
          "%s is written too slowly: more steps wait than there is room for.",
          bp_run_file_path(recorder->file));
  fail(recorder, &why);
}

void bp_recorder_add_test_point(BpRecorder *recorder, const BpTestPoint *point)
{
  pthread_mutex_lock(&recorder->mutex);
  Batch *batch = &recorder->filled;
  if (grow((void **)&batch->points, batch->n_points, &batch->room_points, 1, sizeof *point,
           MOST_TEST_POINTS))
    batch->points[batch->n_points++] = *point;
  pthread_mutex_unlock(&recorder->mutex);
}

void bp_recorder_wake(BpRecorder *recorder)
{
  pthread_mutex_lock(&recorder->mutex);
  recorder->asked = true;
  pthread_cond_signal(&recorder->wake);
  pthread_mutex_unlock(&recorder->mutex);
}

/* ---- writing ---- */

/* The newest checkpoint, once the steps before it are there. What the observer lends is looked at
 * before it is kept: whatever is in the file can be gone on from. */
static void take_checkpoint(BpRecorder *self)
{
  if (self->checkpoint)
    return;
  self->checkpoint = nn_observer_take_checkpoint(self->observer);
  if (self->checkpoint && (!nn_checkpoint_info(self->checkpoint->bytes, self->checkpoint->size,
                                               &self->checkpoint_info, NULL) ||
                           !nn_dataset_is_whole(self->dataset, NULL)))
    self->checkpoint = NULL;
}

static bool write_checkpoint(BpRecorder *self, uint64_t n_steps, uint64_t *written, NnError *err)
{
  *written = self->checkpoint_step;
  if (!self->checkpoint || self->checkpoint_info.step > n_steps)
    return true;
  BpCheckpoint checkpoint = {.step = self->checkpoint_info.step,
                             .epoch = self->checkpoint_info.epoch,
                             .bytes = self->checkpoint->bytes,
                             .size = self->checkpoint->size};
  *written = checkpoint.step;
  return bp_run_file_add_checkpoint(self->file, &checkpoint, err);
}

static void take_epoch(BpRunInfo *info, const NnEpoch *epoch)
{
  info->test_loss = epoch->test_loss;
  info->test_accuracy = epoch->test_accuracy;
  info->validation_loss = epoch->validation_loss;
  info->validation_accuracy = epoch->validation_accuracy;
}

/* Epochs whose checkpoint is there, or all. */
static bool write_epochs(BpRecorder *self, uint64_t checkpoint_step, bool all, uint32_t *n,
                         NnError *err)
{
  uint32_t there = nn_observer_n_epochs(self->observer);
  for (*n = self->n_epochs; *n < there; ++*n) {
    const NnEpoch *epoch = nn_observer_epoch(self->observer, *n);
    if (!all && epoch->last_step >= checkpoint_step)
      break;
    if (!bp_run_file_add_epoch(self->file, epoch, err))
      return false;
    take_epoch(&self->info, epoch);
  }
  return true;
}

static bool write_points(BpRecorder *self, NnError *err)
{
  for (size_t i = 0; i < self->writing.n_points; i++)
    if (!bp_run_file_add_test_point(self->file, &self->writing.points[i], err))
      return false;
  return true;
}

/* One transaction. What it changes here counts only once it is committed. */
static bool write_all(BpRecorder *self, bool all, NnError *err)
{
  const Batch *batch = &self->writing;
  const NnProgress *last = batch->n_records ? &batch->records[batch->n_records - 1] : NULL;
  uint64_t n_steps = last ? last->step + 1 : self->n_steps, checkpoint_step;
  uint32_t n_epochs;
  if (last) {
    self->info.seconds = last->seconds;
    self->info.steps = (int64_t)n_steps;
    if (self->info.steps_per_epoch > 0) /* a cut one has a record, too, and does not count */
      self->info.epochs = self->info.steps / self->info.steps_per_epoch;
  }
  bool ok = bp_run_file_begin(self->file, err) &&
            bp_run_file_add_steps(self->file, batch->records, batch->n_records, err) &&
            write_points(self, err) && write_checkpoint(self, n_steps, &checkpoint_step, err) &&
            write_epochs(self, checkpoint_step, all, &n_epochs, err) &&
            bp_run_file_update(self->file, &self->info, err) && bp_run_file_commit(self->file, err);
  if (!ok) {
    bp_run_file_roll_back(self->file);
    return false;
  }
  if (checkpoint_step != self->checkpoint_step)
    self->checkpoint = NULL;
  self->checkpoint_step = checkpoint_step;
  self->n_epochs = n_epochs;
  self->n_steps = n_steps;
  self->writing.n_records = self->writing.n_points = 0;
  return true;
}

/* Adds what has come to what could not be written before. */
static void swap(BpRecorder *self)
{
  Batch *to = &self->writing, *from = &self->filled;
  if (to->n_records == 0 && to->n_points == 0) {
    Batch empty = *to;
    *to = *from;
    *from = empty;
  }
}

static void write_or_fail(BpRecorder *self, bool all)
{
  NnError why = {0};
  if (atomic_load(&self->failed))
    return;
  /* Another program may look at the file for a while: then it is tried again. */
  if (!write_all(self, all, &why) && (all || !bp_run_file_is_busy(self->file)))
    fail(self, &why);
}

/* Until the next commit is due; under the mutex. */
static void wait_for_work(BpRecorder *self)
{
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += PERIOD_MS * 1000000L;
  until.tv_sec += until.tv_nsec / 1000000000L;
  until.tv_nsec %= 1000000000L;
  int late = 0;
  while (!self->asked && !self->result && !self->leaving && late == 0)
    late = pthread_cond_timedwait(&self->wake, &self->mutex, &until);
  self->asked = false;
}

/* Stopped is also what did fewer steps than its epochs have, or was not measured at the end. */
static const char *state_of(const BpRunInfo *info, const NnResult *result, const NnError *err)
{
  if (err && err->status == NN_ERR_NONFINITE)
    return "diverged";
  if (err && err->status != NN_ERR_CANCELLED)
    return "failed";
  bool all_done = (int64_t)result->steps >= info->steps_per_epoch * info->n_epochs;
  return all_done && result->train.n_samples > 0 ? "finished" : "stopped";
}

static void take_result(BpRunInfo *info, const NnResult *result, const NnError *err)
{
  const char *state = state_of(info, result, err);
  bool has_reason = strcmp(state, "diverged") == 0 || strcmp(state, "failed") == 0;
  bp_run_info_set(&info->state, state);
  bp_run_info_set(&info->reason, has_reason ? err->text : NULL);
  info->steps = (int64_t)result->steps;
  info->seconds = result->seconds;
  info->train_loss = result->train.n_samples ? result->train.loss : NAN;
  info->train_accuracy = result->train.n_samples ? result->train.accuracy : NAN;
}

/* The test set as it was measured last, which is not at the end of an epoch where the run was
 * stopped. */
static void take_test(BpRunInfo *info, const NnResult *result)
{
  if (result->test.n_samples == 0)
    return;
  info->test_loss = result->test.loss;
  info->test_accuracy = result->test.accuracy;
}

/* First the checkpoint, then the steps, which came before it. */
static void write_what_came(BpRecorder *self, bool all)
{
  take_checkpoint(self);
  pthread_mutex_lock(&self->mutex);
  swap(self);
  pthread_mutex_unlock(&self->mutex);
  write_or_fail(self, all);
}

static void *record(void *data)
{
  BpRecorder *self = data;
  for (;;) {
    pthread_mutex_lock(&self->mutex);
    wait_for_work(self);
    const NnResult *result = self->result;
    const NnError *reason = self->reason;
    bool leaving = self->leaving;
    pthread_mutex_unlock(&self->mutex);
    if (leaving)
      return NULL;
    write_what_came(self, false);
    if (!result)
      continue;
    /* What could not be written before, and a checkpoint that lay behind another. */
    write_what_came(self, true);
    take_result(&self->info, result, reason);
    take_test(&self->info, result);
    write_what_came(self, true);
    return NULL;
  }
}

/* ---- life ---- */

bool bp_recorder_new(BpRunFile *file, BpRunInfo *info, NnObserver *observer,
                     const NnDataset *dataset, BpRecorder **recorder, NnError *err)
{
  BpRecorder *self = nn_alloc(sizeof *self);
  if (!self) {
    bp_run_file_close(file);
    bp_run_info_clear(info);
    return nn_fail_nomem(err, "the run's file");
  }
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->wake, NULL);
  self->file = file;
  self->info = *info;
  self->observer = observer;
  self->dataset = dataset;
  self->n_steps = (uint64_t)info->steps;
  *info = (BpRunInfo){0};
  self->started = pthread_create(&self->thread, NULL, record, self) == 0;
  if (!self->started) {
    bp_recorder_free(self);
    return nn_fail(err, NN_ERR_NOMEM, NULL, "The thread that keeps the run could not be started.");
  }
  *recorder = self;
  return true;
}

void bp_recorder_finish(BpRecorder *recorder, const NnResult *result, const NnError *err)
{
  pthread_mutex_lock(&recorder->mutex);
  recorder->result = result;
  recorder->reason = err;
  pthread_cond_signal(&recorder->wake);
  pthread_mutex_unlock(&recorder->mutex);
  pthread_join(recorder->thread, NULL);
  recorder->started = false;
}

void bp_recorder_free(BpRecorder *recorder)
{
  if (!recorder)
    return;
  if (recorder->started) {
    pthread_mutex_lock(&recorder->mutex);
    recorder->leaving = true;
    pthread_cond_signal(&recorder->wake);
    pthread_mutex_unlock(&recorder->mutex);
    pthread_join(recorder->thread, NULL);
  }
  bp_run_file_close(recorder->file);
  bp_run_info_clear(&recorder->info);
  for (int i = 0; i < 2; i++) {
    Batch *batch = i ? &recorder->writing : &recorder->filled;
    nn_free(batch->records);
    nn_free(batch->points);
  }
  pthread_mutex_destroy(&recorder->mutex);
  pthread_cond_destroy(&recorder->wake);
  nn_free(recorder);
}
