/* session-data.c: loading data sets on a thread of their own. */
#include "gerror.h"
#include "session-private.h"

/* The practice digits are the same for everybody. */
enum { PRACTICE_SEED = 0 };

typedef struct {
  BpDataWish wish;
  guint number;
} Load;

static void load_thread(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load *load = task_data;
  NnError err = {0};
  NnDataset *set;
  if (bp_open_data(&load->wish, PRACTICE_SEED, &set, &err))
    g_task_return_pointer(task, bp_data_new(set), (GDestroyNotify)bp_data_unref);
  else
    g_task_return_error(task, bp_error_new(&err));
}

static void start_load(BpSession *self, BpDataWish wish);

static void take_data(BpSession *self, BpData *data, const BpDataWish *wish)
{
  bp_data_unref(self->data);
  self->data = data;
  self->loaded_any = true;
  self->loaded = *wish;
  /* What a network said about other pictures means nothing any more. */
  g_clear_pointer(&self->evaluation, bp_evaluation_unref);
  bp_session_check_recipe(self);
  g_signal_emit(self, bp_session_signals[BP_SESSION_RECIPE], 0, FALSE);
  bp_session_emit(self, BP_SESSION_EVALUATED);
  if (data->set->note[0])
    bp_session_tell(self, data->set->note);
}

/* What was there stays; where nothing was, the practice digits come, so that there is always
 * something to train on. What was never fetched is no failure: the window offers to fetch it. */
static void load_failed(BpSession *self, const Load *load, const GError *error)
{
  BpDataWish practice = {.dir = "practice", .set = load->wish.set};
  if (!bp_data_is_absent(&load->wish)) {
    bp_session_emit_failed(self, error->message);
    self->data_dir = self->loaded_any ? self->loaded.dir : practice.dir;
  }
  if (!self->loaded_any && g_strcmp0(load->wish.dir, practice.dir) != 0)
    start_load(self, practice);
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
      take_data(self, g_steal_pointer(&data), &load->wish);
    else
      load_failed(self, load, error);
    bp_session_want_data(self);
  }
  bp_session_emit(self, BP_SESSION_DATA);
  bp_session_emit(self, BP_SESSION_STATE);
  bp_session_emit_if_quiet(self);
}

static void start_load(BpSession *self, BpDataWish wish)
{
  Load *load = g_new0(Load, 1);
  g_autoptr(GTask) task = g_task_new(self, NULL, load_ready, NULL);
  load->wish = self->tried = wish;
  load->number = ++self->newest_load;
  self->loading++;
  g_task_set_task_data(task, load, g_free);
  g_task_run_in_thread(task, load_thread);
  bp_session_emit(self, BP_SESSION_DATA);
}

/* A recipe may ask for practice digits; otherwise the directory counts. */
static BpDataWish wanted(BpSession *self)
{
  BpDataWish wish = bp_data_wish(bp_session_get_recipe(self), self->data_dir);
  if (g_str_equal(wish.set->name, "practice"))
    wish.dir = "practice";
  return wish;
}

void bp_session_want_data(BpSession *self)
{
  BpDataWish wish = wanted(self);
  if (self->loading == 0 && self->loaded_any && !bp_data_wish_equal(&wish, &self->loaded) &&
      !bp_data_wish_equal(&wish, &self->tried))
    start_load(self, wish);
}

/* Interned: a thread may still hold the name of the last one, and there are few. */
void bp_session_open_data(BpSession *self, const char *dir)
{
  self->data_dir = g_intern_string(dir);
  start_load(self, wanted(self));
}

/* Interned for the same reason, and because nn_data_set_user_dir() wants it to last. */
void bp_session_set_user_dir(BpSession *self, const char *dir)
{
  nn_data_set_user_dir(dir && dir[0] ? g_intern_string(dir) : NULL);
  if (self->loaded_any)
    bp_session_open_data(self, NULL);
}

BpMissing bp_session_get_missing(BpSession *self, const NnCatalogSet **set)
{
  BpDataWish wish = wanted(self);
  *set = nn_catalog_find(wish.set->name);
  if (!self->data)
    return BP_MISSING_NOTHING;
  if (*set == nn_catalog[0])
    return self->data->set->practice ? BP_MISSING_SET : BP_MISSING_NOTHING;
  if (!bp_data_is_absent(&wish))
    return BP_MISSING_NOTHING;
  return *set ? BP_MISSING_SET : BP_MISSING_FOLDER;
}

BpData *bp_session_get_data(BpSession *self)
{
  return self->data;
}

gboolean bp_session_is_loading(BpSession *self)
{
  return self->loading > 0;
}
