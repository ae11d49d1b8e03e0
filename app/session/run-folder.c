/* run-folder.c: see run-folder.h. */
#include "run-folder.h"
#include "app/run/run-number.h"
#include "ui/new-signal.h"
#include <stdatomic.h>

enum { REFRESH_MS = 500 }; /* after a file has come, gone or changed */

/* A file as it was when it was read. */
typedef struct {
  struct timespec changed;
  goffset size;
  guint64 inode;
  bool unsettled; /* its run was being trained, or it could not be read */
  guint last_met; /* in which reading it was there last */
} Known;

struct _BpRunFolder {
  GObject parent_instance;
  char *path;
  GFileMonitor *monitor;
  guint timeout; /* until it is read after a change */
  bool reading;  /* the next two are the thread's meanwhile */
  GHashTable *known;
  guint n_readings;
  bool again; /* asked for while it was being read */
  _Atomic bool stop;
};

G_DEFINE_FINAL_TYPE(BpRunFolder, bp_run_folder, G_TYPE_OBJECT)

enum { READ, IDLE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- the thread ---- */

/* Is it new, or another than before? */
static bool is_wanted(void *user, const char *path, const struct stat *file)
{
  BpRunFolder *self = user;
  Known *known = g_hash_table_lookup(self->known, path);
  if (atomic_load(&self->stop))
    return false;
  bool same = known && !known->unsettled && known->size == file->st_size &&
              known->inode == file->st_ino && known->changed.tv_sec == file->st_mtim.tv_sec &&
              known->changed.tv_nsec == file->st_mtim.tv_nsec;
  if (!known) {
    known = g_new0(Known, 1);
    g_hash_table_insert(self->known, g_strdup(path), known);
  }
  known->changed = file->st_mtim;
  known->size = file->st_size;
  known->inode = file->st_ino;
  known->last_met = self->n_readings;
  return !same;
}

static void take_problem(BpRunNews *news, const char *text)
{
  news->n_unread++;
  g_strlcpy(news->unread.text, text, sizeof news->unread.text);
}

static void make_runs(BpRunFolder *self, BpRunNews *news)
{
  for (gsize i = 0; i < news->list.n; i++) {
    const BpRunEntry *entry = &news->list.entries[i];
    Known *known = g_hash_table_lookup(self->known, entry->path);
    NnError err = {0};
    BpRun *run =
        entry->problem ? NULL : bp_run_new_stored(entry->number, entry->path, &entry->info, &err);
    if (!run)
      take_problem(news, entry->problem ? entry->problem : err.text);
    known->unsettled = entry->problem || entry->info.status == BP_RUN_ACTIVE;
    g_ptr_array_add(news->runs, run);
  }
}

static void find_gone(BpRunFolder *self, BpRunNews *news)
{
  GHashTableIter iter;
  gpointer path, known;
  g_hash_table_iter_init(&iter, self->known);
  while (g_hash_table_iter_next(&iter, &path, &known))
    if (((Known *)known)->last_met != self->n_readings) {
      g_ptr_array_add(news->gone, g_strdup(path));
      g_hash_table_iter_remove(&iter);
    }
}

static void unref_run(gpointer run)
{
  if (run)
    g_object_unref(run);
}

static void news_free(gpointer data)
{
  BpRunNews *news = data;
  bp_runs_clear(&news->list);
  g_ptr_array_unref(news->runs);
  g_ptr_array_unref(news->gone);
  g_free(news);
}

static void read_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BpRunFolder *self = source;
  BpRunNews *news = g_new0(BpRunNews, 1);
  NnError err = {0};
  news->runs = g_ptr_array_new_with_free_func(unref_run);
  news->gone = g_ptr_array_new_with_free_func(g_free);
  if (++self->n_readings == 1)
    bp_runs_purge(self->path);
  bool ok = bp_runs_list_some(self->path, is_wanted, self, &news->list, &err) &&
            (news->list.n == 0 || bp_run_numbers_find(self->path, &news->list, &err));
  if (ok && !atomic_load(&self->stop)) {
    make_runs(self, news);
    find_gone(self, news);
  }
  if (!ok)
    take_problem(news, err.text);
  g_task_return_pointer(task, news, news_free);
}

/* ---- the window's thread ---- */

static void on_read(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpRunFolder *self = BP_RUN_FOLDER(object);
  BpRunNews *news = g_task_propagate_pointer(G_TASK(result), NULL);
  self->reading = false;
  if (!atomic_load(&self->stop))
    g_signal_emit(self, signals[READ], 0, news);
  news_free(news);
  if (self->again)
    bp_run_folder_read(self);
  if (!self->reading)
    g_signal_emit(self, signals[IDLE], 0);
}

void bp_run_folder_read(BpRunFolder *self)
{
  self->again = self->reading;
  if (self->reading || atomic_load(&self->stop))
    return;
  self->reading = true;
  g_autoptr(GTask) task = g_task_new(self, NULL, on_read, NULL);
  g_task_run_in_thread(task, read_thread);
}

gboolean bp_run_folder_is_idle(BpRunFolder *self)
{
  return !self->reading;
}

void bp_run_folder_abort(BpRunFolder *self)
{
  atomic_store(&self->stop, true);
}

const char *bp_run_folder_get_path(BpRunFolder *self)
{
  return self->path;
}

static gboolean on_timeout(gpointer folder)
{
  BpRunFolder *self = folder;
  self->timeout = 0;
  bp_run_folder_read(self);
  return G_SOURCE_REMOVE;
}

static void on_changed(BpRunFolder *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  g_autofree char *name = g_file_get_basename(file);
  bool counts = event == G_FILE_MONITOR_EVENT_CREATED || event == G_FILE_MONITOR_EVENT_DELETED ||
                event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT;
  if (counts && g_str_has_suffix(name, BP_RUN_FILE_ENDING) && !self->timeout)
    self->timeout = g_timeout_add(REFRESH_MS, on_timeout, self);
}

/* ---- object ---- */

static void bp_run_folder_dispose(GObject *object)
{
  BpRunFolder *self = BP_RUN_FOLDER(object);
  g_clear_handle_id(&self->timeout, g_source_remove);
  g_clear_object(&self->monitor);
  G_OBJECT_CLASS(bp_run_folder_parent_class)->dispose(object);
}

static void bp_run_folder_finalize(GObject *object)
{
  BpRunFolder *self = BP_RUN_FOLDER(object);
  g_hash_table_unref(self->known);
  g_free(self->path);
  G_OBJECT_CLASS(bp_run_folder_parent_class)->finalize(object);
}

static void bp_run_folder_class_init(BpRunFolderClass *klass)
{
  G_OBJECT_CLASS(klass)->dispose = bp_run_folder_dispose;
  G_OBJECT_CLASS(klass)->finalize = bp_run_folder_finalize;
  signals[READ] = bp_signal_new(BP_TYPE_RUN_FOLDER, "read", 1, G_TYPE_POINTER, 0);
  signals[IDLE] = bp_signal_new(BP_TYPE_RUN_FOLDER, "idle", 0, 0, 0);
}

static void bp_run_folder_init(BpRunFolder *self)
{
  self->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

BpRunFolder *bp_run_folder_new(const char *path)
{
  BpRunFolder *self = g_object_new(BP_TYPE_RUN_FOLDER, NULL);
  self->path = g_strdup(path);
  g_autoptr(GFile) file = g_file_new_for_path(path);
  self->monitor = g_file_monitor_directory(file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor)
    g_signal_connect_object(self->monitor, "changed", G_CALLBACK(on_changed), self,
                            G_CONNECT_SWAPPED);
  bp_run_folder_read(self);
  return self;
}
