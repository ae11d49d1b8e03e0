/* picture-tree.c: see picture-tree.h. Names are sorted byte by byte, so that no locale changes the
 * order. */
#include "picture-tree.h"
#include "data/dataset.h"
#include "picture-file.h"
#include "ui/i18n.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* The folders around the one that is being read. */
typedef struct Around {
  const struct Around *outer;
  dev_t device;
  ino_t inode;
} Around;

typedef struct {
  BpPassedOver *passed;
  guint n_entries;
  bool too_many;
} Walk;

void bp_picture_tree_free(BpPictureTree *tree)
{
  if (!tree)
    return;
  g_free(tree->path);
  g_free(tree->name);
  g_ptr_array_unref(tree->folders);
  g_ptr_array_unref(tree->files);
  g_free(tree);
}

static BpPictureTree *node_new(const char *path)
{
  BpPictureTree *tree = g_new0(BpPictureTree, 1);
  tree->path = g_strdup(path);
  tree->name = g_path_get_basename(path);
  tree->folders = g_ptr_array_new_with_free_func((GDestroyNotify)bp_picture_tree_free);
  tree->files = g_ptr_array_new_with_free_func(g_free);
  return tree;
}

static int by_text(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_name(gconstpointer a, gconstpointer b)
{
  const BpPictureTree *const *x = a, *const *y = b;
  return strcmp((*x)->name, (*y)->name);
}

static bool in_circle(const Around *around, const struct stat *st)
{
  for (; around; around = around->outer)
    if (around->device == st->st_dev && around->inode == st->st_ino)
      return true;
  return false;
}

/* By its name; what has none that says anything is looked into. */
static bool may_be_picture(const char *path, const char *ending)
{
  return bp_picture_ending_is_read(ending) ||
         (!bp_picture_ending_is_known(ending) && bp_picture_file_is_one(path));
}

static void add_file(BpPictureTree *tree, Walk *walk, const char *path, const char *name)
{
  g_autofree char *ending = bp_name_ending(name);
  bool picture = may_be_picture(path, ending);
  tree->n_known += picture || bp_picture_ending_is_known(ending);
  tree->n_pictures += picture;
  if (picture)
    g_ptr_array_add(tree->files, g_strdup(name));
  else
    bp_passed_over_add_ending(walk->passed, name);
}

static void read_folder(BpPictureTree *tree, Walk *walk, const Around *around, GDir *dir);

static void add_folder(BpPictureTree *tree, Walk *walk, const Around *around, const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  if (!dir) {
    bp_passed_over_add(walk->passed, BP_PASSED_CLOSED, path);
    return;
  }
  BpPictureTree *folder = node_new(path);
  read_folder(folder, walk, around, dir);
  g_ptr_array_add(tree->folders, folder);
  tree->n_pictures += folder->n_pictures;
  tree->n_known += folder->n_known;
}

static void add_entry(BpPictureTree *tree, Walk *walk, const Around *around, const char *name)
{
  struct stat st;
  g_autofree char *path = g_build_filename(tree->path, name, NULL);
  if (name[0] == '.')
    bp_passed_over_add(walk->passed, BP_PASSED_HIDDEN, path);
  else if (stat(path, &st) != 0 || !(S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)))
    bp_passed_over_add(walk->passed, BP_PASSED_SPECIAL, path);
  else if (S_ISREG(st.st_mode))
    add_file(tree, walk, path, name);
  else if (in_circle(around, &st))
    bp_passed_over_add(walk->passed, BP_PASSED_CIRCLE, path);
  else
    add_folder(tree, walk, &(Around){around, st.st_dev, st.st_ino}, path);
}

static void read_folder(BpPictureTree *tree, Walk *walk, const Around *around, GDir *dir)
{
  const char *name;
  while (!walk->too_many && (name = g_dir_read_name(dir))) {
    walk->too_many = ++walk->n_entries > NN_MAX_SAMPLES;
    add_entry(tree, walk, around, name);
  }
  g_ptr_array_sort(tree->files, by_text);
  g_ptr_array_sort(tree->folders, by_name);
}

BpPictureTree *bp_picture_tree_new(const char *dir, BpPassedOver *passed, NnError *err)
{
  struct stat st;
  Walk walk = {.passed = passed};
  g_autofree char *path = g_canonicalize_filename(dir, NULL);
  g_autoptr(GDir) open = stat(path, &st) == 0 ? g_dir_open(path, 0, NULL) : NULL;
  if (!open) {
    nn_fail(err, NN_ERR_IO, dir, "%s is not a folder that can be opened: %s.", dir,
            strerror(errno));
    return NULL;
  }
  BpPictureTree *tree = node_new(path);
  read_folder(tree, &walk, &(Around){NULL, st.st_dev, st.st_ino}, open);
  if (!walk.too_many)
    return tree;
  bp_picture_tree_free(tree);
  nn_fail(
      err, NN_ERR_IO, dir,
      "%s contains more than %d files: open a folder that contains only images, with one folder "
      "for each class.",
      dir, NN_MAX_SAMPLES);
  return NULL;
}

guint bp_picture_tree_count_classes(const BpPictureTree *tree)
{
  guint n = 0;
  for (guint i = 0; i < tree->folders->len; i++)
    n += ((BpPictureTree *)tree->folders->pdata[i])->n_pictures > 0;
  return n;
}
