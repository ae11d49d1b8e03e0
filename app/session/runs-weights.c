/* runs-weights.c: what runs have learned, into files. */
#include "app/gerror.h"
#include "app/run/run-weights.h"
#include "runs-private.h"
#include "ui/i18n.h"

typedef struct {
  char *run, *to;
  guint64 step;
} Saving;

static void saving_free(gpointer data)
{
  Saving *saving = data;
  g_free(saving->run);
  g_free(saving->to);
  g_free(saving);
}

static void saving_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Saving *saving = data;
  NnError err = {0};
  if (bp_run_save_weights(saving->run, saving->step, saving->to, &err))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, bp_error_new(&err));
}

static void saving_ready(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpRuns *self = BP_RUNS(object);
  const Saving *saving = g_task_get_task_data(G_TASK(result));
  g_autoptr(GError) error = NULL;
  self->n_threads--;
  if (g_task_propagate_boolean(G_TASK(result), &error)) {
    g_autofree char *name = g_path_get_basename(saving->to);
    g_autofree char *text = g_strdup_printf(_("Saved as “%s”"), name);
    g_signal_emit(self, bp_runs_signals[BP_RUNS_NOTICE], 0, text);
  } else {
    g_signal_emit(self, bp_runs_signals[BP_RUNS_FAILED], 0, error->message,
                  _("The weights could not be saved"));
  }
  bp_runs_check_idle(self);
}

void bp_runs_save_weights(BpRuns *self, BpRun *run, const char *path)
{
  g_autoptr(GTask) task = g_task_new(self, NULL, saving_ready, NULL);
  Saving *saving = g_new0(Saving, 1);
  saving->run = g_strdup(run->path);
  saving->to = g_strdup(path);
  saving->step = run == self->shown.run ? self->shown.step : BP_NEWEST;
  g_task_set_task_data(task, saving, saving_free);
  self->n_threads++;
  g_task_run_in_thread(task, saving_thread);
}
