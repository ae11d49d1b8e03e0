/* runs.c: see runs.h. */
#include "runs.h"

struct _BpRuns {
  GObject parent_instance;
  BpDataStore *data; /* owned, as the next */
  BpRunner *runner;
  GListStore *list;
  guint n_started;
  BpMoment shown; /* whose run is owned */
};

G_DEFINE_FINAL_TYPE(BpRuns, bp_runs, G_TYPE_OBJECT)

enum { SHOWN_CHANGED, EVALUATED, WATCHED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- which is shown ---- */

void bp_runs_show(BpRuns *self, BpMoment moment)
{
  bool same_step = self->shown.step == moment.step;
  self->shown.step = moment.step;
  if (!g_set_object(&self->shown.run, moment.run) && same_step)
    return;
  g_signal_emit(self, signals[SHOWN_CHANGED], 0);
  g_signal_emit(self, signals[EVALUATED], 0);
}

BpMoment bp_runs_get_shown(BpRuns *self)
{
  return self->shown;
}

BpRun *bp_runs_get_shown_run(BpRuns *self)
{
  return self->shown.run;
}

BpEvaluation *bp_runs_get_evaluation(BpRuns *self)
{
  BpEvaluation *newest = self->shown.run ? self->shown.run->evaluation : NULL;
  bool is_it = newest && (self->shown.step == BP_NEWEST || self->shown.step == newest->step);
  return is_it ? newest : NULL;
}

BpEvaluation *bp_runs_get_watched(BpRuns *self, BpRange range)
{
  BpEvaluation *watched = self->shown.run ? self->shown.run->watched : NULL;
  bool is_it = watched && self->shown.step == BP_NEWEST && bp_evaluation_covers(watched, range);
  return is_it ? watched : bp_runs_get_evaluation(self);
}

BpData *bp_runs_get_shown_data(BpRuns *self)
{
  return self->shown.run ? self->shown.run->data : bp_data_store_get(self->data);
}

/* ---- the list ---- */

GListModel *bp_runs_get_list(BpRuns *self)
{
  return G_LIST_MODEL(self->list);
}

BpRun *bp_runs_new_run(BpRuns *self, int exercise, const NnConfig *recipe)
{
  BpRun *run = bp_run_new(self->n_started + 1, exercise, recipe, bp_data_store_get(self->data));
  if (run)
    bp_run_take_name(run, G_LIST_MODEL(self->list));
  return run;
}

/* ---- following data and runner ---- */

/* Data that a run holds already, where both are the same pictures: they are there once, and two
 * runs on them can be compared. */
static void share_data(BpRuns *self)
{
  BpData *data = bp_data_store_get(self->data);
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->list));
  for (guint i = 0; i < n; i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(G_LIST_MODEL(self->list), i);
    if (!bp_data_equal(run->data, data))
      continue;
    bp_data_store_share(self->data, run->data);
    return;
  }
}

/* What a network said about other pictures says nothing about these. A run that goes on is still
 * about its own. */
static void on_loaded(BpRuns *self)
{
  BpRun *shown = self->shown.run;
  share_data(self);
  if (!bp_runner_is_active(self->runner) && shown && shown->data != bp_data_store_get(self->data))
    bp_runs_show(self, (BpMoment){0});
  else
    g_signal_emit(self, signals[EVALUATED], 0);
}

static void on_started(BpRuns *self, BpRun *run)
{
  self->n_started++;
  g_list_store_insert(self->list, 0, run);
  bp_runs_show(self, (BpMoment){run, BP_NEWEST});
}

static void on_evaluated(BpRuns *self, BpRun *run, gboolean all)
{
  if (run == self->shown.run)
    g_signal_emit(self, signals[all ? EVALUATED : WATCHED], 0);
}

/* ---- object ---- */

static void bp_runs_dispose(GObject *object)
{
  BpRuns *self = BP_RUNS(object);
  g_clear_object(&self->shown.run);
  g_clear_object(&self->list);
  g_clear_object(&self->runner);
  g_clear_object(&self->data);
  G_OBJECT_CLASS(bp_runs_parent_class)->dispose(object);
}

static void bp_runs_class_init(BpRunsClass *klass)
{
  static const char *const names[] = {"shown-changed", "evaluated", "watched"};
  G_OBJECT_CLASS(klass)->dispose = bp_runs_dispose;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new(names[i], BP_TYPE_RUNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 0);
}

static void bp_runs_init(BpRuns *self)
{
  self->list = g_list_store_new(BP_TYPE_RUN);
}

BpRuns *bp_runs_new(BpDataStore *data, BpRunner *runner)
{
  BpRuns *self = g_object_new(BP_TYPE_RUNS, NULL);
  self->data = g_object_ref(data);
  self->runner = g_object_ref(runner);
  g_signal_connect_object(data, "loaded", G_CALLBACK(on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(runner, "started", G_CALLBACK(on_started), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(runner, "evaluated", G_CALLBACK(on_evaluated), self, G_CONNECT_SWAPPED);
  return self;
}
