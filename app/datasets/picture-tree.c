/* picture-tree.c: see picture-tree.h. Names are sorted byte by byte, so that no locale changes the
 * order. */
#include "picture-tree.h"
#include "data/dataset.h"
#include "picture-file.h"
#include "ui/i18n.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* No data set is nested as deep. Of 10 000 other files and folders, at least every fifth entry has
 * to be a picture; the walk itself ends early only where that is out of sight. */
enum {
  MOST_ENTRIES = 4000000,
  MOST_LEVELS = 500,
  MOST_REPEATS = 1000,
  FEW_OTHERS = 10000,
  MANY_OTHERS = 50000,
  OTHERS_PER_PICTURE = 4
};

/* The folders around the one that is being read. */
typedef struct Around {
  const struct Around *outer;
  dev_t device;
  ino_t inode;
  int level;
} Around;

typedef struct {
  BpPassedOver *passed;
  BpLoadWatch *watch; /* NULL: nobody looks */
  GHashTable *seen;   /* "device:inode" of the folders read */
  guint n_repeats;    /* how often one of them was met again */
  guint n_entries;    /* files and folders seen */
  guint n_known;      /* files of a picture's kind among them */
  bool only_first;    /* the first such file is enough */
  bool stop;
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

/* Two links in each of n folders are 2ⁿ ways to one picture. Folders that classes share are read
 * for each of them, but not without end. */
static bool is_repeated(Walk *walk, const struct stat *st)
{
  char *key =
      g_strdup_printf("%llx:%llx", (unsigned long long)st->st_dev, (unsigned long long)st->st_ino);
  return !g_hash_table_add(walk->seen, key) && ++walk->n_repeats > MOST_REPEATS;
}

/* Folders that the kernel makes up hold nobody's pictures, and to read a file of theirs may wait
 * for ever. */
static bool is_made_up(const char *path)
{
  static const guint32 kinds[] = {PROC_SUPER_MAGIC,    SYSFS_MAGIC,   CGROUP_SUPER_MAGIC,
                                  CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
                                  SECURITYFS_MAGIC,    BPF_FS_MAGIC,  DEVPTS_SUPER_MAGIC};
  struct statfs fs;
  if (statfs(path, &fs) != 0)
    return false;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    if ((guint32)fs.f_type == kinds[i])
      return true;
  return false;
}

static bool is_hopeless(const Walk *walk, guint n_allowed)
{
  guint n = walk->n_entries - walk->n_known;
  return n > n_allowed && n / OTHERS_PER_PICTURE > walk->n_known;
}

/* By its name; what has none that says anything is looked into. */
static bool may_be_picture(const char *path, const char *ending, const struct stat *st)
{
  return bp_picture_ending_is_read(ending) ||
         (!bp_picture_ending_is_known(ending) && st->st_size > 0 && bp_picture_file_is_one(path));
}

static void add_file(BpPictureTree *tree, Walk *walk, const char *path, const struct stat *st)
{
  g_autofree char *name = g_path_get_basename(path), *ending = bp_name_ending(name);
  bool picture = may_be_picture(path, ending, st);
  bool known = picture || bp_picture_ending_is_known(ending);
  walk->n_known += known;
  tree->n_known += known;
  tree->n_pictures += picture;
  if (picture)
    g_ptr_array_add(tree->files, g_strdup(name));
  else
    bp_passed_over_add_ending(walk->passed, name);
}

/* Names first: folders that lie in one another are not all open at once. */
static GPtrArray *read_names(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  GPtrArray *names = dir ? g_ptr_array_new_with_free_func(g_free) : NULL;
  const char *name;
  while (dir && names->len <= MOST_ENTRIES && (name = g_dir_read_name(dir)))
    g_ptr_array_add(names, g_strdup(name));
  return names;
}

static void read_folder(BpPictureTree *tree, Walk *walk, const Around *around, GPtrArray *names);

static void add_folder(BpPictureTree *tree, Walk *walk, const Around *around, const char *path)
{
  g_autoptr(GPtrArray) names = read_names(path);
  if (!names) {
    bp_passed_over_add(walk->passed, BP_PASSED_CLOSED, path);
    return;
  }
  BpPictureTree *folder = node_new(path);
  read_folder(folder, walk, around, names);
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
  else if (stat(path, &st) != 0 || !(S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)) ||
           (st.st_dev != around->device && is_made_up(path)))
    bp_passed_over_add(walk->passed, BP_PASSED_SPECIAL, path);
  else if (S_ISREG(st.st_mode))
    add_file(tree, walk, path, &st);
  else if (in_circle(around, &st))
    bp_passed_over_add(walk->passed, BP_PASSED_CIRCLE, path);
  else if (around->level >= MOST_LEVELS)
    bp_passed_over_add(walk->passed, BP_PASSED_DEEP, path);
  else if (is_repeated(walk, &st))
    bp_passed_over_add(walk->passed, BP_PASSED_REPEATED, path);
  else
    add_folder(tree, walk, &(Around){around, st.st_dev, st.st_ino, around->level + 1}, path);
}

static void read_folder(BpPictureTree *tree, Walk *walk, const Around *around, GPtrArray *names)
{
  for (guint i = 0; i < names->len && !walk->stop; i++) {
    walk->n_entries++;
    add_entry(tree, walk, around, names->pdata[i]);
    walk->stop |= walk->n_entries > MOST_ENTRIES || is_hopeless(walk, MANY_OTHERS) ||
                  (walk->only_first && walk->n_known > 0) ||
                  !bp_load_watch_go_on(walk->watch, NULL);
  }
  g_ptr_array_sort(tree->files, by_text);
  g_ptr_array_sort(tree->folders, by_name);
}

static BpPictureTree *walk_all(const char *dir, Walk *walk, NnError *err)
{
  struct stat st;
  g_autofree char *path = g_canonicalize_filename(dir, NULL);
  g_autoptr(GPtrArray) names = stat(path, &st) == 0 ? read_names(path) : NULL;
  if (!names) {
    nn_fail(err, NN_ERR_IO, dir, "%s is not a folder that can be opened: %s.", dir,
            strerror(errno));
    return NULL;
  }
  if (is_made_up(path)) {
    nn_fail(err, NN_ERR_IO, dir,
            "%s shows the state of the running system and contains no images: open a folder of "
            "images, with one folder for each class.",
            dir);
    return NULL;
  }
  BpPictureTree *tree = node_new(path);
  walk->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  read_folder(tree, walk, &(Around){NULL, st.st_dev, st.st_ino, 0}, names);
  g_clear_pointer(&walk->seen, g_hash_table_unref);
  return tree;
}

static bool check_walk(const Walk *walk, const char *dir, NnError *err)
{
  guint n = walk->n_known;
  if (!bp_load_watch_go_on(walk->watch, err))
    return false;
  if (is_hopeless(walk, n > 0 ? FEW_OTHERS : MANY_OTHERS))
    return nn_fail(
        err, NN_ERR_FORMAT, dir,
        nn_text_n("Of %u files and folders found in %s, %u is an image, but at least one in five "
                  "should be: open a folder of images, with one folder for each class.",
                  "Of %u files and folders found in %s, %u are images, but at least one in five "
                  "should be: open a folder of images, with one folder for each class.",
                  n),
        walk->n_entries, dir, n);
  return walk->n_entries <= MOST_ENTRIES ||
         nn_fail(err, NN_ERR_IO, dir,
                 "%s contains more than %d files: open a folder that contains only images, with "
                 "one folder for each class.",
                 dir, MOST_ENTRIES);
}

BpPictureTree *bp_picture_tree_new(const char *dir, BpPassedOver *passed, BpLoadWatch *watch,
                                   NnError *err)
{
  Walk walk = {.passed = passed, .watch = watch};
  BpPictureTree *tree = walk_all(dir, &walk, err);
  if (tree && check_walk(&walk, dir, err))
    return tree;
  bp_picture_tree_free(tree);
  return NULL;
}

bool bp_picture_tree_may_have_any(const char *dir)
{
  BpPassedOver passed;
  Walk walk = {.passed = &passed, .only_first = true};
  bp_passed_over_init(&passed);
  BpPictureTree *tree = walk_all(dir, &walk, NULL);
  bp_picture_tree_free(tree);
  bp_passed_over_clear(&passed);
  return walk.stop;
}

guint bp_picture_tree_count_classes(const BpPictureTree *tree)
{
  guint n = 0;
  for (guint i = 0; i < tree->folders->len; i++)
    n += ((BpPictureTree *)tree->folders->pdata[i])->n_pictures > 0;
  return n;
}
