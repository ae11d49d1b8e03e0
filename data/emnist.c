/* emnist.c: see emnist.h. */
#include "emnist.h"
#include "engine/mem.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The order of preference; the paper recommends the balanced split. Merged splits have one class
 * for a letter whose small and capital forms look alike. */
static const NnEmnistSplit splits[] = {
    {"balanced", 47, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"},
    {"letters", 27, "-abcdefghijklmnopqrstuvwxyz"},
    {"digits", 10, "0123456789"},
    {"mnist", 10, "0123456789"},
    {"byclass", 62, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    {"bymerge", 47, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"},
};
enum { N_SPLITS = sizeof splits / sizeof *splits };

static const char *const places[] = {"", "/raw", "/EMNIST/raw", "/EMNIST"};
static const char *const parts[NN_N_MNIST_FILES] = {"train-images-idx3", "train-labels-idx1",
                                                    "test-images-idx3", "test-labels-idx1"};

static bool find_part(const NnMnistFiles *files, const char *split, int part,
                      char found[NN_PATH_TEXT])
{
  static const char *const endings[] = {"", ".gz"};
  struct stat st;
  for (int e = 0; e < 2; e++) {
    int n = snprintf(found, NN_PATH_TEXT, "%s/emnist-%s-%s-ubyte%s", files->dir, split, parts[part],
                     endings[e]);
    if (n < NN_PATH_TEXT && stat(found, &st) == 0 && !S_ISDIR(st.st_mode))
      return true;
  }
  found[0] = '\0';
  return false;
}

void nn_emnist_missing(const NnMnistFiles *files, char *text, size_t size)
{
  text[0] = '\0';
  for (int part = 0; part < NN_N_MNIST_FILES; part++) {
    size_t n = strlen(text);
    if (!files->paths[part][0])
      snprintf(text + n, size - n, "%semnist-%s-%s-ubyte", n ? ", " : "", files->split->name,
               parts[part]);
  }
}

static int find_split(const char *dir, const char *place, const NnEmnistSplit *split,
                      NnMnistFiles *files)
{
  size_t length = strlen(dir);
  while (length > 1 && dir[length - 1] == '/')
    length--;
  int n = snprintf(files->dir, NN_PATH_TEXT, "%.*s%s", (int)(length < NN_PATH_TEXT ? length : 0),
                   dir, place);
  if (n >= NN_PATH_TEXT || length >= NN_PATH_TEXT)
    return 0;
  int found = 0;
  for (int part = 0; part < NN_N_MNIST_FILES; part++)
    found += find_part(files, split->name, part, files->paths[part]);
  files->split = split;
  return found;
}

int nn_emnist_find(const char *dir, NnMnistFiles *files)
{
  NnMnistFiles tried = *files;
  int best = 0;
  for (size_t p = 0; p < sizeof places / sizeof *places; p++)
    for (int s = 0; s < N_SPLITS; s++) {
      int found = find_split(dir, places[p], &splits[s], &tried);
      if (found > best) {
        best = found;
        *files = tried;
      }
    }
  return best;
}

/* ---- what was read ---- */

static void exchange(uint8_t *a, uint8_t *b)
{
  uint8_t kept = *a;
  *a = *b;
  *b = kept;
}

/* The files hold columns where other sets have rows. Pictures are square (checked by whoever
 * calls). */
static void turn_upright(NnSplit *split, size_t side)
{
  for (size_t i = 0; i < split->n; i++) {
    uint8_t *picture = split->images + i * side * side;
    for (size_t y = 0; y < side; y++)
      for (size_t x = 0; x < y; x++)
        exchange(&picture[y * side + x], &picture[x * side + y]);
  }
}

static bool name_classes(NnDataset *dataset, const NnEmnistSplit *split, NnError *err)
{
  enum { MOST = 62 };
  char letters[MOST][2];
  const char *names[MOST];
  for (int k = 0; k < split->n_classes; k++) {
    letters[k][0] = split->classes[k];
    letters[k][1] = '\0';
    names[k] = letters[k][0] == '-' ? "N/A" : letters[k];
  }
  dataset->n_classes = split->n_classes;
  return nn_dataset_name_classes(dataset, names, err);
}

/* The others that lie there, "letters, digits"; "" for none. */
static void list_others(const NnMnistFiles *files, char *text, size_t size)
{
  char path[NN_PATH_TEXT];
  text[0] = '\0';
  for (int s = 0; s < N_SPLITS; s++) {
    size_t n = strlen(text);
    if (&splits[s] != files->split && find_part(files, splits[s].name, 0, path))
      snprintf(text + n, size - n, "%s%s", n ? ", " : "", splits[s].name);
  }
}

static bool write_note(NnDataset *dataset, const NnMnistFiles *files, NnError *err)
{
  char others[64];
  list_others(files, others, sizeof others);
  return nn_dataset_add_note(dataset, err,
                             "EMNIST's files contain images with rows and columns exchanged; they "
                             "were turned upright.") &&
         (!others[0] ||
          nn_dataset_add_note(dataset, err, "Of EMNIST's splits %s was opened; also there: %s.",
                              files->split->name, others));
}

bool nn_emnist_name(NnDataset *dataset, const NnMnistFiles *files, NnError *err)
{
  size_t side = dataset->shape.dims[1];
  if (dataset->shape.dims[2] != side)
    return nn_fail(err, NN_ERR_FORMAT, files->paths[0],
                   "%s contains images of %zu × %zu pixels, but EMNIST's are square.",
                   files->paths[0], side, dataset->shape.dims[2]);
  snprintf(dataset->title, sizeof dataset->title, "EMNIST %s", files->split->name);
  dataset->ink = true;
  turn_upright(&dataset->train, side);
  turn_upright(&dataset->test, side);
  return name_classes(dataset, files->split, err) && write_note(dataset, files, err);
}
