/* data-store.c: see data-store.h. */
#include "data-store.h"
#include "app/gerror.h"
#include "data/mnist.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"
#include <stdlib.h>

enum {
  PRACTICE_SEED = 0, /* the practice digits are the same for everybody */
  FETCH_TICK_MS = 200
};

typedef struct {
  BpDataRequest request;
  bool opened; /* by the person, rather than because the recipe asks for it */
  BpLoadWatch watch;
} Load;

struct _BpDataStore {
  GObject parent_instance;
  BpData *data;         /* NULL until the first has come */
  BpDataRequest asked;  /* by the recipe, in no particular folder */
  BpDataRequest loaded; /* what the data at hand were asked for as */
  BpDataRequest tried;  /* what was asked for last, loaded or not */
  guint loading;        /* threads that load */
  Load *load;           /* the one that is waited for, which its task owns; NULL: none */

  /* What was opened, interned; each recipe takes from it what it asks for. */
  const char *data_dir;        /* of IDX files, or "practice"; NULL: none, search */
  const NnKind *data_dir_kind; /* what was found there */
  const char *picture_dir;     /* of pictures; NULL: none */

  BpFetch *fetch; /* while one goes on */
  guint fetch_timeout;
  char *mirror; /* instead of the catalog's, or NULL */
};

G_DEFINE_FINAL_TYPE(BpDataStore, bp_data_store, G_TYPE_OBJECT)

enum { LOADED, SIZE_KEPT, CHANGED, FETCH_CHANGED, NOTICE, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- object ---- */

static void bp_data_store_finalize(GObject *object)
{
  BpDataStore *self = BP_DATA_STORE(object);
  bp_data_unref(self->data);
  g_free(self->mirror);
  G_OBJECT_CLASS(bp_data_store_parent_class)->finalize(object);
}

static void bp_data_store_class_init(BpDataStoreClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_data_store_finalize;
  signals[LOADED] = bp_signal_new(BP_TYPE_DATA_STORE, "loaded", 1, G_TYPE_BOOLEAN, 0);
  signals[SIZE_KEPT] = bp_signal_new(BP_TYPE_DATA_STORE, "size-kept", 2, G_TYPE_INT, G_TYPE_INT);
  signals[CHANGED] = bp_signal_new(BP_TYPE_DATA_STORE, "changed", 0, 0, 0);
  signals[FETCH_CHANGED] = bp_signal_new(BP_TYPE_DATA_STORE, "fetch-changed", 0, 0, 0);
  signals[NOTICE] = bp_signal_new(BP_TYPE_DATA_STORE, "notice", 1, G_TYPE_STRING, 0);
  signals[FAILED] = bp_signal_new(BP_TYPE_DATA_STORE, "failed", 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void bp_data_store_init(BpDataStore *self) {}

BpDataStore *bp_data_store_new(void)
{
  return g_object_new(BP_TYPE_DATA_STORE, NULL);
}

BpData *bp_data_store_get(BpDataStore *self)
{
  return self->data;
}

gboolean bp_data_store_is_idle(BpDataStore *self)
{
  return self->loading == 0 && !self->fetch;
}

/* ---- what the recipe asks for ---- */

/* Does the directory that was opened hold what is asked for? */
static bool is_in_data_dir(BpDataStore *self, const NnKind *kind)
{
  NnMnistFiles files;
  const NnCatalogSet *set = nn_catalog_find(kind->name);
  if (!self->data_dir || kind == self->data_dir_kind)
    return true;
  return set && nn_mnist_find_set(self->data_dir, set, true, &files) > 0 && files.named;
}

/* A recipe finds what it asks for in what was opened; else it is searched for. */
static BpDataRequest wanted(BpDataStore *self)
{
  BpDataRequest request = self->asked;
  if (g_str_equal(request.set->name, "practice"))
    request.dir = "practice";
  else if (g_str_equal(request.set->name, "folder"))
    request.dir = self->picture_dir;
  else
    request.dir = is_in_data_dir(self, request.set) ? self->data_dir : NULL;
  return request;
}

void bp_data_store_ask(BpDataStore *self, const NnConfig *recipe)
{
  self->asked = bp_data_request(recipe, NULL);
}

gboolean bp_data_store_has_asked(BpDataStore *self)
{
  BpDataRequest request = wanted(self);
  const NnDataset *set = self->data ? self->data->set : NULL;
  return set && bp_data_request_equal(&request, &self->loaded) &&
         (set->practice || g_str_equal(set->name, request.set->name));
}

gboolean bp_data_store_awaits_catalog(BpDataStore *self)
{
  return self->loading > 0 && nn_catalog_find(self->asked.set->name) &&
         !bp_data_store_has_asked(self);
}

const NnKind *bp_data_store_get_kind(BpDataStore *self)
{
  return self->loaded.set;
}

void bp_data_store_accept_as(BpDataStore *self, const NnConfig *recipe)
{
  BpDataRequest request = bp_data_request(recipe, self->loaded.dir);
  if (nn_param_index(request.set->params, "image_size") >= 0) {
    request.rows = self->loaded.rows;
    request.columns = self->loaded.columns;
  }
  self->loaded = request;
}

void bp_data_store_share(BpDataStore *self, BpData *data)
{
  BpData *old = self->data;
  self->data = bp_data_ref(data);
  bp_data_unref(old);
}

/* ---- loading ---- */

static void load_thread(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load *load = task_data;
  NnError err = {0};
  NnDataset *set;
  if (bp_open_data(&load->request, PRACTICE_SEED, &load->watch, &set, &err))
    g_task_return_pointer(task, bp_data_new(set), (GDestroyNotify)bp_data_unref);
  else
    g_task_return_error(task, bp_error_new(&err));
}

static void start_load(BpDataStore *self, BpDataRequest request, bool opened);

/* For the recipes to come. Practice digits stand in for MNIST, and for nothing else. */
static void remember_place(BpDataStore *self, const NnDataset *set, const char *dir)
{
  if (g_str_equal(set->name, "folder")) {
    self->picture_dir = dir;
  } else {
    self->data_dir = dir;
    self->data_dir_kind =
        nn_kind_find(NN_CLASS_DATASET, set->practice ? nn_catalog[0]->name : set->name);
  }
}

static void take_data(BpDataStore *self, BpData *data, const Load *load)
{
  gboolean opened = load->opened || !self->data;
  bp_data_unref(self->data);
  self->data = data;
  self->loaded = load->request;
  if (load->opened)
    remember_place(self, data->set, load->request.dir);
  g_signal_emit(self, signals[LOADED], 0, opened);
}

/* A size of the same images that was asked for and has not come. It may be asked for again. */
static void keep_size(BpDataStore *self)
{
  const BpDataRequest *there = &self->loaded;
  BpDataRequest now = wanted(self);
  if (!self->data || now.set != there->set ||
      (now.rows == there->rows && now.columns == there->columns))
    return;
  self->tried = self->loaded;
  g_signal_emit(self, signals[SIZE_KEPT], 0, there->rows, there->columns);
}

/* What was there stays; where nothing was, the practice digits come, so that there is always
 * something to train on. What was never downloaded is no failure: the window offers to do it. */
static void load_failed(BpDataStore *self, const Load *load, const GError *error)
{
  BpDataRequest practice = load->request;
  practice.dir = "practice";
  bool absent = bp_data_is_absent(&load->request);
  if (!absent)
    g_signal_emit(self, signals[FAILED], 0, error->message, _("The data could not be opened"));
  if (!self->data && g_strcmp0(load->request.dir, practice.dir) != 0)
    start_load(self, practice, !absent);
  else if (!load->opened)
    keep_size(self);
}

static void load_ready(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpDataStore *self = BP_DATA_STORE(object);
  Load *load = g_task_get_task_data(G_TASK(result));
  g_autoptr(GError) error = NULL;
  g_autoptr(BpData) data = g_task_propagate_pointer(G_TASK(result), &error);
  self->loading--;
  if (load == self->load) {
    self->load = NULL;
    if (data)
      take_data(self, g_steal_pointer(&data), load);
    else
      load_failed(self, load, error);
    bp_data_store_load_asked(self);
  }
  g_signal_emit(self, signals[CHANGED], 0);
}

/* Nobody waits for it any more, and it ends as soon as it can. */
static void give_up(BpDataStore *self)
{
  if (self->load)
    atomic_store(&self->load->watch.stop, true);
  self->load = NULL;
}

static void start_load(BpDataStore *self, BpDataRequest request, bool opened)
{
  Load *load = g_new0(Load, 1);
  g_autoptr(GTask) task = g_task_new(self, NULL, load_ready, NULL);
  load->request = self->tried = request;
  load->opened = load->request.opened = opened;
  give_up(self);
  self->load = load;
  self->loading++;
  g_task_set_task_data(task, load, g_free);
  g_task_run_in_thread(task, load_thread);
  g_signal_emit(self, signals[CHANGED], 0);
}

void bp_data_store_load_asked(BpDataStore *self)
{
  BpDataRequest request = wanted(self);
  if (!self->load && self->data && !bp_data_request_equal(&request, &self->loaded) &&
      !bp_data_request_equal(&request, &self->tried))
    start_load(self, request, false);
}

/* Interned: a thread may still hold the name of the last one, and there are few. */
void bp_data_store_open(BpDataStore *self, const char *dir)
{
  BpDataRequest request = self->asked;
  bool drawn = !dir && g_str_equal(request.set->name, "practice");
  request.dir = drawn ? "practice" : g_intern_string(dir);
  if (drawn)
    self->data_dir = NULL;
  start_load(self, request, !drawn);
}

/* Interned for the same reason, and because nn_data_set_user_dir() wants it to last. */
void bp_data_store_set_user_dir(BpDataStore *self, const char *dir)
{
  nn_data_set_user_dir(dir && dir[0] ? g_intern_string(dir) : NULL);
  if (self->data)
    bp_data_store_open(self, NULL);
}

/* The one that was wanted before is what is there; where nothing is, the practice digits come. */
void bp_data_store_cancel_load(BpDataStore *self)
{
  if (!self->load)
    return;
  BpDataRequest practice = self->load->request;
  practice.dir = "practice";
  give_up(self);
  if (!self->data)
    start_load(self, practice, false);
  else
    keep_size(self);
  g_signal_emit(self, signals[CHANGED], 0);
}

gboolean bp_data_store_is_loading(BpDataStore *self)
{
  return self->load != NULL;
}

gboolean bp_data_store_get_progress(BpDataStore *self, BpLoadProgress *progress)
{
  if (!self->load)
    return FALSE;
  const char *dir = self->load->request.dir;
  progress->done = atomic_load(&self->load->watch.done);
  progress->total = atomic_load(&self->load->watch.total);
  progress->dir = dir && !g_str_equal(dir, "practice") ? dir : NULL;
  return TRUE;
}

/* ---- folders that were opened ---- */

void bp_data_store_get_folders(BpDataStore *self, BpFolders *folders)
{
  gboolean drawn = g_strcmp0(self->data_dir, "practice") == 0;
  *folders = (BpFolders){.data = drawn ? NULL : self->data_dir, .pictures = self->picture_dir};
  if (folders->data)
    folders->data_kind = self->data_dir_kind ? self->data_dir_kind->name : NULL;
}

/* What is not there any more is not looked for. */
static const char *if_there(const char *dir)
{
  return dir && dir[0] && g_file_test(dir, G_FILE_TEST_IS_DIR) ? g_intern_string(dir) : NULL;
}

void bp_data_store_open_folders(BpDataStore *self, const BpFolders *folders)
{
  self->picture_dir = if_there(folders->pictures);
  self->data_dir = if_there(folders->data);
  self->data_dir_kind = self->data_dir && folders->data_kind
                            ? nn_kind_find(NN_CLASS_DATASET, folders->data_kind)
                            : NULL;
  BpDataRequest request = wanted(self);
  if (request.dir)
    start_load(self, request, false);
  else
    bp_data_store_open(self, NULL);
}

/* ---- what is missing, and downloading it ---- */

BpMissing bp_data_store_get_missing(BpDataStore *self, const NnCatalogSet **set)
{
  BpDataRequest request = wanted(self);
  *set = nn_catalog_find(request.set->name);
  if (!self->data)
    return BP_MISSING_NOTHING;
  if (*set == nn_catalog[0])
    return self->data->set->practice ? BP_MISSING_SET : BP_MISSING_NOTHING;
  if (!bp_data_is_absent(&request))
    return BP_MISSING_NOTHING;
  if (*set)
    return BP_MISSING_SET;
  return g_str_equal(request.set->name, "idx") ? BP_MISSING_FILES : BP_MISSING_FOLDER;
}

static void fetch_thread(GTask *task, gpointer source, gpointer task_data,
                         GCancellable *cancellable)
{
  NnError err = {0};
  if (bp_fetch_run(task_data, &err))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, bp_error_new(&err));
}

static gboolean on_fetch_tick(gpointer user_data)
{
  g_signal_emit(user_data, signals[FETCH_CHANGED], 0);
  return G_SOURCE_CONTINUE;
}

/* $BACKPROP_DATA comes before the user's directory: what was just downloaded is to be seen. */
static void open_fetched(BpDataStore *self, const BpFetch *fetch)
{
  const char *named = getenv("BACKPROP_DATA");
  const char *note = bp_fetch_note(fetch);
  g_autofree char *text = g_strdup_printf(_("%s was downloaded"), bp_fetch_set(fetch)->title);
  g_signal_emit(self, signals[NOTICE], 0, note[0] ? note : text);
  bp_data_store_open(self, named && named[0] ? bp_fetch_dir(fetch) : NULL);
}

static void fetch_ended(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpDataStore *self = BP_DATA_STORE(object);
  g_autoptr(GError) error = NULL;
  gboolean ok = g_task_propagate_boolean(G_TASK(result), &error);
  BpFetch *fetch = g_steal_pointer(&self->fetch);
  g_clear_handle_id(&self->fetch_timeout, g_source_remove);
  if (ok)
    open_fetched(self, fetch);
  else if (error->code == NN_ERR_CANCELLED)
    g_signal_emit(self, signals[NOTICE], 0, error->message);
  else
    g_signal_emit(self, signals[FAILED], 0, error->message, _("The download failed"));
  bp_fetch_free(fetch);
  g_signal_emit(self, signals[FETCH_CHANGED], 0);
}

void bp_data_store_fetch(BpDataStore *self, const NnCatalogSet *set)
{
  NnError err = {0};
  if (self->fetch)
    return;
  if (!bp_fetch_new(set, self->mirror, NULL, &self->fetch, &err)) {
    g_signal_emit(self, signals[FAILED], 0, err.text, _("The download failed"));
    return;
  }
  g_autoptr(GTask) task = g_task_new(self, NULL, fetch_ended, NULL);
  g_task_set_task_data(task, self->fetch, NULL);
  g_task_run_in_thread(task, fetch_thread);
  self->fetch_timeout = g_timeout_add(FETCH_TICK_MS, on_fetch_tick, self);
  g_signal_emit(self, signals[FETCH_CHANGED], 0);
}

void bp_data_store_cancel_fetch(BpDataStore *self)
{
  if (self->fetch)
    bp_fetch_cancel(self->fetch);
}

const NnCatalogSet *bp_data_store_get_fetch(BpDataStore *self, BpFetchProgress *progress)
{
  if (!self->fetch)
    return NULL;
  *progress = bp_fetch_progress(self->fetch);
  return bp_fetch_set(self->fetch);
}

void bp_data_store_set_mirror(BpDataStore *self, const char *url)
{
  g_free(self->mirror);
  self->mirror = g_strdup(url);
}
