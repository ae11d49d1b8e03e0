/* session-data.c: loading data sets on a thread of their own. */
#include "gerror.h"
#include "session-private.h"

/* The practice digits are the same for everybody. */
enum { PRACTICE_SEED = 0 };

typedef struct {
  char *dir;
  guint number;
} Load;

static void load_free(gpointer data)
{
  Load *load = data;
  g_free(load->dir);
  g_free(load);
}

static void load_thread(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load *load = task_data;
  NnError err = {0};
  NnDataset *set;
  if (nn_dataset_open(load->dir, PRACTICE_SEED, &set, &err))
    g_task_return_pointer(task, bp_data_new(set), (GDestroyNotify)bp_data_unref);
  else
    g_task_return_error(task, bp_error_new(&err));
}

static void start_load(BpSession *self, const char *dir);

static void take_data(BpSession *self, BpData *data, const char *dir)
{
  bp_data_unref(self->data);
  self->data = data;
  self->loaded_any = true;
  g_free(self->loaded_dir);
  self->loaded_dir = g_strdup(dir);
  /* What a network said about other pictures means nothing any more. */
  g_clear_pointer(&self->evaluation, bp_evaluation_unref);
  bp_session_check_recipe(self);
  g_signal_emit(self, bp_session_signals[BP_SESSION_RECIPE], 0, FALSE);
  bp_session_emit(self, BP_SESSION_EVALUATED);
}

/* What was there stays; where nothing was, the practice digits come, so that there is always
 * something to train on. */
static void load_failed(BpSession *self, const Load *load, const GError *error)
{
  bp_session_emit_failed(self, error->message);
  g_free(self->data_dir);
  self->data_dir = g_strdup(self->loaded_any ? self->loaded_dir : "practice");
  if (!self->loaded_any && g_strcmp0(load->dir, "practice") != 0)
    start_load(self, "practice");
}

static void load_ready(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpSession *self = BP_SESSION(object);
  Load *load = g_task_get_task_data(G_TASK(result));
  g_autoptr(GError) error = NULL;
  g_autoptr(BpData) data = g_task_propagate_pointer(G_TASK(result), &error);
  self->loading--;
  if (load->number == self->newest_load) {
    if (data)
      take_data(self, g_steal_pointer(&data), load->dir);
    else
      load_failed(self, load, error);
    bp_session_want_data(self);
  }
  bp_session_emit(self, BP_SESSION_DATA);
  bp_session_emit(self, BP_SESSION_STATE);
  bp_session_emit_if_quiet(self);
}

static void start_load(BpSession *self, const char *dir)
{
  Load *load = g_new0(Load, 1);
  g_autoptr(GTask) task = g_task_new(self, NULL, load_ready, NULL);
  load->dir = g_strdup(dir);
  load->number = ++self->newest_load;
  self->loading++;
  g_task_set_task_data(task, load, load_free);
  g_task_run_in_thread(task, load_thread);
  bp_session_emit(self, BP_SESSION_DATA);
}

/* A recipe may ask for practice digits; otherwise the directory counts. */
static const char *wanted_dir(BpSession *self)
{
  NnConfig *section = nn_config_child(bp_session_get_recipe(self), "data");
  const char *dataset = nn_config_child(section, "dataset")->kind->name;
  return g_str_equal(dataset, "practice") ? "practice" : self->data_dir;
}

void bp_session_want_data(BpSession *self)
{
  const char *wanted = wanted_dir(self);
  if (self->loading == 0 && self->loaded_any && g_strcmp0(wanted, self->loaded_dir) != 0)
    start_load(self, wanted);
}

void bp_session_open_data(BpSession *self, const char *dir)
{
  g_free(self->data_dir);
  self->data_dir = g_strdup(dir);
  start_load(self, wanted_dir(self));
}

BpData *bp_session_get_data(BpSession *self)
{
  return self->data;
}

gboolean bp_session_is_loading(BpSession *self)
{
  return self->loading > 0;
}
