/* picture-folder.c: see picture-folder.h. Reading order: what is said of it, loading. */
#include "picture-folder.h"
#include "engine/mem.h"
#include "picture-file.h"
#include "picture-list.h"
#include "picture-tree.h"
#include "ui/i18n.h"
#include <string.h>

/* ---- what is said of it ---- */

static bool note_place(NnDataset *set, const BpPictureList *list, NnError *err)
{
  g_autofree char *root = g_filename_display_name(list->root);
  bool ok = !list->elsewhere || nn_dataset_add_note(set, err, "The data are in %s.", root);
  if (ok && list->unsorted)
    ok = nn_dataset_add_note(set, err,
                             "The images in %s are not sorted into classes, so they "
                             "are not used.",
                             list->unsorted);
  if (ok && list->was_split)
    ok = nn_dataset_add_note(
        set, err, "There is no test folder, so every %dth image is a test image, %zu in all.",
        BP_TEST_EVERY, set->test.n);
  if (ok && list->unused)
    ok = nn_dataset_add_note(set, err, "The folder %s is not used.", list->unused);
  return ok;
}

static bool note_sizes(NnDataset *set, const BpPictureStats *stats, NnError *err)
{
  if (stats->min_w != stats->max_w || stats->min_h != stats->max_h)
    return nn_dataset_add_note(set, err,
                               "Images of different sizes, up to %d × %d, are scaled to %d × %d.",
                               stats->max_w, stats->max_h, stats->columns, stats->rows);
  return (stats->max_w == stats->columns && stats->max_h == stats->rows) ||
         nn_dataset_add_note(set, err, "The images, %d × %d, are scaled to %d × %d.", stats->max_w,
                             stats->max_h, stats->columns, stats->rows);
}

/* What follows `root` in `path`, as a text. */
static char *shown(const char *path, const char *root)
{
  gsize n = strlen(root);
  return g_filename_display_name(g_str_has_prefix(path, root) && path[n] == '/' ? path + n + 1
                                                                                : path);
}

static bool note_changes(NnDataset *set, const BpPictureStats *stats, const char *root,
                         NnError *err)
{
  bool ok = true;
  if (stats->n_turned > 0) {
    g_autofree char *first = shown(stats->turned, root);
    ok = nn_dataset_add_note(
        set, err,
        nn_text_n("%u image was turned as its camera recorded (%s).",
                  "%u images were turned as their camera recorded (such as %s).", stats->n_turned),
        stats->n_turned, first);
  }
  if (ok && stats->n_clear > 0) {
    g_autofree char *first = shown(stats->clear, root);
    ok = nn_dataset_add_note(
        set, err,
        nn_text_n("%u image is transparent and was placed on black or white, whichever shows it "
                  "(%s).",
                  "%u images are transparent and were placed on black or white, whichever shows "
                  "them (such as %s).",
                  stats->n_clear),
        stats->n_clear, first);
  }
  return ok;
}

static bool note_left_out(NnDataset *set, const BpPictureList *list, NnError *err)
{
  enum { MOST = 5 };
  guint n_passed = bp_passed_over_count(&list->passed), n = list->empty->len;
  bool ok = true;
  if (n > 0) {
    g_autofree char *first = g_filename_display_name(list->empty->pdata[0]);
    ok = nn_dataset_add_note(
        set, err,
        nn_text_n("%u folder contains no images and is not a class (%s).",
                  "%u folders contain no images and are not classes (such as %s).", n),
        n, first);
  }
  if (ok && n_passed > 0) {
    g_autofree char *kinds = bp_passed_over_list(&list->passed, list->root);
    const char *only = bp_passed_over_ending(&list->passed);
    const char *format =
        strchr(kinds, '(')
            ? nn_text_n("%u file was skipped: %s.", "%u files were skipped: %s.", n_passed)
            : nn_text_n("%u file was skipped (%s).", "%u files were skipped (%s).", n_passed);
    ok = nn_dataset_add_note(set, err, format, n_passed, only ? only : kinds);
  }
  return ok;
}

static bool write_note(NnDataset *set, const BpPictureList *list, const BpPictureStats *stats,
                       NnError *err)
{
  return note_place(set, list, err) && note_sizes(set, stats, err) &&
         note_changes(set, stats, list->root, err) && note_left_out(set, list, err) &&
         nn_dataset_note_classes(set, err);
}

/* ---- loading ---- */

bool bp_is_picture_folder(const char *dir)
{
  return bp_picture_tree_may_have_any(dir);
}

static bool fail_as(const NnError *why, NnError *err)
{
  if (err)
    *err = *why;
  return false;
}

/* Pictures that cannot be read leave no gap; where there are no others, the first is the reason. */
static bool read_pictures(const GArray *entries, NnShape shape, BpPictureStats *stats,
                          BpPassedOver *passed, NnSplit *split, NnError *err)
{
  gsize n = 0;
  NnError first = {0};
  for (guint i = 0; i < entries->len; i++) {
    const BpPictureEntry *entry = &g_array_index(entries, BpPictureEntry, i);
    guint8 *out = split->images + n * nn_shape_size(shape);
    NnError this = {0};
    BpPictureResult result = bp_picture_file_read(entry->path, stats, out, &this);
    if (result == BP_PICTURE_FAILED)
      return fail_as(&this, err);
    if (result == BP_PICTURE_READ)
      split->labels[n++] = entry->label;
    else
      bp_passed_over_add(passed, result == BP_PICTURE_LARGE ? BP_PASSED_LARGE : BP_PASSED_DAMAGED,
                         entry->path);
    if (first.status == NN_OK)
      first = this;
    if (!bp_load_watch_step(stats->watch, err))
      return false;
  }
  split->n = n;
  return n > 0 || fail_as(&first, err);
}

static bool load_split(const GArray *entries, NnShape shape, BpPictureStats *stats,
                       BpPassedOver *passed, NnSplit *split, NnError *err)
{
  return nn_split_alloc(split, shape, entries->len, err) &&
         read_pictures(entries, shape, stats, passed, split, err);
}

static bool load_all(BpPictureList *list, BpPictureStats *stats, NnDataset *set, NnError *err)
{
  bp_load_watch_expect(stats->watch, list->train->len + list->test->len);
  return nn_dataset_name_classes(set, (const char *const *)list->classes->pdata, err) &&
         load_split(list->train, set->shape, stats, &list->passed, &set->train, err) &&
         load_split(list->test, set->shape, stats, &list->passed, &set->test, err) &&
         write_note(set, list, stats, err);
}

static bool load_listed(BpPictureList *list, BpPictureStats *stats, NnDataset **dataset,
                        NnError *err)
{
  NnDataset *set;
  g_autofree char *title = g_path_get_basename(list->root);
  NnShape shape = nn_shape_3d(1, (size_t)stats->rows, (size_t)stats->columns);
  if (!nn_dataset_new("folder", title, shape, (int)list->classes->len, &set, err))
    return false;
  set->where = nn_strdup(list->root);
  if ((!set->where && !nn_fail_nomem(err, "the name of a folder")) ||
      !load_all(list, stats, set, err)) {
    nn_dataset_free(set);
    return false;
  }
  *dataset = set;
  return true;
}

bool bp_picture_folder_load(const char *dir, int rows, int columns, BpLoadWatch *watch,
                            NnDataset **dataset, NnError *err)
{
  BpPictureList list;
  BpPictureStats stats = {.rows = rows, .columns = columns, .watch = watch};
  if (!bp_picture_list_read(dir, &list, watch, err))
    return false;
  bool ok = load_listed(&list, &stats, dataset, err);
  bp_picture_list_clear(&list);
  bp_picture_stats_clear(&stats);
  return ok;
}
