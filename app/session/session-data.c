/* session-data.c: loading data sets on a thread of their own. */
#include "data/mnist.h"
#include "app/gerror.h"
#include "session-private.h"
#include "ui/i18n.h"

/* The practice digits are the same for everybody. */
enum { PRACTICE_SEED = 0 };

struct BpLoad {
  BpDataWish wish;
  bool opened; /* by the person, rather than because the recipe asks for it */
  BpLoadWatch watch;
};
typedef struct BpLoad Load;

static void load_thread(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load *load = task_data;
  NnError err = {0};
  NnDataset *set;
  if (bp_open_data(&load->wish, PRACTICE_SEED, &load->watch, &set, &err))
    g_task_return_pointer(task, bp_data_new(set), (GDestroyNotify)bp_data_unref);
  else
    g_task_return_error(task, bp_error_new(&err));
}

static void start_load(BpSession *self, BpDataWish wish, bool opened);

/* For the recipes to come. Practice digits stand in for MNIST, and for nothing else. */
static void remember_place(BpSession *self, const NnDataset *set, const char *dir)
{
  const NnKind *kind =
      nn_kind_find(NN_CLASS_DATASET, set->practice ? nn_catalog[0]->name : set->name);
  if (g_str_equal(set->name, "folder")) {
    self->picture_dir = dir;
  } else {
    self->data_dir = dir;
    self->data_dir_kind = kind;
  }
}

/* As which the data at hand are known, to a recipe that asks for their kind. */
static BpDataWish loaded_as(const NnConfig *recipe, const Load *load)
{
  BpDataWish wish = bp_data_wish(recipe, load->wish.dir);
  if (nn_param_index(wish.set->params, "image_size") >= 0) {
    wish.rows = load->wish.rows;
    wish.columns = load->wish.columns;
  }
  return wish;
}

/* What was opened is what the recipe trains on from now on, unless another one has come meanwhile.
 */
static void follow_kind(BpSession *self, const Load *load)
{
  BpDataWish now = bp_data_wish(bp_session_get_recipe(self), load->wish.dir);
  NnConfig *recipe =
      now.set == load->wish.set ? nn_config_copy(bp_session_get_recipe(self), NULL) : NULL;
  if (recipe && bp_data_tell_recipe(self->data->set, recipe, NULL)) {
    self->loaded = loaded_as(recipe, load);
    if (self->loaded.set != load->wish.set) {
      bp_session_take_followed(self, recipe);
      return;
    }
  }
  nn_config_free(recipe);
}

/* The exercises are about MNIST; what else is opened belongs to the free lab, unless it is what the
 * exercise's own recipe asks for, since the student has chosen so. */
static bool belongs_to_lab(BpSession *self)
{
  const char *name = self->data->set->name;
  bool mnist = self->data->set->practice || g_str_equal(name, nn_catalog[0]->name);
  const char *asked = bp_data_wish(bp_session_get_recipe(self), NULL).set->name;
  return self->exercise != BP_LAB && !mnist && !g_str_equal(name, asked);
}

/* The recipe that the exercise at hand has stays as it is. */
static void move_to_lab(BpSession *self, const Load *load)
{
  NnConfig *recipe = bp_session_lesson_recipe(self, BP_LAB, NULL);
  bool unsaved = recipe && bp_session_is_lesson_unsaved(self, BP_LAB);
  if (!recipe || !bp_data_tell_recipe(self->data->set, recipe, NULL))
    return;
  if (!unsaved)
    bp_session_remember_clean(self, BP_LAB);
  self->loaded = loaded_as(recipe, load);
  g_autofree char *text =
      g_strdup_printf(_("%s: open in the free lab"), nn_dataset_title(self->data->set));
  bp_session_set_exercise(self, BP_LAB);
  bp_session_tell(self, text);
}

/* The one that a run holds already, where both are the same pictures: they are there once, and two
 * runs on them can be compared. */
static BpData *known(BpSession *self, BpData *data)
{
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->runs));
  for (guint i = 0; i < n; i++) {
    g_autoptr(BpRun) run = g_list_model_get_item(G_LIST_MODEL(self->runs), i);
    if (!bp_data_equal(run->data, data))
      continue;
    bp_data_unref(data);
    return bp_data_ref(run->data);
  }
  return data;
}

/* All that is to be said of them is said at once: notifications follow one another, and who closes
 * the first misses the note on the data. */
static void take_data(BpSession *self, BpData *loaded, const Load *load)
{
  BpData *data = known(self, loaded);
  bool meant = load->opened || !self->loaded_any; /* not only because an exercise asks for data */
  self->telling = g_string_new(NULL);
  bp_data_unref(self->data);
  self->data = data;
  self->loaded_any = true;
  self->loaded = load->wish;
  if (load->opened)
    remember_place(self, data->set, load->wish.dir);
  if (meant && belongs_to_lab(self))
    move_to_lab(self, load);
  else if (meant || self->exercise == BP_LAB)
    follow_kind(self, load);
  bp_session_check_recipe(self);
  bp_session_follow_classes(self);
  g_signal_emit(self, bp_session_signals[BP_SESSION_RECIPE], 0, FALSE);
  bp_session_show_data(self);
  if (data->set->note)
    bp_session_tell(self, data->set->note);
  g_autoptr(GString) told = g_steal_pointer(&self->telling);
  if (told->len)
    bp_session_tell(self, told->str);
}

static BpDataWish wanted(BpSession *self);

/* A size of the same images that was asked for and has not come: the row says what is there. It may
 * be asked for again. */
static void take_size_back(BpSession *self)
{
  const BpDataWish *there = &self->loaded;
  BpDataWish now = wanted(self);
  if (!self->loaded_any || now.set != there->set ||
      (now.rows == there->rows && now.columns == there->columns))
    return;
  self->tried = self->loaded;
  NnConfig *recipe = nn_config_copy(bp_session_get_recipe(self), NULL);
  NnConfig *set = recipe ? nn_config_child(nn_config_child(recipe, "data"), "dataset") : NULL;
  if (set &&
      nn_config_set_numbers(set, "image_size", (double[]){there->rows, there->columns}, 2, NULL))
    bp_session_take_followed(self, recipe);
  else
    nn_config_free(recipe);
}

/* What was there stays; where nothing was, the practice digits come, so that there is always
 * something to train on. What was never fetched is no failure: the window offers to fetch it. */
static void load_failed(BpSession *self, const Load *load, const GError *error)
{
  BpDataWish practice = load->wish;
  practice.dir = "practice";
  bool absent = bp_data_is_absent(&load->wish);
  if (!absent)
    bp_session_emit_failed(self, _("The data could not be opened"), error->message);
  if (!self->loaded_any && g_strcmp0(load->wish.dir, practice.dir) != 0)
    start_load(self, practice, !absent);
  else if (!load->opened)
    take_size_back(self);
}

static void load_ready(GObject *object, GAsyncResult *result, gpointer user_data)
{
  BpSession *self = BP_SESSION(object);
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
    bp_session_want_data(self);
  }
  bp_session_emit(self, BP_SESSION_DATA);
  bp_session_emit(self, BP_SESSION_STATE);
  bp_session_emit_if_quiet(self);
}

/* Nobody waits for it any more, and it ends as soon as it can. */
static void give_up(BpSession *self)
{
  if (self->load)
    atomic_store(&self->load->watch.stop, true);
  self->load = NULL;
}

static void start_load(BpSession *self, BpDataWish wish, bool opened)
{
  Load *load = g_new0(Load, 1);
  g_autoptr(GTask) task = g_task_new(self, NULL, load_ready, NULL);
  load->wish = self->tried = wish;
  load->opened = load->wish.opened = opened;
  give_up(self);
  self->load = load;
  self->loading++;
  g_task_set_task_data(task, load, g_free);
  g_task_run_in_thread(task, load_thread);
  bp_session_emit(self, BP_SESSION_DATA);
}

/* Does the directory that was opened hold what is asked for? */
static bool is_in_data_dir(BpSession *self, const NnKind *kind)
{
  NnMnistFiles files;
  const NnCatalogSet *set = nn_catalog_find(kind->name);
  if (!self->data_dir || kind == self->data_dir_kind)
    return true;
  return set && nn_mnist_find_set(self->data_dir, set, true, &files) > 0 && files.named;
}

/* A recipe finds what it asks for in what was opened; else it is searched for. */
static BpDataWish wanted(BpSession *self)
{
  BpDataWish wish = bp_data_wish(bp_session_get_recipe(self), self->data_dir);
  if (g_str_equal(wish.set->name, "practice"))
    wish.dir = "practice";
  else if (g_str_equal(wish.set->name, "folder"))
    wish.dir = self->picture_dir;
  else if (!is_in_data_dir(self, wish.set))
    wish.dir = NULL;
  return wish;
}

bool bp_session_has_wanted_data(BpSession *self)
{
  BpDataWish wish = wanted(self);
  const NnDataset *set = self->data ? self->data->set : NULL;
  return set && bp_data_wish_equal(&wish, &self->loaded) &&
         (set->practice || g_str_equal(set->name, wish.set->name));
}

void bp_session_want_data(BpSession *self)
{
  BpDataWish wish = wanted(self);
  if (!self->load && self->loaded_any && !bp_data_wish_equal(&wish, &self->loaded) &&
      !bp_data_wish_equal(&wish, &self->tried))
    start_load(self, wish, false);
}

/* Interned: a thread may still hold the name of the last one, and there are few. */
void bp_session_open_data(BpSession *self, const char *dir)
{
  BpDataWish wish = bp_data_wish(bp_session_get_recipe(self), g_intern_string(dir));
  bool drawn = !dir && g_str_equal(wish.set->name, "practice");
  if (drawn) {
    wish.dir = "practice";
    self->data_dir = NULL;
  }
  start_load(self, wish, !drawn);
}

/* Interned for the same reason, and because nn_data_set_user_dir() wants it to last. */
void bp_session_set_user_dir(BpSession *self, const char *dir)
{
  nn_data_set_user_dir(dir && dir[0] ? g_intern_string(dir) : NULL);
  if (self->loaded_any)
    bp_session_open_data(self, NULL);
}

/* The one that was wanted before is what is there; where nothing is, the practice digits come. */
void bp_session_cancel_load(BpSession *self)
{
  if (!self->load)
    return;
  BpDataWish practice = self->load->wish;
  practice.dir = "practice";
  give_up(self);
  if (!self->loaded_any)
    start_load(self, practice, false);
  else
    take_size_back(self);
  bp_session_emit(self, BP_SESSION_DATA);
  bp_session_emit(self, BP_SESSION_STATE);
}

gboolean bp_session_get_load(BpSession *self, BpLoadProgress *progress)
{
  if (!self->load)
    return FALSE;
  const char *dir = self->load->wish.dir;
  progress->done = atomic_load(&self->load->watch.done);
  progress->total = atomic_load(&self->load->watch.total);
  progress->dir = dir && !g_str_equal(dir, "practice") ? dir : NULL;
  return TRUE;
}

/* ---- folders that were opened ---- */

void bp_session_get_folders(BpSession *self, BpFolders *folders)
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

void bp_session_open_folders(BpSession *self, const BpFolders *folders)
{
  self->picture_dir = if_there(folders->pictures);
  self->data_dir = if_there(folders->data);
  self->data_dir_kind = self->data_dir && folders->data_kind
                            ? nn_kind_find(NN_CLASS_DATASET, folders->data_kind)
                            : NULL;
  BpDataWish wish = wanted(self);
  if (wish.dir)
    start_load(self, wish, false);
  else
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
  if (*set)
    return BP_MISSING_SET;
  return g_str_equal(wish.set->name, "idx") ? BP_MISSING_FILES : BP_MISSING_FOLDER;
}

BpData *bp_session_get_data(BpSession *self)
{
  return self->data;
}

gboolean bp_session_is_loading(BpSession *self)
{
  return self->load != NULL;
}
