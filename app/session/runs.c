/* runs.c: see runs.h. */
#include "app/run/run-number.h"
#include "engine/mem.h"
#include "runs-private.h"
#include "ui/new-signal.h"
#include "ui/i18n.h"

enum { FOLLOW_MS = 2000 }; /* how often runs of other programs are looked at */

G_DEFINE_FINAL_TYPE(BpRuns, bp_runs, G_TYPE_OBJECT)

guint bp_runs_signals[BP_RUNS_N_SIGNALS];

static BpRun *run_at(BpRuns *self, guint index)
{
  BpRun *run = g_list_model_get_item(G_LIST_MODEL(self->list), index);
  g_object_unref(run); /* the list keeps it */
  return run;
}

static guint n_in_list(BpRuns *self)
{
  return g_list_model_get_n_items(G_LIST_MODEL(self->list));
}

/* ---- the list ---- */

GListModel *bp_runs_get_list(BpRuns *self)
{
  return G_LIST_MODEL(self->list);
}

BpRun *bp_runs_find(BpRuns *self, guint number)
{
  for (guint i = 0; i < n_in_list(self); i++)
    if (run_at(self, i)->number == number)
      return run_at(self, i);
  return NULL;
}

const char *const *bp_runs_get_differences(BpRuns *self, BpRun *run)
{
  if (!run->differences)
    bp_run_compare(run, G_LIST_MODEL(self->list));
  return (const char *const *)run->differences;
}

BpRun *bp_runs_new_run(BpRuns *self, const char *exercise, const NnConfig *recipe)
{
  guint number = self->n_runs + 1;
  if (self->folder)
    number = bp_run_number_take(bp_run_folder_get_path(self->folder), number);
  BpRun *run = bp_run_new(number, exercise, recipe, bp_data_store_get(self->data));
  if (run)
    bp_run_take_name(run, G_LIST_MODEL(self->list));
  return run;
}

static BpRun *find_path(BpRuns *self, const char *path)
{
  for (guint i = 0; i < n_in_list(self); i++)
    if (g_strcmp0(run_at(self, i)->path, path) == 0)
      return run_at(self, i);
  return NULL;
}

/* By its number. */
static guint place_of(BpRuns *self, BpRun *run)
{
  guint at = 0;
  while (at < n_in_list(self) && run_at(self, at)->number > run->number)
    at++;
  return at;
}

static void insert(BpRuns *self, BpRun *run)
{
  g_list_store_insert(self->list, place_of(self, run), run);
}

static void take_away(BpRuns *self, BpRun *run)
{
  guint at;
  if (!g_list_store_find(self->list, run, &at))
    return;
  g_list_store_remove(self->list, at);
  if (run == self->shown.run)
    bp_runs_show(self, n_in_list(self)
                           ? (BpMoment){run_at(self, MIN(at, n_in_list(self) - 1)), BP_NEWEST}
                           : (BpMoment){0});
}

/* ---- the folder ---- */

static gboolean on_follow(gpointer user_data)
{
  BpRuns *self = user_data;
  self->following = 0;
  bp_run_folder_read(self->folder);
  return G_SOURCE_REMOVE;
}

/* A run that another program trains is looked at again after a while. */
static void follow(BpRuns *self, const BpRunInfo *info)
{
  if (info->status == BP_RUN_ACTIVE && !self->following)
    self->following = g_timeout_add(FOLLOW_MS, on_follow, self);
}

static void pinned_changed(BpRuns *self, BpRun *run)
{
  guint at;
  if (g_list_store_find(self->list, run, &at)) /* it has another place in sorted lists */
    g_list_model_items_changed(G_LIST_MODEL(self->list), at, 1, 1);
}

/* One of this window says itself how it is. */
static void take_news(BpRuns *self, BpRun *run, const BpRunInfo *info)
{
  if (!run->stored)
    return;
  bool ended = run->status == BP_RUN_ACTIVE && info->status != BP_RUN_ACTIVE;
  bool pinned = run->pinned;
  bp_run_take_info(run, info);
  bp_run_changed(run);
  follow(self, info);
  if (run->pinned != pinned)
    pinned_changed(self, run);
  if (!ended) {
    if (info->status == BP_RUN_ACTIVE)
      bp_run_follow_curves(run);
    return;
  }
  bp_run_reload_curves(run);
  if (run == self->shown.run) {
    bp_runs_evaluate_shown(self);
    g_signal_emit(self, bp_runs_signals[BP_RUNS_SHOWN_CHANGED], 0);
  }
}

/* Adds a run that is not known yet to `fresh`. While one of this window starts, it may be that. */
static void take_entry(BpRuns *self, const BpRunEntry *entry, BpRun *run, GPtrArray *fresh)
{
  BpRun *known = find_path(self, entry->path);
  bool starting = bp_runner_get_state(self->runner) == BP_STATE_STARTING;
  if (known) {
    take_news(self, known, &entry->info);
  } else if (entry->info.status == BP_RUN_ACTIVE && starting) {
    follow(self, &entry->info);
  } else if (g_file_test(entry->path, G_FILE_TEST_EXISTS)) { /* not deleted meanwhile */
    self->n_runs = MAX(self->n_runs, run->number);
    follow(self, &entry->info);
    g_ptr_array_add(fresh, run);
  }
}

static void take_away_gone(BpRuns *self, const char *path)
{
  g_autoptr(BpRun) run = find_path(self, path);
  if (run)
    g_object_ref(run);
  if (run && run->stored && !g_file_test(path, G_FILE_TEST_EXISTS))
    take_away(self, run);
}

static int newest_first(gconstpointer a, gconstpointer b)
{
  const BpRun *x = *(BpRun *const *)a, *y = *(BpRun *const *)b;
  return (x->number < y->number) - (x->number > y->number);
}

/* All at once where they lie together, as they do at the start. */
static void insert_all(BpRuns *self, GPtrArray *fresh)
{
  if (fresh->len == 0)
    return;
  g_ptr_array_sort(fresh, newest_first);
  BpRun *oldest = g_ptr_array_index(fresh, fresh->len - 1);
  guint at = place_of(self, g_ptr_array_index(fresh, 0));
  if (at == place_of(self, oldest))
    g_list_store_splice(self->list, at, 0, fresh->pdata, fresh->len);
  else
    for (guint i = 0; i < fresh->len; i++)
      insert(self, g_ptr_array_index(fresh, i));
}

static void say_unread(BpRuns *self, guint n, const NnError *err)
{
  g_autofree char *text =
      n == 1 ? g_strdup_printf(_("A run could not be read: %s"), err->text)
             : g_strdup_printf(ngettext("%u run could not be read; for example: %s",
                                        "%u runs could not be read; for example: %s", n),
                               n, err->text);
  g_signal_emit(self, bp_runs_signals[BP_RUNS_NOTICE], 0, text);
}

static void on_read(BpRuns *self, const BpRunNews *news)
{
  g_autoptr(GPtrArray) fresh = g_ptr_array_new();
  for (guint i = 0; i < news->gone->len; i++)
    take_away_gone(self, g_ptr_array_index(news->gone, i));
  for (guint i = 0; i < news->runs->len; i++)
    if (g_ptr_array_index(news->runs, i))
      take_entry(self, &news->list.entries[i], g_ptr_array_index(news->runs, i), fresh);
  insert_all(self, fresh);
  if (news->n_unread > 0 && !self->listed)
    say_unread(self, news->n_unread, &news->unread);
  self->listed = true;
}

void bp_runs_open_folder(BpRuns *self)
{
  NnError err = {0};
  char *path = NULL;
  if (!bp_runs_folder(&path, &err)) {
    say_unread(self, 1, &err);
    return;
  }
  bp_runner_set_folder(self->runner, path);
  self->folder = bp_run_folder_new(path);
  nn_free(path);
  g_signal_connect_object(self->folder, "read", G_CALLBACK(on_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(self->folder, "idle", G_CALLBACK(bp_runs_check_idle), self,
                          G_CONNECT_SWAPPED);
}

/* ---- what a person does with a run ---- */

static gboolean fail(BpRuns *self, const char *what, const NnError *err)
{
  g_signal_emit(self, bp_runs_signals[BP_RUNS_FAILED], 0, err->text, what);
  return FALSE;
}

void bp_runs_rename(BpRuns *self, BpRun *run, const char *name)
{
  NnError err = {0};
  if (run->path && !bp_run_rename(run->path, name, &err)) {
    fail(self, _("The run could not be renamed"), &err);
    return;
  }
  g_free(run->name);
  run->name = g_strdup(name);
  bp_run_changed(run);
  if (run == self->shown.run)
    g_signal_emit(self, bp_runs_signals[BP_RUNS_SHOWN_CHANGED], 0);
}

void bp_runs_set_pinned(BpRuns *self, BpRun *run, gboolean pinned)
{
  NnError err = {0};
  if (run->path && !bp_run_pin(run->path, pinned, &err)) {
    fail(self, _("The run could not be pinned"), &err);
    return;
  }
  run->pinned = pinned;
  bp_run_changed(run);
  pinned_changed(self, run);
}

gboolean bp_runs_delete(BpRuns *self, BpRun *run)
{
  NnError err = {0};
  char *deleted = NULL;
  if (run == bp_runner_get_run(self->runner) && bp_runner_is_active(self->runner))
    return FALSE;
  if (run->path && !bp_run_delete(run->path, &deleted, &err))
    return fail(self, _("The run could not be deleted"), &err);
  g_free(run->deleted);
  run->deleted = g_strdup(deleted);
  nn_free(deleted);
  take_away(self, run);
  return TRUE;
}

void bp_runs_undelete(BpRuns *self, BpRun *run)
{
  NnError err = {0};
  char *path = NULL;
  if (run->deleted && !bp_run_undelete(run->deleted, &path, &err)) {
    fail(self, _("The run could not be restored"), &err);
    return;
  }
  if (path) { /* it may have another name now */
    g_free(run->path);
    run->path = g_strdup(path);
    bp_run_number_keep(bp_run_folder_get_path(self->folder), run->number, path);
  }
  nn_free(path);
  g_clear_pointer(&run->deleted, g_free);
  insert(self, run);
  bp_runs_show(self, (BpMoment){run, BP_NEWEST});
}

/* ---- following data and runner ---- */

/* Data that a run holds already, where both are the same pictures: they are there once. */
static void share_data(BpRuns *self)
{
  BpData *data = bp_data_store_get(self->data);
  for (guint i = 0; i < n_in_list(self); i++) {
    BpRun *run = run_at(self, i);
    if (!run->data || !bp_data_equal(run->data, data))
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
  const char *checksum = bp_data_store_get(self->data)->checksum;
  if (!bp_runner_is_active(self->runner) && shown && g_strcmp0(shown->data_checksum, checksum) != 0)
    bp_runs_show(self, (BpMoment){0});
  else
    g_signal_emit(self, bp_runs_signals[BP_RUNS_EVALUATED], 0);
}

static void on_started(BpRuns *self, BpRun *run)
{
  guint at;
  self->n_runs = MAX(self->n_runs, run->number);
  if (!g_list_store_find(self->list, run, &at)) /* else it goes on */
    insert(self, run);
  bp_runs_show(self, (BpMoment){run, BP_NEWEST});
}

static void on_evaluated(BpRuns *self, BpRun *run, gboolean all)
{
  if (run == self->shown.run)
    g_signal_emit(self, bp_runs_signals[all ? BP_RUNS_EVALUATED : BP_RUNS_WATCHED], 0);
}

void bp_runs_abort(BpRuns *self)
{
  bp_runs_give_up(self);
  if (self->folder)
    bp_run_folder_abort(self->folder);
}

/* ---- object ---- */

static void bp_runs_dispose(GObject *object)
{
  BpRuns *self = BP_RUNS(object);
  bp_runs_give_up(self);
  g_clear_handle_id(&self->following, g_source_remove);
  g_clear_object(&self->folder);
  g_queue_clear_full(&self->recent, g_object_unref);
  g_clear_object(&self->shown.run);
  g_clear_object(&self->list);
  g_clear_object(&self->runner);
  g_clear_object(&self->data);
  G_OBJECT_CLASS(bp_runs_parent_class)->dispose(object);
}

static void bp_runs_finalize(GObject *object)
{
  g_free(BP_RUNS(object)->unseen);
  G_OBJECT_CLASS(bp_runs_parent_class)->finalize(object);
}

static void bp_runs_class_init(BpRunsClass *klass)
{
  static const struct {
    const char *name;
    guint n_texts;
  } list[] = {[BP_RUNS_SHOWN_CHANGED] = {"shown-changed", 0},
              [BP_RUNS_EVALUATED] = {"evaluated", 0},
              [BP_RUNS_WATCHED] = {"watched", 0},
              [BP_RUNS_NOTICE] = {"notice", 1},
              [BP_RUNS_FAILED] = {"failed", 2},
              [BP_RUNS_IDLE] = {"idle", 0}};
  G_OBJECT_CLASS(klass)->dispose = bp_runs_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_runs_finalize;
  for (int i = 0; i < BP_RUNS_N_SIGNALS; i++)
    bp_runs_signals[i] =
        bp_signal_new(BP_TYPE_RUNS, list[i].name, list[i].n_texts, G_TYPE_STRING, G_TYPE_STRING);
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
