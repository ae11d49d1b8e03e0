/* test-labels.c: IDX sets that are nobody's in particular: any number of classes up to 1000, labels
 * of one, two and four bytes, pictures from 1 × 1 to 256 × 256, and classes with names. */
#include "files.h"
#include "data/labels.h"
#include "data/mnist.h"
#include "engine/utf8.h"
#include "tests/unit/sentence.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Label i of a set of n classes: each comes up within n. */
static int label_of(size_t i, int n_classes)
{
  return (int)((7 * i + 1) % (size_t)n_classes);
}

typedef struct {
  uint32_t n_train, n_test, rows, columns;
  int n_classes, width; /* of a label, in bytes */
} Form;

static FileBytes labels_of(const Form *form, uint32_t n)
{
  static const uint8_t types[] = {0, 0x08, 0x0b, 0, 0x0c};
  size_t size = 8 + n * (size_t)form->width;
  FileBytes made = {calloc(size, 1), size};
  made.bytes[2] = types[form->width];
  made.bytes[3] = 1;
  for (int b = 0; b < 4; b++)
    made.bytes[4 + b] = (uint8_t)(n >> (24 - 8 * b));
  for (uint32_t i = 0; i < n; i++)
    for (int b = 0; b < form->width; b++)
      made.bytes[8 + i * (size_t)form->width + (size_t)b] =
          (uint8_t)(label_of(i, form->n_classes) >> (8 * (form->width - 1 - b)));
  return made;
}

/* The labels' file of a half; with a name that says what it holds. */
static const char *labels_path(const char *dir, int half, int width)
{
  static const char *const types[] = {"", "ubyte", "short", "", "int"};
  char name[64];
  snprintf(name, sizeof name, "%s-labels-idx1-%s", half ? "t10k" : "train", types[width]);
  return files_path(dir, name);
}

static const char *made(const char *below, const Form *form)
{
  const char *dir = files_path(files_new_dir(), below);
  files_make_dir(dir);
  for (int half = 0; half < 2; half++) {
    uint32_t n = half ? form->n_test : form->n_train;
    size_t size = (size_t)form->rows * form->columns;
    uint8_t *values = calloc(n, size);
    for (size_t i = 0; i < n * size; i++)
      values[i] = files_pixel(i / size, i % size);
    FileBytes pictures = files_idx(3, (uint32_t[]){n, form->rows, form->columns}, values);
    FileBytes labels = labels_of(form, n);
    files_write(files_path(dir, files_names[2 * half]), pictures);
    files_write(labels_path(dir, half, form->width), labels);
    files_drop(&pictures);
    files_drop(&labels);
    free(values);
  }
  return dir;
}

static NnDataset *loaded(const char *dir)
{
  NnDataset *dataset = NULL;
  NnError err = {0};
  if (!nn_check(nn_dataset_load(dir, &dataset, &err)))
    printf("# %s\n", err.text);
  return dataset;
}

static void check_made(const Form *form)
{
  NnDataset *dataset = loaded(made("letters", form));
  if (!dataset)
    return;
  nn_check_str(dataset->name, "idx");
  nn_check_str(dataset->title, "letters");
  nn_check_int(dataset->n_classes, form->n_classes);
  nn_check(nn_shape_equal(dataset->shape, nn_shape_3d(1, form->rows, form->columns)));
  const NnSplit *splits[2] = {&dataset->train, &dataset->test};
  for (int s = 0; s < 2; s++) {
    size_t size = (size_t)form->rows * form->columns, wrong = 0;
    nn_check_int(splits[s]->n, s ? form->n_test : form->n_train);
    for (size_t i = 0; i < splits[s]->n; i++)
      wrong += splits[s]->labels[i] != label_of(i, form->n_classes);
    for (size_t i = 0; i < splits[s]->n * size; i++)
      wrong += splits[s]->images[i] != files_pixel(i / size, i % size);
    nn_check_int(wrong, 0);
  }
  nn_dataset_free(dataset);
}

static void test_classes(void)
{
  static const int classes[] = {1, 2, 3, 9, 11, 26, 256};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    for (int width = 1; width <= 4; width *= 2)
      check_made(&(Form){300, 20, 6, 5, classes[i], width});
  for (int width = 2; width <= 4; width *= 2)
    check_made(&(Form){1100, 40, 3, 4, 1000, width});
}

static void test_sizes(void)
{
  static const uint32_t sizes[][2] = {{1, 1}, {1, 256}, {256, 1}, {28, 28}, {17, 255}, {256, 256}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    check_made(&(Form){12, 5, sizes[i][0], sizes[i][1], 3, 1});
}

static void check_called(const char *dir, const char *name, const char *title, int n_classes)
{
  NnDataset *dataset = loaded(dir);
  nn_check_str(dataset ? dataset->name : "", name);
  nn_check_str(dataset ? dataset->title : "", title);
  nn_check_int(dataset ? dataset->n_classes : 0, n_classes);
  nn_check(dataset && dataset->ink == (strcmp(name, "idx") != 0));
  nn_dataset_free(dataset);
}

/* What a set is, its size and the number of its classes do not say: its directory does. */
static void test_mnist_likeness(void)
{
  check_called(made("letters", &(Form){20, 5, 28, 28, 10, 1}), "idx", "letters", 10);
  check_called(made("letters", &(Form){20, 5, 28, 27, 10, 1}), "idx", "letters", 10);
  check_called(made("mnist", &(Form){20, 5, 28, 28, 10, 1}), "mnist", "MNIST", 10);
  check_called(made("fashion-mnist", &(Form){20, 5, 28, 28, 4, 1}), "fashion-mnist",
               "Fashion-MNIST", 10);
  check_called(made("letters/raw", &(Form){20, 5, 28, 28, 4, 1}), "idx", "letters", 4);
}

static void check_refused(const char *dir, const char *part1, const char *part2)
{
  NnDataset *dataset = NULL;
  NnError err;
  poison(&err);
  fail_alloc_start(0);
  nn_check(!nn_dataset_load(dir, &dataset, &err));
  nn_check_int(fail_alloc_live(), 0);
  fail_alloc_stop();
  nn_check_int(err.status, NN_ERR_FORMAT);
  nn_check_has(err.text, part1);
  nn_check_has(err.text, part2);
  check_sentence(&err, part1);
}

static void test_beyond_the_limits(void)
{
  Form form = {2000, 20, 3, 3, 1003, 2};
  check_refused(made("letters", &form), "train-labels-idx1-short: label 143 is 1002",
                "allowed are 0 to 999");
  form.width = 4;
  form.n_classes = 70000;
  form.n_train = 20000;
  check_refused(made("letters", &form), "train-labels-idx1-int: label 143 is 1002",
                "allowed are 0 to 999");
  const char *dir = made("letters", &(Form){20, 5, 3, 3, 4, 2});
  static const uint8_t below[] = {0, 0, 0x0b, 1, 0, 0, 0, 5, 0, 1, 0, 2, 0xff, 0xff, 0, 0, 0, 0};
  files_write(labels_path(dir, 1, 2), (FileBytes){(uint8_t *)below, sizeof below});
  check_refused(dir, "t10k-labels-idx1-short: label 2 is -1", "allowed are 0 to 999");
  static const uint8_t of_float[] = {0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0};
  files_write(labels_path(dir, 0, 2), (FileBytes){(uint8_t *)of_float, sizeof of_float});
  check_refused(dir, "00 00 0d 01", "expected are 00 00 08 01, or 0b or 0c for the 08");
}

static void name(const char *dir, const char *text)
{
  files_write(files_path(dir, "classes.txt"), (FileBytes){(uint8_t *)text, strlen(text)});
}

static void check_names(const char *dir, const char *text)
{
  static const char *const names[] = {"あ", "leaf blower", "ç"};
  char buffer[NN_CLASS_TEXT];
  name(dir, text);
  NnDataset *dataset = loaded(dir);
  nn_check_int(dataset ? dataset->n_classes : 0, 3);
  for (int k = 0; dataset && k < 3; k++)
    nn_check_str(nn_dataset_class_name(dataset, k, buffer), names[k]);
  nn_dataset_free(dataset);
}

static void test_names(void)
{
  static const char *const texts[] = {"あ\nleaf blower\nç\n", "あ\r\nleaf blower\r\nç",
                                      "あ\rleaf blower\rç\r",
                                      "\xef\xbb\xbf"
                                      "あ\nleaf blower\nç\n",
                                      "あ\nleaf blower\nç\n\n\r\n"};
  const char *dir = made("letters", &(Form){20, 5, 6, 5, 3, 1});
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    check_names(dir, texts[i]);
  name(dir, "a\nb\nc\nd\ne\n");
  NnDataset *dataset = loaded(dir);
  nn_check_int(dataset ? dataset->n_classes : 0, 5);
  nn_check_str(dataset && dataset->note ? dataset->note : "", "2 classes have no images: d, e.");
  nn_dataset_free(dataset);
  /* In the likeness of MNIST its own names count, too. */
  dir = made("letters", &(Form){20, 10, 28, 28, 10, 1});
  name(dir, "A\nB\nC\nD\nE\nF\nG\nH\nI\nJ\n");
  dataset = loaded(dir);
  nn_check_str(dataset && dataset->class_names ? dataset->class_names[9] : "", "J");
  nn_check(dataset && !dataset->note);
  nn_dataset_free(dataset);
  dir = made("MNIST/raw", &(Form){20, 10, 28, 28, 10, 1});
  name(dir, "zero\none\ntwo");
  check_refused(dir, "classes.txt names 3 classes", "labels up to 9");
}

static void test_bad_names(void)
{
  static const Form form = {20, 5, 6, 5, 3, 1};
  const char *dir = made("letters", &form);
  name(dir, "a\nb\n");
  check_refused(dir, "classes.txt names 2 classes", "labels up to 2");
  name(dir, "a\n\nb\n");
  check_refused(dir, "classes.txt: line 2 is empty", "");
  name(dir, "");
  check_refused(dir, "classes.txt is empty", "");
  name(dir, "a\nb\xff\nc\n");
  check_refused(dir, "classes.txt: line 2 is not in UTF-8", "save the file in that encoding");
  name(dir, "a\nb\tx\nc\n");
  check_refused(dir, "line 2 contains the control character U+0009", "");
  name(dir, "a\nb\xc2\x9b"
            "2J\nc\n");
  check_refused(dir, "line 2 contains the control character U+009b", "");
  name(dir, "a\nb\nc\xe2\x80\xae\n");
  check_refused(dir, "line 3 contains the control character U+202e", "");
  name(dir, "a\n \xc2\xa0\nc\n");
  check_refused(dir, "line 2 contains only blanks", "");
  name(dir, "\xe2\x80\x8b\nb\nc\n");
  check_refused(dir, "line 1 contains only blanks", "");
  char *many = calloc(1, 3000);
  for (int i = 0; i < 1001; i++)
    strcat(many, "x\n");
  name(dir, many);
  check_refused(dir, "classes.txt names more than 1000 classes", "");
  many[2000] = '\0';
  name(dir, many);
  NnDataset *dataset = loaded(dir);
  nn_check_int(dataset ? dataset->n_classes : 0, 1000);
  nn_dataset_free(dataset);
  free(many);
}

/* As other programs save them; by iconv: printf 'a\nb\nc\n' | iconv -t UTF-16. */
static void test_other_encodings(void)
{
  static const struct {
    const char *bytes;
    size_t n;
    const char *said;
  } cases[] = {
      {"\xff\xfe"
       "a\0\n\0b\0\n\0c\0\n\0",
       14, "is in UTF-16; save it in UTF-8"},
      {"\xfe\xff\0a\0\n\0b\0\n\0c\0\n", 14, "is in UTF-16; save it in UTF-8"},
      {"\xff\xfe\0\0a\0\0\0", 8, "is in UTF-32; save it in UTF-8"},
      {"\0\0\xfe\xff\0\0\0a", 8, "is in UTF-32; save it in UTF-8"},
      {"a\0\n\0b\0\n\0", 8, "zero bytes"},
      {"\xe9t\xe9\nb\nc\n", 8, "line 1 is not in UTF-8"}, /* Latin-1 */
      {"\xef\xbb\xbf", 3, "is empty"},
  };
  const char *dir = made("letters", &(Form){20, 5, 6, 5, 3, 1});
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    files_write(files_path(dir, "classes.txt"), (FileBytes){(uint8_t *)cases[i].bytes, cases[i].n});
    check_refused(dir, "classes.txt", cases[i].said);
  }
}

static void test_out_of_memory(void)
{
  static const Form form = {20, 5, 6, 5, 3, 2};
  const char *dir = made("letters", &form);
  name(dir, "a\nb\nc\n");
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

/* Folders may be called anything but "/" and zero. */
static void test_text(void)
{
  static const struct {
    const char *from, *wanted;
    size_t size;
  } cases[] = {
      {"plain", "plain", 16},
      {"plain", "pla", 4},
      {"été", "ét", 5},
      {"été", "ét", 4},
      {"été", "é", 3},
      {"été", "", 2},
      {"a\xff\xc3z\n", "a??z?", 16},
      {"\xed\xa0\x80\xc0\x80", "?????", 16}, /* a surrogate; a zero in two bytes */
      {"\xf0\x9f\x8c\xbf\xf0\x9f\x8c", "🌿???", 16},
      {"", "", 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char to[17];
    memset(to, 'x', sizeof to);
    nn_utf8_copy(to, cases[i].size, cases[i].from, strlen(cases[i].from));
    nn_check_str(to, cases[i].wanted);
  }
  const char *const names[] = {"sky", "b\xff"
                                      "d"};
  NnDataset *dataset;
  nn_check(nn_dataset_new("folder", "\xff", nn_shape_3d(1, 2, 2), 2, &dataset, NULL));
  nn_check(nn_dataset_name_classes(dataset, names, NULL));
  nn_check_str(dataset->title, "?");
  nn_check_str(dataset->class_names[1], "b?d");
  nn_dataset_free(dataset);
}

int main(void)
{
  nn_test("takes as many classes as there are labels", test_classes);
  nn_test("takes pictures of every size", test_sizes);
  nn_test("tells MNIST from what is none", test_mnist_likeness);
  nn_test("refuses labels beyond the limits", test_beyond_the_limits);
  nn_test("reads the classes' names", test_names);
  nn_test("refuses names that do not fit", test_bad_names);
  nn_test("says in which encoding names are", test_other_encodings);
  nn_test("runs out of memory cleanly, wherever", test_out_of_memory);
  nn_test("shows only what is text", test_text);
  return nn_test_done();
}
