/* picture-list.c: see picture-list.h. Reading order: halves, which folder is meant, what is wrong
 * with it, listing. */
#include "picture-list.h"
#include "picture-file.h"
#include "picture-tree.h"
#include "ui/i18n.h"
#include <string.h>

/* ---- halves ---- */

/* The first that is there counts. */
static const char *const train_names[] = {"train", "training", NULL};
static const char *const test_names[] = {"test", "testing", "val", "valid", "validation", NULL};

static bool is_one_of(const char *name, const char *const *names)
{
  for (; *names; names++)
    if (g_ascii_strcasecmp(name, *names) == 0)
      return true;
  return false;
}

/* Borrowed from the tree; NULL: none. */
typedef struct {
  const BpPictureTree *train, *test;
  const BpPictureTree *unused;   /* another one for testing */
  const BpPictureTree *unsorted; /* one whose pictures are in no classes */
} Halves;

/* A class may be called "train", too: a half has classes in it. */
static void find_half(const BpPictureTree *tree, const char *const *names,
                      const BpPictureTree *found[3])
{
  for (; *names; names++)
    for (guint i = 0; i < tree->folders->len; i++) {
      const BpPictureTree *folder = tree->folders->pdata[i];
      if (g_ascii_strcasecmp(folder->name, *names) != 0 || folder->n_pictures == 0)
        continue;
      int k = bp_picture_tree_count_classes(folder) == 0 ? 2 : found[0] ? 1 : 0;
      if (!found[k])
        found[k] = folder;
    }
}

static Halves halves_of(const BpPictureTree *tree)
{
  const BpPictureTree *train[3] = {NULL}, *test[3] = {NULL};
  find_half(tree, train_names, train);
  if (train[0])
    find_half(tree, test_names, test);
  return (Halves){train[0], test[0], test[1], train[0] ? test[2] : NULL};
}

/* ---- which folder is meant ---- */

/* Is there a folder of one of these names in `dir`? Nothing below it is looked at. */
static bool has_folder(const char *dir, const char *const *names)
{
  g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
  const char *name;
  bool found = false;
  while (open && !found && (name = g_dir_read_name(open))) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    found = is_one_of(name, names) && g_file_test(path, G_FILE_TEST_IS_DIR);
  }
  return found;
}

static bool is_half(const char *dir)
{
  g_autofree char *name = g_path_get_basename(dir), *parent = g_path_get_dirname(dir);
  return (is_one_of(name, train_names) && has_folder(parent, test_names)) ||
         (is_one_of(name, test_names) && has_folder(parent, train_names));
}

/* The tree around `dir` if that is one of two halves. */
static BpPictureTree *tree_above(const char *dir, BpPassedOver *passed, BpLoadWatch *watch)
{
  g_autofree char *parent = g_path_get_dirname(dir);
  BpPictureTree *tree = is_half(dir) ? bp_picture_tree_new(parent, passed, watch, NULL) : NULL;
  Halves halves = tree ? halves_of(tree) : (Halves){0};
  if (halves.train && halves.test &&
      (g_str_equal(halves.train->path, dir) || g_str_equal(halves.test->path, dir)))
    return tree;
  bp_picture_tree_free(tree);
  bp_passed_over_clear(passed);
  bp_passed_over_init(passed);
  return NULL;
}

/* The one folder with pictures in `tree`, where there is nothing else. */
static const BpPictureTree *only_folder(const BpPictureTree *tree)
{
  const BpPictureTree *only = NULL;
  if (tree->files->len > 0 || bp_picture_tree_count_classes(tree) != 1)
    return NULL;
  for (guint i = 0; i < tree->folders->len; i++) {
    const BpPictureTree *folder = tree->folders->pdata[i];
    only = folder->n_pictures > 0 ? folder : only;
  }
  return only;
}

/* Where an archive has put everything into one folder, or into one in one, it is the last of them;
 * a class alone, whose pictures may lie as deep, is no such folder. */
static const BpPictureTree *descend(const BpPictureTree *tree)
{
  const BpPictureTree *inner = tree;
  while (inner && !halves_of(inner).train && bp_picture_tree_count_classes(inner) < 2)
    inner = only_folder(inner);
  return inner ? inner : tree;
}

/* ---- what is wrong with it ---- */

/* The folder whose classes lie beside `dir`; NULL: there are none among the first files there. */
static char *parent_of_class(const char *dir)
{
  enum { MOST = 10000 };
  g_autofree char *parent = g_path_get_dirname(dir);
  if (is_half(parent))
    return g_path_get_dirname(parent);
  g_autoptr(GDir) open = g_dir_open(parent, 0, NULL);
  const char *name;
  int n = 0;
  while (open && n++ < MOST && (name = g_dir_read_name(open))) {
    g_autofree char *beside = g_build_filename(parent, name, NULL);
    g_autoptr(GDir) files = name[0] == '.' ? NULL : g_dir_open(beside, 0, NULL);
    const char *file = NULL;
    bool picture = false;
    while (files && !g_str_equal(beside, dir) && !picture && n++ < MOST &&
           (file = g_dir_read_name(files))) {
      g_autofree char *ending = bp_name_ending(file);
      picture = bp_picture_ending_is_known(ending);
    }
    if (picture)
      return g_steal_pointer(&parent);
  }
  return NULL;
}

/* parent: of the classes of which it looks like one; NULL: it does not. */
static bool fail_unsorted(const BpPictureTree *tree, const char *parent, NnError *err)
{
  const char *dir = tree->path;
  guint n = tree->files->len;
  if (parent)
    return nn_fail(
        err, NN_ERR_FORMAT, dir,
        nn_text_n("%s contains %u image and no folders, as a single class does: open %s.",
                  "%s contains %u images and no folders, as a single class does: open %s.", n),
        dir, n, parent);
  return nn_fail(
      err, NN_ERR_FORMAT, dir,
      nn_text_n("%s contains %u image that is not sorted into classes: create a folder for each "
                "class.",
                "%s contains %u images that are not sorted into classes: create a folder for each "
                "class.",
                n),
      dir, n);
}

static bool fail_none(const BpPictureTree *tree, const BpPassedOver *passed, NnError *err)
{
  g_autofree char *kinds = bp_passed_over_list(passed, tree->path);
  if (tree->n_known > 0)
    return nn_fail(err, NN_ERR_IO, tree->path,
                   "%s contains no images of a kind that can be read on this system: %s.",
                   tree->path, kinds);
  return nn_fail(err, NN_ERR_IO, tree->path,
                 "%s contains no images: one folder per class is needed, with PNG, JPEG or "
                 "other image files in it.",
                 tree->path);
}

/* Of several data sets side by side none is meant. */
static bool check_no_sets(const BpPictureTree *tree, NnError *err)
{
  for (guint i = 0; i < tree->folders->len; i++) {
    const BpPictureTree *folder = tree->folders->pdata[i];
    Halves halves = halves_of(folder);
    if (halves.train && halves.test)
      return nn_fail(
          err, NN_ERR_FORMAT, tree->path,
          "%s contains a folder that is a dataset itself, with %s and %s in it: open %s.",
          tree->path, halves.train->name, halves.test->name, folder->path);
  }
  return true;
}

static const BpPictureTree *unsorted_half(const BpPictureTree *tree)
{
  for (guint i = 0; i < tree->folders->len; i++) {
    const BpPictureTree *folder = tree->folders->pdata[i];
    if (is_one_of(folder->name, train_names) && folder->n_pictures > 0)
      return has_folder(tree->path, test_names) ? folder : NULL;
  }
  return NULL;
}

static bool check(const BpPictureTree *tree, const Halves *halves, const BpPassedOver *passed,
                  NnError *err)
{
  if (tree->n_pictures == 0)
    return fail_none(tree, passed, err);
  if (halves->train)
    return true;
  const BpPictureTree *half = unsorted_half(tree);
  if (half)
    return fail_unsorted(half, NULL, err);
  if (bp_picture_tree_count_classes(tree) > 0)
    return check_no_sets(tree, err);
  g_autofree char *parent = parent_of_class(tree->path);
  return fail_unsorted(tree, parent, err);
}

/* ---- listing ---- */

static void clear_entry(gpointer data)
{
  g_free(((BpPictureEntry *)data)->path);
}

static GArray *entries_new(void)
{
  GArray *entries = g_array_new(FALSE, FALSE, sizeof(BpPictureEntry));
  g_array_set_clear_func(entries, clear_entry);
  return entries;
}

static int by_text(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_path(gconstpointer a, gconstpointer b)
{
  const BpPictureTree *const *x = a, *const *y = b;
  return strcmp((*x)->path, (*y)->path);
}

static void collect(BpPictureTree *tree, GPtrArray *folders)
{
  g_ptr_array_add(folders, tree);
  for (guint i = 0; i < tree->folders->len; i++)
    collect(tree->folders->pdata[i], folders);
}

/* In ImageFolder's order: all folders of the class by their whole names, then the files of each. */
static void add_pictures(BpPictureTree *folder, int label, GArray *entries)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new();
  collect(folder, folders);
  g_ptr_array_sort(folders, by_path);
  for (guint i = 0; i < folders->len; i++) {
    const BpPictureTree *part = folders->pdata[i];
    for (guint k = 0; k < part->files->len; k++) {
      BpPictureEntry entry = {g_build_filename(part->path, part->files->pdata[k], NULL), label};
      g_array_append_val(entries, entry);
    }
  }
}

static bool find_class(const BpPictureList *list, const char *name, guint *label)
{
  return g_ptr_array_find_with_equal_func(list->classes, name, g_str_equal, label);
}

/* The classes of one half are those of the data set, whether the other one has them or not. */
static void add_classes(BpPictureList *list, const BpPictureTree *half)
{
  for (guint i = 0; half && i < half->folders->len; i++) {
    const BpPictureTree *folder = half->folders->pdata[i];
    if (folder->n_pictures > 0 && !find_class(list, folder->name, NULL))
      g_ptr_array_add(list->classes, g_strdup(folder->name));
  }
}

static void list_half(BpPictureList *list, const BpPictureTree *half, GArray *entries)
{
  guint label;
  for (guint i = 0; i < half->folders->len; i++) {
    BpPictureTree *folder = half->folders->pdata[i];
    if (find_class(list, folder->name, &label))
      add_pictures(folder, (int)label, entries);
    else if (!g_ptr_array_find_with_equal_func(list->empty, folder->name, g_str_equal, NULL))
      g_ptr_array_add(list->empty, g_strdup(folder->name));
  }
}

static void pass_loose(BpPictureList *list, const BpPictureTree *tree)
{
  for (guint i = 0; tree && i < tree->files->len; i++) {
    g_autofree char *path = g_build_filename(tree->path, tree->files->pdata[i], NULL);
    bp_passed_over_add(&list->passed, BP_PASSED_LOOSE, path);
  }
}

/* Counted through all classes, so that also many small ones give something to test. */
static bool split_off(BpPictureList *list, NnError *err)
{
  GArray *all = list->train;
  guint n = all->len;
  if (n < BP_TEST_EVERY)
    return nn_fail(
        err, NN_ERR_FORMAT, list->root,
        nn_text_n("%s contains %u image: at least %d are needed because every %dth becomes a "
                  "test image.",
                  "%s contains %u images: at least %d are needed because every %dth becomes a "
                  "test image.",
                  n),
        list->root, n, BP_TEST_EVERY, BP_TEST_EVERY);
  list->train = entries_new();
  for (guint i = 0; i < n; i++)
    g_array_append_val(i % BP_TEST_EVERY == BP_TEST_EVERY - 1 ? list->test : list->train,
                       g_array_index(all, BpPictureEntry, i));
  g_array_set_clear_func(all, NULL); /* its texts are theirs now */
  g_array_unref(all);
  return true;
}

static bool fill(BpPictureList *list, const BpPictureTree *tree, NnError *err)
{
  Halves halves = halves_of(tree);
  const BpPictureTree *train = halves.train ? halves.train : tree;
  if (!check(tree, &halves, &list->passed, err))
    return false;
  list->root = g_strdup(tree->path);
  list->was_split = !halves.test;
  list->unused = g_strdup(halves.unused ? halves.unused->name : NULL);
  list->unsorted = g_strdup(halves.test || !halves.unsorted ? NULL : halves.unsorted->name);
  add_classes(list, train);
  add_classes(list, halves.test);
  g_ptr_array_sort(list->classes, by_text);
  list_half(list, train, list->train);
  pass_loose(list, train);
  pass_loose(list, halves.test);
  pass_loose(list, halves.train ? tree : NULL);
  if (!halves.test)
    return split_off(list, err);
  list_half(list, halves.test, list->test);
  return true;
}

bool bp_picture_list_read(const char *dir, BpPictureList *list, BpLoadWatch *watch, NnError *err)
{
  g_autofree char *path = g_canonicalize_filename(dir, NULL);
  *list = (BpPictureList){.classes = g_ptr_array_new_with_free_func(g_free),
                          .train = entries_new(),
                          .test = entries_new(),
                          .empty = g_ptr_array_new_with_free_func(g_free)};
  bp_passed_over_init(&list->passed);
  BpPictureTree *tree = tree_above(path, &list->passed, watch);
  if (!tree)
    tree = bp_picture_tree_new(dir, &list->passed, watch, err);
  bool ok = tree && fill(list, descend(tree), err);
  bp_picture_tree_free(tree);
  list->elsewhere = ok && !g_str_equal(list->root, path);
  if (!ok)
    bp_picture_list_clear(list);
  return ok;
}

void bp_picture_list_clear(BpPictureList *list)
{
  g_free(list->root);
  g_free(list->unused);
  g_free(list->unsorted);
  g_ptr_array_unref(list->classes);
  g_ptr_array_unref(list->empty);
  g_array_unref(list->train);
  g_array_unref(list->test);
  bp_passed_over_clear(&list->passed);
  *list = (BpPictureList){0};
}
