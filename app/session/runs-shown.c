/* runs-shown.c: which run is shown, and what its network says; and whether anything runs. */
#include "runs-private.h"
#include "stored-run.h"
#include "ui/i18n.h"

enum { MOST_EVALUATIONS = 8 }; /* of stored runs, that stay in memory */

gboolean bp_runs_is_idle(BpRuns *self)
{
  return self->n_threads == 0 && (!self->folder || bp_run_folder_is_idle(self->folder));
}

void bp_runs_check_idle(BpRuns *self)
{
  if (bp_runs_is_idle(self))
    g_signal_emit(self, bp_runs_signals[BP_RUNS_IDLE], 0);
}

/* ---- what the network of a stored run says ---- */

static bool is_shown_evaluated(BpRuns *self)
{
  BpEvaluation *newest = self->shown.run->evaluation;
  return newest && (self->shown.step == BP_NEWEST || self->shown.step == newest->step);
}

void bp_runs_give_up(BpRuns *self)
{
  if (self->watch) {
    atomic_store(&self->watch->stop, true);
    g_clear_pointer(&self->watch, g_atomic_rc_box_release);
  }
}

static void take_evaluation(BpRun *run, BpEvaluation *evaluation)
{
  if (!run->data)
    run->data = bp_data_ref(evaluation->data);
  bp_evaluation_unref(run->evaluation);
  run->evaluation = evaluation;
}

static void evaluation_ready(GObject *object, GAsyncResult *result, gpointer watch)
{
  BpRuns *self = BP_RUNS(object);
  g_autoptr(GError) error = NULL;
  BpEvaluation *evaluation = g_task_propagate_pointer(G_TASK(result), &error);
  self->n_threads--;
  if (watch == self->watch) {
    g_clear_pointer(&self->watch, g_atomic_rc_box_release);
    if (evaluation)
      take_evaluation(self->shown.run, evaluation);
    else
      self->unseen = g_strdup(error->message);
    g_signal_emit(self, bp_runs_signals[BP_RUNS_EVALUATED], 0);
  } else {
    bp_evaluation_unref(evaluation);
  }
  bp_runs_check_idle(self);
}

void bp_runs_evaluate_shown(BpRuns *self)
{
  BpRun *run = self->shown.run;
  g_clear_pointer(&self->unseen, g_free);
  bp_runs_give_up(self);
  if (!run || !run->stored || run->status == BP_RUN_ACTIVE || is_shown_evaluated(self))
    return;
  self->watch = g_atomic_rc_box_new0(BpLoadWatch);
  BpStoredMoment moment = {.path = run->path,
                           .recipe = run->recipe,
                           .checksum = run->data_checksum,
                           .where = run->data_where,
                           .data = run->data,
                           .step = self->shown.step,
                           .watch = self->watch};
  self->n_threads++;
  bp_stored_evaluate_async(&moment, G_OBJECT(self), evaluation_ready, self->watch);
}

/* ---- which is shown ---- */

static void forget(BpRun *run)
{
  if (!run->stored)
    return;
  g_clear_pointer(&run->evaluation, bp_evaluation_unref);
  g_clear_pointer(&run->watched, bp_evaluation_unref);
  g_clear_pointer(&run->data, bp_data_unref);
}

static void remember(BpRuns *self, BpRun *run)
{
  GList *link = g_queue_find(&self->recent, run);
  BpData *at_hand = bp_data_store_get(self->data);
  if (link)
    g_queue_unlink(&self->recent, link);
  else
    link = g_list_prepend(NULL, g_object_ref(run));
  g_queue_push_head_link(&self->recent, link);
  if (!run->data && at_hand && g_strcmp0(run->data_checksum, at_hand->checksum) == 0)
    run->data = bp_data_ref(at_hand);
  while (g_queue_get_length(&self->recent) > MOST_EVALUATIONS) {
    g_autoptr(BpRun) last = g_queue_pop_tail(&self->recent);
    forget(last);
  }
}

void bp_runs_show(BpRuns *self, BpMoment moment)
{
  bool same_step = self->shown.step == moment.step;
  self->shown.step = moment.step;
  if (!g_set_object(&self->shown.run, moment.run) && same_step)
    return;
  if (moment.run)
    remember(self, moment.run);
  bp_runs_evaluate_shown(self);
  g_signal_emit(self, bp_runs_signals[BP_RUNS_SHOWN_CHANGED], 0);
  g_signal_emit(self, bp_runs_signals[BP_RUNS_EVALUATED], 0);
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
  return self->shown.run && is_shown_evaluated(self) ? self->shown.run->evaluation : NULL;
}

BpEvaluation *bp_runs_get_watched(BpRuns *self, BpRange range)
{
  BpEvaluation *watched = self->shown.run ? self->shown.run->watched : NULL;
  bool is_it = watched && self->shown.step == BP_NEWEST && bp_evaluation_covers(watched, range);
  return is_it ? watched : bp_runs_get_evaluation(self);
}

char *bp_runs_dup_unseen(BpRuns *self)
{
  BpRun *run = self->shown.run;
  if (!run)
    return g_strdup(_("Not evaluated yet"));
  if (run->status == BP_RUN_ACTIVE || self->watch)
    return g_strdup_printf(_("Run %u: not evaluated yet"), run->number);
  return self->unseen ? g_strdup_printf(_("Run %u: %s"), run->number, self->unseen)
                      : g_strdup_printf(_("Run %u ended before it was evaluated"), run->number);
}

BpData *bp_runs_get_shown_data(BpRuns *self)
{
  return self->shown.run ? self->shown.run->data : bp_data_store_get(self->data);
}
