/* mnist.c: see mnist.h. Reading order: finding the files, saying what is missing, reading. */
#include "mnist.h"
#include "emnist.h"
#include "idx.h"
#include "labels.h"
#include "set-name.h"
#include "engine/mem.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { N_CLASSES = 10, MAX_PLACES = 8, N_FORMS = 4, N_TYPES = 3 };

static const char *const parts[NN_N_MNIST_FILES][2] = {{"train-images", "idx3-ubyte"},
                                                       {"train-labels", "idx1-ubyte"},
                                                       {"t10k-images", "idx3-ubyte"},
                                                       {"t10k-labels", "idx1-ubyte"}};
/* In place of "ubyte" at the end of the labels' names, where a byte does not do. */
static const char *const types[N_TYPES] = {"ubyte", "short", "int"};
/* Plain files first: they need no unpacking. */
static const struct {
  char separator;
  const char *suffix;
} forms[N_FORMS] = {{'-', ""}, {'.', ""}, {'-', ".gz"}, {'.', ".gz"}};

static bool is_there(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* Finds file `part` in `dir` in one of its forms. */
static bool find_form(const char *dir, int part, int form, char found[NN_PATH_TEXT])
{
  for (int t = 0; t < (part % 2 ? N_TYPES : 1); t++) {
    int stem = (int)strlen(parts[part][1]) - (int)strlen(types[0]);
    int n = snprintf(found, NN_PATH_TEXT, "%s/%s%c%.*s%s%s", dir, parts[part][0],
                     forms[form].separator, stem, parts[part][1], types[t], forms[form].suffix);
    if (n < NN_PATH_TEXT && is_there(found))
      return true;
  }
  return false;
}

/* The same in any of them; *found is "" if there is none. */
static bool find_file(const char *dir, int part, char found[NN_PATH_TEXT])
{
  for (int f = 0; f < N_FORMS; f++)
    if (find_form(dir, part, f, found))
      return true;
  found[0] = '\0';
  return false;
}

/* ---- the places ---- */

typedef struct {
  char below[40];          /* the directory: "", "/raw", "/MNIST/raw" */
  const NnCatalogSet *set; /* that this place belongs to; NULL: any */
} Place;

static void add_place(Place *places, int *n, const char *format, const NnCatalogSet *set)
{
  const char *name = !set ? "" : strstr(format, "raw") ? set->folder : set->name;
  snprintf(places[*n].below, sizeof places[*n].below, format, name);
  places[(*n)++].set = set;
}

/* In the order of preference. MNIST is what lies in a directory that does not say what it is. */
static int list_places(const NnCatalogSet *set, bool only, Place places[MAX_PLACES])
{
  int n = 0;
  bool first = set == nn_catalog[0];
  if (first)
    add_place(places, &n, "%s", NULL);
  add_place(places, &n, "/%s/raw", set);
  if (!first)
    add_place(places, &n, "/%s", set);
  if (!first && !only)
    add_place(places, &n, "%s", NULL);
  if (first || !only)
    add_place(places, &n, "%s/raw", NULL);
  for (int i = 1; first && !only && nn_catalog[i]; i++)
    add_place(places, &n, "/%s/raw", nn_catalog[i]);
  return n;
}

/* The set that a directory is named after, by the last part of its name that is not "raw". */
static const NnCatalogSet *set_of_name(const char *dir)
{
  size_t end = strlen(dir);
  for (int part = 0; part < 2; part++) {
    size_t start = end;
    while (start > 0 && dir[start - 1] != '/')
      start--;
    size_t n = end - start;
    for (int i = 0; nn_catalog[i]; i++) {
      const char *folder = nn_catalog[i]->folder, *name = nn_catalog[i]->name;
      if ((strlen(folder) == n && strncasecmp(dir + start, folder, n) == 0) ||
          (strlen(name) == n && strncasecmp(dir + start, name, n) == 0))
        return nn_catalog[i];
    }
    if (n != 3 || strncmp(dir + start, "raw", 3) != 0 || start == 0)
      return NULL;
    end = start - 1;
  }
  return NULL;
}

static int find_in_place(const char *dir, const char *place, NnMnistFiles *files)
{
  size_t length = strlen(dir);
  while (length > 1 && dir[length - 1] == '/')
    length--; /* "~/data/" reads better without its slash in messages */
  int n = snprintf(files->dir, NN_PATH_TEXT, "%.*s%s", (int)(length < NN_PATH_TEXT ? length : 0),
                   dir, place);
  if (n >= NN_PATH_TEXT || length >= NN_PATH_TEXT)
    return 0;
  int found = 0;
  for (int part = 0; part < NN_N_MNIST_FILES; part++)
    found += find_file(files->dir, part, files->paths[part]);
  return found;
}

int nn_mnist_find_set(const char *dir, const NnCatalogSet *set, bool only, NnMnistFiles *files)
{
  Place places[MAX_PLACES];
  int n = list_places(set, only, places), best = 0, best_place = 0;
  for (int p = 0; p < n; p++) {
    int found = find_in_place(dir, places[p].below, files);
    if (found > best) {
      best = found;
      best_place = p;
    }
  }
  best = find_in_place(dir, places[best_place].below, files);
  const NnCatalogSet *named = set_of_name(files->dir);
  files->set = places[best_place].set ? places[best_place].set : named ? named : set;
  files->named = places[best_place].set || named;
  files->split = NULL;
  return best > 0 || only ? best : nn_emnist_find(dir, files);
}

int nn_mnist_find(const char *dir, NnMnistFiles *files)
{
  return nn_mnist_find_set(dir, nn_catalog[0], false, files);
}

/* ---- what is missing ---- */

static bool fail_missing(const char *dir, const NnMnistFiles *files, int found, NnError *err)
{
  struct stat st;
  const char *title = files->set->title;
  if (strlen(dir) + sizeof "/MNIST/raw" > NN_PATH_TEXT)
    return nn_fail(err, NN_ERR_IO, dir,
                   "The name of the data directory is %zu bytes long, allowed are %zu.",
                   strlen(dir), NN_PATH_TEXT - sizeof "/MNIST/raw");
  if (!*dir)
    return nn_fail(err, NN_ERR_IO, dir, "The name of the data directory is empty.");
  if (stat(dir, &st) != 0)
    return nn_fail(err, NN_ERR_IO, dir, "%s could not be opened: %s.", dir, strerror(errno));
  if (!S_ISDIR(st.st_mode))
    return nn_fail(err, NN_ERR_IO, dir,
                   "%s is a file; give the directory that contains the four %s files.", dir, title);
  if (found == 0)
    return nn_fail(err, NN_ERR_IO, dir,
                   "%s contains none of the %s files (train-images-idx3-ubyte, "
                   "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each "
                   "plain or .gz); its folders %s/raw and raw were searched too.",
                   dir, title, files->set->folder);
  char missing[256] = "";
  if (files->split)
    nn_emnist_missing(files, missing, sizeof missing);
  for (int part = 0; part < NN_N_MNIST_FILES && !files->split; part++)
    if (!files->paths[part][0]) {
      size_t n = strlen(missing);
      snprintf(missing + n, sizeof missing - n, "%s%s-%s", n ? ", " : "", parts[part][0],
               parts[part][1]);
    }
  return nn_fail(err, NN_ERR_IO, files->dir,
                 "%s contains %d of the 4 %s files; missing: %s (plain or .gz).", files->dir, found,
                 files->split ? "EMNIST" : title, missing);
}

/* ---- reading ---- */

/* Opens the pictures of one half; the first that are opened decide the size for both. */
static bool open_images(NnIdx *idx, const char *path, NnShape *shape, NnError *err)
{
  if (!nn_idx_open(idx, path, 3, err))
    return false;
  NnShape found = nn_shape_3d(1, idx->dims[1], idx->dims[2]);
  if (shape->n_dims == 0)
    *shape = found;
  if (nn_shape_equal(*shape, found))
    return true;
  nn_fail(err, NN_ERR_FORMAT, path,
          "%s contains images of %zu × %zu pixels, but the training images have %zu × %zu.", path,
          idx->dims[1], idx->dims[2], shape->dims[1], shape->dims[2]);
  nn_idx_close(idx);
  return false;
}

static int allowed_label(const NnMnistFiles *files)
{
  return files->split   ? files->split->n_classes - 1
         : files->named ? N_CLASSES - 1
                        : NN_MAX_CLASSES - 1;
}

/* The training or the test half of a set. */
typedef struct {
  NnLabelsFile labels; /* names the images, too */
  NnSplit *split;
  int most; /* the highest label */
} Half;

/* All four files together, by their headers, before anything is read: a few megabytes may unpack to
 * gigabytes. Fills in what the halves have to know. */
static bool check_headers(const NnMnistFiles *files, Half halves[2], NnShape *shape, NnError *err)
{
  size_t bytes = 0, size;
  *shape = (NnShape){0};
  for (int h = 0; h < 2; h++) {
    NnIdx idx;
    halves[h].labels = (NnLabelsFile){.path = files->paths[2 * h + 1],
                                      .images_path = files->paths[2 * h],
                                      .allowed = allowed_label(files)};
    if (!open_images(&idx, files->paths[2 * h], shape, err))
      return false;
    size_t n = idx.dims[0];
    bytes += nn_idx_memory(&idx);
    nn_idx_close(&idx);
    if (!nn_labels_check(&halves[h].labels, n, err))
      return false;
  }
  size = nn_shape_size(*shape);
  return nn_pictures_fit(bytes / size, size, err);
}

static bool read_images(Half *half, NnShape shape, NnError *err)
{
  NnIdx idx;
  NnFileBlock block;
  if (!open_images(&idx, half->labels.images_path, &shape, err))
    return false;
  size_t n = idx.dims[0];
  bool ok = nn_idx_take(&idx, &block, err);
  nn_idx_close(&idx);
  if (!ok || nn_split_take(half->split, shape, n, &block, err))
    return ok;
  nn_file_block_free(&block);
  return false;
}

/* One half after the other: together they would need room for both compressed files as well, for a
 * gain of a tenth of the time. *most becomes the highest label. */
static bool read_all(const NnMnistFiles *files, NnDataset *dataset, int *most, NnError *err)
{
  Half halves[2] = {{.split = &dataset->train}, {.split = &dataset->test}};
  if (!check_headers(files, halves, &dataset->shape, err))
    return false;
  for (int h = 0; h < 2; h++)
    if (!read_images(&halves[h], dataset->shape, err) ||
        !nn_labels_read(&halves[h].labels, halves[h].split, &halves[h].most, err))
      return false;
  *most = halves[0].most > halves[1].most ? halves[0].most : halves[1].most;
  dataset->where = nn_strdup(files->dir);
  return (dataset->where || nn_fail_nomem(err, "the name of a directory")) &&
         nn_dataset_is_whole(dataset, err);
}

bool nn_dataset_load_set(const char *dir, const NnSetRequest *request, NnDataset **dataset,
                         NnError *err)
{
  NnMnistFiles files;
  const NnCatalogSet *set = request->set ? request->set : nn_catalog[0];
  int found = nn_mnist_find_set(dir, set, false, &files);
  if (found < NN_N_MNIST_FILES)
    return fail_missing(dir, &files, found, err);
  NnDataset *made;
  int most;
  files.named = files.named && request->set;
  if (!nn_dataset_new("idx", "", nn_shape_3d(1, 1, 1), 1, &made, err))
    return false;
  if (!read_all(&files, made, &most, err) || !nn_set_name(made, &files, request, most, err) ||
      !nn_dataset_note_classes(made, err)) {
    nn_dataset_free(made);
    return false;
  }
  *dataset = made;
  return true;
}

bool nn_dataset_load(const char *dir, NnDataset **dataset, NnError *err)
{
  return nn_dataset_load_set(dir, &(NnSetRequest){.set = nn_catalog[0]}, dataset, err);
}
