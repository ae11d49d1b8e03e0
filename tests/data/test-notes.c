/* test-notes.c: what is said of a data set when it is opened: classes that only one half has, and
 * EMNIST's files, whose pictures lie on their side. */
#include "files.h"
#include "data/emnist.h"
#include "data/mnist.h"
#include "tests/unit/sentence.h"
#include <stdio.h>
#include <string.h>

enum { SIDE = 4 };

/* A set of labels, given as letters from 'a' on, with the names of the classes. */
static NnDataset *of_labels(const char *train, const char *test, int n_classes)
{
  NnDataset *dataset = NULL;
  NnShape shape = nn_shape_3d(1, 1, 1);
  static const char *const names[] = {"ash", "beech", "elm", "fir"};
  bool ok = nn_dataset_new("idx", "x", shape, n_classes, &dataset, NULL) &&
            nn_split_alloc(&dataset->train, shape, strlen(train), NULL) &&
            nn_split_alloc(&dataset->test, shape, strlen(test), NULL) &&
            (n_classes > 4 || nn_dataset_name_classes(dataset, names, NULL));
  nn_check(ok);
  for (size_t i = 0; train[i]; i++)
    dataset->train.labels[i] = train[i] - 'a';
  for (size_t i = 0; test[i]; i++)
    dataset->test.labels[i] = test[i] - 'a';
  return dataset;
}

static void test_classes(void)
{
  static const struct {
    const char *train, *test;
    int n_classes;
    const char *said;
  } cases[] = {
      {"abcd", "abcd", 4, NULL},
      {"abcd", "abc", 4, "The class fir has no test images."},
      {"acd", "abcd", 4, "The class beech has no training images."},
      {"abd", "bda", 4, "The class elm has no images."},
      {"aa", "bdb", 4,
       "The class elm has no images. 2 classes have no training images: beech, fir. The class "
       "ash has no test images."},
      {"aaa", "a", 1, "There is only one class, so there is nothing to classify."},
      {"a", "a", 11, "10 classes have no images: 1, 2, 3, 4, 5, 6, 7, 8 and others."},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NnDataset *dataset = of_labels(cases[i].train, cases[i].test, cases[i].n_classes);
    nn_check(nn_dataset_note_classes(dataset, NULL));
    if (cases[i].said)
      nn_check_str(dataset->note ? dataset->note : "", cases[i].said);
    else
      nn_check(!dataset->note);
    nn_dataset_free(dataset);
  }
}

static void test_one_class(void)
{
  char text[NN_SUMMARY_TEXT];
  NnDataset *dataset = of_labels("aa", "a", 1);
  nn_check_str(nn_dataset_summary(dataset, text),
               "x: 2 training and 1 test images of 1 × 1 × 1, 1 class, from no file");
  nn_dataset_free(dataset);
}

/* ---- EMNIST ---- */

static void write_part(const char *dir, const char *name, FileBytes content)
{
  files_write(files_path(dir, name), content);
  files_drop(&content);
}

/* Pixel p of picture i is 20 i + p, as the file has it; labels 0, 1, … */
static void write_split(const char *dir, const char *split, int n, int most)
{
  char name[80];
  uint8_t pixels[8 * SIDE * SIDE], labels[8];
  for (int i = 0; i < n; i++) {
    labels[i] = (uint8_t)(i < most ? i : most);
    for (int p = 0; p < SIDE * SIDE; p++)
      pixels[i * SIDE * SIDE + p] = (uint8_t)(20 * i + p);
  }
  for (int half = 0; half < 2; half++) {
    snprintf(name, sizeof name, "emnist-%s-%s-images-idx3-ubyte", split, half ? "test" : "train");
    write_part(dir, name, files_idx(3, (uint32_t[]){(uint32_t)n, SIDE, SIDE}, pixels));
    snprintf(name, sizeof name, "emnist-%s-%s-labels-idx1-ubyte", split, half ? "test" : "train");
    write_part(dir, name, files_idx(1, (uint32_t[]){(uint32_t)n}, labels));
  }
}

static NnDataset *load(const char *dir)
{
  NnDataset *dataset = NULL;
  NnError err = {0};
  if (!nn_check(nn_dataset_load(dir, &dataset, &err)))
    printf("# %s\n", err.text);
  return dataset;
}

static void check_upright(const NnDataset *dataset)
{
  int wrong = 0;
  for (size_t i = 0; i < dataset->test.n; i++)
    for (size_t y = 0; y < SIDE; y++)
      for (size_t x = 0; x < SIDE; x++)
        wrong += dataset->test.images[(i * SIDE + y) * SIDE + x] != 20 * i + x * SIDE + y;
  nn_check_int(wrong, 0);
}

/* Number and names of classes: torchvision.datasets.EMNIST.classes_split_dict. */
static void test_emnist(void)
{
  static const struct {
    const char *split, *first, *last;
    int n_classes;
  } cases[] = {{"letters", "N/A", "z", 27}, {"digits", "0", "9", 10},  {"mnist", "0", "9", 10},
               {"balanced", "0", "t", 47},  {"byclass", "0", "z", 62}, {"bymerge", "0", "t", 47}};
  static const char *const below[] = {"", "raw", "EMNIST/raw", "EMNIST"};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *root = files_new_dir();
    const char *dir = i % 4 ? files_path(root, below[i % 4]) : root;
    char title[32];
    if (dir != root)
      files_make_dir(dir);
    write_split(dir, cases[i].split, 7, 7);
    NnDataset *dataset = load(root);
    if (!dataset)
      continue;
    snprintf(title, sizeof title, "EMNIST %s", cases[i].split);
    nn_check_str(dataset->title, title);
    nn_check_str(dataset->name, "idx");
    nn_check(dataset->ink);
    nn_check_int(dataset->n_classes, cases[i].n_classes);
    nn_check_str(dataset->class_names[0], cases[i].first);
    nn_check_str(dataset->class_names[cases[i].n_classes - 1], cases[i].last);
    nn_check_has(dataset->note, "they were turned upright.");
    check_upright(dataset);
    nn_dataset_free(dataset);
  }
}

static void test_several_splits(void)
{
  const char *dir = files_new_dir();
  write_split(dir, "digits", 3, 3);
  write_split(dir, "letters", 4, 4);
  write_split(dir, "byclass", 5, 5);
  NnDataset *dataset = load(dir);
  nn_check_str(dataset->title, "EMNIST letters");
  nn_check_has(dataset->note,
               "Of EMNIST's splits letters was opened; also there: digits, byclass.");
  nn_dataset_free(dataset);
}

static void check_refused(const char *dir, const char *said)
{
  NnDataset *dataset = NULL;
  NnError err;
  poison(&err);
  fail_alloc_start(0);
  nn_check(!nn_dataset_load(dir, &dataset, &err));
  nn_check_int(fail_alloc_live(), 0);
  fail_alloc_stop();
  nn_check_has(err.text, said);
  check_sentence(&err, said);
}

static void test_broken_emnist(void)
{
  const char *dir = files_new_dir();
  write_split(dir, "digits", 3, 3);
  nn_check_int(remove(files_path(dir, "emnist-digits-test-labels-idx1-ubyte")), 0);
  check_refused(dir, "3 of the 4 EMNIST files; missing: emnist-digits-test-labels-idx1-ubyte");
  dir = files_new_dir();
  write_split(dir, "digits", 3, 3);
  write_part(dir, "emnist-digits-test-labels-idx1-ubyte",
             files_idx(1, (uint32_t[]){3}, (uint8_t[]){0, 10, 1}));
  check_refused(dir, "emnist-digits-test-labels-idx1-ubyte: label 1 is 10, allowed are 0 to 9");
  static const uint8_t zeros[3 * SIDE * (SIDE + 1)];
  for (int half = 0; half < 2; half++)
    write_part(dir,
               half ? "emnist-digits-test-images-idx3-ubyte"
                    : "emnist-digits-train-images-idx3-ubyte",
               files_idx(3, (uint32_t[]){3, SIDE, SIDE + 1}, zeros));
  write_part(dir, "emnist-digits-test-labels-idx1-ubyte",
             files_idx(1, (uint32_t[]){3}, (uint8_t[]){0, 9, 1}));
  check_refused(dir, "images of 4 × 5 pixels, but EMNIST's are square");
}

static void test_out_of_memory(void)
{
  const char *dir = files_new_dir();
  write_split(dir, "letters", 3, 3);
  write_split(dir, "digits", 3, 3);
  bool failed = true;
  for (int k = 1; failed; k++) {
    NnDataset *dataset = NULL;
    NnError err = {0};
    fail_alloc_start(k);
    bool ok = nn_dataset_load(dir, &dataset, &err);
    failed = fail_alloc_failed();
    nn_check(ok == !failed);
    nn_check(ok || err.status == NN_ERR_NOMEM);
    nn_dataset_free(dataset);
    nn_check_int(fail_alloc_live(), 0);
    fail_alloc_stop();
  }
}

int main(void)
{
  nn_test("says which classes lack pictures", test_classes);
  nn_test("one class is no plural", test_one_class);
  nn_test("opens EMNIST upright, with its letters", test_emnist);
  nn_test("says which of EMNIST's splits it took", test_several_splits);
  nn_test("refuses an EMNIST that is broken", test_broken_emnist);
  nn_test("runs out of memory cleanly, wherever", test_out_of_memory);
  return nn_test_done();
}
