/* runs.c: see runs.h. */
#include "runs.h"
#include "app/run/run-list.h"
#include "engine/mem.h"
#include "stored-run.h"
#include "ui/i18n.h"

enum {
  MOST_EVALUATIONS = 8, /* of stored runs, that stay in memory */
  REFRESH_MS = 500,     /* after a file has come or gone */
  FOLLOW_MS = 2000      /* how often runs of other programs are looked at */
};

struct _BpRuns {
  GObject parent_instance;
  BpDataStore *data; /* owned, as the next */
  BpRunner *runner;
  GListStore *list;
  guint n_runs;   /* the highest number of a run */
  BpMoment shown; /* whose run is owned */
  GQueue recent;  /* owned: the runs that were shown last, the newest first */

  char *folder; /* of the files; NULL: runs are in memory alone */
  GFileMonitor *monitor;
  guint refreshing, following; /* timeouts */

  BpLoadWatch *watch; /* of the evaluation that is waited for; NULL: of none */
  guint evaluating;   /* threads */
  char *unseen;       /* why the last one failed; NULL: it did not */
};

G_DEFINE_FINAL_TYPE(BpRuns, bp_runs, G_TYPE_OBJECT)

enum { SHOWN_CHANGED, EVALUATED, WATCHED, NOTICE, FAILED, IDLE, N_SIGNALS };
static guint signals[N_SIGNALS];

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

/* ---- what the network of a stored run says ---- */

static bool is_shown_evaluated(BpRuns *self)
{
  BpEvaluation *newest = self->shown.run->evaluation;
  return newest && (self->shown.step == BP_NEWEST || self->shown.step == newest->step);
}

/* Nobody waits for it any more. */
static void give_up(BpRuns *self)
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
  self->evaluating--;
  if (watch == self->watch) {
    g_clear_pointer(&self->watch, g_atomic_rc_box_release);
    if (evaluation)
      take_evaluation(self->shown.run, evaluation);
    else
      self->unseen = g_strdup(error->message);
    g_signal_emit(self, signals[EVALUATED], 0);
  } else {
    bp_evaluation_unref(evaluation);
  }
  if (self->evaluating == 0)
    g_signal_emit(self, signals[IDLE], 0);
}

static void evaluate_shown(BpRuns *self)
{
  BpRun *run = self->shown.run;
  g_clear_pointer(&self->unseen, g_free);
  give_up(self);
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
  self->evaluating++;
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
  evaluate_shown(self);
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
  BpRun *run = bp_run_new(self->n_runs + 1, exercise, recipe, bp_data_store_get(self->data));
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

/* Where its number has its place. */
static void insert(BpRuns *self, BpRun *run)
{
  guint at = 0;
  while (at < n_in_list(self) && run_at(self, at)->number > run->number)
    at++;
  g_list_store_insert(self->list, at, run);
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

/* ---- runs that other programs train ---- */

static void take_news(BpRuns *self, BpRun *run, const BpRunInfo *info)
{
  bool ended = run->status == BP_RUN_ACTIVE && info->status != BP_RUN_ACTIVE;
  bp_run_take_info(run, info);
  bp_run_changed(run);
  if (!ended)
    return;
  bp_run_reload_curves(run);
  if (run == self->shown.run) {
    evaluate_shown(self);
    g_signal_emit(self, signals[SHOWN_CHANGED], 0);
  }
}

static bool read_news(BpRuns *self, BpRun *run)
{
  BpRunFile *file = NULL;
  BpRunInfo info = {0};
  if (bp_run_file_open(run->path, BP_RUN_FILE_READ, &file, NULL) &&
      bp_run_file_info(file, &info, NULL))
    take_news(self, run, &info);
  bp_run_info_clear(&info);
  bp_run_file_close(file);
  return run->status == BP_RUN_ACTIVE;
}

static gboolean on_follow(gpointer user_data)
{
  BpRuns *self = user_data;
  bool any = false;
  for (guint i = 0; i < n_in_list(self); i++)
    if (run_at(self, i)->stored && run_at(self, i)->status == BP_RUN_ACTIVE)
      any |= read_news(self, run_at(self, i));
  if (!any)
    self->following = 0;
  return any;
}

/* ---- the folder ---- */

/* Adds a run that is not known yet to `fresh`, newest first. One of this window says itself how it
 * is. */
static void take_entry(BpRuns *self, const BpRunEntry *entry, GPtrArray *fresh, NnError *err)
{
  BpRun *known = find_path(self, entry->path);
  if (known && known->stored)
    take_news(self, known, &entry->info);
  if (!known) {
    BpRun *run = bp_run_new_stored(self->n_runs + 1, entry->path, &entry->info, err);
    if (!run)
      return;
    self->n_runs++;
    g_ptr_array_insert(fresh, 0, run);
    if (run->status == BP_RUN_ACTIVE && !self->following)
      self->following = g_timeout_add(FOLLOW_MS, on_follow, self);
  }
}

static bool is_listed(const BpRunList *files, const char *path)
{
  for (gsize i = 0; i < files->n; i++)
    if (g_str_equal(files->entries[i].path, path))
      return true;
  return false;
}

static void take_away_gone(BpRuns *self, const BpRunList *files)
{
  for (guint i = n_in_list(self); i-- > 0;) {
    g_autoptr(BpRun) run = g_object_ref(run_at(self, i));
    if (run->stored && !is_listed(files, run->path))
      take_away(self, run);
  }
}

/* The newest entry comes first, and gets the highest number. Returns how many cannot be read; `err`
 * says why of one of them. */
static guint refresh(BpRuns *self, NnError *err)
{
  g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func(g_object_unref);
  BpRunList files = {0};
  guint n_unread = 0;
  if (!bp_runs_list(self->folder, &files, err))
    return 1;
  take_away_gone(self, &files);
  for (gsize i = files.n; i-- > 0;) {
    NnError why = {0};
    if (files.entries[i].problem)
      g_strlcpy(why.text, files.entries[i].problem, sizeof why.text);
    else
      take_entry(self, &files.entries[i], fresh, &why);
    n_unread += why.text[0] != '\0';
    if (why.text[0])
      *err = why;
  }
  bp_runs_clear(&files);
  if (fresh->len > 0)
    g_list_store_splice(self->list, 0, 0, fresh->pdata, fresh->len);
  return n_unread;
}

static gboolean on_refresh(gpointer user_data)
{
  BpRuns *self = user_data;
  NnError err = {0};
  self->refreshing = 0;
  refresh(self, &err);
  return G_SOURCE_REMOVE;
}

static void on_folder_changed(BpRuns *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  g_autofree char *name = g_file_get_basename(file);
  bool comes_or_goes = event == G_FILE_MONITOR_EVENT_CREATED ||
                       event == G_FILE_MONITOR_EVENT_DELETED ||
                       event == G_FILE_MONITOR_EVENT_RENAMED;
  if (comes_or_goes && g_str_has_suffix(name, BP_RUN_FILE_ENDING) && !self->refreshing)
    self->refreshing = g_timeout_add(REFRESH_MS, on_refresh, self);
}

static void say_unread(BpRuns *self, guint n, const NnError *err)
{
  g_autofree char *text =
      n == 1 ? g_strdup_printf(_("A run could not be read: %s"), err->text)
             : g_strdup_printf(ngettext("%u run could not be read; for example: %s",
                                        "%u runs could not be read; for example: %s", n),
                               n, err->text);
  g_signal_emit(self, signals[NOTICE], 0, text);
}

void bp_runs_open_folder(BpRuns *self)
{
  NnError err = {0};
  char *folder = NULL;
  if (!bp_runs_folder(&folder, &err)) {
    say_unread(self, 1, &err);
    return;
  }
  self->folder = g_strdup(folder);
  nn_free(folder);
  bp_runner_set_folder(self->runner, self->folder);
  bp_runs_purge(self->folder);
  guint n_unread = refresh(self, &err);
  if (n_unread > 0)
    say_unread(self, n_unread, &err);
  g_autoptr(GFile) file = g_file_new_for_path(self->folder);
  self->monitor = g_file_monitor_directory(file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor)
    g_signal_connect_object(self->monitor, "changed", G_CALLBACK(on_folder_changed), self,
                            G_CONNECT_SWAPPED);
}

/* ---- what a person does with a run ---- */

static gboolean fail(BpRuns *self, const char *what, const NnError *err)
{
  g_signal_emit(self, signals[FAILED], 0, err->text, what);
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
    g_signal_emit(self, signals[SHOWN_CHANGED], 0);
}

void bp_runs_set_pinned(BpRuns *self, BpRun *run, gboolean pinned)
{
  NnError err = {0};
  if (run->path && !bp_run_pin(run->path, pinned, &err)) {
    fail(self, _("The run could not be pinned"), &err);
    return;
  }
  guint at;
  run->pinned = pinned;
  bp_run_changed(run);
  if (g_list_store_find(self->list, run, &at)) /* it has another place in sorted lists */
    g_list_model_items_changed(G_LIST_MODEL(self->list), at, 1, 1);
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
  if (path) {
    g_free(run->path);
    run->path = g_strdup(path);
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
    g_signal_emit(self, signals[EVALUATED], 0);
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
    g_signal_emit(self, signals[all ? EVALUATED : WATCHED], 0);
}

gboolean bp_runs_is_idle(BpRuns *self)
{
  return self->evaluating == 0;
}

void bp_runs_abort(BpRuns *self)
{
  give_up(self);
}

/* ---- object ---- */

static void bp_runs_dispose(GObject *object)
{
  BpRuns *self = BP_RUNS(object);
  give_up(self);
  g_clear_handle_id(&self->refreshing, g_source_remove);
  g_clear_handle_id(&self->following, g_source_remove);
  g_clear_object(&self->monitor);
  g_queue_clear_full(&self->recent, g_object_unref);
  g_clear_object(&self->shown.run);
  g_clear_object(&self->list);
  g_clear_object(&self->runner);
  g_clear_object(&self->data);
  G_OBJECT_CLASS(bp_runs_parent_class)->dispose(object);
}

static void bp_runs_finalize(GObject *object)
{
  g_free(BP_RUNS(object)->folder);
  g_free(BP_RUNS(object)->unseen);
  G_OBJECT_CLASS(bp_runs_parent_class)->finalize(object);
}

static void bp_runs_class_init(BpRunsClass *klass)
{
  static const struct {
    const char *name;
    guint n_texts;
  } list[N_SIGNALS] = {{"shown-changed", 0}, {"evaluated", 0}, {"watched", 0},
                       {"notice", 1},        {"failed", 2},    {"idle", 0}};
  G_OBJECT_CLASS(klass)->dispose = bp_runs_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_runs_finalize;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new(list[i].name, BP_TYPE_RUNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, list[i].n_texts, G_TYPE_STRING, G_TYPE_STRING);
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
