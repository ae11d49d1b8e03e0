/* evaluator.c: see evaluator.h. */
#include "evaluator.h"
#include "engine/recipe/recipe.h"
#include "inference.h"
#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum {
  FIRST_PAUSE_MS = 20,    /* before the first evaluation */
  SHORTEST_PAUSE_MS = 80, /* between two of them */
  PAUSE_PER_WORK = 3,     /* an evaluation is followed by a pause this many times as long, */
  PAUSE_PER_LOOK = 5,     /* and so is one of what is watched alone, */
  LONG_MS = 150,          /* which is worth while when all takes this long */
  POLL_US = 1000,         /* how long a snapshot that is asked for is waited for, */
  MOST_POLLS = 50,        /* and how often */
  SLICE_BATCHES = 2,      /* between which the watch is looked after */
  LEAST_GAIN = 4          /* what is watched is not worth a look where it is not so much less */
};

/* Some samples of another source, batch by batch as there: a layer that looks at the whole batch
 * gives for them what it gives in an evaluation of all. */
typedef struct {
  NnSource source; /* first */
  const NnSource *whole;
  guint first;
  uint32_t *there; /* the indices of a batch in the whole */
} Part;

struct BpEvaluator {
  NnConfig *recipe;
  BpData *data;
  NnObserver *observer;
  BpInference inference;
  const NnSnapshot *newest; /* taken last, valid until the next is; NULL: none yet */
  uint32_t *there;          /* owned: indices of a batch */
  NnSnapshot kept;          /* owned: a copy of the one that all is being evaluated with */
  guint64 last_step;        /* of the newest evaluation of all; G_MAXUINT64: none yet */
  guint64 watched_step;     /* of the newest of what is watched; the same, */
  BpRange seen;             /* which was this */
  gint64 next, next_look;   /* times when they are due */
  gint64 work;              /* that the last evaluation of all was; G_MAXINT64: none yet */

  GThread *thread;
  GMutex lock;
  GCond woken;
  bool finishing;    /* under lock */
  _Atomic bool stop; /* now, without another result */
  _Atomic bool done;
  _Atomic(BpEvaluation *) box, watched_box;
  _Atomic guint64 watched; /* first in the upper half, n in the lower */
};

static gint64 ms(gint64 milliseconds)
{
  return milliseconds * G_TIME_SPAN_MILLISECOND;
}

/* ---- one inference ---- */

static void gather_part(const NnSource *source, const uint32_t *indices, size_t n, uint32_t epoch,
                        nn_real *x, int32_t *labels)
{
  const Part *part = (const Part *)source;
  for (size_t i = 0; i < n; i++)
    part->there[i] = part->first + indices[i];
  part->whole->gather(part->whole, part->there, n, epoch, x, labels);
}

/* The model's probabilities for these pictures. */
static bool infer(BpEvaluator *self, BpRange range, float *values, NnMetrics *metrics)
{
  Part part = {.source = self->inference.loader.source,
               .whole = &self->inference.loader.source,
               .first = range.first,
               .there = self->there};
  part.source.n_samples = range.n;
  part.source.gather = gather_part;
  part.source.expect = NULL;
  part.source.bytes = NULL;
  return nn_evaluate(self->inference.model, &part.source, NULL, values, &self->stop, metrics, NULL);
}

static float *new_values(BpEvaluator *self, guint n)
{
  return g_try_new(float, n *(gsize)self->data->set->n_classes);
}

/* Gives the values to a new result in the box, or frees them: what a network that has just diverged
 * says is worth less than what it said before. */
static void post(BpEvaluator *self, _Atomic(BpEvaluation *) *box, guint64 step, BpRange range,
                 const NnMetrics *metrics, float *values)
{
  if (isfinite(metrics->loss))
    bp_evaluation_unref(
        atomic_exchange(box, bp_evaluation_new(self->data, step, range, metrics, values)));
  else
    g_free(values);
}

/* The parameters as they are now, or as they were lately where a step takes longer than anyone
 * wants to wait. Asked for only when they are wanted: what is asked for early is old by then. */
static bool take_snapshot(BpEvaluator *self)
{
  const NnSnapshot *snapshot = NULL;
  nn_observer_request_snapshot(self->observer);
  for (int i = 0; i < MOST_POLLS && !snapshot && !atomic_load(&self->stop); i++) {
    g_usleep(POLL_US);
    snapshot = nn_observer_take_snapshot(self->observer);
  }
  if (snapshot)
    self->newest = snapshot;
  return self->newest && !atomic_load(&self->stop);
}

/* ---- what is watched ---- */

/* All of the batches that it is in; n 0: nothing is watched, or nearly all. */
static BpRange watched_batches(BpEvaluator *self)
{
  guint64 watched = atomic_load(&self->watched);
  guint first = (guint)(watched >> 32), n = (guint)watched;
  guint size = (guint)nn_model_batch_size(self->inference.model),
        all = (guint)self->data->set->test.n;
  if (n == 0 || first >= all)
    return (BpRange){0};
  guint begin = first / size * size, end = (MIN(first + n, all) + size - 1) / size * size;
  BpRange range = {begin, MIN(end, all) - begin};
  return range.n <= all / LEAST_GAIN ? range : (BpRange){0};
}

/* With the newest parameters, if they are news. */
static void look(BpEvaluator *self)
{
  const NnSnapshot *snapshot = self->newest;
  BpRange range = watched_batches(self);
  gint64 start = g_get_monotonic_time();
  bool news = snapshot->step != self->watched_step || range.first != self->seen.first ||
              range.n != self->seen.n;
  float *values = range.n > 0 && news ? new_values(self, range.n) : NULL;
  NnMetrics metrics;
  if (values) {
    self->watched_step = snapshot->step;
    self->seen = range;
    nn_model_load(self->inference.model, snapshot);
    if (infer(self, range, values, &metrics))
      post(self, &self->watched_box, snapshot->step, range, &metrics, values);
    else
      g_free(values);
  }
  gint64 end = g_get_monotonic_time();
  self->next_look = end + MAX(ms(SHORTEST_PAUSE_MS), PAUSE_PER_LOOK * (end - start));
}

/* ---- all ---- */

static void keep(BpEvaluator *self)
{
  const NnSnapshot *snapshot = self->newest;
  self->kept.step = snapshot->step;
  memcpy(self->kept.params, snapshot->params,
         nn_model_n_params(self->inference.model) * sizeof *snapshot->params);
  memcpy(self->kept.buffers, snapshot->buffers,
         nn_model_n_buffers(self->inference.model) * sizeof *snapshot->buffers);
}

/* In the midst of an evaluation of all, whose parameters come back. */
static void look_between(BpEvaluator *self)
{
  if (g_get_monotonic_time() < self->next_look)
    return;
  if (take_snapshot(self))
    look(self);
  nn_model_load(self->inference.model, &self->kept);
}

static bool infer_all(BpEvaluator *self, float *values, NnMetrics *metrics)
{
  guint all = (guint)self->data->set->test.n;
  guint slice = SLICE_BATCHES * (guint)nn_model_batch_size(self->inference.model);
  *metrics = (NnMetrics){.n_samples = all};
  for (guint first = 0; first < all; first += slice) {
    BpRange range = {first, MIN(slice, all - first)};
    NnMetrics part;
    if (first > 0)
      look_between(self);
    if (!infer(self, range, values + first * (gsize)self->data->set->n_classes, &part))
      return false;
    metrics->n_correct += part.n_correct;
    metrics->loss += part.loss * range.n;
  }
  metrics->accuracy = (double)metrics->n_correct / all;
  metrics->loss /= all;
  return true;
}

static void evaluate(BpEvaluator *self)
{
  BpRange all = {0, (guint)self->data->set->test.n};
  gint64 start = g_get_monotonic_time();
  float *values = new_values(self, all.n);
  NnMetrics metrics;
  self->last_step = self->newest->step;
  if (!values)
    return;
  keep(self);
  if (self->work >= ms(LONG_MS))
    look(self);
  nn_model_load(self->inference.model, &self->kept);
  if (infer_all(self, values, &metrics))
    post(self, &self->box, self->kept.step, all, &metrics, values);
  else
    g_free(values);
  gint64 end = g_get_monotonic_time();
  self->work = end - start;
  self->next = end + MAX(ms(SHORTEST_PAUSE_MS), PAUSE_PER_WORK * self->work);
}

/* ---- the thread ---- */

/* Sleeps until it is time to look again; returns whether the run has ended. */
static bool rest(BpEvaluator *self, gint64 until)
{
  g_mutex_lock(&self->lock);
  while (!self->finishing && !atomic_load(&self->stop))
    if (!g_cond_wait_until(&self->woken, &self->lock, until))
      break;
  bool finishing = self->finishing;
  g_mutex_unlock(&self->lock);
  return finishing;
}

/* A look is not worth while right before all is evaluated. */
static gint64 next_time(BpEvaluator *self)
{
  bool soon = self->work < ms(LONG_MS) || self->next_look + ms(LONG_MS) > self->next;
  gint64 next = soon ? self->next : self->next_look;
  return MAX(next, g_get_monotonic_time() + ms(FIRST_PAUSE_MS));
}

/* The last parameters may have been taken for a look already: all is evaluated with them, too. */
static gpointer evaluator_thread(gpointer data)
{
  BpEvaluator *self = data;
  bool finishing = false;
  while (!finishing && !atomic_load(&self->stop)) {
    finishing = rest(self, next_time(self));
    if (!take_snapshot(self))
      continue;
    if (!finishing && g_get_monotonic_time() < self->next)
      look(self);
    else if (self->newest->step != self->last_step)
      evaluate(self);
    else
      self->next = g_get_monotonic_time() + ms(SHORTEST_PAUSE_MS);
  }
  atomic_store(&self->done, true);
  return NULL;
}

static bool prepare(BpEvaluator *self, NnError *err)
{
  if (!bp_inference_open(&self->inference, self->recipe, self->data, err))
    return false;
  self->there = g_try_new(uint32_t, nn_model_batch_size(self->inference.model));
  self->kept.params = g_try_new(nn_real, nn_model_n_params(self->inference.model) + 1);
  self->kept.buffers = g_try_new(nn_real, nn_model_n_buffers(self->inference.model) + 1);
  return (self->there && self->kept.params && self->kept.buffers) ||
         nn_fail_nomem(err, "the samples");
}

bool bp_evaluator_new(const BpEvaluatorOptions *options, BpEvaluator **evaluator, NnError *err)
{
  BpEvaluator *self = g_new0(BpEvaluator, 1);
  g_mutex_init(&self->lock);
  g_cond_init(&self->woken);
  self->data = bp_data_ref(options->data);
  self->observer = options->observer;
  self->last_step = self->watched_step = G_MAXUINT64;
  self->work = G_MAXINT64;
  bp_evaluator_watch(self, options->watched);
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
  bp_evaluation_unref(atomic_load(&self->watched_box));
  g_free(self->there);
  g_free(self->kept.params);
  g_free(self->kept.buffers);
  bp_inference_clear(&self->inference);
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

void bp_evaluator_watch(BpEvaluator *self, BpRange range)
{
  atomic_store(&self->watched, (guint64)range.first << 32 | range.n);
}

BpEvaluation *bp_evaluator_take_watched(BpEvaluator *self)
{
  return atomic_exchange(&self->watched_box, NULL);
}
