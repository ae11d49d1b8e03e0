/* evaluator.c: see evaluator.h. */
#include "evaluator.h"
#include "engine/recipe.h"
#include <math.h>
#include <stdatomic.h>

enum {
  FIRST_PAUSE_MS = 20,    /* before the first evaluation */
  SHORTEST_PAUSE_MS = 80, /* between two of them */
  PAUSE_PER_WORK = 3,     /* an evaluation is followed by a pause this many times as long */
};

struct BpEvaluator {
  NnConfig *recipe;
  BpData *data;
  NnObserver *observer;
  NnBackend *backend;
  NnLoader loader;
  NnModel *model;
  guint64 last_step; /* of the newest evaluation; G_MAXUINT64: none yet */

  GThread *thread;
  GMutex lock;
  GCond woken;
  bool finishing;    /* under lock */
  _Atomic bool stop; /* now, without another result */
  _Atomic bool done;
  _Atomic(BpEvaluation *) box;
};

static void post(BpEvaluator *self, BpEvaluation *evaluation)
{
  bp_evaluation_unref(atomic_exchange(&self->box, evaluation));
}

static void evaluate(BpEvaluator *self, const NnSnapshot *snapshot)
{
  const NnDataset *set = self->data->set;
  NnMetrics metrics;
  float *values = g_try_new(float, set->test.n *(gsize)set->n_classes);
  guint64 step = snapshot->step;
  self->last_step = step;
  if (!values)
    return;
  nn_model_load(self->model, snapshot);
  bool ok =
      nn_evaluate(self->model, &self->loader.source, NULL, values, &self->stop, &metrics, NULL);
  /* What a network that has just diverged says is worth less than what it said before. */
  if (ok && isfinite(metrics.loss))
    post(self, bp_evaluation_new(self->data, step, &metrics, values));
  else
    g_free(values);
}

/* Sleeps until it is time to look again; returns whether the run has ended. */
static bool rest(BpEvaluator *self, gint64 microseconds)
{
  gint64 until = g_get_monotonic_time() + microseconds;
  g_mutex_lock(&self->lock);
  while (!self->finishing && !atomic_load(&self->stop))
    if (!g_cond_wait_until(&self->woken, &self->lock, until))
      break;
  bool finishing = self->finishing;
  g_mutex_unlock(&self->lock);
  return finishing;
}

static gpointer evaluator_thread(gpointer data)
{
  BpEvaluator *self = data;
  bool finishing = false;
  gint64 pause = FIRST_PAUSE_MS * G_TIME_SPAN_MILLISECOND;
  while (!finishing && !atomic_load(&self->stop)) {
    nn_observer_request_snapshot(self->observer);
    finishing = rest(self, pause);
    const NnSnapshot *snapshot = nn_observer_take_snapshot(self->observer);
    if (!snapshot || snapshot->step == self->last_step || atomic_load(&self->stop))
      continue;
    gint64 start = g_get_monotonic_time();
    evaluate(self, snapshot);
    pause = MAX(SHORTEST_PAUSE_MS * G_TIME_SPAN_MILLISECOND,
                PAUSE_PER_WORK * (g_get_monotonic_time() - start));
  }
  atomic_store(&self->done, true);
  return NULL;
}

static bool prepare(BpEvaluator *self, NnError *err)
{
  const NnDataset *set = self->data->set;
  if (!nn_backend_open("cpu", 1, &self->backend, err) ||
      !nn_loader_open(&self->loader, set, NN_VIEW_TEST, self->recipe, err))
    return false;
  NnShape input = self->loader.source.shape;
  NnModelOptions options = {.recipe = self->recipe,
                            .input = input,
                            .n_classes = set->n_classes,
                            .batch_size = nn_model_evaluation_batch(self->recipe, input),
                            .inference = true,
                            .backend = self->backend};
  return nn_model_new(&options, &self->model, err);
}

bool bp_evaluator_new(const BpEvaluatorOptions *options, BpEvaluator **evaluator, NnError *err)
{
  BpEvaluator *self = g_new0(BpEvaluator, 1);
  g_mutex_init(&self->lock);
  g_cond_init(&self->woken);
  self->data = bp_data_ref(options->data);
  self->observer = options->observer;
  self->last_step = G_MAXUINT64;
  self->recipe = nn_config_copy(options->recipe, err);
  if (!self->recipe || !prepare(self, err)) {
    bp_evaluator_free(self);
    return false;
  }
  self->thread = g_thread_new("evaluator", evaluator_thread, self);
  *evaluator = self;
  return true;
}

static void wake(BpEvaluator *self)
{
  g_mutex_lock(&self->lock);
  self->finishing = true;
  g_cond_signal(&self->woken);
  g_mutex_unlock(&self->lock);
}

void bp_evaluator_finish(BpEvaluator *self)
{
  wake(self);
}

void bp_evaluator_stop(BpEvaluator *self)
{
  atomic_store(&self->stop, true);
  wake(self);
}

void bp_evaluator_free(BpEvaluator *self)
{
  if (!self)
    return;
  bp_evaluator_stop(self);
  if (self->thread)
    g_thread_join(self->thread);
  bp_evaluation_unref(atomic_load(&self->box));
  nn_model_free(self->model);
  nn_loader_clear(&self->loader);
  nn_backend_close(self->backend);
  nn_config_free(self->recipe);
  bp_data_unref(self->data);
  g_mutex_clear(&self->lock);
  g_cond_clear(&self->woken);
  g_free(self);
}

bool bp_evaluator_is_done(BpEvaluator *self)
{
  return atomic_load(&self->done);
}

BpEvaluation *bp_evaluator_take(BpEvaluator *self)
{
  return atomic_exchange(&self->box, NULL);
}
